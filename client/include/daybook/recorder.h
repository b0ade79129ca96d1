// Records usage in batches: record() only queues, a thread of the recorder sends.
//
//   daybook::client::Client ledger;
//   daybook::client::Recorder recorder(ledger, {.spool = "/var/lib/app/usage.spool"});
//   recorder.record({.customer = "acme", .key = order_id, .usage = {.feature = "calls"}});
//
// Answers: every entry that was taken gets exactly one RecordResult while the recorder lives. While
// the daemon cannot be asked, is too busy or cannot record, entries are sent again, in their order,
// with the same keys: nothing counts twice. Without a spool that goes on until `deadline`. With one
// it goes on for ever, over restarts of the process too: what record() took is lost only with the
// file.
// Memory: entries in memory are bounded by `queue_entries_max` and `queue_bytes_max`, those in a
// spool by `spool_bytes_max`. At the bound record() waits for `full_wait`, then answers `full`.
// Errors: the constructor throws Error(invalidArgument) for options out of range, and for a spool
// file that is in use or is not one; Error(failed) when the file cannot be read or written.
// Threads: any number may call at once. Results come on the recorder's thread, in the order of the
// entries but for those that the daemon could not record yet; callbacks must not throw, and must
// not destroy the recorder. The client must outlive it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>

#include "daybook/client.h"
#include "daybook/types.h"

namespace daybook::client {

/// An entry that takes more than this in its stored form is Error(invalidArgument).
inline constexpr std::size_t kRecordBytesMax = 65'536;

enum class RecordStatus {
  counted,     // recorded, now or by an earlier attempt
  refused,     // by the ledger's rules: see the outcome
  failed,      // the daemon could not understand it or has a bug: see the detail
  unanswered,  // deadline passed, or closed: recorded or not; the same key resolves it
  spooled,     // closed before an answer: the spool file has it, the next recorder sends it
  notTaken,    // only recordAsync(): the queue is full, or closing
};
/// The name as in the enum ("counted").
const char* name(RecordStatus status);

struct RecordResult {
  RecordStatus status = RecordStatus::counted;
  UsageEntry entry;
  bool past_hold = false;  // of useHold(): the hold had ended, so it is plain usage
  Outcome outcome;         // of refused
  std::string detail;      // of refused, failed and unanswered
};

enum class Taken { yes, full, closing };

/// When a usage without `at` happened, for the ledger.
enum class Stamp {
  whenTaken,      // by this machine's clock: usage sent late counts in its own period
  whenDelivered,  // by the ledger's clock, when it is recorded
};

/// When spooled records are forced to the disk. Whatever is chosen, they survive the process.
enum class SpoolSync {
  everyRecord,  // before record() returns; threads that wait share one flush
  interval,     // within `spool_sync_interval`: at stake when the machine fails
  never,        // as the operating system likes
};

struct RecorderOptions {
  // A batch is sent as soon as one of these is reached.
  std::size_t batch_entries_max = 1'000;  // [1, 16 384]
  std::size_t batch_bytes_max = 1u << 20;
  std::chrono::milliseconds batch_age_max{20};

  std::size_t queue_entries_max = 100'000;  // in memory; with a spool: entries with a callback
  std::size_t queue_bytes_max = 64u << 20;
  std::chrono::milliseconds full_wait{0};

  /// Of one attempt.
  std::chrono::milliseconds call_timeout{10'000};
  /// From record() on, looked at between attempts; without a spool only. 0: none.
  std::chrono::milliseconds deadline{60'000};
  /// How long the destructor waits for answers, beside the attempt that is under way.
  std::chrono::milliseconds close_wait{5'000};

  Stamp stamp = Stamp::whenTaken;

  /// Of every entry, those of earlier processes in the spool too; before the entry's own callback.
  std::function<void(const RecordResult&)> on_result;

  /// Path of the spool file; empty: none. It is created when it is absent, and is used by one
  /// recorder at a time. Beside it lies "PATH.new" while it is rewritten.
  std::string spool;
  std::uint64_t spool_bytes_max = 256u << 20;
  SpoolSync spool_sync = SpoolSync::interval;
  std::chrono::milliseconds spool_sync_interval{100};
};

struct RecorderStats {
  // Of this recorder.
  std::uint64_t taken = 0;
  std::uint64_t full = 0;  // calls of record() that were answered so
  std::uint64_t counted = 0;
  std::uint64_t past_hold = 0;  // of these: used out of a hold that had ended
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
  std::uint64_t unanswered = 0;
  std::uint64_t batches = 0;  // that were answered
  std::uint64_t retries = 0;

  std::uint64_t waiting = 0;        // entries without an answer
  std::uint64_t waiting_bytes = 0;  // what they take of the bounds
  /// Bytes of the spool that were not what was written, or a torn end: skipped.
  std::uint64_t spool_damaged_bytes = 0;
  /// Why the newest attempt did not get through; empty when it did.
  std::string trouble;
};

class Recorder {
 public:
  using OnResult = std::function<void(const RecordResult&)>;

  explicit Recorder(Client& client, RecorderOptions options = {});
  /// Sends what is queued, for at most `close_wait`; what then has no answer is `unanswered`, or
  /// stays in the spool.
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Queues one entry; an empty key becomes newKey(). Throws Error(failed) when the spool cannot be
  /// written: the entry is then recorded or not.
  Taken record(UsageEntry entry, OnResult on_result = {});
  std::future<RecordResult> recordAsync(UsageEntry entry);
  /// Records usage out of the hold that was placed with the key `hold`, as it is: without a stamp,
  /// and with a key of the caller's. When the hold has ended it is recorded all the same, in full:
  /// with OnShortfall::overdraw, counted as `past_hold`.
  Taken useHold(std::string hold, UsageEntry entry, OnResult on_result = {});
  /// Ends a hold, after everything taken before has its answer: usage out of it that was taken by
  /// this recorder, or lies in its spool, is never behind its end. `counted` too when it had ended.
  Taken releaseHold(std::string customer, std::string key, std::string hold,
                    OnResult on_result = {});
  /// Whether it has a spool.
  bool isDurable() const;

  /// Sends without waiting for full batches until everything taken before has its result. Gives
  /// how many entries have none at the end of `timeout`.
  std::uint64_t flush(std::chrono::milliseconds timeout);

  RecorderStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::client
