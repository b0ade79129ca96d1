// Moving in: section 8 of BILLING.md.
#include <algorithm>
#include <utility>

#include "ledger/base/limits.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/currency.h"
#include "ledger/core/decisions.h"
#include "ledger/core/draft.h"
#include "ledger/core/periods.h"
#include "ledger/core/rating.h"
#include "ledger/core/terms.h"

namespace daybook::core {
namespace {

/// The parts of CustomerMovedIn, resolved one after another; the first refusal stays.
class MoveIn {
 public:
  MoveIn(const State& state, const Customer& customer, const Opening& opening,
         const Context& context)
      : state_(state), customer_(customer), opening_(opening), context_(context) {}

  Verdict resolve() {
    resolveSubscription();
    if (verdict_.isOk()) resolveUsage();
    if (verdict_.isOk()) resolveGrants();
    if (verdict_.isOk()) resolveMoney();
    return std::move(verdict_);
  }

  CustomerMovedIn takeResult() { return std::move(moved_); }

 private:
  void refuse(Outcome outcome, std::string detail) { verdict_ = {outcome, std::move(detail)}; }

  void resolveSubscription() {
    plan_ = state_.newestPlan(opening_.plan);
    if (plan_ == nullptr) return refuse(Outcome::unknownPlan, opening_.plan);
    const Interval interval = opening_.interval.value_or(plan_->interval);
    if (!isSoldAt(*plan_, interval)) return refuse(Outcome::invalidTime, "opening.interval");
    if (opening_.anchor > context_.now) return refuse(Outcome::invalidTime, "opening.anchor");
    ChosenCurrency currency = chooseCurrency(customer_, opening_.currency, *plan_, interval);
    if (!currency.verdict.isOk()) {
      verdict_ = std::move(currency.verdict);
      return;
    }
    NamedSeats seats = nameSeats(state_, *plan_, opening_.seats);
    if (!seats.verdict.isOk()) {
      verdict_ = std::move(seats.verdict);
      return;
    }
    Subscription& subscription = moved_.subscription;
    subscription.plan = plan_->code;
    subscription.currency = std::move(currency.code);
    subscription.billing_interval = interval;
    subscription.anchor = opening_.anchor;
    moved_.period =
        runningPeriodOf(customer_.zone, subscription, *plan_, context_.now, context_.boundaries);
    subscription.started = moved_.period.span.from;
    subscription.since = subscription.started;
    subscription.billing_to = moved_.period.billing_to;
    subscription.base_charged = opening_.base_charged;
    moved_.period.seats = seatsInAdvance(state_, *plan_, subscription, std::move(seats.seats));
  }

  /// The metered feature of the plan with this code; nullptr when it is refused.
  const PlanFeature* metered(const std::string& code, FeatureNumber& number) {
    number = state_.feature(code);
    const PlanFeature* sold = planFeature(*plan_, code);
    if (number.isNone()) {
      refuse(Outcome::unknownFeature, code);
    } else if (sold == nullptr) {
      refuse(Outcome::featureNotInPlan, code);
    } else if (featureOf(state_.ledger, number).type != FeatureType::metered) {
      refuse(Outcome::wrongFeatureType, code);
    }
    return verdict_.isOk() ? sold : nullptr;
  }

  void resolveUsage() {
    for (const OpeningUsage& used : opening_.usage) {
      FeatureUsage usage;
      const PlanFeature* sold = metered(used.feature, usage.feature);
      if (sold == nullptr) return;
      const Meter meter = featureOf(state_.ledger, usage.feature).meter;
      if (meter == Meter::unique) {
        return refuse(Outcome::notSettable, used.feature + ": its values are not known");
      }
      const bool is_variant =
          used.variant.empty() ||
          std::any_of(sold->variants.begin(), sold->variants.end(),
                      [&used](const PriceVariant& v) { return v.value == used.variant; });
      const bool is_repeated =
          std::any_of(moved_.usage.begin(), moved_.usage.end(), [&](const FeatureUsage& other) {
            return other.feature == usage.feature && other.variant == used.variant;
          });
      if (!is_variant || is_repeated) {
        return refuse(Outcome::invalidText, "opening.usage.variant " + used.variant);
      }
      usage.variant = used.variant;
      usage.quantity = used.quantity;
      usage.charged = used.charged;
      moved_.usage.push_back(std::move(usage));
    }
  }

  void resolveGrants() {
    if (opening_.grants.size() > limits::kGrantsPerCustomerMax) {
      return refuse(Outcome::tooManyGrants, "opening.grants");
    }
    if (plan_->model != ConsumptionModel::credits && !opening_.grants.empty()) {
      return refuse(Outcome::wrongModel, "opening.grants");
    }
    GrantNumber last;
    for (const OpeningGrant& given : opening_.grants) {
      Grant grant;
      for (const std::string& code : given.features) {
        grant.features.push_back(state_.feature(code));
        if (grant.features.back().isNone()) return refuse(Outcome::unknownFeature, code);
      }
      const bool is_plan = given.kind == GrantKind::plan;
      const Span& span = moved_.period.span;
      last = last.next();
      grant.number = last;
      grant.kind = given.kind;
      grant.priority = given.priority;
      grant.credits = given.credits;
      grant.remaining = given.remaining;
      grant.effective = is_plan ? span.from : given.effective.value_or(context_.now);
      grant.expiry = is_plan ? span.to : given.expiry.value_or(Instant::never());
      if (grant.expiry <= context_.now) {
        return refuse(Outcome::invalidTime, "opening.grants.expiry");
      }
      moved_.grants.push_back(std::move(grant));
    }
  }

  void resolveMoney() {
    const std::string& currency = moved_.subscription.currency;
    for (const Decimal amount : {opening_.customer_credit, opening_.base_charged}) {
      verdict_ = requirePayable(amount, currency);
      if (!verdict_.isOk()) return;
    }
    moved_.customer_credit = opening_.customer_credit;
    if (plan_->model != ConsumptionModel::balance) {
      if (opening_.balance || !opening_.top_ups.isZero()) {
        refuse(Outcome::wrongModel, "opening.balance");
      }
      return;
    }
    const Interval interval = moved_.subscription.billing_interval;
    SpendingBalance& balance = moved_.balance;
    balance.included = includedBalance(*basePriceIn(*plan_, currency, interval), interval);
    balance.top_ups = opening_.top_ups;
    balance.amount = opening_.balance.value_or(balance.included + balance.top_ups);
    moved_.period.included_balance = balance.included;
    attribute(balance);
  }

  /// Whose usage made a balance negative: what was charged last, first; what nothing was charged
  /// for is of the plan's first metered feature.
  void attribute(SpendingBalance& balance) {
    Decimal rest = greatest(-balance.amount, Decimal());
    for (auto usage = moved_.usage.rbegin(); usage != moved_.usage.rend(); ++usage) {
      const Decimal part = least(usage->charged, rest);
      if (!part.isPositive()) continue;
      addOverage(balance, usage->feature, part);
      rest -= part;
    }
    if (!rest.isPositive()) return;
    for (const PlanFeature& sold : plan_->features) {
      const FeatureNumber number = state_.feature(sold.feature);
      if (featureOf(state_.ledger, number).type != FeatureType::metered) continue;
      return addOverage(balance, number, rest);
    }
    refuse(Outcome::invalidNumber, "opening.balance: the plan has nothing that costs money");
  }

  /// Of a feature that was deducted earlier than those before.
  static void addOverage(SpendingBalance& balance, FeatureNumber feature, Decimal amount) {
    for (BalanceOverage& overage : balance.overage) {
      if (overage.feature != feature) continue;
      overage.amount += amount;
      return;
    }
    balance.overage.insert(balance.overage.begin(), {feature, amount});
  }

  const State& state_;
  const Customer& customer_;
  const Opening& opening_;
  const Context& context_;
  const Plan* plan_ = nullptr;
  Verdict verdict_;
  CustomerMovedIn moved_;
};

}  // namespace

Decision decideOpening(const State& state, const std::string& id, const CreateCustomer& create,
                       const std::string& zone, const Context& context) {
  Customer customer;
  customer.number = CustomerNumber(static_cast<std::uint32_t>(state.customers.size() + 1));
  customer.id = id;
  Draft draft(state, std::move(customer), context.now);
  draft.add(CustomerCreated{create, id, zone});
  if (create.opening) {
    MoveIn move(state, draft.customer(), *create.opening, context);
    Verdict verdict = move.resolve();
    if (!verdict.isOk()) return refusal(verdict.outcome, std::move(verdict.detail));
    draft.add(move.takeResult());
  }
  return decisionOf(std::move(draft));
}

}  // namespace daybook::core
