#include "ledger/store/data_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "ledger/model/event.h"
#include "ledger/store/store.h"

namespace daybook::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormatWords = "daybook data directory, format ";
constexpr mode_t kDirectoryMode = 0750;
constexpr mode_t kFileMode = 0640;

[[noreturn]] void throwErrno(const std::string& what) {
  const int error = errno;
  throw StoreError(what + ": " + std::strerror(error));
}

std::string formatPath(const std::string& directory) { return directory + "/FORMAT"; }
std::string newFormatPath(const std::string& directory) { return directory + "/FORMAT.new"; }
std::string lockPath(const std::string& directory) { return directory + "/lock"; }

struct flock wholeFile(short type) {
  struct flock range {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  return range;
}

/// The process id that the holder of the lock wrote, or a word for it.
std::string holderOf(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t length = pread(descriptor, text.data(), text.size() - 1, 0);
  const std::string_view line(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  const std::string digits(line.substr(0, line.find_first_not_of("0123456789")));
  return digits.empty() ? "another process" : "process " + digits;
}

void writeWhole(const std::string& path, std::string_view text) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode);
  if (descriptor < 0) throwErrno("cannot write " + path);
  const ssize_t written = write(descriptor, text.data(), text.size());
  const bool synced = written == static_cast<ssize_t>(text.size()) && fsync(descriptor) == 0;
  const int error = errno;
  close(descriptor);
  errno = written >= 0 && !synced && error == 0 ? EIO : error;
  if (!synced) throwErrno("cannot write " + path);
}

}  // namespace

std::string logPath(const std::string& directory) { return directory + "/log"; }
std::string snapshotsPath(const std::string& directory) { return directory + "/snapshots"; }
std::string dataFile(const std::string& environment) { return environment + "/data.mdb"; }

bool isFreshDirectory(const std::string& directory) {
  std::error_code error;
  const fs::file_status status = fs::status(directory, error);
  if (status.type() == fs::file_type::not_found) return true;
  if (status.type() != fs::file_type::directory) return false;
  bool empty = true;
  bool unfinished = false;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename();
    if (name == "FORMAT") return false;
    if (name == "FORMAT.new") unfinished = true;
    // A lock alone holds nothing; every ext4 file system has a lost+found at its root.
    if (name != "lock" && name != "lost+found") empty = false;
  }
  if (error) throw StoreError("cannot read directory " + directory + ": " + error.message());
  return empty || unfinished;
}

void checkFormat(const std::string& directory) {
  std::error_code error;
  const fs::file_type type = fs::status(directory, error).type();
  if (type == fs::file_type::not_found) {
    throw StoreError(directory +
                     " does not exist: create a ledger there first, or give the path "
                     "of an existing one");
  }
  if (type != fs::file_type::directory) {
    throw StoreError(directory + " is not a directory, or cannot be read");
  }
  if (!fs::exists(formatPath(directory), error)) {
    if (isFreshDirectory(directory)) {
      throw StoreError(directory +
                       " holds no ledger yet: create one there first, or give the path "
                       "of an existing one");
    }
    throw StoreError(directory +
                     " is not a daybook data directory: it is not empty and has no file "
                     "FORMAT. Give an empty directory, or the right one; nothing was changed");
  }
  std::ifstream file(formatPath(directory), std::ios::binary);
  std::array<char, 128> text{};
  file.read(text.data(), text.size());
  std::string_view line(text.data(), static_cast<std::size_t>(file.gcount()));
  std::uint32_t version = 0;
  const std::string_view words = line.substr(0, kFormatWords.size());
  line.remove_prefix(words.size());
  const auto [end, code] = std::from_chars(line.data(), line.data() + line.size(), version);
  if (words != kFormatWords || code != std::errc() || version == 0 ||
      std::string_view(end, static_cast<std::size_t>(line.data() + line.size() - end)) != "\n") {
    throw StoreError(formatPath(directory) + " is damaged or foreign: it must say '" +
                     std::string(kFormatWords) +
                     "1'. If the directory is a ledger's, restore it "
                     "from a backup; nothing was changed");
  }
  if (version > kFormatVersion) {
    throw StoreError(directory + " has format " + std::to_string(version) +
                     "; this program reads "
                     "format " +
                     std::to_string(kFormatVersion) +
                     " and older. Use the newer program "
                     "that wrote it; nothing was changed");
  }
}

void makeDirectory(const std::string& directory) {
  if (mkdir(directory.c_str(), kDirectoryMode) == 0) {
    syncPath(directory);
    const fs::path parent = fs::absolute(directory).lexically_normal().parent_path();
    // A path that ends in a slash has itself as parent in this sense; syncing that does no harm.
    syncPath(parent.empty() ? "." : parent.string());
  } else if (errno != EEXIST) {
    throwErrno("cannot create directory " + directory);
  }
}

void beginCreation(const std::string& directory) {
  writeWhole(newFormatPath(directory),
             std::string(kFormatWords) + std::to_string(kFormatVersion) + "\n");
  syncPath(directory);
  std::error_code error;
  for (const std::string& path : {logPath(directory), snapshotsPath(directory)}) {
    fs::remove_all(path, error);
    if (error) throw StoreError("cannot remove " + path + ": " + error.message());
  }
}

void finishCreation(const std::string& directory) {
  if (rename(newFormatPath(directory).c_str(), formatPath(directory).c_str()) != 0) {
    throwErrno("cannot create " + formatPath(directory));
  }
  syncPath(directory);
}

void syncPath(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throwErrno("cannot open " + path);
  const int result = fsync(descriptor);
  const int error = errno;
  close(descriptor);
  errno = error;
  if (result != 0) throwErrno("cannot sync " + path);
}

DirectoryLock::DirectoryLock(const std::string& directory)
    : descriptor_(open(lockPath(directory).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode)) {
  if (descriptor_ < 0) throwErrno("cannot open " + lockPath(directory));
  struct flock range = wholeFile(F_WRLCK);
  if (fcntl(descriptor_, F_OFD_SETLK, &range) != 0) {
    const int error = errno;
    const std::string holder = holderOf(descriptor_);
    close(descriptor_);
    if (error == EAGAIN || error == EACCES) {
      throw StoreError(directory + " is in use by " + holder +
                       ": stop that daemon first, or give "
                       "this one a directory of its own");
    }
    errno = error;
    throwErrno("cannot lock " + lockPath(directory));
  }
  // Only for the message above: failing to write it harms nothing.
  const std::string text = std::to_string(getpid()) + "\n";
  if (ftruncate(descriptor_, 0) == 0) {
    const ssize_t written = pwrite(descriptor_, text.data(), text.size(), 0);
    static_cast<void>(written);
  }
}

DirectoryLock::~DirectoryLock() { close(descriptor_); }

bool isLocked(const std::string& directory) {
  const int descriptor = open(lockPath(directory).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno != ENOENT;  // what cannot be seen may be locked
  struct flock range = wholeFile(F_RDLCK);
  const bool locked = fcntl(descriptor, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
  close(descriptor);
  return locked;
}

}  // namespace daybook::store
