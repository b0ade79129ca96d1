#include "ledger/replay/event_check.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <type_traits>

#include "ledger/core/boundaries.h"

namespace daybook::replay {
namespace {

using Problem = std::optional<std::string>;

// A period index past this is no count of weeks or months in 64-bit nanoseconds.
constexpr std::int64_t kPeriodIndexMax = 1'000'000;

/// The first problem of several requirements.
class Requirements {
 public:
  void require(bool holds, const char* what_not) {
    if (!holds && !problem_) problem_ = what_not;
  }
  bool isMet() const { return !problem_; }
  Problem problem() const { return problem_; }

 private:
  Problem problem_;
};

template <typename Body>
constexpr bool kIsItem =
    std::is_same_v<Body, FeaturePublished> || std::is_same_v<Body, PlanPublished> ||
    std::is_same_v<Body, PackPublished> || std::is_same_v<Body, ModelPricePublished>;

template <typename Body>
constexpr bool kIsOfLedger =
    kIsItem<Body> || std::is_same_v<Body, LedgerCreated> ||
    std::is_same_v<Body, CatalogPublished> || std::is_same_v<Body, ClockMoved>;

bool isOfLedger(const EventBody& body) {
  return std::visit([](const auto& event) { return kIsOfLedger<std::decay_t<decltype(event)>>; },
                    body);
}

/// A part of a full span: [from, to) in [full_from, full_to), which is a second at least.
bool isSpan(const Span& span) {
  const auto length = static_cast<Int128>(span.full_to.ns) - span.full_from.ns;
  return span.full_from <= span.from && span.from < span.to && span.to <= span.full_to &&
         length >= 1'000'000'000 && length <= INT64_MAX && !span.full_to.isNever();
}

bool isPublished(const core::State& state, const Terms& terms) {
  const auto versions = state.plan_versions.find(terms.plan);
  return versions != state.plan_versions.end() && terms.version >= 1 &&
         terms.version <= versions->second.size();
}

const Grant* findGrant(const Customer& customer, GrantNumber number) {
  const auto found = std::find_if(customer.grants.begin(), customer.grants.end(),
                                  [number](const Grant& grant) { return grant.number == number; });
  return found == customer.grants.end() ? nullptr : &*found;
}

void requireGrant(Requirements& checks, const Customer& customer, const Grant& grant,
                  Decimal debt_paid) {
  checks.require(grant.number == customer.last_grant.next(), "the grant's number does not follow");
  checks.require(!debt_paid.isNegative() && debt_paid <= customer.credit_debt,
                 "more debt is paid than there is");
  checks.require(!grant.remaining.isNegative(), "the grant has less than nothing");
}

/// One overload per kind of event, for a state and customer that headProblem() has passed.
struct BodyCheck {
  const core::State& state;
  const Customer* customer;  // null for the ledger's own events and for CustomerCreated

  Problem operator()(const LedgerCreated& created) const {
    const LedgerSettings& settings = created.settings;
    Requirements checks;
    checks.require(settings.grace.ns >= 0, "the grace is negative");
    checks.require(settings.late_window.ns >= 0, "the late window is negative");
    checks.require(settings.future_limit.ns >= 0, "the future limit is negative");
    return checks.problem();
  }

  Problem operator()(const CatalogPublished& published) const;

  Problem operator()(const ClockMoved& moved) const {
    Requirements checks;
    checks.require(state.ledger.ledger.settings.clock == ClockKind::manual,
                   "only a manual clock is moved");
    checks.require(moved.asked.to >= state.ledger.clock, "the clock goes back");
    return checks.problem();
  }

  Problem operator()(const CustomerCreated& created) const {
    Requirements checks;
    checks.require(state.find(created.id) == nullptr, "a customer of this id is there already");
    return checks.problem();
  }

  Problem operator()(const CustomerUpdated& /*updated*/) const { return std::nullopt; }

  Problem operator()(const Subscribed& /*subscribed*/) const {
    Requirements checks;
    checks.require(!customer->subscription, "the customer has a live subscription already");
    return checks.problem();
  }

  Problem operator()(const PeriodStarted& started) const {
    if (Problem problem = boundariesProblem(started)) return problem;
    Requirements checks;
    checks.require(customer->subscription.has_value(), "there is no live subscription");
    checks.require(isPublished(state, started.terms), "the plan version is not published");
    checks.require(!started.included_balance.isNegative(), "the included balance is negative");
    if (started.grant) requireGrant(checks, *customer, *started.grant, started.debt_paid);
    return checks.problem();
  }

  Problem operator()(const PeriodClosed& closed) const {
    Requirements checks;
    checks.require(!customer->periods.empty(), "no usage period is open");
    if (!checks.isMet()) return checks.problem();
    const UsagePeriod& first = customer->periods.front();
    checks.require(
        first.index == closed.index && first.span.from == closed.from && first.span.to == closed.to,
        "it is not the oldest open usage period");
    checks.require(&first != core::runningPeriod(*customer), "the usage period is running");
    checks.require(!closed.carried_top_ups.isNegative(), "less than nothing is carried");
    checks.require(!closed.carried_top_ups.isPositive() || customer->periods.size() > 1,
                   "there is no usage period to carry top-ups into");
    return checks.problem();
  }

  Problem operator()(const CancelScheduled& /*scheduled*/) const { return requireSubscription(); }
  Problem operator()(const CancelRevoked& /*revoked*/) const { return requireSubscription(); }

  Problem operator()(const Canceled& /*canceled*/) const {
    Requirements checks;
    checks.require(core::runningPeriod(*customer) != nullptr, "there is no live subscription");
    return checks.problem();
  }

  Problem operator()(const UsageRecorded& recorded) const;

  Problem operator()(const PackPurchased& purchased) const {
    Requirements checks;
    requireGrant(checks, *customer, purchased.grant, purchased.debt_paid);
    return checks.problem();
  }

  Problem operator()(const ToppedUp& topped) const {
    Requirements checks;
    checks.require(core::runningPeriod(*customer) != nullptr, "no usage period is running");
    checks.require(!topped.asked.amount.isNegative(), "the amount is negative");
    return checks.problem();
  }

  Problem operator()(const CreditsExpired& expired) const {
    const Grant* grant = findGrant(*customer, expired.grant);
    Requirements checks;
    checks.require(grant != nullptr, "the grant is not there");
    if (grant != nullptr) {
      checks.require(grant->remaining == expired.amount, "the grant has another amount left");
    }
    return checks.problem();
  }

  Problem operator()(const InvoiceClosed& closed) const {
    Requirements checks;
    checks.require(closed.invoice.number.value == state.ledger.invoices.size() + 1,
                   "the invoice's number does not follow");
    return checks.problem();
  }

  /// Items of a publication are judged together, at its end.
  template <typename Item>
  Problem operator()(const Item& /*item*/) const {
    static_assert(kIsItem<Item>);
    return std::nullopt;
  }

 private:
  Problem requireSubscription() const {
    Requirements checks;
    checks.require(customer->subscription.has_value(), "there is no live subscription");
    return checks.problem();
  }
};

Problem BodyCheck::operator()(const UsageRecorded& recorded) const {
  Requirements checks;
  checks.require(
      !recorded.feature.isNone() && recorded.feature.value <= state.ledger.features.size(),
      "the feature is not published");
  const auto& periods = customer->periods;
  checks.require(std::any_of(periods.begin(), periods.end(),
                             [&](const UsagePeriod& period) {
                               return period.span.from == recorded.period_from;
                             }),
                 "its usage period is not open");
  std::map<GrantNumber, Decimal> drawn;
  for (const Draw& draw : recorded.draws) {
    const Grant* grant = findGrant(*customer, draw.grant);
    checks.require(grant != nullptr, "a drawn grant is not there");
    checks.require(!draw.amount.isNegative(), "a draw is negative");
    if (!checks.isMet()) break;
    checks.require((drawn[draw.grant] += draw.amount) <= grant->remaining,
                   "more is drawn from a grant than it has");
  }
  checks.require(!recorded.overdrawn.isNegative(), "the overdraft is negative");
  return checks.problem();
}

/// What folding staged items in relies on: numbers and versions that follow.
class PublicationCheck {
 public:
  explicit PublicationCheck(const LedgerState& ledger) {
    for (const Feature& feature : ledger.features) features_.push_back(feature.code);
    for (const Plan& plan : ledger.plans) plans_[plan.code] = plan.version;
    for (const Pack& pack : ledger.packs) packs_[pack.code] = pack.version;
  }

  void operator()(const FeaturePublished& item) {
    const std::size_t index = item.number.value - 1;
    checks_.require(!item.number.isNone() && index <= features_.size(),
                    "a feature's number does not follow");
    if (!checks_.isMet()) return;
    if (index == features_.size()) {
      checks_.require(
          std::find(features_.begin(), features_.end(), item.feature.code) == features_.end(),
          "a feature gets a second number");
      features_.push_back(item.feature.code);
    }
    checks_.require(features_[index] == item.feature.code, "a feature's number is another's");
  }
  void operator()(const PlanPublished& item) {
    checks_.require(++plans_[item.plan.code] == item.plan.version,
                    "a plan's version does not follow");
  }
  void operator()(const PackPublished& item) {
    checks_.require(++packs_[item.pack.code] == item.pack.version,
                    "a pack's version does not follow");
  }
  template <typename Other>
  void operator()(const Other& /*body*/) {}

  Problem problem() const { return checks_.problem(); }

 private:
  std::vector<std::string_view> features_;
  std::map<std::string_view, std::uint32_t> plans_;
  std::map<std::string_view, std::uint32_t> packs_;
  Requirements checks_;
};

Problem BodyCheck::operator()(const CatalogPublished& published) const {
  if (state.ledger.staged.size() != published.items) return "items of the set are missing";
  PublicationCheck check(state.ledger);
  for (const EventBody& item : state.ledger.staged) std::visit(check, item);
  return check.problem();
}

}  // namespace

std::optional<std::string> headProblem(const core::State& state, const Event& event) {
  const LedgerState& ledger = state.ledger;
  Requirements checks;
  checks.require(event.position == ledger.last.next(), "its position does not follow");
  checks.require(ledger.last.isNone() || event.recorded >= ledger.recorded,
                 "it is recorded before the event before it");
  checks.require(ledger.last.isNone() == std::holds_alternative<LedgerCreated>(event.body),
                 "a ledger is created by its first event and by no other");
  checks.require(event.customer.isNone() == isOfLedger(event.body),
                 "events of this kind belong to somebody else");
  if (event.customer.isNone()) {
    checks.require(event.sequence == ledger.events + 1 && event.previous == ledger.last_of_ledger,
                   "it breaks the chain of the ledger's events");
    return checks.problem();
  }
  const std::uint64_t customers = state.customers.size();
  if (std::holds_alternative<CustomerCreated>(event.body)) {
    checks.require(event.customer.value == customers + 1, "the customer's number does not follow");
    checks.require(event.sequence == 1 && event.previous.isNone(),
                   "a customer's chain begins with its creation");
    return checks.problem();
  }
  checks.require(event.customer.value <= customers, "there is no customer of this number");
  if (!checks.isMet()) return checks.problem();
  const Customer& customer = state.customer(event.customer);
  checks.require(event.sequence == customer.events + 1 && event.previous == customer.last,
                 "it breaks the chain of the customer's events");
  return checks.problem();
}

std::optional<std::string> boundariesProblem(const PeriodStarted& started) {
  Requirements checks;
  checks.require(started.index >= -kPeriodIndexMax && started.index <= kPeriodIndexMax,
                 "the usage period's index is out of range");
  checks.require(isSpan(started.span), "the boundaries of the usage period do not increase");
  checks.require(started.span.full_to <= started.billing_to && !started.billing_to.isNever(),
                 "the usage period ends after its billing period");
  if (started.billing) {
    checks.require(isSpan(*started.billing),
                   "the boundaries of the billing period do not increase");
  }
  return checks.problem();
}

std::optional<std::string> anchorProblem(const PeriodStarted& started, Interval billing_interval,
                                         Instant anchor) {
  if (Problem problem = boundariesProblem(started)) return problem;
  const std::int64_t billing = core::billingIndex(billing_interval, started.index);
  Requirements checks;
  checks.require(started.index != -1 || started.span.full_to == anchor,
                 "the usage period before the anchor does not end there");
  checks.require(started.index != 0 || started.span.full_from == anchor,
                 "the usage period after the anchor does not begin there");
  checks.require(billing != -1 || started.billing_to == anchor,
                 "the billing period before the anchor does not end there");
  if (started.billing) {
    checks.require(
        started.billing->to == started.billing_to && started.billing->full_to == started.billing_to,
        "the billing period has two ends");
    checks.require(billing != 0 || started.billing->full_from == anchor,
                   "the billing period after the anchor does not begin there");
  }
  return checks.problem();
}

std::optional<std::string> eventProblem(const core::State& state, const Event& event) {
  if (Problem problem = headProblem(state, event)) return problem;
  const bool has_customer =
      !event.customer.isNone() && !std::holds_alternative<CustomerCreated>(event.body);
  const Customer* customer = has_customer ? &state.customer(event.customer) : nullptr;
  return std::visit(BodyCheck{state, customer}, event.body);
}

}  // namespace daybook::replay
