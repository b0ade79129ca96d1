#include "daybook/recorder.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "client/src/spool.h"
#include "client/src/usage_queue.h"
#include "daybook/error.h"
#include "ledger/base/limits.h"

namespace daybook::client {
namespace {

using Clock = std::chrono::steady_clock;
using Lock = std::unique_lock<std::mutex>;

constexpr std::chrono::milliseconds kPauseMin{20};
constexpr std::chrono::milliseconds kPauseMax{2'000};
// Attempts at a batch, and at an entry alone, that the daemon fails at.
constexpr int kFailuresMax = 3;

/// Refusals that say nothing about the entry: the same is accepted later.
bool passes(const Outcome& outcome) {
  static constexpr std::array<std::string_view, 5> kNames = {
      "unauthorized", "storageFull", "clockJumped", "unavailable", "ledgerFull"};
  return std::ranges::find(kNames, outcome.name) != kNames.end();
}

/// The daemon cannot make sense of what was sent, or fails at it.
bool isPoison(const Error& error) {
  return error.kind() == ErrorKind::failed || error.kind() == ErrorKind::invalidArgument;
}

void require(bool holds, const char* what) {
  if (!holds) throw Error(ErrorKind::invalidArgument, what);
}

RecorderOptions checked(RecorderOptions options) {
  require(options.batch_entries_max >= 1 && options.batch_entries_max <= limits::kBatchEntriesMax,
          "batch_entries_max is in [1, 16 384]");
  require(options.batch_bytes_max >= 1 && options.batch_bytes_max <= limits::kMessageBytesMax / 4,
          "batch_bytes_max is in [1, 16 MiB]");
  require(options.queue_entries_max >= 1 && options.queue_bytes_max >= 2 * kRecordBytesMax,
          "the queue has room for an entry of any size: queue_bytes_max is at least 128 KiB");
  require(options.spool_bytes_max >= (1u << 20), "spool_bytes_max is at least 1 MiB");
  require(options.call_timeout.count() > 0, "call_timeout is positive");
  require(options.spool_sync != SpoolSync::interval || options.spool_sync_interval.count() > 0,
          "spool_sync_interval is positive");
  return options;
}

std::unique_ptr<UsageQueue> makeQueue(const RecorderOptions& options) {
  if (options.spool.empty()) {
    return std::make_unique<MemoryQueue>(options.queue_entries_max, options.queue_bytes_max);
  }
  return std::make_unique<Spool>(options.spool, options.spool_bytes_max);
}

std::int64_t wallClockNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

const char* name(RecordStatus status) {
  switch (status) {
    case RecordStatus::counted:
      return "counted";
    case RecordStatus::refused:
      return "refused";
    case RecordStatus::failed:
      return "failed";
    case RecordStatus::unanswered:
      return "unanswered";
    case RecordStatus::spooled:
      return "spooled";
    case RecordStatus::notTaken:
      return "notTaken";
  }
  return "unknown";
}

class Recorder::Impl {
 public:
  Impl(Client& client, RecorderOptions options)
      : client_(client),
        options_(checked(std::move(options))),
        durable_(!options_.spool.empty()),
        queue_(makeQueue(options_)) {
    sender_ = std::thread([this] { send(); });
    if (durable_ && options_.spool_sync == SpoolSync::interval) {
      syncer_ = std::thread([this] { syncNowAndThen(); });
    }
  }

  ~Impl() {
    {
      const Lock lock(mutex_);
      closing_ = true;
      close_at_ = Clock::now() + options_.close_wait;
    }
    changed_.notify_all();
    sync_due_.notify_all();
    answered_.notify_all();
    sender_.join();
    if (syncer_.joinable()) syncer_.join();
  }

  Taken record(UsageEntry entry, OnResult on_result) {
    if (entry.key.empty()) entry.key = newKey();
    if (entry.usage.at_ns == 0 && options_.stamp == Stamp::whenTaken) {
      entry.usage.at_ns = wallClockNs();
    }
    return take(QueuedKind::usage, std::move(entry), {}, std::move(on_result));
  }

  Taken take(QueuedKind kind, UsageEntry entry, std::string hold, OnResult on_result) {
    QueuedUsage item;
    item.kind = kind;
    item.entry = std::move(entry);
    item.hold = std::move(hold);
    item.since = Clock::now();
    const auto until = item.since + options_.full_wait;
    std::uint64_t sequence = 0;
    {
      Lock lock(mutex_);
      for (;;) {
        if (closing_) return Taken::closing;
        if (!sync_error_.empty()) throw Error(ErrorKind::failed, sync_error_);
        const bool room = !durable_ || !on_result || waiting_.size() < options_.queue_entries_max;
        if (room && queue_->append(item)) break;
        if (options_.full_wait.count() == 0 ||
            answered_.wait_until(lock, until) == std::cv_status::timeout) {
          ++stats_.full;
          return Taken::full;
        }
      }
      sequence = item.sequence;
      ++stats_.taken;
      if (on_result) waiting_.emplace(sequence, std::move(on_result));
      if (queue_->untaken() == 1) oldest_ = Clock::now();
      if (queue_->untaken() == 1 || isFull()) changed_.notify_all();
    }
    if (durable_ && options_.spool_sync == SpoolSync::everyRecord) queue_->sync(sequence);
    return Taken::yes;
  }

  std::uint64_t flush(std::chrono::milliseconds timeout) {
    Lock lock(mutex_);
    const std::uint64_t until = queue_->next();
    const auto left = [&] {
      const std::uint64_t waiting = queue_->waiting();
      return waiting - std::min(waiting, queue_->next() - until);
    };
    ++flushing_;
    changed_.notify_all();
    answered_.wait_for(lock, timeout, [&] { return left() == 0; });
    --flushing_;
    return left();
  }

  bool isDurable() const { return durable_; }

  RecorderStats stats() const {
    const Lock lock(mutex_);
    RecorderStats out = stats_;
    out.waiting = queue_->waiting();
    out.waiting_bytes = queue_->waiting_bytes();
    out.spool_damaged_bytes = queue_->damaged_bytes();
    return out;
  }

 private:
  using Batch = std::vector<QueuedUsage>;

  // ---- Under the mutex

  bool isFull() const {
    return queue_->untaken() >= options_.batch_entries_max ||
           queue_->untaken_bytes() >= options_.batch_bytes_max;
  }

  /// Until there is a batch to send, or nothing more is sent.
  bool waitForWork(Lock& lock) {
    for (;;) {
      if (closing_ && (queue_->untaken() == 0 || Clock::now() >= close_at_)) return false;
      if (queue_->untaken() == 0) {
        changed_.wait(lock);
        continue;
      }
      const auto due = oldest_ + options_.batch_age_max;
      if (closing_ || flushing_ > 0 || isFull() || Clock::now() >= due) return true;
      changed_.wait_until(lock, due);
    }
  }

  /// Pauses before the next attempt; false: there is none.
  bool pause(const std::string& trouble) {
    Lock lock(mutex_);
    stats_.trouble = trouble;
    ++stats_.retries;
    const auto until = Clock::now() + pause_;
    pause_ = std::min(2 * pause_, kPauseMax);
    while (Clock::now() < until) {
      if (closing_ && Clock::now() >= close_at_) return false;
      changed_.wait_until(lock, closing_ ? std::min(until, close_at_) : until);
    }
    return true;
  }

  // ---- On the sender's thread, without the mutex

  void send() {
    Lock lock(mutex_);
    while (waitForWork(lock)) {
      Batch batch;
      std::string trouble;
      try {
        batch = queue_->take(options_.batch_entries_max, options_.batch_bytes_max);
      } catch (const std::exception& error) {
        trouble = error.what();
      }
      oldest_ = Clock::now();
      lock.unlock();
      bool all = false;
      if (trouble.empty()) {
        all = deliver(std::move(batch), kFailuresMax);
      } else {
        pause(trouble);
      }
      lock.lock();
      if (all) confirm();
      answered_.notify_all();
    }
    lock.unlock();
    reportRest();
  }

  void confirm() {
    try {
      queue_->done();
    } catch (const std::exception& error) {
      stats_.trouble = error.what();  // sent again by the next recorder, and counted once
    }
  }

  /// Sends a batch until all of it is answered, or the recorder closes. Says which. What the daemon
  /// failed at `failures_max` times is sent in halves: one entry may be what it cannot understand.
  bool deliver(Batch batch, int failures_max) {
    int failures = 0;
    while (!batch.empty()) {
      if (!trouble_.empty()) expire(batch);
      if (batch.empty()) break;
      const bool understood = attempt(batch);
      if (!understood && ++failures >= failures_max) {
        if (batch.size() > 1) return deliverHalves(std::move(batch));
        report(batch.front(), RecordStatus::failed, {}, trouble_);
        break;
      }
      if (!batch.empty() && !trouble_.empty() && !pause(trouble_)) {
        for (QueuedUsage& item : batch) giveUp(item, trouble_);
        return false;
      }
    }
    return true;
  }

  bool deliverHalves(Batch batch) {
    const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
    Batch rest(std::make_move_iterator(middle), std::make_move_iterator(batch.end()));
    batch.erase(middle, batch.end());
    // One entry alone is tried as often as a whole batch before it is given up.
    const auto failures_max = [](const Batch& half) { return half.size() == 1 ? kFailuresMax : 1; };
    const int of_batch = failures_max(batch);
    const int of_rest = failures_max(rest);
    const bool first = deliver(std::move(batch), of_batch);
    return deliver(std::move(rest), of_rest) && first;
  }

  /// Sends what is in `batch` and leaves in it what has to be sent again, with trouble_ the reason.
  /// False: the daemon fails at it.
  bool attempt(Batch& batch) {
    // Entries of one kind together, in order: a hold's end is sent when all usage out of it that
    // was taken before has its answer, and can never overtake it.
    const QueuedKind kind = batch.front().kind;
    const auto end = std::find_if(batch.begin(), batch.end(),
                                  [kind](const QueuedUsage& item) { return item.kind != kind; });
    Batch rest(std::make_move_iterator(end), std::make_move_iterator(batch.end()));
    batch.erase(end, batch.end());
    const bool understood =
        kind == QueuedKind::usage ? attemptUsage(batch) : attemptAboutHolds(batch);
    std::move(rest.begin(), rest.end(), std::back_inserter(batch));
    return understood;
  }

  std::future<Reply<Receipt>> send(const QueuedUsage& item) {
    const UsageEntry& entry = item.entry;
    const CallOptions call{.timeout = options_.call_timeout};
    if (item.kind == QueuedKind::release) {
      return client_.releaseHoldAsync(entry.customer, entry.key, item.hold, call);
    }
    return client_.useHoldAsync(entry.customer, entry.key,
                                {.hold = item.hold, .usage = entry.usage}, call);
  }

  /// Each in a call of its own, all at once.
  bool attemptAboutHolds(Batch& batch) {
    trouble_.clear();
    bool understood = true;
    Batch again;
    std::vector<std::future<Reply<Receipt>>> replies;
    for (const QueuedUsage& item : batch) replies.push_back(send(item));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      try {
        if (!endAboutHold(batch[i], replies[i].get())) again.push_back(std::move(batch[i]));
      } catch (const Error& error) {
        trouble_ = std::string(name(error.kind())) + ": " + error.what();
        if (isPoison(error)) understood = false;
        again.push_back(std::move(batch[i]));
      }
    }
    batch = std::move(again);
    answered();
    return understood;
  }

  /// False: it has to be sent again.
  bool endAboutHold(QueuedUsage& item, const Reply<Receipt>& reply) {
    const std::string& outcome = reply.outcome.name;
    const bool has_ended = outcome == "holdEnded" || outcome == "unknownHold";
    if (reply.ok() || (has_ended && item.kind == QueuedKind::release)) {
      report(item, RecordStatus::counted, {}, {});
      return true;
    }
    // keyReused: an earlier attempt found the hold ended, and its answer to the usage was lost.
    if (has_ended || (outcome == "keyReused" && item.kind == QueuedKind::use)) {
      item.kind = QueuedKind::usage;
      item.past_hold = true;
      item.entry.usage.on_shortfall = OnShortfall::overdraw;
      return false;
    }
    if (passes(reply.outcome)) {
      trouble_ = outcome + " " + reply.detail;
      return false;
    }
    report(item, RecordStatus::refused, reply.outcome, reply.detail);
    return true;
  }

  bool attemptUsage(Batch& batch) {
    std::vector<UsageEntry> entries;
    entries.reserve(batch.size());
    for (const QueuedUsage& item : batch) entries.push_back(item.entry);
    Reply<BatchResult> reply;
    try {
      reply = client_.recordBatch(std::move(entries), {.timeout = options_.call_timeout});
    } catch (const Error& error) {
      trouble_ = std::string(name(error.kind())) + ": " + error.what();
      return !isPoison(error);
    }
    if (!reply.ok()) {
      trouble_ = reply.outcome.name + " " + reply.detail;
      return true;
    }
    trouble_.clear();
    answered();
    std::vector<const Refusal*> refusals(batch.size());
    for (const Refusal& refusal : reply.value.refusals) {
      if (refusal.index < batch.size()) refusals[refusal.index] = &refusal;
    }
    Batch again;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Refusal* refusal = refusals[i];
      if (refusal == nullptr) {
        report(batch[i], RecordStatus::counted, {}, {});
      } else if (passes(refusal->outcome)) {
        trouble_ = refusal->outcome.name + " " + refusal->detail;
        again.push_back(std::move(batch[i]));
      } else {
        report(batch[i], RecordStatus::refused, refusal->outcome, refusal->detail);
      }
    }
    batch = std::move(again);
    return true;
  }

  /// An attempt ended: with an answer, unless trouble_ says otherwise.
  void answered() {
    if (!trouble_.empty()) return;
    const Lock lock(mutex_);
    ++stats_.batches;
    stats_.trouble.clear();
    pause_ = kPauseMin;
  }

  /// Ends what has waited past the deadline.
  void expire(Batch& batch) {
    if (durable_ || options_.deadline.count() == 0) return;
    const auto before = Clock::now() - options_.deadline;
    // Those that wait longest come first.
    auto late = batch.begin();
    for (; late != batch.end() && late->since <= before; ++late) giveUp(*late, trouble_);
    batch.erase(batch.begin(), late);
  }

  void giveUp(QueuedUsage& item, const std::string& why) {
    report(item, durable_ ? RecordStatus::spooled : RecordStatus::unanswered, {}, why);
  }

  void report(QueuedUsage& item, RecordStatus status, const Outcome& outcome,
              const std::string& detail) {
    OnResult on_result;
    {
      const Lock lock(mutex_);
      count(status);
      if (item.past_hold && status == RecordStatus::counted) ++stats_.past_hold;
      const auto found = waiting_.find(item.sequence);
      if (found != waiting_.end()) {
        on_result = std::move(found->second);
        waiting_.erase(found);
      }
    }
    if (!on_result && !options_.on_result) return;
    RecordResult result;
    result.status = status;
    result.entry = std::move(item.entry);
    result.past_hold = item.past_hold;
    result.outcome = outcome;
    result.detail = detail;
    if (options_.on_result) options_.on_result(result);
    if (on_result) on_result(result);
  }

  void count(RecordStatus status) {
    switch (status) {
      case RecordStatus::counted:
        ++stats_.counted;
        return;
      case RecordStatus::refused:
        ++stats_.refused;
        return;
      case RecordStatus::failed:
        ++stats_.failed;
        return;
      case RecordStatus::unanswered:
        ++stats_.unanswered;
        return;
      case RecordStatus::spooled:
      case RecordStatus::notTaken:
        return;
    }
  }

  /// Closing: ends what was never sent.
  void reportRest() {
    for (;;) {
      Batch rest;
      {
        const Lock lock(mutex_);
        if (durable_ && waiting_.empty() && !options_.on_result) return;
        try {
          rest = queue_->take(options_.batch_entries_max, options_.batch_bytes_max);
        } catch (const std::exception&) {
          return;  // an unreadable spool; the next recorder says so when it opens it
        }
      }
      if (rest.empty()) return;
      for (QueuedUsage& item : rest) giveUp(item, "the recorder was closed before it was sent");
    }
  }

  // ---- On the syncer's thread

  void syncNowAndThen() {
    Lock lock(mutex_);
    std::uint64_t synced = queue_->next();
    for (;;) {
      const bool last = closing_;
      const std::uint64_t newest = queue_->next();
      if (newest != synced) {
        lock.unlock();
        std::string error;
        try {
          queue_->sync(newest - 1);
        } catch (const Error& e) {
          error = e.what();
        }
        lock.lock();
        // A flush that failed cannot be repeated.
        sync_error_ = error;
        if (!error.empty()) return;
        synced = newest;
      }
      if (last) return;
      sync_due_.wait_for(lock, options_.spool_sync_interval, [this] { return closing_; });
    }
  }

  Client& client_;
  const RecorderOptions options_;
  const bool durable_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;   // for the sender: something to send, to flush, to end
  std::condition_variable answered_;  // for flush() and for record() that waits for room
  std::condition_variable sync_due_;  // for the syncer: the end
  // All guarded by mutex_, but for sync() of the queue.
  std::unique_ptr<UsageQueue> queue_;
  std::unordered_map<std::uint64_t, OnResult> waiting_;  // by sequence
  RecorderStats stats_;
  std::uint32_t flushing_ = 0;
  Clock::time_point oldest_ = Clock::now();  // of what was not taken yet
  std::chrono::milliseconds pause_ = kPauseMin;
  bool closing_ = false;
  Clock::time_point close_at_;
  std::string sync_error_;

  std::string trouble_;  // of the sender's thread: why the newest attempt did not get through
  std::thread sender_;
  std::thread syncer_;
};

Recorder::Recorder(Client& client, RecorderOptions options)
    : impl_(std::make_unique<Impl>(client, std::move(options))) {}
Recorder::~Recorder() = default;

Taken Recorder::record(UsageEntry entry, OnResult on_result) {
  return impl_->record(std::move(entry), std::move(on_result));
}

Taken Recorder::useHold(std::string hold, UsageEntry entry, OnResult on_result) {
  require(!hold.empty() && !entry.key.empty(),
          "usage out of a hold has the hold's key and its own");
  return impl_->take(QueuedKind::use, std::move(entry), std::move(hold), std::move(on_result));
}

Taken Recorder::releaseHold(std::string customer, std::string key, std::string hold,
                            OnResult on_result) {
  require(!hold.empty() && !key.empty(), "the end of a hold has the hold's key and its own");
  UsageEntry entry;
  entry.customer = std::move(customer);
  entry.key = std::move(key);
  return impl_->take(QueuedKind::release, std::move(entry), std::move(hold), std::move(on_result));
}

bool Recorder::isDurable() const { return impl_->isDurable(); }

std::future<RecordResult> Recorder::recordAsync(UsageEntry entry) {
  auto promise = std::make_shared<std::promise<RecordResult>>();
  auto future = promise->get_future();
  const Taken taken =
      impl_->record(entry, [promise](const RecordResult& result) { promise->set_value(result); });
  if (taken != Taken::yes) {
    RecordResult result;
    result.status = RecordStatus::notTaken;
    result.entry = std::move(entry);
    result.detail = taken == Taken::full ? "the queue is full" : "the recorder is closing";
    promise->set_value(std::move(result));
  }
  return future;
}

std::uint64_t Recorder::flush(std::chrono::milliseconds timeout) { return impl_->flush(timeout); }
RecorderStats Recorder::stats() const { return impl_->stats(); }

}  // namespace daybook::client
