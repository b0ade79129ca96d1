#include "ledger/core/query.h"

#include <algorithm>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/core/alerts.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/catalog_rules.h"
#include "ledger/core/decisions.h"
#include "ledger/core/draft.h"
#include "ledger/core/draw.h"
#include "ledger/core/forms.h"
#include "ledger/core/holds.h"
#include "ledger/core/periods.h"
#include "ledger/core/rating.h"
#include "ledger/core/terms.h"
#include "ledger/core/usage.h"

namespace daybook::core {
namespace {

/// A draft in which everything due at or before context.now is done.
Draft caughtUp(const State& state, const Customer& customer, const Context& context) {
  Draft draft(state, customer, context.now);
  const LedgerSettings& settings = state.ledger.ledger.settings;
  for (auto due = nextDue(settings, draft.customer()); due && due->at <= context.now;
       due = nextDue(settings, draft.customer())) {
    workOff(draft, *due, context.boundaries);
  }
  return draft;
}

/// The customer once everything due is done: a copy only when something is.
class Projection {
 public:
  Projection(const State& state, const Customer& customer, const Context& context)
      : customer_(customer) {
    const auto due = nextDue(state.ledger.ledger.settings, customer);
    if (due && due->at <= context.now) copy_ = caughtUp(state, customer, context).takeCustomer();
  }

  const Customer& customer() const { return copy_ ? *copy_ : customer_; }

 private:
  const Customer& customer_;
  std::optional<Customer> copy_;
};

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

/// Credits of grants that are there for usage at `at`. `available` is what usage of `feature` may
/// draw (of any feature when none), less the debt; nothing while no credits plan runs.
CreditBalance creditsAt(const State& state, const Customer& customer, FeatureNumber feature,
                        Instant at, Instant now) {
  CreditBalance credits;
  credits.debt = customer.credit_debt;
  Decimal drawable;
  for (const Grant& grant : customer.grants) {
    credits.held += grant.held;
    if (!coversInstant(grant, at, now)) continue;
    addRemaining(credits, grant);
    if (feature.isNone() || mayPay(grant, {feature, at, now})) drawable += grant.remaining;
  }
  const UsagePeriod* running = runningPeriod(customer);
  if (running != nullptr && state.plan(running->terms).model == ConsumptionModel::credits) {
    credits.available = drawable - credits.debt;
  }
  return credits;
}

std::vector<Grant> usableGrants(const Customer& customer, Instant now) {
  std::vector<Grant> usable;
  for (const Grant& grant : customer.grants) {
    if (grant.remaining.isPositive() && coversInstant(grant, now, now)) usable.push_back(grant);
  }
  std::sort(usable.begin(), usable.end(), drawnBefore);
  return usable;
}

/// What is left of the included units beside what is held: negative when overdrawn, never when the
/// rest is charged, as it is not in a trial.
Decimal remainingUnits(const FeatureTerms& terms, Decimal held) {
  if (terms.feature->unlimited) return {};
  const Decimal left = terms.included - countedUnits(*terms.period, terms.number) - held;
  const bool is_charged = terms.feature->overage == Overage::charge && !terms.period->trial;
  return is_charged ? greatest(left, Decimal()) : left;
}

/// One variant of a feature. What is included is shared by all, and so is what remains of it.
FeatureBalance featureBalance(const FeatureTerms& terms, const FeatureUsage& usage, Decimal charge,
                              Decimal held) {
  FeatureBalance balance;
  balance.feature = terms.feature->feature;
  balance.variant = usage.variant;
  balance.unlimited = terms.feature->unlimited;
  balance.used = usage.quantity;
  balance.unpaid = usage.unpaid;
  balance.events = usage.events;
  balance.tokens = usage.tokens;
  balance.included = terms.included;
  balance.held = held;
  balance.charge = charge;
  switch (terms.plan->model) {
    case ConsumptionModel::metered:
      balance.remaining = remainingUnits(terms, held);
      break;
    case ConsumptionModel::credits:
      break;
    case ConsumptionModel::balance:
      if (!terms.feature->unlimited) {
        balance.remaining =
            greatest(terms.included - countedUnits(*terms.period, terms.number) - held, Decimal());
      }
      balance.charge = usage.charged - usage.unpaid;
      break;
  }
  return balance;
}

void addFeature(Balance& balance, const Customer& customer, const FeatureTerms& terms) {
  const bool is_metered = terms.plan->model == ConsumptionModel::metered && !terms.period->trial;
  const std::vector<VariantCharge> charges =
      is_metered ? variantCharges(terms) : std::vector<VariantCharge>();
  const Decimal held = heldUnits({customer.holds}, terms);
  const auto add = [&](const FeatureUsage& usage) {
    const auto charge = std::find_if(charges.begin(), charges.end(), [&usage](const auto& each) {
      return each.variant == usage.variant;
    });
    balance.features.push_back(
        featureBalance(terms, usage, charge == charges.end() ? Decimal() : charge->charge, held));
  };
  FeatureUsage plain;
  plain.feature = terms.number;
  const FeatureUsage* usage = usageIn(*terms.period, terms.number, {});
  add(usage != nullptr ? *usage : plain);
  for (const PriceVariant& variant : terms.feature->variants) {
    usage = usageIn(*terms.period, terms.number, variant.value);
    if (usage != nullptr) add(*usage);
  }
}

void addSeats(Balance& balance, const Customer& customer, const FeatureTerms& terms) {
  SeatBalance seats;
  seats.feature = terms.feature->feature;
  seats.included = terms.included;
  for (const SeatsHeld& held : customer.seats) {
    if (held.feature != terms.number) continue;
    seats.held = held.held;
    seats.highest = held.highest;
  }
  for (const PeriodSeats& period : terms.period->seats) {
    if (period.feature == terms.number) seats.true_up = period.true_up;
  }
  balance.seats.push_back(std::move(seats));
}

void addRunningPeriod(Balance& balance, const State& state, const Customer& customer,
                      const UsagePeriod& running) {
  const Plan& plan = state.plan(running.terms);
  balance.model = plan.model;
  balance.terms = running.terms;
  balance.period_from = running.span.from;
  balance.period_to = running.span.to;
  balance.money = running.balance;
  if (plan.model == ConsumptionModel::balance) {
    balance.available_money = availableMoney(state, customer, running);
    balance.held_money = running.balance.amount - balance.available_money;
  }
  balance.alerts = running.alerts;
  balance.alert_rules = alertRules(customer, plan);
  for (const PlanFeature& sold : plan.features) {
    const FeatureNumber number = state.feature(sold.feature);
    const FeatureTerms terms = featureTerms(state, running, plan, sold, number);
    switch (featureOf(state.ledger, number).type) {
      case FeatureType::metered:
        addFeature(balance, customer, terms);
        break;
      case FeatureType::boolean:
        balance.enabled.push_back(sold.feature);
        break;
      case FeatureType::seats:
        addSeats(balance, customer, terms);
        break;
    }
  }
}

void addSubscription(Balance& balance, const Subscription& subscription) {
  balance.state = subscription.paused     ? SubscriptionState::paused
                  : subscription.trial_to ? SubscriptionState::trialing
                                          : SubscriptionState::active;
  balance.cancel_at = subscription.cancel_at.value_or(Instant::never());
  balance.trial_to = subscription.trial_to.value_or(Instant::never());
  balance.billing_to = subscription.billing_to;
  balance.billing_interval = subscription.billing_interval;
  balance.pinned_version = subscription.pinned_version;
  balance.change = subscription.change;
}

/// The part of an answer that says where the customer stands before the usage.
void addStanding(CheckAnswer& answer, const State& state, const Customer& customer,
                 const UsageJudgement& judgement, Instant at, Instant now) {
  answer.credits = creditsAt(state, customer, judgement.recorded.feature, at, now);
  if (judgement.period != nullptr) {
    const bool is_late = judgement.recorded.disposition == Disposition::late;
    answer.balance = is_late ? judgement.period->balance.amount
                             : availableMoney(state, customer, *judgement.period);
  }
  if (judgement.terms.feature == nullptr) return;
  answer.unlimited = judgement.terms.feature->unlimited;
  if (judgement.plan->model == ConsumptionModel::metered) {
    const bool is_late = judgement.recorded.disposition == Disposition::late;
    const Decimal held = is_late ? Decimal() : heldUnits({customer.holds}, judgement.terms);
    answer.remaining_included = remainingUnits(judgement.terms, held);
  }
}

UsageJudgement judge(const State& state, const Customer& customer, const RecordUsage& usage,
                     Instant now) {
  UsageJudgement judgement;
  judgement.verdict = formOf(usage);
  if (!judgement.verdict.isOk()) return judgement;
  try {
    return judgeUsage(state, customer, usage, now, {nullptr, nullptr, Aim::check});
  } catch (const Overflow&) {
    judgement.verdict = {Outcome::amountOverflow, {}};
    return judgement;
  }
}

/// Whether so many more seats may be held; booleans only have to be in the plan.
Verdict judgeHeld(const Customer& customer, const UsageJudgement& judgement, const Feature& feature,
                  const RecordUsage& usage) {
  if (feature.type == FeatureType::boolean) return {};
  const PlanFeature& sold = *judgement.terms.feature;
  if (sold.unlimited || sold.overage == Overage::charge) return {};
  Decimal held = usage.quantity.value_or(Decimal::fromInteger(1));
  for (const SeatsHeld& seats : customer.seats) {
    if (seats.feature == judgement.terms.number) {
      held += Decimal::fromInteger(static_cast<std::int64_t>(seats.held));
    }
  }
  if (held <= judgement.terms.included) return {};
  return {Outcome::includedLimitReached, {}};
}

}  // namespace

Customer projected(const State& state, const Customer& customer, const Context& context) {
  return caughtUp(state, customer, context).takeCustomer();
}

Balance balanceOf(const State& state, const Customer& recorded, const Context& context) {
  const Projection projection(state, recorded, context);
  const Customer& customer = projection.customer();
  Balance balance;
  balance.customer = customer.id;
  balance.as_of = state.ledger.last;
  balance.at = context.now;
  if (customer.subscription) {
    addSubscription(balance, *customer.subscription);
  } else if (!customer.subscribed.empty()) {
    balance.state = SubscriptionState::canceled;
  }
  const UsagePeriod* running = runningPeriod(customer);
  if (running != nullptr) addRunningPeriod(balance, state, customer, *running);
  balance.has_own_alert_rules = customer.alert_rules.has_value();
  if (customer.alert_rules) balance.alert_rules = *customer.alert_rules;
  balance.credits = creditsAt(state, customer, FeatureNumber(), context.now, context.now);
  balance.grants = usableGrants(customer, context.now);
  for (const CustomerCredit& credit : customer.credits) {
    balance.customer_credit += credit.remaining;
  }
  balance.late = customer.late;
  balance.adjustments = customer.adjustments;
  balance.holds = customer.holds.size();
  return balance;
}

CheckAnswer check(const State& state, const Customer& recorded, const RecordUsage& usage,
                  const Context& context) {
  const Projection projection(state, recorded, context);
  const Customer& customer = projection.customer();
  UsageJudgement judgement = judge(state, customer, usage, context.now);
  if (judgement.verdict.outcome == Outcome::wrongFeatureType) {
    judgement.verdict =
        judgeHeld(customer, judgement, featureOf(state.ledger, judgement.recorded.feature), usage);
  }
  CheckAnswer answer;
  answer.as_of = state.ledger.last;
  addStanding(answer, state, customer, judgement, judgedAt(usage, context.now), context.now);
  answer.allowed = judgement.verdict.isOk();
  answer.verdict = std::move(judgement.verdict);
  answer.cost = judgement.recorded.price;
  answer.overage_begins = judgement.is_overage;
  return answer;
}

std::optional<Invoice> upcoming(const State& state, const Customer& customer,
                                const Context& context) {
  Draft draft = caughtUp(state, customer, context);
  if (runningPeriod(draft.customer()) == nullptr) return std::nullopt;
  // What waits, and customer credit, goes to the invoice that closes first.
  closeGracePeriods(draft);
  const UsagePeriod* running = runningPeriod(draft.customer());
  const Instant from = running->span.from;
  const Due end{running->span.to, endKind(*draft.customer().subscription, *running),
                customer.number};
  const bool is_trial_over = end.kind == DueKind::trialEnd;
  workOff(draft, end, context.boundaries);
  if (is_trial_over) {
    // The end of a trial closes the first invoice; it is the newest event, if there is one.
    std::vector<EventBody> events = draft.takeEvents();
    if (auto* closed = std::get_if<InvoiceClosed>(&events.back())) {
      closed->invoice.number = {};
      closed->invoice.label.clear();
      closed->invoice.computed_at = state.ledger.last;
      return std::move(closed->invoice);
    }
    return std::nullopt;
  }
  const auto& periods = draft.customer().periods;
  const auto ended = std::find_if(periods.begin(), periods.end(),
                                  [from](const UsagePeriod& p) { return p.span.from == from; });
  CHECK(ended != periods.end(), "the period that ended waits to be closed");
  std::optional<Invoice> invoice =
      closingInvoice(state, draft.customer(), static_cast<std::size_t>(ended - periods.begin()));
  if (invoice) settle(*invoice, draft.customer().credits);
  return invoice;
}

ChangePreview previewChange(const State& state, const Customer& recorded, const ChangePlan& change,
                            const Context& context) {
  ChangePreview preview;
  preview.as_of = state.ledger.last;
  Command command{"preview", recorded.id, change};
  preview.verdict = formOf(command);
  if (!preview.verdict.isOk()) return preview;
  const Projection projection(state, recorded, context);
  try {
    Decision decision = decideChangePlan(state, projection.customer(), change, context);
    preview.verdict = std::move(decision.verdict);
    if (!preview.verdict.isOk()) return preview;
    preview.at = context.now;
    if (const auto* later = std::get_if<ChangeScheduled>(&decision.events.front())) {
      preview.at = later->at;
      return preview;
    }
    preview.at_once = true;
    for (EventBody& event : decision.events) {
      auto* closed = std::get_if<InvoiceClosed>(&event);
      if (closed == nullptr || closed->invoice.type != InvoiceType::planChange) continue;
      closed->invoice.number = {};
      closed->invoice.label.clear();
      closed->invoice.computed_at = state.ledger.last;
      preview.invoice = std::move(closed->invoice);
    }
  } catch (const Overflow&) {
    preview.verdict = {Outcome::amountOverflow, {}};
  }
  return preview;
}

Verdict compareCatalog(const State& state, const Catalog& catalog,
                       std::vector<CatalogChange>& changes) {
  Verdict verdict = validateCatalog(state.ledger, catalog);
  if (verdict.isOk()) changes = catalogChanges(state.ledger, catalog);
  return verdict;
}

Catalog publishedCatalog(const State& state) { return newestCatalog(state.ledger); }

}  // namespace daybook::core
