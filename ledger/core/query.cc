#include "ledger/core/query.h"

#include <algorithm>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/catalog_rules.h"
#include "ledger/core/draft.h"
#include "ledger/core/draw.h"
#include "ledger/core/forms.h"
#include "ledger/core/periods.h"
#include "ledger/core/rating.h"
#include "ledger/core/usage.h"

namespace daybook::core {
namespace {

/// A draft in which everything due at or before context.now is done.
Draft caughtUp(const State& state, const Customer& customer, const Context& context) {
  Draft draft(state, customer);
  const LedgerSettings& settings = state.ledger.ledger.settings;
  for (auto due = nextDue(settings, draft.customer()); due && due->at <= context.now;
       due = nextDue(settings, draft.customer())) {
    workOff(draft, *due, context.boundaries);
  }
  return draft;
}

void addRemaining(CreditBalance& credits, const Grant& grant) {
  switch (grant.kind) {
    case GrantKind::plan:
      credits.plan += grant.remaining;
      break;
    case GrantKind::promotional:
      credits.promotional += grant.remaining;
      break;
    case GrantKind::purchased:
      credits.purchased += grant.remaining;
      break;
  }
}

/// Credits of grants that are there at `at`. `available` is what usage of `feature` may draw (of
/// any feature when none), less the debt; nothing while no credits plan runs.
CreditBalance creditsAt(const State& state, const Customer& customer, FeatureNumber feature,
                        Instant at) {
  CreditBalance credits;
  credits.debt = customer.credit_debt;
  Decimal drawable;
  for (const Grant& grant : customer.grants) {
    if (!coversInstant(grant, at)) continue;
    addRemaining(credits, grant);
    if (feature.isNone() || mayPay(grant, feature, at)) drawable += grant.remaining;
  }
  const UsagePeriod* running = runningPeriod(customer);
  if (running != nullptr && state.plan(running->terms).model == ConsumptionModel::credits) {
    credits.available = drawable - credits.debt;
  }
  return credits;
}

std::vector<Grant> usableGrants(const Customer& customer, Instant at) {
  std::vector<Grant> usable;
  for (const Grant& grant : customer.grants) {
    if (grant.remaining.isPositive() && coversInstant(grant, at)) usable.push_back(grant);
  }
  std::sort(usable.begin(), usable.end(), drawnBefore);
  return usable;
}

/// What is left of the included units: negative when overdrawn, never when the rest is charged.
Decimal remainingUnits(const PlanFeature& terms, const FeatureUsage& usage) {
  if (terms.unlimited) return {};
  const Decimal left = terms.included - countedUnits(usage);
  return terms.overage == Overage::charge ? greatest(left, Decimal()) : left;
}

FeatureBalance featureBalance(const PlanFeature& terms, FeatureNumber feature,
                              const UsagePeriod& period, ConsumptionModel model) {
  const FeatureUsage usage = usageIn(period, feature);
  FeatureBalance balance;
  balance.feature = terms.feature;
  balance.unlimited = terms.unlimited;
  balance.used = usage.quantity;
  balance.unpaid = usage.unpaid;
  balance.events = usage.events;
  balance.tokens = usage.tokens;
  balance.included = terms.included;
  switch (model) {
    case ConsumptionModel::metered: {
      balance.remaining = remainingUnits(terms, usage);
      const Price* price = priceIn(terms, period.terms.currency);
      if (price != nullptr) balance.charge = chargeFor(terms, *price, usage.quantity);
      break;
    }
    case ConsumptionModel::credits:
      break;
    case ConsumptionModel::balance:
      if (!terms.unlimited) {
        balance.remaining = greatest(terms.included - usage.quantity, Decimal());
      }
      balance.charge = usage.charged - usage.unpaid;
      break;
  }
  return balance;
}

void addRunningPeriod(Balance& balance, const State& state, const UsagePeriod& running) {
  const Plan& plan = state.plan(running.terms);
  balance.model = plan.model;
  balance.terms = running.terms;
  balance.period_from = running.span.from;
  balance.period_to = running.span.to;
  balance.money = running.balance;
  for (const PlanFeature& terms : plan.features) {
    const FeatureNumber number = state.feature(terms.feature);
    if (featureOf(state.ledger, number).type != FeatureType::metered) continue;
    balance.features.push_back(featureBalance(terms, number, running, plan.model));
  }
}

/// The part of an answer that says where the customer stands before the usage.
void addStanding(CheckAnswer& answer, const State& state, const Customer& customer,
                 const UsageJudgement& judgement, Instant at) {
  answer.credits = creditsAt(state, customer, judgement.recorded.feature, at);
  if (judgement.period != nullptr) answer.balance = judgement.period->balance.amount;
  if (judgement.terms == nullptr) return;
  CHECK(judgement.period != nullptr && judgement.plan != nullptr, "terms are those of a period");
  answer.unlimited = judgement.terms->unlimited;
  if (judgement.plan->model == ConsumptionModel::metered) {
    answer.remaining_included =
        remainingUnits(*judgement.terms, usageIn(*judgement.period, judgement.recorded.feature));
  }
}

UsageJudgement judge(const State& state, const Customer& customer, const RecordUsage& usage,
                     Instant now) {
  UsageJudgement judgement;
  judgement.verdict = formOf(usage);
  if (!judgement.verdict.isOk()) return judgement;
  try {
    return judgeUsage(state, customer, usage, now);
  } catch (const Overflow&) {
    judgement.verdict = {Outcome::amountOverflow, {}};
    return judgement;
  }
}

}  // namespace

Customer projected(const State& state, const Customer& customer, const Context& context) {
  return caughtUp(state, customer, context).takeCustomer();
}

Balance balanceOf(const State& state, const Customer& recorded, const Context& context) {
  const Customer customer = projected(state, recorded, context);
  Balance balance;
  balance.customer = customer.id;
  balance.as_of = state.ledger.last;
  balance.at = context.now;
  if (customer.subscription) {
    balance.state = SubscriptionState::active;
    balance.cancel_at = customer.subscription->cancel_at.value_or(Instant::never());
  } else if (!customer.subscribed.empty()) {
    balance.state = SubscriptionState::canceled;
  }
  const UsagePeriod* running = runningPeriod(customer);
  if (running != nullptr) addRunningPeriod(balance, state, *running);
  balance.credits = creditsAt(state, customer, FeatureNumber(), context.now);
  balance.grants = usableGrants(customer, context.now);
  return balance;
}

CheckAnswer check(const State& state, const Customer& recorded, const RecordUsage& usage,
                  const Context& context) {
  const Customer customer = projected(state, recorded, context);
  UsageJudgement judgement = judge(state, customer, usage, context.now);
  // Being in the plan is all that a boolean feature needs.
  if (judgement.verdict.outcome == Outcome::wrongFeatureType) judgement.verdict = {};
  CheckAnswer answer;
  answer.as_of = state.ledger.last;
  addStanding(answer, state, customer, judgement, judgedAt(usage, context.now));
  answer.allowed = judgement.verdict.isOk();
  answer.verdict = std::move(judgement.verdict);
  answer.cost = judgement.recorded.price;
  answer.overage_begins = judgement.is_overage;
  return answer;
}

std::optional<Invoice> upcoming(const State& state, const Customer& customer,
                                const Context& context) {
  Draft draft = caughtUp(state, customer, context);
  const UsagePeriod* running = runningPeriod(draft.customer());
  if (running == nullptr) return std::nullopt;
  const std::size_t index = draft.customer().periods.size() - 1;
  const bool ends = draft.customer().subscription->cancel_at == running->span.to;
  const Due end{running->span.to, ends ? DueKind::cancellation : DueKind::periodStart,
                customer.number};
  workOff(draft, end, context.boundaries);
  return closingInvoice(state, draft.customer(), index);
}

Verdict compareCatalog(const State& state, const Catalog& catalog,
                       std::vector<CatalogChange>& changes) {
  Verdict verdict = validateCatalog(state.ledger, catalog);
  if (verdict.isOk()) changes = catalogChanges(state.ledger, catalog);
  return verdict;
}

Catalog publishedCatalog(const State& state) { return newestCatalog(state.ledger); }

}  // namespace daybook::core
