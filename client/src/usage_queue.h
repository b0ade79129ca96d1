// What a recorder has taken and has no answer for yet: a queue in memory, or a spool file.
//
// Entries are taken in their order, in batches; done() confirms everything that was taken. Not safe
// for use from several threads: the recorder's mutex guards it, but for sync().
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "daybook/types.h"

namespace daybook::client {

enum class QueuedKind {
  usage,    // of no hold
  use,      // out of the hold
  release,  // the end of the hold: of the entry, customer and key alone count
};

struct QueuedUsage {
  std::uint64_t sequence = 0;  // counts the entries of one recorder; in a spool of its file
  QueuedKind kind = QueuedKind::usage;
  UsageEntry entry;
  std::string hold;        // the key of the hold that it is about; empty: of none
  bool past_hold = false;  // was a use, and the hold had ended
  std::chrono::steady_clock::time_point since;  // taken by record(), or read from a spool
};

class UsageQueue {
 public:
  virtual ~UsageQueue() = default;

  /// Gives the entry its sequence; false: there is no room. Throws Error(failed).
  virtual bool append(QueuedUsage& item) = 0;
  /// The next entries that were not taken yet: at least one, if there is any.
  virtual std::vector<QueuedUsage> take(std::size_t entries_max, std::size_t bytes_max) = 0;
  /// Everything taken has its answer.
  virtual void done() = 0;
  /// Returns when the entry is on the disk. Any thread, without the recorder's mutex.
  virtual void sync(std::uint64_t sequence) = 0;

  virtual std::uint64_t next() const = 0;           // sequence of the next append
  virtual std::uint64_t untaken() const = 0;        // entries
  virtual std::uint64_t untaken_bytes() const = 0;  // what they take
  virtual std::uint64_t waiting() const = 0;        // entries, taken ones too
  virtual std::uint64_t waiting_bytes() const = 0;
  virtual std::uint64_t damaged_bytes() const = 0;
};

class MemoryQueue final : public UsageQueue {
 public:
  MemoryQueue(std::size_t entries_max, std::size_t bytes_max);

  bool append(QueuedUsage& item) override;
  std::vector<QueuedUsage> take(std::size_t entries_max, std::size_t bytes_max) override;
  void done() override;
  void sync(std::uint64_t sequence) override;
  std::uint64_t next() const override { return next_; }
  std::uint64_t untaken() const override { return items_.size(); }
  std::uint64_t untaken_bytes() const override { return untaken_bytes_; }
  std::uint64_t waiting() const override { return items_.size() + taken_; }
  std::uint64_t waiting_bytes() const override { return untaken_bytes_ + taken_bytes_; }
  std::uint64_t damaged_bytes() const override { return 0; }

 private:
  const std::size_t entries_max_;
  const std::size_t bytes_max_;
  std::deque<QueuedUsage> items_;
  std::uint64_t next_ = 0;
  std::uint64_t untaken_bytes_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t taken_bytes_ = 0;
};

}  // namespace daybook::client
