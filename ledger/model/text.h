// What counts as text in commands and catalogs: ids, codes, names, keys, properties.
//
// Pure; usable from any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace daybook {

/// Whether `text` has 1 to `bytes_max` bytes of well-formed UTF-8 without control characters (C0,
/// DEL, C1), so that it can be printed, logged and written as JSON as it is.
bool isText(std::string_view text, std::size_t bytes_max);
/// The same, or empty.
bool isTextOrEmpty(std::string_view text, std::size_t bytes_max);

}  // namespace daybook
