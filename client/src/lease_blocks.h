// The blocks of one lease: what may be consumed of each, what was, and what of that is reported.
//
// A block is asked for, open, over, and gone:
//   ask()    its hold's key is in the slot before the ledger hears of it
//   open()   the ledger holds it: it may be consumed until `stop_at`
//   close()  nothing is consumed any more; what was consumed stays to be reported
//   free()   the recorder has taken every report and, behind them, the end of the hold
// A process killed in between leaves a slot that recover() turns into a closed block: what is
// reported twice has the same key and contents, and what was not is reported then.
//
// Time is an argument: nanoseconds of a clock that never goes back. Threads: take() and left() any;
// ask(), open() and extend() one thread, the keeper's; the reports, free() one, the reporter's;
// close() both. A block belongs to the keeper until open() or abandon(), then to the reporter.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "client/src/lease_file.h"

namespace daybook::client {

/// A report: [from, to) of what is consumed of a block, in steps.
struct LeaseReport {
  std::string hold;
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::int64_t at_ns = 0;

  /// The same for the same usage, whoever reports it.
  std::string key() const { return hold + ":" + std::to_string(from); }
};

class LeaseBlocks {
 public:
  /// Throws as LeaseFile does, and Error(failed) for a file whose counts contradict each other.
  LeaseBlocks(const std::string& path, const std::string& identity);

  enum class Took {
    none,  // no block has as much
    yes,
    low,  // yes, and less is left than the alarm
  };
  /// Takes from one block.
  Took take(std::int64_t steps, std::int64_t now) {
    const std::size_t first = first_.load(std::memory_order_relaxed);
    Took took = takeFrom(first, steps, now);
    for (std::size_t i = 0; took == Took::none && i < kLeaseSlots; ++i) {
      if (i == first) continue;
      took = takeFrom(i, steps, now);
      if (took != Took::none) first_.store(i, std::memory_order_relaxed);
    }
    return took;
  }
  /// In all open blocks.
  std::int64_t left(std::int64_t now) const;
  /// In those whose hold can be extended.
  std::int64_t lasting(std::int64_t now) const;
  /// Blocks that are not gone.
  std::uint32_t count() const;
  /// An open block that is dry or whose time is over.
  bool isAnyOver(std::int64_t now) const;

  // ---- The keeper's

  std::optional<std::size_t> freeSlot() const;
  /// REQUIRES: the slot is free; `key` has kLeaseKeyBytes; 0 < steps.
  void ask(std::size_t i, const std::string& key, std::int64_t steps);
  /// take() says `low` of this block and of no other.
  void open(std::size_t i, std::int64_t stop_at, std::int64_t alarm);
  /// The ledger refused it: it is gone.
  void refused(std::size_t i);
  /// Nobody knows whether the ledger holds it: its hold is ended as that of a block not consumed.
  void abandon(std::size_t i);
  void extend(std::size_t i, std::int64_t stop_at);
  /// Its hold lasts no longer.
  void fade(std::size_t i);
  void silenceAlarms();

  // ---- The reporter's

  bool isOpen(std::size_t i) const;
  std::string hold(std::size_t i) const;
  void close(std::size_t i);
  bool isOver(std::size_t i, std::int64_t now) const;
  /// What is consumed and not reported, as it was begun; `at_ns` is when it is begun now.
  std::optional<LeaseReport> nextReport(std::size_t i, std::int64_t at_ns);
  /// The recorder has taken it.
  void reported(std::size_t i, const LeaseReport& report);
  /// Closed, and nothing is left to report.
  bool isReported(std::size_t i) const;
  /// The recorder has taken the end of the hold.
  void free(std::size_t i);

 private:
  static constexpr std::int64_t kPast = std::numeric_limits<std::int64_t>::min();

  /// What of a block is this process's.
  struct Live {
    std::atomic<std::int64_t> stop_at{kPast};
    std::atomic<std::int64_t> alarm{kPast};
    std::atomic<bool> fades{false};
  };

  Took takeFrom(std::size_t i, std::int64_t steps, std::int64_t now) {
    std::atomic<std::int64_t>& left = file_.slots()[i].left;
    std::int64_t value = left.load(std::memory_order_acquire);
    while (value >= steps) {
      // The time of a block that takes this one's place meanwhile is later.
      if (now >= live_[i].stop_at.load(std::memory_order_relaxed)) return Took::none;
      if (left.compare_exchange_weak(value, value - steps, std::memory_order_acq_rel,
                                     std::memory_order_acquire)) {
        const bool low = value - steps < live_[i].alarm.load(std::memory_order_relaxed);
        return low ? Took::low : Took::yes;
      }
    }
    return Took::none;
  }
  LeaseSlot& slot(std::size_t i) { return file_.slots()[i]; }
  const LeaseSlot& slot(std::size_t i) const { return file_.slots()[i]; }
  void recover(std::size_t i, const std::string& path);

  LeaseFile file_;
  std::array<Live, kLeaseSlots> live_;
  std::atomic<std::size_t> first_{0};  // the block that gave last
};

}  // namespace daybook::client
