// Holds: section 6 of BILLING.md.
#include <algorithm>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/core/alerts.h"
#include "ledger/core/apply.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/decisions.h"
#include "ledger/core/form_checks.h"
#include "ledger/core/holds.h"
#include "ledger/core/usage.h"

namespace daybook::core {
namespace {

/// What deciding about several features looks at, as the ones before leave it: not the customer's
/// documents.
Customer workingCopy(const Customer& customer) {
  Customer copy;
  copy.number = customer.number;
  copy.subscription = customer.subscription;
  copy.periods = customer.periods;
  copy.subscribed = customer.subscribed;
  copy.closed = customer.closed;
  copy.grants = customer.grants;
  copy.last_grant = customer.last_grant;
  copy.credit_debt = customer.credit_debt;
  copy.late = customer.late;
  copy.adjustments = customer.adjustments;
  copy.alert_rules = customer.alert_rules;
  copy.holds = customer.holds;
  return copy;
}

Decision notJudged(Verdict verdict, const std::string& feature, std::size_t items) {
  if (items > 1) verdict.detail = feature + (verdict.detail.empty() ? "" : ": " + verdict.detail);
  return refusal(verdict.outcome, std::move(verdict.detail));
}

/// Why a command about a hold that is not open is refused.
Decision notOpen(const Customer& customer, const std::string& key, const Context& context) {
  if (findHold(customer.expired_holds, key) != nullptr) {
    return refusal(Outcome::holdEnded, "expired");
  }
  const bool is_known =
      context.subject != nullptr && std::holds_alternative<HoldPlaced>(context.subject->body);
  return refusal(is_known ? Outcome::holdEnded : Outcome::unknownHold, key);
}

PlacedItem placedItem(HoldItem asked, UsageJudgement&& judgement) {
  UsageRecorded& recorded = judgement.recorded;
  PlacedItem item;
  item.held.asked = std::move(asked);
  item.held.feature = recorded.feature;
  item.held.variant = std::move(recorded.variant);
  item.held.period_from = recorded.period_from;
  item.held.quantity = recorded.quantity;
  item.held.pins = std::move(recorded.draws);
  // Where usage is charged in arrears, more of it may cost less.
  item.price = greatest(recorded.price, Decimal());
  item.balance_after = recorded.balance_after;
  return item;
}

// ---- settling

/// What is used when nothing is said: all that the hold still holds. Refused where that cannot be
/// said in tokens any more.
Verdict addAllHeld(const State& state, const Hold& hold, std::vector<HoldItem>& items) {
  for (const HeldItem& held : hold.items) {
    if (held.used && held.asked.tokens) {
      return {Outcome::tokensMissing, held.asked.feature + ": some of it was used"};
    }
    if (held.used && held.quantity.isZero()) continue;
    HoldItem& item = items.emplace_back(held.asked);
    const bool is_sum = featureOf(state.ledger, held.feature).meter == Meter::sum;
    if (held.used && is_sum) item.quantity = held.quantity;
  }
  return {};
}

/// One usage of a settlement in the making.
struct Settlement {
  RecordUsage usage;
  UsageJudgement judgement;
};

/// Judges the usages of a hold with several features, or with several usages, each as those before
/// leave the customer, and puts them in that order, in which they are recorded: first those that
/// need no more than the hold, so that what they free is there for the others.
class SettlingMany {
 public:
  SettlingMany(const State& state, const Customer& customer, const Hold& hold, Instant now)
      : state_(state), customer_(workingCopy(customer)), settled_(hold), now_(now) {}

  /// The first that is refused stops it: its index, else usages.size().
  std::size_t judge(std::vector<Settlement>& usages, std::vector<AlertRaised>& alerts) {
    freeUnused(usages);
    order(usages);
    for (std::size_t i = 0; i < usages.size(); ++i) {
      if (!judgeOne(usages, i, alerts)) return i;
    }
    return usages.size();
  }

 private:
  Hold* open() {
    const auto found =
        std::find_if(customer_.holds.begin(), customer_.holds.end(),
                     [this](const Hold& candidate) { return candidate.number == settled_.number; });
    return found == customer_.holds.end() ? nullptr : &*found;
  }
  HeldItem* itemOf(const std::string& feature) {
    Hold* hold = open();
    if (hold == nullptr) return nullptr;
    const auto found =
        std::find_if(hold->items.begin(), hold->items.end(),
                     [&feature](const HeldItem& item) { return item.asked.feature == feature; });
    return found == hold->items.end() ? nullptr : &*found;
  }

  void free(HeldItem& item) {
    const std::vector<Draw> pins = item.pins;
    reduce(customer_, item, item.quantity, pins);
  }

  void freeUnused(const std::vector<Settlement>& usages) {
    Hold* hold = open();
    if (hold == nullptr) return;
    for (HeldItem& item : hold->items) {
      const bool is_used = std::any_of(usages.begin(), usages.end(), [&item](const auto& usage) {
        return usage.usage.feature == item.asked.feature;
      });
      if (!is_used) free(item);
    }
  }

  /// Whether the last usage of its feature, and whether it stays within what was asked for it.
  static bool isLastOf(const std::vector<Settlement>& usages, std::size_t index) {
    return std::none_of(usages.begin() + static_cast<std::ptrdiff_t>(index) + 1, usages.end(),
                        [&](const Settlement& later) {
                          return later.usage.feature == usages[index].usage.feature;
                        });
  }
  bool isWithin(const std::vector<Settlement>& usages, std::size_t index) const {
    const HeldItem* held = findItem(settled_, usages[index].usage.feature);
    Decimal sum;
    for (const Settlement& each : usages) {
      if (each.usage.feature != usages[index].usage.feature) continue;
      // What tokens cost is not known before.
      if (each.usage.tokens) return each.usage.tokens == held->asked.tokens;
      sum += each.usage.quantity.value_or(Decimal::fromInteger(1));
    }
    return sum <= held->quantity;
  }

  void order(std::vector<Settlement>& usages) const {
    std::vector<Settlement> ordered;
    for (const bool within : {true, false}) {
      for (std::size_t i = 0; i < usages.size(); ++i) {
        if (isWithin(usages, i) == within) ordered.push_back({usages[i].usage, {}});
      }
    }
    usages = std::move(ordered);
  }

  bool judgeOne(std::vector<Settlement>& usages, std::size_t index,
                std::vector<AlertRaised>& alerts) {
    Settlement& one = usages[index];
    HeldItem* own = itemOf(one.usage.feature);
    one.judgement = judgeUsage(state_, customer_, one.usage, now_, {own, &settled_});
    if (!one.judgement.verdict.isOk()) return false;
    for (AlertRaised& alert : usageAlerts(customer_, one.judgement, now_)) {
      UsagePeriod& running = customer_.periods.back();
      running.alerts.push_back({alert.rule});
      alerts.push_back(std::move(alert));
    }
    // The judgement points into the copy, which goes.
    one.judgement.period = nullptr;
    one.judgement.recorded.asked = one.usage;
    if (own != nullptr) {
      const bool is_last = isLastOf(usages, index);
      reduce(customer_, *own, is_last ? own->quantity : Decimal(), one.judgement.pins);
      if (is_last) free(*own);
    }
    applyUsage(customer_, state_, one.judgement.recorded, now_);
    return true;
  }

  const State& state_;
  Customer customer_;
  const Hold& settled_;
  Instant now_;
};

}  // namespace

Decision decidePlace(const State& state, const Customer& customer, const PlaceHold& place,
                     const Context& context) {
  if (customer.holds.size() >= limits::kHoldsPerCustomerMax) return refusal(Outcome::tooManyHolds);
  HoldPlaced placed;
  placed.number = customer.last_hold.next();
  placed.expiry = context.now + place.ttl.value_or(Duration::minutes(limits::kHoldMinutesDefault));
  const std::size_t count = place.items.size();
  std::optional<Customer> copy;
  if (count > 1) {
    copy = workingCopy(customer);
    copy->holds.emplace_back();
  }
  for (const HoldItem& item : place.items) {
    const RecordUsage usage = usageOf(item, std::nullopt);
    const Customer& now = copy ? *copy : customer;
    UsageJudgement judgement =
        judgeUsage(state, now, usage, context.now, {nullptr, nullptr, Aim::hold});
    if (!judgement.verdict.isOk()) return notJudged(judgement.verdict, item.feature, count);
    placed.items.push_back(placedItem(item, std::move(judgement)));
    if (!copy) continue;
    const HeldItem& held = placed.items.back().held;
    pin(*copy, held.pins);
    copy->holds.back().items.push_back(held);
  }
  placed.asked = place;
  return decisionOf(customer.number, std::move(placed));
}

Decision decideSettle(const State& state, const Customer& customer, const SettleHold& settle,
                      const Context& context) {
  const Hold* hold = findHold(customer.holds, settle.hold);
  HoldSettled settled;
  if (hold == nullptr) {
    hold = findHold(customer.expired_holds, settle.hold);
    settled.expired = true;
  }
  if (hold == nullptr) return notOpen(customer, settle.hold, context);
  std::vector<HoldItem> items = settle.items;
  if (items.empty()) {
    Verdict all = addAllHeld(state, *hold, items);
    if (!all.isOk()) return refusal(all.outcome, std::move(all.detail));
  }
  std::vector<Settlement> usages;
  for (const HoldItem& item : items) {
    if (findItem(*hold, item.feature) == nullptr) {
      return refusal(Outcome::featureNotHeld, item.feature);
    }
    usages.push_back({usageOf(item, settle.at), {}});
  }
  std::vector<AlertRaised> alerts;
  if (hold->items.size() == 1 && usages.size() == 1) {
    Settlement& one = usages.front();
    const HeldItem* own = settled.expired ? nullptr : &hold->items.front();
    one.judgement = judgeUsage(state, customer, one.usage, context.now, {own, hold});
    if (!one.judgement.verdict.isOk()) return notJudged(one.judgement.verdict, {}, 1);
    alerts = usageAlerts(customer, one.judgement, context.now);
    one.judgement.recorded.asked = std::move(one.usage);
  } else {
    const std::size_t refused =
        SettlingMany(state, customer, *hold, context.now).judge(usages, alerts);
    if (refused < usages.size()) {
      const Settlement& one = usages[refused];
      return notJudged(one.judgement.verdict, one.usage.feature, usages.size());
    }
  }
  settled.asked = settle;
  settled.number = hold->number;
  for (Settlement& one : usages) settled.usages.push_back(std::move(one.judgement.recorded));
  Decision decision = decisionOf(customer.number, std::move(settled));
  for (AlertRaised& alert : alerts) decision.events.push_back(std::move(alert));
  return decision;
}

Decision decideUse(const State& state, const Customer& customer, const UseHold& use,
                   const Context& context) {
  const Hold* hold = findHold(customer.holds, use.hold);
  if (hold == nullptr) return notOpen(customer, use.hold, context);
  const HeldItem* own = findItem(*hold, use.usage.feature);
  if (own == nullptr) return refusal(Outcome::featureNotHeld, use.usage.feature);
  UsageJudgement judgement = judgeUsage(state, customer, use.usage, context.now, {own});
  if (!judgement.verdict.isOk()) return notJudged(judgement.verdict, {}, 1);
  std::vector<AlertRaised> alerts = usageAlerts(customer, judgement, context.now);
  HoldUsed used;
  used.asked = use;
  used.number = hold->number;
  used.usage = std::move(judgement.recorded);
  used.usage.asked = use.usage;
  used.taken = judgement.taken;
  used.pins = std::move(judgement.pins);
  Decision decision = decisionOf(customer.number, std::move(used));
  for (AlertRaised& alert : alerts) decision.events.push_back(std::move(alert));
  return decision;
}

Decision decideRelease(const Customer& customer, const ReleaseHold& release,
                       const Context& context) {
  const Hold* hold = findHold(customer.holds, release.hold);
  if (hold == nullptr) return notOpen(customer, release.hold, context);
  return decisionOf(customer.number, HoldReleased{release, hold->number});
}

Decision decideExtend(const Customer& customer, const ExtendHold& extend, const Context& context) {
  const Hold* hold = findHold(customer.holds, extend.hold);
  if (hold == nullptr) return notOpen(customer, extend.hold, context);
  const Duration ttl = extend.ttl.value_or(Duration::minutes(limits::kHoldMinutesDefault));
  const Instant expiry = std::max(hold->expiry, context.now + ttl);
  if (expiry > hold->placed + Duration::hours(limits::kHoldHoursMax)) {
    return refusal(Outcome::holdTooLong, "ttl");
  }
  return decisionOf(customer.number, HoldExtended{extend, hold->number, expiry});
}

}  // namespace daybook::core
