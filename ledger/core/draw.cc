#include "ledger/core/draw.h"

#include <algorithm>
#include <limits>

#include "ledger/base/check.h"

namespace daybook::core {
namespace {

/// How many features a grant pays for: the fewer, the narrower.
std::size_t width(const Grant& grant) {
  return grant.features.empty() ? std::numeric_limits<std::size_t>::max() : grant.features.size();
}

}  // namespace

bool drawnBefore(const Grant& left, const Grant& right) {
  if (left.priority != right.priority) return left.priority < right.priority;
  if (left.expiry != right.expiry) return left.expiry < right.expiry;
  if (left.kind != right.kind) return left.kind < right.kind;
  if (left.effective != right.effective) return left.effective < right.effective;
  if (width(left) != width(right)) return width(left) < width(right);
  return left.number < right.number;
}

bool coversInstant(const Grant& grant, Instant at, Instant now) {
  return at < grant.expiry && grant.effective <= (grant.kind == GrantKind::plan ? at : now);
}

bool isFor(const Grant& grant, const DrawScope& scope) {
  // Of what a closed period gave nothing is left; other credits must still be there.
  if (scope.is_late && (grant.kind == GrantKind::plan || scope.now >= grant.expiry)) return false;
  if (!coversInstant(grant, scope.at, scope.now)) return false;
  return grant.features.empty() || std::find(grant.features.begin(), grant.features.end(),
                                             scope.feature) != grant.features.end();
}

bool mayPay(const Grant& grant, const DrawScope& scope) {
  return grant.remaining.isPositive() && isFor(grant, scope);
}

Decimal drawable(const std::vector<Grant>& grants, const DrawScope& scope) {
  Decimal sum;
  for (const Grant& grant : grants) {
    if (mayPay(grant, scope)) sum += grant.remaining;
  }
  return sum;
}

std::vector<Draw> drawFrom(const std::vector<Grant>& grants, const DrawScope& scope,
                           Decimal amount) {
  CHECK(!amount.isNegative(), "a draw takes");
  std::vector<Draw> draws;
  if (!amount.isPositive()) return draws;
  const auto isDrawnLater = [](const Grant* left, const Grant* right) {
    return drawnBefore(*right, *left);
  };
  const Grant* first = nullptr;
  for (const Grant& grant : grants) {
    if (mayPay(grant, scope) && (first == nullptr || drawnBefore(grant, *first))) first = &grant;
  }
  // Most usage draws from one grant: nothing is ordered for it.
  if (first != nullptr && first->remaining >= amount) return {{first->number, amount}};
  std::vector<const Grant*> paying;
  for (const Grant& grant : grants) {
    if (mayPay(grant, scope)) paying.push_back(&grant);
  }
  std::make_heap(paying.begin(), paying.end(), isDrawnLater);
  while (amount.isPositive()) {
    CHECK(!paying.empty(), "no more is drawn than there is");
    std::pop_heap(paying.begin(), paying.end(), isDrawnLater);
    const Decimal part = least(paying.back()->remaining, amount);
    draws.push_back({paying.back()->number, part});
    amount -= part;
    paying.pop_back();
  }
  return draws;
}

std::vector<Draw> putBack(const std::vector<Grant>& grants, const DrawScope& scope, Instant since,
                          Decimal amount) {
  CHECK(!amount.isNegative(), "what is put back was taken");
  std::vector<const Grant*> drawn;
  for (const Grant& grant : grants) {
    if (grant.remaining + grant.held == grant.credits || grant.last_drawn < since) continue;
    if (!grant.expired && isFor(grant, scope)) drawn.push_back(&grant);
  }
  std::sort(drawn.begin(), drawn.end(),
            [](const Grant* left, const Grant* right) { return drawnBefore(*right, *left); });
  std::vector<Draw> draws;
  for (const Grant* grant : drawn) {
    const Decimal part = least(grant->credits - grant->remaining - grant->held, amount);
    if (part.isPositive()) draws.push_back({grant->number, -part});
    amount -= part;
  }
  return draws;
}

}  // namespace daybook::core
