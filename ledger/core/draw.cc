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

bool coversInstant(const Grant& grant, Instant at) {
  return at < grant.expiry && (grant.kind != GrantKind::plan || grant.effective <= at);
}

bool mayPay(const Grant& grant, FeatureNumber feature, Instant at) {
  if (!grant.remaining.isPositive() || !coversInstant(grant, at)) return false;
  return grant.features.empty() ||
         std::find(grant.features.begin(), grant.features.end(), feature) != grant.features.end();
}

Decimal drawable(const std::vector<Grant>& grants, FeatureNumber feature, Instant at) {
  Decimal sum;
  for (const Grant& grant : grants) {
    if (mayPay(grant, feature, at)) sum += grant.remaining;
  }
  return sum;
}

std::vector<Draw> drawFrom(const std::vector<Grant>& grants, FeatureNumber feature, Instant at,
                           Decimal amount) {
  CHECK(!amount.isNegative(), "a draw takes");
  std::vector<Draw> draws;
  const Grant* last = nullptr;
  // A pass per grant that is drawn from: most usage draws from one, and nothing is sorted.
  while (amount.isPositive()) {
    const Grant* next = nullptr;
    for (const Grant& grant : grants) {
      if (!mayPay(grant, feature, at)) continue;
      if (last != nullptr && !drawnBefore(*last, grant)) continue;
      if (next == nullptr || drawnBefore(grant, *next)) next = &grant;
    }
    CHECK(next != nullptr, "no more is drawn than there is");
    const Decimal part = least(next->remaining, amount);
    draws.push_back({next->number, part});
    amount -= part;
    last = next;
  }
  return draws;
}

}  // namespace daybook::core
