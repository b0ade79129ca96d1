// Section 4: the three models: grants, credits, debt and the spending balance.
#include <algorithm>
#include <tuple>

#include "tests/twin/rules.h"

namespace daybook::twin {
namespace {

/// Limited grants are narrower, the fewer features the more.
std::size_t breadth(const Grant& grant) {
  return grant.features.empty() ? SIZE_MAX : grant.features.size();
}

bool paysForFeature(const Desk& desk, const Grant& grant, const std::string& feature) {
  if (grant.features.empty()) return true;
  return std::any_of(grant.features.begin(), grant.features.end(), [&](FeatureNumber number) {
    return desk.published.features[number.value - 1].code == feature;
  });
}

}  // namespace

Number goneOf(const Book& book, std::size_t grant) {
  Number gone;
  for (const CreditMove& move : book.credit_moves) {
    if (move.grant == grant) gone += move.amount;
  }
  return gone;
}

Number remainingOf(const Book& book, std::size_t grant) {
  const Granted& granted = book.grants[grant];
  return Number(granted.terms.credits) - granted.refunded - goneOf(book, grant) -
         pinnedIn(book, grant);
}

Number debtOf(const Book& book) {
  Number sum;
  for (const Number& move : book.debt_moves) sum += move;
  return sum;
}

bool mayPayFor(const Desk& desk, std::size_t index, const std::string& feature, Instant at,
               Lateness lateness) {
  const Granted& granted = desk.book.grants[index];
  const Grant& grant = granted.terms;
  if (!paysForFeature(desk, grant, feature) || at >= grant.expiry) return false;
  if (grant.kind == GrantKind::plan) {
    return lateness == Lateness::inTime && grant.effective <= at;
  }
  if (lateness == Lateness::late && desk.now >= grant.expiry) return false;
  return grant.effective <= desk.now;
}

bool isDrawnBefore(const Grant& left, const Grant& right) {
  const auto rank = [](const Grant& grant) {
    return std::make_tuple(grant.priority, grant.expiry, grant.kind, grant.effective,
                           breadth(grant), grant.number);
  };
  return rank(left) < rank(right);
}

std::vector<std::size_t> payingGrants(const Desk& desk, const std::string& feature, Instant at,
                                      Lateness lateness) {
  std::vector<std::size_t> paying;
  for (std::size_t i = 0; i < desk.book.grants.size(); ++i) {
    if (mayPayFor(desk, i, feature, at, lateness)) paying.push_back(i);
  }
  std::sort(paying.begin(), paying.end(), [&desk](std::size_t left, std::size_t right) {
    return isDrawnBefore(desk.book.grants[left].terms, desk.book.grants[right].terms);
  });
  return paying;
}

Number drawableFor(const Desk& desk, const std::string& feature, Instant at, Lateness lateness) {
  Number sum;
  for (const std::size_t grant : payingGrants(desk, feature, at, lateness)) {
    sum += remainingOf(desk.book, grant);
  }
  return sum;
}

std::vector<Taken> drawFor(const Desk& desk, const std::vector<std::size_t>& grants,
                           Number amount) {
  std::vector<Taken> draws;
  for (const std::size_t grant : grants) {
    const Number part = least(amount, remainingOf(desk.book, grant));
    if (part <= 0) continue;
    draws.push_back({grant, part});
    amount -= part;
  }
  return draws;
}

std::size_t addGrant(Desk& desk, Grant grant) {
  Book& book = desk.book;
  const std::size_t index = book.grants.size();
  grant.number = GrantNumber(static_cast<std::uint32_t>(index + 1));
  const bool pays_debt = grant.features.empty() && grant.effective <= desk.now;
  const Number paid = pays_debt ? least(debtOf(book), grant.credits) : Number();
  book.grants.push_back({std::move(grant), false});
  if (paid > 0) {
    book.credit_moves.push_back({index, paid});
    book.debt_moves.push_back(-paid);
  }
  return index;
}

Number expire(Desk& desk, std::size_t grant) {
  Book& book = desk.book;
  const Number left = remainingOf(book, grant);
  if (left != 0) book.credit_moves.push_back({grant, left});
  book.grants[grant].ended = true;
  return left;
}

void endPlanCredits(Desk& desk) {
  for (std::size_t i = 0; i < desk.book.grants.size(); ++i) {
    Granted& granted = desk.book.grants[i];
    if (granted.terms.kind != GrantKind::plan || granted.ended) continue;
    granted.terms.expiry = std::min(granted.terms.expiry, desk.now);  // of what is pinned
    expire(desk, i);
  }
}

Number moneyOf(const Book& book, std::size_t period) {
  Number sum = book.periods[period].included_balance;
  for (const MoneyMove& move : book.money_moves) {
    if (move.period == period) sum += move.amount;
  }
  return sum;
}

Number topUpsOf(const Book& book, std::size_t period) {
  Number sum;
  for (const MoneyMove& move : book.money_moves) {
    if (move.period == period && move.kind == MoneyMove::Kind::topUp) sum += move.amount;
  }
  return sum;
}

std::vector<Overdraft> overdraftsOf(const Book& book, std::size_t period) {
  std::vector<Overdraft> overdrafts;
  Number money = book.periods[period].included_balance;
  for (const MoneyMove& move : book.money_moves) {
    if (move.period != period) continue;
    const Number before = positivePart(-money);
    money += move.amount;
    const Number growth = positivePart(-money) - before;
    if (growth > 0) {  // the feature's part grows, and it is the most recently deducted one
      const auto same = std::find_if(overdrafts.begin(), overdrafts.end(),
                                     [&](const Overdraft& o) { return o.feature == move.feature; });
      Number amount = growth;
      if (same != overdrafts.end()) {
        amount += same->amount;
        overdrafts.erase(same);
      }
      overdrafts.push_back({move.feature, amount});
    }
    for (Number less = -growth; less > 0 && !overdrafts.empty();) {
      const Number part = least(less, overdrafts.back().amount);
      overdrafts.back().amount -= part;
      less -= part;
      if (overdrafts.back().amount == 0) overdrafts.pop_back();
    }
  }
  return overdrafts;
}

}  // namespace daybook::twin
