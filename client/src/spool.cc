#include "client/src/spool.h"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <errno.h>
#include <fmt/format.h>
#include <kj/exception.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "client/src/convert.h"
#include "client/src/crc32c.h"
#include "client/src/locked_file.h"
#include "daybook/error.h"
#include "daybook/recorder.h"
#include "ledger/base/check.h"
#include "protocol/spool.capnp.h"
#include "protocol/stored_message.h"

namespace daybook::client {
namespace {

constexpr std::string_view kMagic = "DAYBKSPL";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kSaltBytes = 8;
constexpr std::size_t kAlignment = 8;
constexpr std::size_t kFrameBytesMax = kFrameHeadBytes + kRecordBytesMax;
// Confirmed bytes that make a rewrite worth its flushes.
constexpr std::uint64_t kRewriteBytesMin = 1u << 20;

template <typename Number>
void put(std::string& out, Number value) {
  for (std::size_t i = 0; i < sizeof value; ++i) {
    out += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  }
}

template <typename Number>
Number get(std::string_view bytes) {
  Number value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) {
    value |= static_cast<Number>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

std::string header(std::string_view salt) {
  std::string out(kMagic);
  put(out, kVersion);
  put(out, crc32c(salt, crc32c(out)));
  return out.append(salt);
}

std::string newSalt() {
  std::string salt(kSaltBytes, '\0');
  if (::getrandom(salt.data(), salt.size(), 0) != static_cast<ssize_t>(salt.size())) {
    throw errnoError("getrandom");
  }
  return salt;
}

std::uint32_t checksum(std::string_view salt, std::uint32_t bytes, std::uint64_t sequence,
                       std::string_view message) {
  std::string head;
  put(head, bytes);
  put(head, sequence);
  return crc32c(message, crc32c(head, crc32c(salt)));
}

std::string encode(const QueuedUsage& item) {
  const UsageEntry& entry = item.entry;
  capnp::MallocMessageBuilder builder;
  auto record = builder.initRoot<wire::SpoolRecord>();
  if (!item.hold.empty()) record.setHold(item.hold);
  if (item.kind == QueuedKind::release) {
    auto release = record.initRelease();
    release.setCustomer(entry.customer);
    release.setKey(entry.key);
  } else {
    auto usage = record.initUsage();
    if (!entry.customer.empty()) usage.setCustomer(entry.customer);
    if (!entry.key.empty()) usage.setKey(entry.key);
    toWire(entry.usage, usage.initUsage());
  }
  const auto bytes = protocol::storedBytes<wire::SpoolRecord>(builder);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// REQUIRES: the record is not `done`.
QueuedUsage decode(wire::SpoolRecord::Reader record, std::uint64_t sequence) {
  QueuedUsage item;
  item.sequence = sequence;
  item.hold = toString(record.getHold());
  item.since = std::chrono::steady_clock::now();
  if (record.isRelease()) {
    item.kind = QueuedKind::release;
    item.entry.customer = toString(record.getRelease().getCustomer());
    item.entry.key = toString(record.getRelease().getKey());
    return item;
  }
  auto usage = record.getUsage();
  item.kind = item.hold.empty() ? QueuedKind::usage : QueuedKind::use;
  item.entry = {.customer = toString(usage.getCustomer()),
                .key = toString(usage.getKey()),
                .usage = fromWire(usage.getUsage())};
  return item;
}

std::string encodeDone(std::uint64_t sequence) {
  capnp::MallocMessageBuilder builder;
  builder.initRoot<wire::SpoolRecord>().setDone(sequence);
  const auto bytes = protocol::storedBytes<wire::SpoolRecord>(builder);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string frame(std::string_view salt, std::uint64_t sequence, std::string_view message) {
  CHECK(!message.empty() && message.size() % kAlignment == 0, "a stored message is whole words");
  const auto bytes = static_cast<std::uint32_t>(message.size());
  std::string out;
  out.reserve(kFrameHeadBytes + message.size());
  put(out, bytes);
  put(out, checksum(salt, bytes, sequence, message));
  put(out, sequence);
  return out.append(message);
}

}  // namespace

/// Reads frames one after another through a buffer.
class Spool::Window {
 public:
  Window(const Spool& spool, std::uint64_t from, std::uint64_t to, std::size_t bytes)
      : spool_(spool),
        salt_(spool.salt_),
        offset_(from),
        to_(to),
        bytes_(std::max(bytes, 2 * kFrameBytesMax)) {}

  /// The next whole frame, good until the following call; false: there is none before the end.
  bool next(Frame& frame) {
    while (offset_ + kFrameHeadBytes <= to_) {
      if (!holds(kFrameHeadBytes)) load();
      const auto bytes = get<std::uint32_t>(at(0, 4));
      const bool plausible = bytes > 0 && bytes % kAlignment == 0 && bytes <= kRecordBytesMax &&
                             offset_ + kFrameHeadBytes + bytes <= to_;
      if (plausible) {
        if (!holds(kFrameHeadBytes + bytes)) load();
        const auto message = at(kFrameHeadBytes, bytes);
        const auto sequence = get<std::uint64_t>(at(8, 8));
        if (get<std::uint32_t>(at(4, 4)) == checksum(salt_, bytes, sequence, message)) {
          offset_ += kFrameHeadBytes + bytes;
          frame = {.sequence = sequence, .message = message, .end = offset_};
          return true;
        }
      }
      offset_ += kAlignment;
      skipped_ += kAlignment;
    }
    return false;
  }

  std::uint64_t skipped() const { return skipped_; }

 private:
  bool holds(std::size_t bytes) const {
    return offset_ >= start_ && offset_ + bytes <= start_ + buffer_.size();
  }
  void load() {
    start_ = offset_;
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes_, to_ - offset_));
    buffer_ = readAt(spool_.file_, start_, size, spool_.path_);
    if (buffer_.size() < size) {
      throw Error(ErrorKind::failed, spool_.path_ + " was cut short by another program");
    }
  }
  std::string_view at(std::size_t from, std::size_t size) const {
    return std::string_view(buffer_).substr(static_cast<std::size_t>(offset_ - start_) + from,
                                            size);
  }

  const Spool& spool_;
  const std::string salt_;
  std::uint64_t offset_;
  const std::uint64_t to_;
  const std::size_t bytes_;
  std::uint64_t start_ = 0;
  std::string buffer_;
  std::uint64_t skipped_ = 0;
};

Spool::Spool(std::string path, std::uint64_t bytes_max)
    : path_(std::move(path)), bytes_max_(bytes_max) {
  try {
    open();
    recover();
  } catch (...) {
    if (file_ >= 0) ::close(file_);
    throw;
  }
}

Spool::~Spool() { ::close(file_); }

void Spool::fail(const std::string& what) {
  broken_ = errnoError(what).what();
  throw Error(ErrorKind::failed, broken_);
}

void Spool::open() {
  file_ = openLocked(path_);
  if (file_ < 0) {
    salt_ = newSalt();
    file_ = createLocked(path_, header(salt_));
    return;
  }
  const std::string head = readAt(file_, 0, kSpoolHeaderBytes, path_);
  if (head.size() < kSpoolHeaderBytes || !head.starts_with(kMagic)) {
    throw Error(ErrorKind::invalidArgument,
                path_ + " is not a spool, or its first bytes are lost; nothing was changed");
  }
  salt_ = head.substr(kSpoolHeaderBytes - kSaltBytes);
  const auto version = get<std::uint32_t>(std::string_view(head).substr(kMagic.size()));
  if (version > kVersion) {
    throw Error(ErrorKind::invalidArgument,
                fmt::format("{} has spool format {}; this library reads format {}; nothing was "
                            "changed",
                            path_, version, kVersion));
  }
  if (head != header(salt_)) {
    throw Error(ErrorKind::invalidArgument,
                "the header of the spool " + path_ + " is damaged; nothing was changed");
  }
}

void Spool::recover() {
  struct stat status {};
  if (::fstat(file_, &status) != 0) throw errnoError("cannot read the spool " + path_);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> usages;  // sequence, offset behind it
  Window window(*this, kSpoolHeaderBytes, size, kRewriteBytesMin);
  Frame found;
  while (window.next(found)) {
    end_ = found.end;
    try {
      protocol::StoredMessage message(
          {reinterpret_cast<const std::byte*>(found.message.data()), found.message.size()});
      auto record = message.root<wire::SpoolRecord>();
      if (record.isDone()) {
        confirmed_ = std::max(confirmed_, record.getDone());
      } else {
        usages.emplace_back(found.sequence, found.end);
      }
    } catch (const std::exception& error) {
      throw Error(ErrorKind::failed,
                  fmt::format("a record of the spool {} cannot be read: {}", path_, error.what()));
    }
    next_ = std::max(next_, found.sequence + 1);
  }
  damaged_ = window.skipped() + size - std::min(size, end_ + window.skipped());
  for (const auto& [sequence, end] : usages) {
    if (sequence < confirmed_) {
      done_ = std::max(done_, end);
    } else {
      ++untaken_;
    }
  }
  read_ = done_;
  next_ = std::max(next_, confirmed_);
  taken_next_ = confirmed_;
  written_ = next_;
  if (size > end_ && (::ftruncate(file_, static_cast<off_t>(end_)) != 0 || ::fsync(file_) != 0)) {
    throw errnoError("cannot cut the torn end off the spool " + path_);
  }
}

bool Spool::write(std::string_view bytes) {
  if (!broken_.empty()) throw Error(ErrorKind::failed, broken_);
  if (writeAll(file_, bytes, end_)) {
    end_ += bytes.size();
    return true;
  }
  const int error = errno;
  // Part of it may be in the file; what follows must not lie behind it.
  if (::ftruncate(file_, static_cast<off_t>(end_)) != 0) fail("cannot write the spool " + path_);
  errno = error;
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) return false;
  fail("cannot write the spool " + path_);
}

bool Spool::append(QueuedUsage& item) {
  const std::string message = encode(item);
  if (message.size() > kRecordBytesMax) {
    throw Error(ErrorKind::invalidArgument, fmt::format("the entry takes {} bytes, {} are allowed",
                                                        message.size(), kRecordBytesMax));
  }
  const std::size_t bytes = kFrameHeadBytes + message.size();
  if (end_ + bytes > bytes_max_ && done_ - kSpoolHeaderBytes >= bytes_max_ / 4) rewrite();
  if (end_ + bytes > bytes_max_ || !write(frame(salt_, next_, message))) return false;
  item.sequence = next_++;
  written_ = next_;
  ++untaken_;
  return true;
}

std::vector<QueuedUsage> Spool::take(std::size_t entries_max, std::size_t bytes_max) {
  std::vector<QueuedUsage> out;
  Window window(*this, read_, end_, bytes_max);
  std::size_t bytes = 0;
  Frame found;
  while (out.size() < entries_max && untaken_ > 0 && window.next(found)) {
    bytes += found.message.size();
    if (!out.empty() && bytes > bytes_max) break;
    protocol::StoredMessage message(
        {reinterpret_cast<const std::byte*>(found.message.data()), found.message.size()});
    auto record = message.root<wire::SpoolRecord>();
    read_ = found.end;
    if (record.isDone() || found.sequence < taken_next_) continue;
    taken_next_ = found.sequence + 1;
    out.push_back(decode(record, found.sequence));
    --untaken_;
    ++taken_;
  }
  if (out.empty()) untaken_ = 0;  // damage since the file was opened took them
  return out;
}

void Spool::done() {
  if (taken_ == 0) return;
  // When it cannot be written the records are sent again, and counted once.
  const std::string bytes = frame(salt_, taken_next_, encodeDone(taken_next_));
  const bool written = write(bytes);
  if (written && read_ + bytes.size() == end_) read_ = end_;
  confirmed_ = taken_next_;
  done_ = read_;
  taken_ = 0;
  if (done_ - kSpoolHeaderBytes >= std::max(kRewriteBytesMin, end_ - done_)) rewrite();
}

void Spool::rewrite() {
  const std::lock_guard<std::mutex> lock(sync_mutex_);
  const std::string beside = path_ + ".new";
  const std::string salt = newSalt();
  Window window(*this, done_, end_, kRewriteBytesMin);
  std::uint64_t to = kSpoolHeaderBytes;
  std::uint64_t read = kSpoolHeaderBytes;
  int made = -1;
  try {
    made = createBeside(path_, header(salt));
    Frame found;
    while (window.next(found)) {
      const std::string bytes = frame(salt, found.sequence, found.message);
      if (!writeAll(made, bytes, to)) throw errnoError("cannot write " + beside);
      to += bytes.size();
      if (found.end <= read_) read = to;
    }
    if (::fsync(made) != 0) throw errnoError("cannot flush " + beside);
    if (::rename(beside.c_str(), path_.c_str()) != 0) throw errnoError("cannot rename " + beside);
  } catch (const Error&) {
    // The old file serves on; when it is full, that is answered as such.
    if (made >= 0) ::close(made);
    return;
  }
  ::close(std::exchange(file_, made));
  salt_ = salt;
  damaged_ += window.skipped();
  done_ = kSpoolHeaderBytes;
  read_ = read;
  end_ = to;
  syncFolder(path_);
  synced_ = next_;
}

void Spool::sync(std::uint64_t sequence) {
  const std::lock_guard<std::mutex> lock(sync_mutex_);
  if (sync_failed_) throw Error(ErrorKind::failed, "the spool " + path_ + " could not be flushed");
  if (sequence < synced_) return;
  const std::uint64_t written = written_;
  if (::fdatasync(file_) != 0) {
    sync_failed_ = true;
    throw errnoError("cannot flush the spool " + path_);
  }
  synced_ = written;
}

}  // namespace daybook::client
