#include "daybook/guard.h"

#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "daybook/error.h"
#include "ledger/base/decimal.h"

namespace daybook::client {
namespace {

using Clock = std::chrono::steady_clock;

Decimal parsed(const std::string& text, const char* what) {
  const auto value = Decimal::parse(text);
  if (!value || value->isNegative()) {
    throw Error(ErrorKind::invalidArgument,
                std::string(what) + " is no decimal from 0 on: '" + text + "'");
  }
  return *value;
}

Decimal amountOf(const Usage& usage) {
  if (!usage.tokens) return parsed(usage.quantity.empty() ? "1" : usage.quantity, "the quantity");
  const Tokens& tokens = *usage.tokens;
  Decimal sum;
  // What totalInput counts has the cached ones in it.
  if (tokens.total_input) {
    sum += Decimal::fromInteger(*tokens.total_input);
  } else {
    sum += Decimal::fromInteger(tokens.input.value_or(0));
    sum += Decimal::fromInteger(static_cast<std::int64_t>(tokens.cache_read));
    sum += Decimal::fromInteger(static_cast<std::int64_t>(tokens.cache_write));
  }
  sum += Decimal::fromInteger(tokens.output.value_or(0));
  if (sum.isNegative()) throw Error(ErrorKind::invalidArgument, "a negative count of tokens");
  return sum;
}

/// What is let through and has no answer yet, by customer and feature.
class Ceiling {
 public:
  using Name = std::pair<std::string, std::string>;

  explicit Ceiling(std::size_t names_max) : names_max_(names_max) {}

  bool take(const Name& name, Decimal amount, Decimal cap) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = open_.find(name);
    if (found == open_.end() && open_.size() >= names_max_) return false;
    const Decimal before = found == open_.end() ? Decimal() : found->second.amount;
    if (cap < amount || cap - amount < before) return false;
    Open& open = open_[name];
    open.amount += amount;
    ++open.shares;
    return true;
  }
  /// What was done instead of what was asked; it may pass the cap.
  void change(const Name& name, Decimal from, Decimal to) {
    const std::lock_guard<std::mutex> lock(mutex_);
    Decimal& amount = open_[name].amount;
    amount = amount - from + to;
  }
  void give(const Name& name, Decimal amount) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = open_.find(name);
    found->second.amount -= amount;
    if (--found->second.shares == 0) open_.erase(found);
  }

 private:
  struct Open {
    Decimal amount;
    std::uint64_t shares = 0;
  };
  const std::size_t names_max_;
  std::mutex mutex_;
  std::map<Name, Open> open_;  // guarded by mutex_
};

}  // namespace

/// A part of the cap, given back at its end.
class Decision::Share {
 public:
  Share(std::shared_ptr<Ceiling> ceiling, Ceiling::Name name, Decimal amount)
      : ceiling_(std::move(ceiling)), name_(std::move(name)), amount_(amount) {}
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share() { ceiling_->give(name_, amount_); }

  void change(Decimal amount) {
    ceiling_->change(name_, amount_, amount);
    amount_ = amount;
  }

 private:
  const std::shared_ptr<Ceiling> ceiling_;
  const Ceiling::Name name_;
  Decimal amount_;
};

Decision::Decision() = default;
Decision::Decision(Decision&&) noexcept = default;
Decision& Decision::operator=(Decision&&) noexcept = default;
Decision::~Decision() = default;

class Guard::Impl : public std::enable_shared_from_this<Guard::Impl> {
 public:
  Impl(Client& client, Recorder& recorder, GuardOptions options)
      : client_(client),
        recorder_(recorder),
        options_(std::move(options)),
        ceiling_(std::make_shared<Ceiling>(options_.open_max)) {
    for (const Policy& policy : options_.policies) {
      if (policy.when == WhenUnreachable::failClosed) continue;
      caps_[policy.feature] = parsed(policy.cap, "the cap");
    }
  }

  Decision check(const std::string& customer, const Usage& usage) {
    const auto cap = caps_.find(usage.feature);
    const bool fails_open = cap != caps_.end();
    const Decimal amount = fails_open ? amountOf(usage) : Decimal();
    Decision decision;
    if ((!fails_open || isTimeToAsk()) && ask(customer, usage, decision)) return decision;
    decision.by_policy_ = true;
    decision.reason_ = {.number = 0, .name = "unreachable"};
    const Ceiling::Name name{customer, usage.feature};
    decision.allowed_ = fails_open && ceiling_->take(name, amount, cap->second);
    if (decision.allowed_) {
      decision.share_ = std::make_unique<Decision::Share>(ceiling_, name, amount);
      decision.reason_ = {};
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    if (decision.trouble_.empty()) decision.trouble_ = trouble_;
    ++(decision.allowed_ ? stats_.let_through : stats_.failed_closed);
    return decision;
  }

  Taken record(const std::string& customer, const std::string& key, Usage usage,
               Decision decision) {
    if (!decision.share_) return recorder_.record({customer, key, std::move(usage)});
    decision.share_->change(amountOf(usage));
    usage.on_shortfall = OnShortfall::overdraw;
    UsageEntry entry{customer, key.empty() ? newKey() : key, std::move(usage)};
    // The callback's share goes with it, whenever the result comes.
    const std::shared_ptr<Decision::Share> share = std::move(decision.share_);
    const Taken taken = recorder_.record(
        entry,
        [self = shared_from_this(), share](const RecordResult& result) { self->report(result); });
    if (taken != Taken::yes) {
      RecordResult result;
      result.status = RecordStatus::notTaken;
      result.entry = std::move(entry);
      result.detail = taken == Taken::full ? "the queue is full" : "the recorder is closing";
      report(result);
    }
    return taken;
  }

  GuardStats stats() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return stats_;
  }

 private:
  bool isTimeToAsk() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return trouble_.empty() || Clock::now() >= ask_at_;
  }

  /// False: the ledger cannot be asked.
  bool ask(const std::string& customer, const Usage& usage, Decision& decision) {
    try {
      const auto reply = client_.check(customer, usage, {.timeout = options_.timeout});
      if (reply.outcome.name != "unavailable") {
        decision.allowed_ = reply.ok() && reply.value.allowed;
        decision.reason_ = reply.ok() ? reply.value.reason : reply.outcome;
        const std::lock_guard<std::mutex> lock(mutex_);
        ++stats_.asked;
        trouble_.clear();
        return true;
      }
      decision.trouble_ = "unavailable " + reply.detail;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::invalidArgument) throw;
      decision.trouble_ = std::string(name(error.kind())) + ": " + error.what();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    trouble_ = decision.trouble_;
    ask_at_ = Clock::now() + options_.ask_again_after;
    return false;
  }

  void report(const RecordResult& result) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (result.status == RecordStatus::counted) ++stats_.let_through_counted;
      // What is spooled is counted by the next process.
      if (result.status != RecordStatus::counted && result.status != RecordStatus::spooled) {
        ++stats_.let_through_not_counted;
      }
    }
    if (!options_.on_let_through) return;
    options_.on_let_through({.customer = result.entry.customer,
                             .key = result.entry.key,
                             .usage = result.entry.usage,
                             .status = result.status,
                             .outcome = result.outcome,
                             .detail = result.detail});
  }

  Client& client_;
  Recorder& recorder_;
  const GuardOptions options_;
  std::map<std::string, Decimal> caps_;  // by feature; of those that fail open
  const std::shared_ptr<Ceiling> ceiling_;
  mutable std::mutex mutex_;
  // All guarded by mutex_.
  GuardStats stats_;
  std::string trouble_;  // of the newest question; empty: it was answered
  Clock::time_point ask_at_;
};

Guard::Guard(Client& client, Recorder& recorder, GuardOptions options)
    : impl_(std::make_shared<Impl>(client, recorder, std::move(options))) {}
Guard::~Guard() = default;

Decision Guard::check(const std::string& customer, const Usage& usage) {
  return impl_->check(customer, usage);
}
Taken Guard::record(const std::string& customer, const std::string& key, Usage usage,
                    Decision decision) {
  return impl_->record(customer, key, std::move(usage), std::move(decision));
}
GuardStats Guard::stats() const { return impl_->stats(); }

}  // namespace daybook::client
