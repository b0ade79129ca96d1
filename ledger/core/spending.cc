#include "ledger/core/spending.h"

#include <algorithm>

#include "ledger/base/check.h"

namespace daybook::core {
namespace {

Decimal negativePart(Decimal amount) { return amount.isNegative() ? -amount : Decimal(); }

void reduceOverage(SpendingBalance& balance, Decimal by) {
  while (by.isPositive()) {
    CHECK(!balance.overage.empty(), "the overages sum to the negative part of the balance");
    BalanceOverage& latest = balance.overage.back();
    const Decimal part = least(latest.amount, by);
    latest.amount -= part;
    by -= part;
    if (latest.amount.isZero()) balance.overage.pop_back();
  }
}

void moveToBack(std::vector<BalanceOverage>& overage, FeatureNumber feature) {
  const auto found = std::find_if(overage.begin(), overage.end(),
                                  [feature](const auto& part) { return part.feature == feature; });
  if (found != overage.end()) std::rotate(found, found + 1, overage.end());
}

}  // namespace

void deduct(SpendingBalance& balance, FeatureNumber feature, Decimal price) {
  if (!price.isPositive()) return giveBack(balance, feature, -price);
  const Decimal after = balance.amount - price;
  const Decimal grown = negativePart(after) - negativePart(balance.amount);
  balance.amount = after;
  moveToBack(balance.overage, feature);
  if (!grown.isPositive()) return;
  if (balance.overage.empty() || balance.overage.back().feature != feature) {
    balance.overage.push_back({feature, Decimal()});
  }
  balance.overage.back().amount += grown;
}

void topUp(SpendingBalance& balance, Decimal amount) {
  CHECK(!amount.isNegative(), "a top-up adds");
  const Decimal top_ups = balance.top_ups + amount;
  giveBack(balance, FeatureNumber(), amount);
  balance.top_ups = top_ups;
}

void giveBack(SpendingBalance& balance, FeatureNumber feature, Decimal price) {
  if (price.isNegative()) return deduct(balance, feature, -price);
  const Decimal after = balance.amount + price;
  reduceOverage(balance, negativePart(balance.amount) - negativePart(after));
  balance.amount = after;
}

Decimal carriedTopUps(const SpendingBalance& balance) {
  return least(balance.top_ups, greatest(balance.amount, Decimal()));
}

}  // namespace daybook::core
