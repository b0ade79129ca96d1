#include "client/src/lease_file.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <new>

#include "client/src/crc32c.h"
#include "client/src/locked_file.h"

namespace daybook::client {
namespace {

// Grammar of the file (protocol/COMPATIBILITY.md): a line that says what it is and its version, a
// checksum of the identity in hex, the identity; zeros up to the slots.
constexpr std::size_t kHeaderBytes = 64u << 10;
constexpr std::size_t kFileBytes = kHeaderBytes + sizeof(LeaseFile::Slots);
constexpr char kFirstLine[] = "daybook lease 1\n";

std::string header(const std::string& identity) {
  std::string out = kFirstLine + std::to_string(crc32c(identity)) + "\n" + identity;
  if (out.size() > kHeaderBytes) {
    throw Error(ErrorKind::invalidArgument, "the lease's properties are too long for its file");
  }
  out.resize(kHeaderBytes);
  return out;
}

}  // namespace

LeaseFile::LeaseFile(const std::string& path, const std::string& identity) {
  if (path.empty()) return;
  const std::string expected = header(identity);
  file_ = openLocked(path);
  const bool is_new = file_ < 0;
  if (is_new) file_ = createLocked(path, expected + std::string(sizeof(Slots), '\0'));
  try {
    struct stat status {};
    if (::fstat(file_, &status) != 0) throw errnoError("cannot read " + path);
    const std::string found = readAt(file_, 0, kHeaderBytes, path);
    if (!found.starts_with(kFirstLine) || static_cast<std::size_t>(status.st_size) != kFileBytes) {
      throw Error(ErrorKind::invalidArgument, path + " is no file of a lease; nothing was changed");
    }
    if (found != expected) {
      throw Error(ErrorKind::invalidArgument,
                  path +
                      " belongs to a lease of another customer, feature or number of digits; "
                      "nothing was changed");
    }
    mapped_ = ::mmap(nullptr, kFileBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    if (mapped_ == MAP_FAILED) throw errnoError("cannot map " + path);
  } catch (...) {
    ::close(file_);
    throw;
  }
  void* const slots = static_cast<char*>(mapped_) + kHeaderBytes;
  slots_ = is_new ? ::new (slots) Slots : std::launder(static_cast<Slots*>(slots));
}

LeaseFile::~LeaseFile() {
  if (file_ < 0) return;
  ::munmap(mapped_, kFileBytes);
  ::close(file_);
}

}  // namespace daybook::client
