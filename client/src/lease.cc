#include "daybook/lease.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "client/src/lease_file.h"
#include "daybook/error.h"
#include "ledger/base/check.h"
#include "ledger/base/decimal.h"

namespace daybook::client {
namespace {

using Lock = std::unique_lock<std::mutex>;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kStepsMax = 1'000'000'000'000'000'000;
constexpr std::int64_t kPast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kNsPerS = 1'000'000'000;
// Before a call about a hold that did not get through is made again.
constexpr std::chrono::milliseconds kAgain{500};

/// Never goes back, and goes on while the machine sleeps.
std::int64_t bootNs() {
  struct timespec now {};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return now.tv_sec * kNsPerS + now.tv_nsec;
}

std::int64_t wallNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void require(bool holds, const char* what) {
  if (!holds) throw Error(ErrorKind::invalidArgument, what);
}

Int128 unitsPerStep(int digits) {
  Int128 units = 1;
  for (int i = digits; i < Decimal::kFractionDigits; ++i) units *= 10;
  return units;
}

std::int64_t stepsOf(std::string_view text, int digits, const char* what) {
  const auto value = Decimal::parse(text);
  const Int128 step = unitsPerStep(digits);
  require(value && !value->isNegative() && value->units() % step == 0 &&
              value->units() / step <= kStepsMax,
          what);
  return static_cast<std::int64_t>(value->units() / step);
}

std::string textOf(std::int64_t steps, int digits) {
  return Decimal::fromUnits(steps * unitsPerStep(digits)).toString();
}

LeaseOptions checked(LeaseOptions options, const Recorder& recorder) {
  require(options.digits >= 0 && options.digits <= Decimal::kFractionDigits,
          "digits is in [0, 12]");
  require(options.ttl >= std::chrono::seconds(30) && options.ttl <= std::chrono::hours(24),
          "ttl is in [30 s, 24 h]");
  require(options.report_interval.count() > 0 && options.call_timeout.count() > 0,
          "report_interval and call_timeout are positive");
  require(options.file.empty() || recorder.isDurable(),
          "a lease with a file needs a recorder with a spool");
  return options;
}

std::string identity(const LeaseOptions& options) {
  std::string out =
      options.customer + "\n" + options.feature + "\n" + std::to_string(options.digits) + "\n";
  for (const Property& property : options.properties) {
    out += property.name + "=" + property.value + "\n";
  }
  return out;
}

bool isShortfall(const Outcome& outcome) {
  return outcome.name == "insufficientCredits" || outcome.name == "insufficientBalance" ||
         outcome.name == "includedLimitReached" || outcome.name == "trialLimit";
}

/// What reports have in common with their lease; they may end after it.
struct Reports {
  std::mutex mutex;
  std::condition_variable ended;
  // All guarded by mutex.
  std::map<std::string, std::uint64_t> pending;  // by hold
  LeaseStats stats;                              // reports, past_hold, not_counted
  std::function<void(const RecordResult&)> on_report;
};

}  // namespace

class Lease::Impl {
 public:
  Impl(Client& client, Recorder& recorder, LeaseOptions options)
      : client_(client),
        recorder_(recorder),
        options_(checked(std::move(options), recorder)),
        block_(stepsOf(options_.block, options_.digits, "block has too many digits")),
        block_min_(options_.block_min.empty()
                       ? 1
                       : stepsOf(options_.block_min, options_.digits, "block_min: digits")),
        refill_below_(options_.refill_below.empty()
                          ? block_ / 2
                          : stepsOf(options_.refill_below, options_.digits, "refill_below")),
        ttl_ns_(std::chrono::nanoseconds(options_.ttl).count()),
        file_(options_.file, identity(options_)),
        reports_(std::make_shared<Reports>()) {
    require(block_ > 0 && block_min_ > 0 && block_min_ <= block_,
            "0 < block_min <= block, in whole steps");
    reports_->on_report = options_.on_report;
    for (std::size_t i = 0; i < kLeaseSlots; ++i) recover(i);
    keeper_ = std::thread([this] { keep(); });
    reporter_ = std::thread([this] { reportNowAndThen(); });
  }

  ~Impl() {
    {
      const Lock lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    keeper_.join();
    reporter_.join();
    finish();
  }

  bool tryConsume(std::int64_t steps) {
    CHECK(steps >= 0, "a quantity is not negative");
    const std::int64_t now = bootNs();
    const std::size_t first = first_.load(std::memory_order_relaxed);
    if (takeFrom(first, steps, now)) return true;
    for (std::size_t i = 0; i < kLeaseSlots; ++i) {
      if (i == first || !takeFrom(i, steps, now)) continue;
      first_.store(i, std::memory_order_relaxed);
      return true;
    }
    if (steps <= block_) demand();
    return false;
  }

  std::int64_t steps(std::string_view quantity) const {
    return stepsOf(quantity, options_.digits, "the quantity is negative or has too many digits");
  }

  bool waitForBlock(std::chrono::milliseconds timeout) {
    Lock lock(mutex_);
    const std::uint64_t refused = refused_;
    changed_.wait_for(lock, timeout, [&] { return leftInAll() > 0 || refused_ != refused; });
    return leftInAll() > 0;
  }

  LeaseStats stats() const {
    LeaseStats out;
    {
      const Lock lock(reports_->mutex);
      out = reports_->stats;
    }
    const Lock lock(mutex_);
    out.left = textOf(leftInAll(), options_.digits);
    for (const LeaseSlot& slot : file_.slots()) out.blocks += slot.in_use.load() != 0 ? 1u : 0u;
    out.taken = taken_;
    out.refused = refused_;
    if (!trouble_.empty()) out.trouble = trouble_;
    return out;
  }

 private:
  /// What of a block is this process's.
  struct Live {
    std::atomic<std::int64_t> stop_at{kPast};  // nothing is consumed from then on
    std::atomic<std::int64_t> alarm{kPast};    // the next block is asked for below
    bool may_extend = false;                   // guarded by mutex_
    std::int64_t call_at = kPast;              // guarded by mutex_: the next call about it
  };
  /// A hold that was asked for.
  struct Asked {
    std::string key;
    std::int64_t steps = 0;
    std::int64_t since = 0;  // before it was first sent
  };

  LeaseSlot& slot(std::size_t i) { return file_.slots()[i]; }
  bool isOpen(std::size_t i) const {
    const LeaseSlot& one = file_.slots()[i];
    return one.in_use.load() != 0 && !one.isClosed();
  }

  // ---- Any thread, without a lock

  bool takeFrom(std::size_t i, std::int64_t steps, std::int64_t now) {
    std::atomic<std::int64_t>& left = slot(i).left;
    std::int64_t value = left.load(std::memory_order_relaxed);
    while (value >= steps) {
      // The time of a block that takes this one's place is later.
      if (now >= live_[i].stop_at.load(std::memory_order_acquire)) return false;
      if (left.compare_exchange_weak(value, value - steps, std::memory_order_acq_rel,
                                     std::memory_order_relaxed)) {
        if (value - steps < live_[i].alarm.load(std::memory_order_relaxed)) demand();
        return true;
      }
    }
    return false;
  }

  /// More is wanted: wakes the keeper once.
  void demand() {
    if (wanted_.load(std::memory_order_relaxed) || wanted_.exchange(true)) return;
    { const Lock lock(mutex_); }
    changed_.notify_all();
  }

  // ---- Under the mutex

  std::int64_t leftInAll() const {
    const std::int64_t now = bootNs();
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < kLeaseSlots; ++i) {
      if (isOpen(i) && now < live_[i].stop_at.load()) sum += file_.slots()[i].left.load();
    }
    return sum;
  }

  /// A block that a crash left: nothing more is taken from it, the rest is reported.
  void recover(std::size_t i) {
    LeaseSlot& left_over = slot(i);
    if (left_over.in_use.load() == 0) {
      left_over.left.store(-1);
      return;
    }
    const std::int64_t consumed = left_over.consumed();
    if (left_over.total <= 0 || consumed < left_over.intent.load() ||
        left_over.intent.load() < left_over.reported.load() || left_over.reported.load() < 0) {
      throw Error(ErrorKind::failed,
                  options_.file + " is damaged: its counts contradict each other");
    }
    left_over.close();
  }

  std::optional<std::size_t> freeSlot() const {
    for (std::size_t i = 0; i < kLeaseSlots; ++i) {
      if (file_.slots()[i].in_use.load() == 0) return i;
    }
    return std::nullopt;
  }

  bool needsBlock() const {
    if (bootNs() < ask_at_ || !freeSlot()) return false;
    const std::int64_t left = leftInAll();
    return left < std::max<std::int64_t>(refill_below_, 1) || (wanted_.load() && left < block_);
  }

  void setAlarms(std::int64_t below) {
    for (std::size_t i = 0; i < kLeaseSlots; ++i) {
      live_[i].alarm.store(isOpen(i) ? below : kPast);
    }
  }

  void open(const Asked& asked) {
    const auto free = freeSlot();
    CHECK(free.has_value(), "a block is asked for when there is a slot");
    const std::size_t i = *free;
    LeaseSlot& made = slot(i);
    const Lock slots(slots_mutex_);
    setAlarms(kPast);
    std::memcpy(made.key.data(), asked.key.data(), kLeaseKeyBytes);
    made.total = asked.steps;
    made.reported.store(0);
    made.intent.store(0);
    made.left.store(~asked.steps);
    made.in_use.store(1);
    live_[i].stop_at.store(stopFrom(asked.since));
    live_[i].may_extend = true;
    live_[i].call_at = asked.since + ttl_ns_ / 2;
    live_[i].alarm.store(refill_below_);
    made.left.store(asked.steps, std::memory_order_release);
    wanted_.store(false);
    ++taken_;
    trouble_.clear();
  }

  std::int64_t stopFrom(std::int64_t since) const {
    return since + ttl_ns_ - std::chrono::nanoseconds(kLeaseMargin).count();
  }

  void noteTrouble(const std::string& what, std::chrono::milliseconds wait) {
    trouble_ = what;
    ask_at_ = bootNs() + std::chrono::nanoseconds(wait).count();
    wanted_.store(false);
    setAlarms(kPast);
  }

  // ---- The keeper: takes blocks, extends their holds, gives back what is left

  void keep() {
    Lock lock(mutex_);
    while (!stopping_) {
      closeOld();
      if (needsBlock()) {
        takeBlock(lock);
        continue;
      }
      if (callAboutOne(lock)) continue;
      changed_.wait_for(
          lock, std::chrono::nanoseconds(std::max<std::int64_t>(nextDue() - bootNs(), 1'000'000)));
    }
  }

  void closeOld() {
    const std::int64_t now = bootNs();
    for (std::size_t i = 0; i < kLeaseSlots; ++i) {
      if (!isOpen(i)) continue;
      if (now < live_[i].stop_at.load() && slot(i).left.load() > 0) continue;
      slot(i).close();
      live_[i].call_at = now;
    }
  }

  std::int64_t nextDue() const {
    std::int64_t due = bootNs() + 60 * kNsPerS;
    if (leftInAll() < std::max<std::int64_t>(refill_below_, 1) && freeSlot()) {
      due = std::min(due, ask_at_);
    }
    for (std::size_t i = 0; i < kLeaseSlots; ++i) {
      if (isOpen(i)) {
        due = std::min(due, live_[i].stop_at.load());
        if (live_[i].may_extend) due = std::min(due, live_[i].call_at);
      } else if (isReported(i)) {
        due = std::min(due, live_[i].call_at);
      }
    }
    return due;
  }

  /// Closed, and every report of it has its end.
  bool isReported(std::size_t i) const {
    const LeaseSlot& one = file_.slots()[i];
    if (one.in_use.load() == 0 || !one.isClosed()) return false;
    if (one.reported.load() != one.consumed()) return false;
    const Lock lock(reports_->mutex);
    return !reports_->pending.contains(one.hold());
  }

  void takeBlock(Lock& lock) {
    if (!asked_ || bootNs() > asked_->since + ttl_ns_ / 2) {
      asked_ = Asked{.key = newKey(), .steps = block_, .since = bootNs()};
    }
    Asked asked = *asked_;
    PlaceHold hold{.items = {{.feature = options_.feature,
                              .quantity = textOf(asked.steps, options_.digits),
                              .tokens = std::nullopt,
                              .properties = options_.properties}},
                   .ttl_ns = ttl_ns_};
    lock.unlock();
    Reply<Receipt> reply;
    std::string error;
    try {
      reply = client_.placeHold(options_.customer, asked.key, std::move(hold),
                                {.timeout = options_.call_timeout});
    } catch (const Error& e) {
      error = std::string(name(e.kind())) + ": " + e.what();
    }
    lock.lock();
    if (!error.empty()) {
      // It may be held or not: the same key says so, or the hold expires.
      noteTrouble(error, kAgain);
    } else if (reply.ok()) {
      asked_.reset();
      open(asked);
    } else if (isShortfall(reply.outcome) && asked.steps > block_min_) {
      // A refusal leaves the key as it was.
      asked_->steps = std::max(asked.steps / 2, block_min_);
      asked_->since = bootNs();
    } else {
      asked_.reset();
      ++refused_;
      noteTrouble(reply.outcome.name, options_.refused_wait);
    }
    changed_.notify_all();
  }

  /// One call that is due; false: none is.
  bool callAboutOne(Lock& lock) {
    const std::int64_t now = bootNs();
    for (std::size_t i = 0; i < kLeaseSlots; ++i) {
      if (now < live_[i].call_at) continue;
      if (isOpen(i) && live_[i].may_extend) {
        extend(lock, i);
        return true;
      }
      if (isReported(i)) {
        release(lock, i);
        return true;
      }
    }
    return false;
  }

  void extend(Lock& lock, std::size_t i) {
    const std::string hold = slot(i).hold();
    const std::int64_t since = bootNs();
    live_[i].call_at = since + std::chrono::nanoseconds(kAgain).count();
    lock.unlock();
    Reply<Receipt> reply;
    bool is_answered = true;
    try {
      reply = client_.extendHold(options_.customer, newKey(), {.hold = hold, .ttl_ns = ttl_ns_},
                                 {.timeout = options_.call_timeout});
    } catch (const Error&) {
      is_answered = false;
    }
    lock.lock();
    if (!is_answered) return;
    live_[i].may_extend = reply.ok();
    if (!reply.ok()) return;
    live_[i].stop_at.store(stopFrom(since));
    live_[i].call_at = since + ttl_ns_ / 2;
  }

  /// Ends the hold of a closed block; its slot is free then.
  void release(Lock& lock, std::size_t i) {
    const std::string hold = slot(i).hold();
    live_[i].call_at = bootNs() + std::chrono::nanoseconds(kAgain).count();
    lock.unlock();
    bool is_answered = true;
    try {
      // Whatever the answer: afterwards the hold is not open any more.
      client_.releaseHold(options_.customer, hold + ":end", hold,
                          {.timeout = options_.call_timeout});
    } catch (const Error&) {
      is_answered = false;
    }
    lock.lock();
    const Lock slots(slots_mutex_);
    if (is_answered) slot(i).in_use.store(0);
  }

  // ---- The reporter

  void reportNowAndThen() {
    Lock lock(mutex_);
    while (!stopping_) {
      const auto until = Clock::now() + options_.report_interval;
      while (!stopping_ && Clock::now() < until) changed_.wait_until(lock, until);
      lock.unlock();
      for (std::size_t i = 0; i < kLeaseSlots; ++i) report(i);
      lock.lock();
      changed_.notify_all();  // a closed block may have its end
    }
  }

  /// Hands what was consumed and not reported to the recorder. False: it does not take it now.
  bool report(std::size_t i) {
    const Lock slots(slots_mutex_);
    return reportLocked(i);
  }

  bool reportLocked(std::size_t i) {
    LeaseSlot& one = slot(i);
    if (one.in_use.load() == 0) return true;
    if (one.intent.load() == one.reported.load()) {
      const std::int64_t consumed = one.consumed();
      if (consumed == one.reported.load()) return true;
      one.intent_at.store(options_.stamp == Stamp::whenTaken ? wallNs() : 0);
      one.intent.store(consumed);
    }
    const std::int64_t from = one.reported.load();
    const std::int64_t to = one.intent.load();
    const std::string hold = one.hold();
    UsageEntry entry{
        .customer = options_.customer, .key = hold + ":" + std::to_string(from), .usage = {}};
    entry.usage.feature = options_.feature;
    entry.usage.quantity = textOf(to - from, options_.digits);
    entry.usage.at_ns = one.intent_at.load();
    entry.usage.properties = options_.properties;
    entry.usage.on_shortfall = OnShortfall::overdraw;
    {
      const Lock lock(reports_->mutex);
      ++reports_->pending[hold];
    }
    Taken taken = Taken::full;
    try {
      taken = recorder_.useHold(hold, std::move(entry),
                                [reports = reports_, hold](const RecordResult& result) {
                                  Impl::ended(*reports, hold, result);
                                });
    } catch (const Error& error) {
      const Lock lock(reports_->mutex);
      reports_->stats.trouble = std::string(name(error.kind())) + ": " + error.what();
    }
    if (taken != Taken::yes) {
      const Lock lock(reports_->mutex);
      forget(*reports_, hold);
      return false;
    }
    one.reported.store(to);
    return one.consumed() == to || reportLocked(i);
  }

  static void forget(Reports& reports, const std::string& hold) {
    const auto found = reports.pending.find(hold);
    if (--found->second == 0) reports.pending.erase(found);
  }

  /// On the recorder's thread.
  static void ended(Reports& reports, const std::string& hold, const RecordResult& result) {
    if (reports.on_report) reports.on_report(result);
    {
      const Lock lock(reports.mutex);
      ++reports.stats.reports;
      if (result.past_hold) ++reports.stats.past_hold;
      const bool is_good =
          result.status == RecordStatus::counted || result.status == RecordStatus::spooled;
      if (!is_good) ++reports.stats.not_counted;
      forget(reports, hold);
    }
    reports.ended.notify_all();
  }

  // ---- The end, when the other threads are gone

  void finish() {
    bool all = true;
    for (std::size_t i = 0; i < kLeaseSlots; ++i) {
      slot(i).close();
      all = report(i) && all;
    }
    if (all) recorder_.flush(options_.call_timeout);
    {
      Lock lock(reports_->mutex);
      reports_->ended.wait_for(lock, all ? options_.call_timeout : std::chrono::milliseconds(0),
                               [this] { return reports_->pending.empty(); });
    }
    const auto until = Clock::now() + options_.call_timeout;
    for (std::size_t i = 0; i < kLeaseSlots; ++i) {
      Lock lock(mutex_);
      if (isReported(i) && Clock::now() < until) release(lock, i);
    }
  }

  Client& client_;
  Recorder& recorder_;
  const LeaseOptions options_;
  const std::int64_t block_;
  const std::int64_t block_min_;
  const std::int64_t refill_below_;
  const std::int64_t ttl_ns_;
  LeaseFile file_;
  std::array<Live, kLeaseSlots> live_;
  std::atomic<std::size_t> first_{0};  // the block that gave last
  std::atomic<bool> wanted_{false};

  mutable std::mutex mutex_;
  std::mutex slots_mutex_;  // taken after mutex_: no slot changes its block during a report
  std::condition_variable changed_;
  // All guarded by mutex_.
  std::optional<Asked> asked_;
  std::int64_t ask_at_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t refused_ = 0;
  std::string trouble_;
  bool stopping_ = false;

  const std::shared_ptr<Reports> reports_;
  std::thread keeper_;
  std::thread reporter_;
};

Lease::Lease(Client& client, Recorder& recorder, LeaseOptions options)
    : impl_(std::make_unique<Impl>(client, recorder, std::move(options))) {}
Lease::~Lease() = default;

bool Lease::tryConsume(std::int64_t steps) { return impl_->tryConsume(steps); }
std::int64_t Lease::steps(std::string_view quantity) const { return impl_->steps(quantity); }
bool Lease::waitForBlock(std::chrono::milliseconds timeout) { return impl_->waitForBlock(timeout); }
LeaseStats Lease::stats() const { return impl_->stats(); }

}  // namespace daybook::client
