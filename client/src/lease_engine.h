// What a Lease does: blocks (lease_blocks.h), a thread that takes them and extends their holds (the
// keeper), and one that reports what was consumed and ends them (the reporter).
//
// The invariant: the end of a hold is never sent before every report out of it has its answer, in
// this process and after any crash. Reports and, behind them, the end go through one recorder,
// which keeps their order over restarts when it has a spool; a slot is free when the recorder has
// taken the end. So usage reaches the ledger while its hold lives, unless the hold's time was over
// first: only then it is plain usage (past_hold). And a key is in the slot before the ledger hears
// of it, so that every hold the ledger gave is ended by whoever opens the file next.
//
// Errors and threads: as daybook/lease.h.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#include "client/src/lease_blocks.h"
#include "daybook/lease.h"

namespace daybook::client {

/// In the order of a block's life.
enum class LeaseStep {
  asked,     // the key is in the slot, the ledger has not heard of it
  placed,    // the ledger holds it, the slot does not say so
  opened,    // it may be consumed
  extended,  // the ledger holds it for longer
  intended,  // a report is begun
  spooled,   // the recorder has it, the slot does not say so
  reported,  // the slot says so
  closed,    // nothing more is consumed
  ended,     // the recorder has the end of the hold, the slot is not free
  freed,
};

/// Time, and the moments between steps: tests set the one and stop at the others.
class LeaseWorld {
 public:
  virtual ~LeaseWorld() = default;
  /// Nanoseconds that never go back, and go on while the machine sleeps. Any thread.
  virtual std::int64_t now() const;
  /// On the thread that did it.
  virtual void reached(LeaseStep) {}
};

class LeaseEngine {
 public:
  LeaseEngine(Client& client, Recorder& recorder, LeaseOptions options, LeaseWorld& world);
  ~LeaseEngine();
  LeaseEngine(const LeaseEngine&) = delete;
  LeaseEngine& operator=(const LeaseEngine&) = delete;

  bool tryConsume(std::int64_t steps);
  std::int64_t steps(std::string_view quantity) const;
  bool waitForBlock(std::chrono::milliseconds timeout);
  LeaseStats stats() const;

 private:
  using Lock = std::unique_lock<std::mutex>;

  /// A hold that was asked for and has no answer.
  struct Asked {
    std::size_t slot = 0;
    std::string key;
    std::int64_t steps = 0;
    std::int64_t since = 0;  // before it was first sent
  };
  /// The next call about the hold of an open block.
  struct Extension {
    std::string hold;
    std::int64_t due = 0;
  };
  /// What became of something for the recorder.
  enum class Given { yes, nothing, full };
  /// What reports have in common with their lease; they may end after it.
  struct Reports;

  void demand();

  // Under the mutex.
  bool needsBlock() const;
  std::int64_t stopFrom(std::int64_t since) const;
  void noteTrouble(const std::string& what, std::chrono::milliseconds wait);

  // On the keeper's thread.
  void keep();
  void takeBlock(Lock& lock);
  void abandonAsked();
  std::optional<std::size_t> dueExtension();
  void extend(Lock& lock, std::size_t i);

  // On the reporter's thread, without the mutex.
  void reportNowAndThen();
  bool reportAll();
  Given giveNext(std::size_t i);
  Given give(std::size_t i, const LeaseReport& report);
  void finish();

  Client& client_;
  Recorder& recorder_;
  LeaseWorld& world_;
  const LeaseOptions options_;
  const std::int64_t block_;
  const std::int64_t block_min_;
  const std::int64_t refill_below_;
  const std::int64_t ttl_ns_;
  LeaseBlocks blocks_;
  std::atomic<bool> wanted_{false};

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // for the keeper and for waitForBlock()
  std::condition_variable due_;      // for the reporter
  // All guarded by mutex_.
  std::optional<Asked> asked_;
  std::int64_t next_steps_;  // of the next block that is asked for
  std::array<Extension, kLeaseSlots> extensions_;
  std::int64_t ask_at_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t refused_ = 0;
  std::string trouble_;
  bool report_now_ = false;
  bool stopping_ = false;

  const std::shared_ptr<Reports> reports_;
  std::thread keeper_;
  std::thread reporter_;
};

}  // namespace daybook::client
