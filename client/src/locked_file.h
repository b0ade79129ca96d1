// Files that one process has for itself: made whole under another name, then locked for as long as
// they are open.
//
// PATH.new is the name under which a file is made; whoever makes it holds its lock until PATH is
// there. Descriptors are the caller's to close. Errors: Error(invalidArgument) for a file in use,
// Error(failed) with the system's reason for the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daybook/error.h"

namespace daybook::client {

/// Error(failed) with the reason in errno.
Error errnoError(const std::string& what);

/// Opens and locks an existing file; -1: there is none.
int openLocked(const std::string& path);
/// Makes a file with this contents, on the disk, that did not exist before; locked.
int createLocked(const std::string& path, std::string_view bytes);
/// The first half of that: a new, locked file at PATH.new.
int createBeside(const std::string& path, std::string_view bytes);

/// False with errno.
bool writeAll(int file, std::string_view bytes, std::uint64_t offset);
/// Fewer bytes than asked for at the file's end.
std::string readAt(int file, std::uint64_t offset, std::size_t size, const std::string& path);
/// A new name in the path's folder is on the disk.
void syncFolder(const std::string& path);

}  // namespace daybook::client
