#include "client/src/lease_engine.h"

#include <time.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "daybook/error.h"
#include "ledger/base/check.h"
#include "ledger/base/decimal.h"

namespace daybook::client {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kStepsMax = 1'000'000'000'000'000'000;
constexpr std::int64_t kNsPerS = 1'000'000'000;
// Before a call about a hold that did not get through is made again.
constexpr std::chrono::milliseconds kAgain{500};
// Before what the recorder did not take is given to it again, at the end.
constexpr std::chrono::milliseconds kFullWait{10};

std::int64_t nsOf(std::chrono::nanoseconds duration) { return duration.count(); }

std::int64_t wallNs() { return nsOf(std::chrono::system_clock::now().time_since_epoch()); }

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

std::string textOf(const Error& error) {
  return std::string(name(error.kind())) + ": " + error.what();
}

bool isShortfall(const Outcome& outcome) {
  return outcome.name == "insufficientCredits" || outcome.name == "insufficientBalance" ||
         outcome.name == "includedLimitReached" || outcome.name == "trialLimit";
}

}  // namespace

struct LeaseEngine::Reports {
  std::mutex mutex;
  // All guarded by mutex.
  LeaseStats stats;            // reports, past_hold, not_counted, trouble
  std::set<std::string> gone;  // holds that have ended by themselves
  std::function<void(const RecordResult&)> on_report;

  /// On the recorder's thread.
  void ended(const std::string& hold, const RecordResult& result) {
    if (on_report) on_report(result);
    const Lock lock(mutex);
    ++stats.reports;
    if (result.past_hold) {
      ++stats.past_hold;
      gone.insert(hold);
    }
    if (result.status != RecordStatus::counted && result.status != RecordStatus::spooled) {
      ++stats.not_counted;
    }
  }
  /// Those since the last time.
  std::set<std::string> takeGone() {
    const Lock lock(mutex);
    return std::exchange(gone, {});
  }
  void note(const Error& error) {
    const Lock lock(mutex);
    stats.trouble = textOf(error);
  }
};

std::int64_t LeaseWorld::now() const {
  struct timespec now {};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return now.tv_sec * kNsPerS + now.tv_nsec;
}

LeaseEngine::LeaseEngine(Client& client, Recorder& recorder, LeaseOptions options,
                         LeaseWorld& world)
    : client_(client),
      recorder_(recorder),
      world_(world),
      options_(checked(std::move(options), recorder)),
      block_(stepsOf(options_.block, options_.digits, "block has too many digits")),
      block_min_(options_.block_min.empty()
                     ? 1
                     : stepsOf(options_.block_min, options_.digits, "block_min: digits")),
      refill_below_(options_.refill_below.empty()
                        ? block_ / 2
                        : stepsOf(options_.refill_below, options_.digits, "refill_below")),
      ttl_ns_(nsOf(options_.ttl)),
      blocks_(options_.file, identity(options_)),
      next_steps_(block_),
      reports_(std::make_shared<Reports>()) {
  require(block_min_ > 0 && block_min_ <= block_, "0 < block_min <= block, in whole steps");
  reports_->on_report = options_.on_report;
  keeper_ = std::thread([this] { keep(); });
  reporter_ = std::thread([this] { reportNowAndThen(); });
}

LeaseEngine::~LeaseEngine() {
  {
    const Lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  due_.notify_all();
  keeper_.join();
  reporter_.join();
  finish();
}

// ---- Any thread

bool LeaseEngine::tryConsume(std::int64_t steps) {
  CHECK(steps >= 0, "a quantity is not negative");
  const LeaseBlocks::Took took = blocks_.take(steps, world_.now());
  if (took == LeaseBlocks::Took::yes) return true;
  if (took == LeaseBlocks::Took::low || steps <= block_) demand();
  return took == LeaseBlocks::Took::low;
}

/// More is wanted: wakes the keeper once.
void LeaseEngine::demand() {
  if (wanted_.load(std::memory_order_relaxed) || wanted_.exchange(true)) return;
  { const Lock lock(mutex_); }
  changed_.notify_all();
}

std::int64_t LeaseEngine::steps(std::string_view quantity) const {
  return stepsOf(quantity, options_.digits, "the quantity is negative or has too many digits");
}

bool LeaseEngine::waitForBlock(std::chrono::milliseconds timeout) {
  Lock lock(mutex_);
  const std::uint64_t refused = refused_;
  const auto has_some = [this] { return blocks_.left(world_.now()) > 0; };
  changed_.wait_for(lock, timeout, [&] { return has_some() || refused_ != refused; });
  return has_some();
}

LeaseStats LeaseEngine::stats() const {
  LeaseStats out;
  {
    const Lock lock(reports_->mutex);
    out = reports_->stats;
  }
  const Lock lock(mutex_);
  out.left = textOf(blocks_.left(world_.now()), options_.digits);
  out.blocks = blocks_.count();
  out.taken = taken_;
  out.refused = refused_;
  if (!trouble_.empty()) out.trouble = trouble_;
  return out;
}

// ---- Under the mutex

bool LeaseEngine::needsBlock() const {
  const std::int64_t now = world_.now();
  if (now < ask_at_) return false;
  if (asked_) return true;
  if (!blocks_.freeSlot()) return false;
  const std::int64_t left = blocks_.lasting(now);
  return left < std::max<std::int64_t>(refill_below_, 1) || (wanted_.load() && left < block_);
}

std::int64_t LeaseEngine::stopFrom(std::int64_t since) const {
  return since + ttl_ns_ - nsOf(kLeaseMargin);
}

void LeaseEngine::noteTrouble(const std::string& what, std::chrono::milliseconds wait) {
  trouble_ = what;
  ask_at_ = world_.now() + nsOf(wait);
  wanted_.store(false);
  blocks_.silenceAlarms();
}

// ---- The keeper: takes blocks, extends their holds

void LeaseEngine::keep() {
  Lock lock(mutex_);
  while (!stopping_) {
    if (blocks_.isAnyOver(world_.now())) {
      report_now_ = true;
      due_.notify_all();
    }
    if (needsBlock()) {
      takeBlock(lock);
    } else if (const auto due = dueExtension()) {
      extend(lock, *due);
    } else {
      // The reporter wakes it, too.
      changed_.wait_for(lock, std::min(options_.report_interval, kAgain));
    }
  }
  abandonAsked();
}

/// It may be held or not.
void LeaseEngine::abandonAsked() {
  if (asked_) blocks_.abandon(asked_->slot);
  asked_.reset();
}

void LeaseEngine::takeBlock(Lock& lock) {
  // A hold that may be half over is not waited for.
  if (asked_ && world_.now() > asked_->since + ttl_ns_ / 2) {
    abandonAsked();
    return;
  }
  if (!asked_) {
    asked_ = Asked{*blocks_.freeSlot(), newKey(), next_steps_, world_.now()};
    blocks_.ask(asked_->slot, asked_->key, asked_->steps);
    world_.reached(LeaseStep::asked);
  }
  const Asked asked = *asked_;
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
    error = textOf(e);
  }
  if (error.empty() && reply.ok()) world_.reached(LeaseStep::placed);
  lock.lock();
  if (!error.empty()) {
    // It may be held or not: the same key says so.
    noteTrouble(error, kAgain);
  } else if (reply.ok()) {
    asked_.reset();
    next_steps_ = block_;
    blocks_.open(asked.slot, stopFrom(asked.since), refill_below_);
    extensions_[asked.slot] = {asked.key, asked.since + ttl_ns_ / 2};
    wanted_.store(false);
    ++taken_;
    trouble_.clear();
    world_.reached(LeaseStep::opened);
  } else {
    asked_.reset();
    blocks_.refused(asked.slot);
    if (isShortfall(reply.outcome) && asked.steps > block_min_) {
      next_steps_ = std::max(asked.steps / 2, block_min_);
      return;
    }
    next_steps_ = block_;
    ++refused_;
    noteTrouble(reply.outcome.name, options_.refused_wait);
  }
  changed_.notify_all();
}

std::optional<std::size_t> LeaseEngine::dueExtension() {
  for (std::size_t i = 0; i < kLeaseSlots; ++i) {
    Extension& next = extensions_[i];
    if (next.hold.empty()) continue;
    if (!blocks_.isOpen(i)) {
      next.hold.clear();
    } else if (world_.now() >= next.due) {
      return i;
    }
  }
  return std::nullopt;
}

void LeaseEngine::extend(Lock& lock, std::size_t i) {
  Extension& next = extensions_[i];
  const std::string hold = next.hold;
  const std::int64_t since = world_.now();
  next.due = since + nsOf(kAgain);
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
  if (reply.ok()) {
    blocks_.extend(i, stopFrom(since));
    next.due = since + ttl_ns_ / 2;
    world_.reached(LeaseStep::extended);
    return;
  }
  // Ended by somebody else, or as old as a hold may be.
  next.hold.clear();
  if (reply.outcome.name == "holdEnded" || reply.outcome.name == "unknownHold") {
    blocks_.close(i);
  } else {
    blocks_.fade(i);
  }
}

// ---- The reporter: gives what was consumed to the recorder, and behind it the end of the hold

void LeaseEngine::reportNowAndThen() {
  Lock lock(mutex_);
  while (!stopping_) {
    due_.wait_for(lock, options_.report_interval, [this] { return report_now_ || stopping_; });
    report_now_ = false;
    lock.unlock();
    reportAll();
    lock.lock();
    changed_.notify_all();  // a slot may be free
  }
}

/// False: the recorder does not take all of it now.
bool LeaseEngine::reportAll() {
  const std::set<std::string> gone = reports_->takeGone();
  bool all = true;
  for (std::size_t i = 0; i < kLeaseSlots; ++i) {
    if (blocks_.isOpen(i) && (blocks_.isOver(i, world_.now()) || gone.contains(blocks_.hold(i)))) {
      blocks_.close(i);
      world_.reached(LeaseStep::closed);
    }
    Given given = Given::yes;
    while (given == Given::yes) given = giveNext(i);
    if (given == Given::full) all = false;
  }
  return all;
}

/// The next report of a block or, behind the last one, the end of its hold.
LeaseEngine::Given LeaseEngine::giveNext(std::size_t i) {
  try {
    const auto report = blocks_.nextReport(i, options_.stamp == Stamp::whenTaken ? wallNs() : 0);
    if (report) return give(i, *report);
    if (!blocks_.isReported(i)) return Given::nothing;
    const std::string hold = blocks_.hold(i);
    if (recorder_.releaseHold(options_.customer, hold + ":end", hold) != Taken::yes) {
      return Given::full;
    }
    world_.reached(LeaseStep::ended);
    blocks_.free(i);
    world_.reached(LeaseStep::freed);
    return Given::nothing;
  } catch (const Error& error) {
    reports_->note(error);
    return Given::full;
  }
}

LeaseEngine::Given LeaseEngine::give(std::size_t i, const LeaseReport& report) {
  world_.reached(LeaseStep::intended);
  UsageEntry entry;
  entry.customer = options_.customer;
  entry.key = report.key();
  entry.usage.feature = options_.feature;
  entry.usage.quantity = textOf(report.to - report.from, options_.digits);
  entry.usage.at_ns = report.at_ns;
  entry.usage.properties = options_.properties;
  entry.usage.on_shortfall = OnShortfall::overdraw;
  const Taken taken =
      recorder_.useHold(report.hold, std::move(entry),
                        [reports = reports_, hold = report.hold](const RecordResult& result) {
                          reports->ended(hold, result);
                        });
  if (taken != Taken::yes) return Given::full;
  world_.reached(LeaseStep::spooled);
  blocks_.reported(i, report);
  world_.reached(LeaseStep::reported);
  return Given::yes;
}

/// When the other threads are gone.
void LeaseEngine::finish() {
  const auto until = Clock::now() + options_.call_timeout;
  for (std::size_t i = 0; i < kLeaseSlots; ++i) blocks_.close(i);
  while (!reportAll() && Clock::now() < until) std::this_thread::sleep_for(kFullWait);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
  recorder_.flush(std::max(left, std::chrono::milliseconds(0)));
}

}  // namespace daybook::client
