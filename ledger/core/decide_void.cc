// Voiding usage: section 5 of BILLING.md, "Corrections".
#include <algorithm>
#include <span>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/decisions.h"
#include "ledger/core/draft.h"
#include "ledger/core/draw.h"
#include "ledger/core/model_usage.h"
#include "ledger/core/rating.h"
#include "ledger/core/terms.h"
#include "ledger/core/usage.h"

namespace daybook::core {
namespace {

const UsagePeriod* periodOf(const std::vector<UsagePeriod>& periods, Instant from, Position usage) {
  const auto found = findPeriod(periods, from, usage);
  return found == periods.end() ? nullptr : &*found;
}

/// The usage that is voided, and where it counts now.
struct Subject {
  const UsageRecorded& usage;
  const UsagePeriod& period;
  FeatureTerms terms;
  ConsumptionModel model;
};

Decimal negativePart(Decimal amount) { return greatest(-amount, Decimal()); }

void reverseMetered(UsageVoided& voided, const Subject& subject) {
  if (subject.period.trial) return;
  const Decimal counted = voided.quantity - voided.unpaid;
  const FeatureTerms& terms = subject.terms;
  if (isEventPriced(*terms.feature)) {
    voided.price = subject.usage.price;
  } else {
    voided.price =
        featureCharge(terms, voided.variant, {}) - featureCharge(terms, voided.variant, -counted);
  }
  if (voided.disposition != Disposition::late) return;
  voided.late_charge = billedTotal(terms, voided.variant, {}, {}) -
                       billedTotal(terms, voided.variant, -counted, -voided.price);
}

void reverseCredits(UsageVoided& voided, const Subject& subject, const Customer& customer,
                    Instant now) {
  voided.price = subject.usage.price;
  // A `set` since may have put some of them back already: as much goes into the other grants that
  // were drawn from.
  std::vector<Grant> grants = customer.grants;
  Decimal elsewhere;
  for (const Draw& draw : subject.usage.draws) {
    const auto grant = std::find_if(grants.begin(), grants.end(),
                                    [&draw](const Grant& g) { return g.number == draw.grant; });
    CHECK(grant != grants.end(), "a grant stays as long as its draws may be voided");
    const Decimal part = least(draw.amount, grant->credits - grant->remaining - grant->held);
    grant->remaining += part;
    elsewhere += draw.amount - part;
    if (part.isPositive()) voided.draws.push_back({draw.grant, -part});
  }
  const DrawScope scope{voided.feature, voided.at, now, voided.disposition == Disposition::late};
  for (Draw& more : putBack(grants, scope, voided.period_from, elsewhere)) {
    const auto same = std::find_if(voided.draws.begin(), voided.draws.end(),
                                   [&more](const Draw& draw) { return draw.grant == more.grant; });
    if (same == voided.draws.end()) {
      voided.draws.push_back(more);
    } else {
      same->amount += more.amount;
    }
  }
  voided.debt = least(customer.credit_debt, subject.usage.overdrawn);
}

void reverseBalance(UsageVoided& voided, const Subject& subject) {
  voided.price = subject.usage.price;
  if (voided.disposition != Disposition::late) return;
  const Decimal left = subject.period.balance.amount;
  voided.late_charge = negativePart(left) - negativePart(left + voided.price - voided.unpaid);
}

void reverse(UsageVoided& voided, const Subject& subject, const Customer& customer, Instant now) {
  switch (subject.model) {
    case ConsumptionModel::metered:
      return reverseMetered(voided, subject);
    case ConsumptionModel::credits:
      return reverseCredits(voided, subject, customer, now);
    case ConsumptionModel::balance:
      return reverseBalance(voided, subject);
  }
}

/// What an overdraft gave that was paid by a grant since: credits anew.
Grant paidOverdraft(const Customer& customer, Decimal credits, Instant now) {
  Grant grant;
  grant.number = customer.last_grant.next();
  grant.kind = GrantKind::promotional;
  grant.credits = credits;
  grant.remaining = credits;
  grant.effective = now;
  return grant;
}

bool isVoided(const Customer& customer, Position position) {
  return std::any_of(customer.voided.begin(), customer.voided.end(),
                     [position](const VoidedUsage& voided) { return voided.position == position; });
}

/// One usage of the event reversed, as the customer is now; or why it cannot be.
struct Reversal {
  Verdict verdict;
  UsageVoided voided;
  Decimal repaid;  // of its overdraft, by grants since
};

Reversal reverseOne(const Draft& draft, const UsageRecorded& usage, UsageVoided voided) {
  const State& state = draft.state();
  const Customer& customer = draft.customer();
  const UsagePeriod* period = periodOf(customer.periods, usage.period_from, voided.usage);
  voided.disposition =
      period == runningPeriod(customer) ? Disposition::current : Disposition::grace;
  if (period == nullptr) {
    period = periodOf(customer.closed, usage.period_from, voided.usage);
    voided.disposition = Disposition::late;
  }
  // What settled a hold where it was placed may lie in a period that usage cannot reach any more.
  const Instant reached = draft.now() - state.ledger.ledger.settings.late_window;
  const bool is_gone = period == nullptr || period->span.to <= reached;
  if (is_gone) return {{Outcome::periodClosed, {}}, {}, {}};
  const Feature& feature = featureOf(state.ledger, usage.feature);
  if (feature.meter == Meter::max || feature.meter == Meter::latest || usage.asked.set) {
    return {{Outcome::notVoidable, {}}, {}, {}};
  }

  voided.feature = usage.feature;
  voided.variant = usage.variant;
  voided.period_from = usage.period_from;
  voided.quantity = usage.quantity;
  voided.tokens = usage.tokens;
  if (usage.asked.tokens) {
    const ModelUsage call = modelCall(usage);
    voided.provider = call.provider;
    voided.model = call.model;
  }
  voided.unpaid = usage.unpaid;
  const FeatureUsage* total = usageIn(*period, usage.feature, usage.variant);
  CHECK(total != nullptr, "the usage was counted");
  if (total->quantity < usage.quantity) {
    return {{Outcome::notVoidable, "the total was set to less since"}, {}, {}};
  }
  if (feature.meter == Meter::unique) {
    voided.value = *countedValue(feature, usage.asked);
    const bool is_last = valueCount(*total, voided.value) == 1;
    voided.quantity = Decimal::fromInteger(is_last ? 1 : 0);
  }
  const Plan& plan = state.plan(period->terms);
  const PlanFeature* sold = planFeature(plan, feature.code);
  CHECK(sold != nullptr, "the plan version sells what was used");
  const Subject subject{usage, *period, featureTerms(state, *period, plan, *sold, usage.feature),
                        plan.model};
  reverse(voided, subject, customer, draft.now());
  if (!voided.late_charge.isZero() &&
      !hasRoomForLate(customer, *period, voided.feature, voided.variant)) {
    return {{Outcome::tooManyPending, {}}, {}, {}};
  }
  Decimal repaid;
  if (plan.model == ConsumptionModel::credits) {
    repaid = greatest(usage.overdrawn, Decimal()) - voided.debt;
  }
  return {{}, std::move(voided), repaid};
}

}  // namespace

Decision decideVoid(const State& state, const Customer& customer, const VoidUsage& voiding,
                    const Context& context) {
  std::span<const UsageRecorded> usages;
  if (context.subject != nullptr) usages = usagesOf(context.subject->body);
  if (usages.empty()) return refusal(Outcome::unknownUsage, voiding.usage_key);
  CHECK(context.subject->customer == customer.number, "keys are looked up by customer");
  const Position position = context.subject->position;
  const Instant at = judgedAt(usages.front().asked, context.subject->recorded);
  if (at < context.now - state.ledger.ledger.settings.late_window) {
    return refusal(Outcome::tooOld, "at");
  }
  if (isVoided(customer, position)) return refusal(Outcome::alreadyVoided);
  Draft draft(state, customer, context.now);
  Decimal repaid;
  for (std::size_t i = 0; i < usages.size(); ++i) {
    UsageVoided voided;
    voided.asked = voiding;
    voided.usage = position;
    voided.item = static_cast<std::uint32_t>(i);
    voided.at = at;
    Reversal reversal = reverseOne(draft, usages[i], std::move(voided));
    if (!reversal.verdict.isOk()) {
      return refusal(reversal.verdict.outcome, std::move(reversal.verdict.detail));
    }
    if (reversal.repaid.isPositive()) repaid += reversal.repaid;
    draft.add(std::move(reversal.voided));
  }
  if (repaid.isPositive()) {
    const Grant grant = paidOverdraft(draft.customer(), repaid, context.now);
    draft.add(CreditsGranted{std::nullopt, grant, {}});
  }
  return decisionOf(std::move(draft));
}

}  // namespace daybook::core
