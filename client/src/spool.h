// The spool: a file that keeps usage until the daemon has answered it.
//
// Grammar of the file (protocol/COMPATIBILITY.md): a header, then frames, each a Cap'n Proto
// message of protocol/spool.capnp behind its length, checksum and sequence. It is appended to only;
// a frame `done` confirms what lies before. What lies before the first unconfirmed record goes away
// when the file is rewritten, under a new name that then replaces the old one: at every moment the
// name belongs to one whole file.
// After a crash the file ends where its last whole frame ends. Frames are found again behind
// damage; what was skipped is counted.
// Errors: Error(invalidArgument) for a file that is in use or foreign, Error(failed) for the rest.
// A failed write that cannot be taken back, and a failed flush, end the spool: what follows throws.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "client/src/usage_queue.h"

namespace daybook::client {

/// Bytes of the header and of what stands before each message.
inline constexpr std::size_t kSpoolHeaderBytes = 24;
inline constexpr std::size_t kFrameHeadBytes = 16;

class Spool final : public UsageQueue {
 public:
  /// Opens, creates or repairs the file, and locks it for the object's life.
  Spool(std::string path, std::uint64_t bytes_max);
  ~Spool() override;
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  bool append(QueuedUsage& item) override;
  std::vector<QueuedUsage> take(std::size_t entries_max, std::size_t bytes_max) override;
  void done() override;
  void sync(std::uint64_t sequence) override;
  std::uint64_t next() const override { return next_; }
  std::uint64_t untaken() const override { return untaken_; }
  std::uint64_t untaken_bytes() const override { return end_ - read_; }
  std::uint64_t waiting() const override { return untaken_ + taken_; }
  std::uint64_t waiting_bytes() const override { return end_ - done_; }
  std::uint64_t damaged_bytes() const override { return damaged_; }

 private:
  struct Frame {
    std::uint64_t sequence = 0;
    std::string_view message;
    std::uint64_t end = 0;  // offset behind it
  };
  class Window;

  void open();
  void recover();
  bool write(std::string_view bytes);
  /// Replaces the file by one with what is not confirmed.
  void rewrite();
  [[noreturn]] void fail(const std::string& what);

  const std::string path_;
  const std::uint64_t bytes_max_;
  std::string salt_;  // of the file: frames of another file, or of an older one, are not taken
  int file_ = -1;

  // Offsets: done_ <= read_ <= end_. Before done_ everything is confirmed, before read_ taken.
  std::uint64_t done_ = kSpoolHeaderBytes;
  std::uint64_t read_ = kSpoolHeaderBytes;
  std::uint64_t end_ = kSpoolHeaderBytes;
  std::uint64_t next_ = 0;       // sequence
  std::uint64_t confirmed_ = 0;  // every smaller sequence
  std::uint64_t taken_next_ = 0;
  std::uint64_t untaken_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t damaged_ = 0;
  std::string broken_;  // why nothing is written any more

  std::mutex sync_mutex_;                  // taken after the recorder's
  std::atomic<std::uint64_t> written_{0};  // sequences below are in the file
  std::uint64_t synced_ = 0;               // guarded by sync_mutex_: and these on the disk
  bool sync_failed_ = false;               // guarded by sync_mutex_
};

}  // namespace daybook::client
