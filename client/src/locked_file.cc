#include "client/src/locked_file.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace daybook::client {
namespace {

/// Whether `path` still names the open file.
bool names(const std::string& path, int file) {
  struct stat by_name {};
  struct stat by_file {};
  return ::stat(path.c_str(), &by_name) == 0 && ::fstat(file, &by_file) == 0 &&
         by_name.st_ino == by_file.st_ino && by_name.st_dev == by_file.st_dev;
}

Error inUse(const std::string& path) {
  return {
      ErrorKind::invalidArgument,
      path + " is in use by another process, or twice in this one: give each a file of its own"};
}

}  // namespace

Error errnoError(const std::string& what) {
  return {ErrorKind::failed, fmt::format("{}: {}", what, ::strerror(errno))};
}

bool writeAll(int file, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t done = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
  return true;
}

std::string readAt(int file, std::uint64_t offset, std::size_t size, const std::string& path) {
  std::string out(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const ssize_t done =
        ::pread(file, out.data() + have, size - have, static_cast<off_t>(offset + have));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) throw errnoError("cannot read the spool " + path);
    if (done == 0) break;
    have += static_cast<std::size_t>(done);
  }
  out.resize(have);
  return out;
}

void syncFolder(const std::string& path) {
  const auto folder = std::filesystem::absolute(path).parent_path().string();
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) throw errnoError("cannot open the folder " + folder);
  const int result = ::fsync(file);
  const int error = errno;
  ::close(file);
  errno = error;
  if (result != 0) throw errnoError("cannot sync the folder " + folder);
}

int createBeside(const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".new";
  const int file = ::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) throw errnoError("cannot create " + beside);
  // Whoever has the lock may still rename it: it is left alone.
  if (::flock(file, LOCK_EX | LOCK_NB) != 0 || !names(beside, file)) {
    ::close(file);
    throw inUse(path);
  }
  if (::ftruncate(file, 0) != 0 || !writeAll(file, bytes, 0) || ::fsync(file) != 0) {
    const int error = errno;
    ::close(file);
    errno = error;
    throw errnoError("cannot write " + beside);
  }
  return file;
}

int openLocked(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return -1;
  if (file < 0) throw errnoError("cannot open " + path);
  if (::flock(file, LOCK_EX | LOCK_NB) == 0 && names(path, file)) return file;
  ::close(file);
  throw inUse(path);
}

int createLocked(const std::string& path, std::string_view bytes) {
  const int file = createBeside(path, bytes);
  // Whoever made it first has let go of PATH.new.
  if (std::filesystem::exists(path)) {
    ::close(file);
    throw inUse(path);
  }
  if (::rename((path + ".new").c_str(), path.c_str()) != 0) {
    ::close(file);
    throw errnoError("cannot create " + path);
  }
  syncFolder(path);
  return file;
}

}  // namespace daybook::client
