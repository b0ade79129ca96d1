// The form of commands about customers and their subscriptions.
#include <algorithm>
#include <utility>

#include "ledger/base/limits.h"
#include "ledger/core/form_checks.h"
#include "ledger/model/text.h"

namespace daybook::core {
namespace {

// Whether two entries are about the same thing, of which a list may have one.
bool isOfSame(const SeatCount& a, const SeatCount& b) { return a.feature == b.feature; }
bool isOfSame(const OpeningUsage& a, const OpeningUsage& b) {
  return a.feature == b.feature && a.variant == b.variant;
}
bool isOfSame(const OpeningGrant&, const OpeningGrant&) { return false; }
bool isOfSame(const AlertRule& a, const AlertRule& b) { return a == b; }

/// Looks at each entry of a list: the first refusal.
template <typename Entry, typename Look>
Verdict eachEntry(const std::vector<Entry>& entries, const std::string& list, Look&& look) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Verdict verdict = look(entries[i], entry(list, i));
    if (!verdict.isOk()) return verdict;
    const auto end = entries.begin() + static_cast<std::ptrdiff_t>(i);
    const auto is_same = [&](const Entry& other) { return isOfSame(other, entries[i]); };
    if (std::any_of(entries.begin(), end, is_same)) {
      return {Outcome::invalidText, entry(list, i) + " is repeated"};
    }
  }
  return {};
}

Verdict formOfSeats(const std::vector<SeatCount>& seats, const std::string& field) {
  Verdict count = formOfCount(seats.size(), limits::kFeaturesPerPlanMax, field);
  if (!count.isOk()) return count;
  return eachEntry(seats, field, [](const SeatCount& held, const std::string& name) -> Verdict {
    if (held.seats > static_cast<std::uint64_t>(limits::kSeatsMax)) {
      return {Outcome::amountOverflow, name + ".seats"};
    }
    return formOfCode(held.feature, name + ".feature");
  });
}

Verdict formOf(const OpeningUsage& usage, const std::string& name) {
  return firstRefusal(
      {formOfCode(usage.feature, name + ".feature"),
       formOfText(usage.variant, limits::kVariantValueBytesMax, name + ".variant"),
       formOfNumber(usage.quantity, Sign::notNegative, limits::kQuantityMax, name + ".quantity"),
       formOfNumber(usage.charged, Sign::notNegative, limits::kMoneyMax, name + ".charged")});
}

Verdict formOf(const OpeningGrant& grant, const std::string& name) {
  Verdict numbers = firstRefusal(
      {formOfNumber(grant.credits, Sign::positive, limits::kQuantityMax, name + ".credits"),
       formOfNumber(grant.remaining, Sign::notNegative, limits::kQuantityMax,
                    name + ".remaining")});
  if (!numbers.isOk()) return numbers;
  if (grant.remaining > grant.credits) {
    return {Outcome::invalidNumber, name + ".remaining is above its credits"};
  }
  return firstRefusal({formOfTimes(grant.effective, grant.expiry, name + "."),
                       formOfFeatures(grant.features, name + ".features")});
}

Verdict formOf(const Opening& opening) {
  Verdict head = firstRefusal(
      {formOfCode(opening.plan, "opening.plan"),
       formOfOptionalCode(opening.currency, "opening.currency"),
       formOfNumber(opening.base_charged, Sign::notNegative, limits::kMoneyMax,
                    "opening.baseCharged"),
       formOfNumber(opening.balance.value_or(Decimal()), Sign::any, limits::kMoneyMax,
                    "opening.balance"),
       formOfNumber(opening.top_ups, Sign::notNegative, limits::kMoneyMax, "opening.topUps"),
       formOfNumber(opening.customer_credit, Sign::notNegative, limits::kMoneyMax,
                    "opening.customerCredit"),
       formOfCount(opening.usage.size(), limits::kOpeningUsageMax, "opening.usage"),
       formOfCount(opening.grants.size(), limits::kGrantsPerCustomerMax, "opening.grants"),
       formOfSeats(opening.seats, "opening.seats")});
  if (!head.isOk()) return head;
  const auto look = [](const auto& part, const std::string& name) { return formOf(part, name); };
  Verdict usage = eachEntry(opening.usage, "opening.usage", look);
  return usage.isOk() ? eachEntry(opening.grants, "opening.grants", look) : usage;
}

}  // namespace

Verdict formOf(const CreateCustomer& create) {
  Verdict zone = formOfText(create.zone, limits::kZoneBytesMax, "zone");
  return zone.isOk() && create.opening ? formOf(*create.opening) : zone;
}

Verdict formOf(const UpdateCustomer& update) {
  if (isText(update.zone, limits::kZoneBytesMax)) return {};
  return {Outcome::invalidText, "zone"};
}

Verdict formOf(const Subscribe& subscribe) {
  Verdict verdict = firstRefusal({formOfCode(subscribe.plan, "plan"),
                                  formOfOptionalCode(subscribe.currency, "currency"),
                                  formOfSeats(subscribe.seats, "seats")});
  if (!verdict.isOk()) return verdict;
  if (subscribe.trial_days.value_or(0) > limits::kTrialDaysMax) {
    return {Outcome::amountOverflow, "trialDays"};
  }
  return {};
}

Verdict formOf(const ChangePlan& change) { return formOfCode(change.plan, "plan"); }

Verdict formOf(const ChangeSeats& change) {
  Verdict feature = formOfCode(change.feature, "feature");
  if (!feature.isOk()) return feature;
  return formOfNumber(Decimal::fromInteger(change.seats),
                      change.set ? Sign::notNegative : Sign::notZero, limits::kSeatsMax, "seats");
}

std::string_view problemOf(const AlertRule& rule) {
  if (rule.kind > AlertKind::balance) return "kind is unknown";
  if (rule.kind != AlertKind::usage && !rule.feature.empty()) return "feature belongs to usage";
  if (!rule.level.isPositive()) return "level must be above 0";
  if (rule.level > Decimal::fromInteger(limits::kQuantityMax)) return "level is too large";
  const bool is_part = rule.percent && rule.kind != AlertKind::usage;
  if (is_part && rule.level > Decimal::fromInteger(100)) return "level must be at most 100 percent";
  return {};
}

Verdict formOf(const SetAlerts& alerts) {
  if (!alerts.rules) return {};
  Verdict count = formOfCount(alerts.rules->size(), limits::kAlertRulesMax, "rules");
  if (!count.isOk()) return count;
  return eachEntry(*alerts.rules, "rules",
                   [](const AlertRule& rule, const std::string& name) -> Verdict {
                     const std::string_view problem = problemOf(rule);
                     if (!problem.empty()) {
                       return {Outcome::invalidNumber, (name + ".").append(problem)};
                     }
                     return formOfOptionalCode(rule.feature, name + ".feature");
                   });
}

}  // namespace daybook::core
