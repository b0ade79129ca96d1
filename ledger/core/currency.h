// Which currency a subscription or purchase is in (BILLING.md section 2): the customer's, fixed by
// the first one. Pure.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "ledger/model/catalog.h"
#include "ledger/model/customer.h"
#include "ledger/model/outcome.h"

namespace daybook::core {

struct ChosenCurrency {
  Verdict verdict;
  std::string code;
};

/// `asked`, or where that is empty the customer's, or the only one of `prices`. Refused when
/// `prices` has none in that currency.
template <typename Price>
ChosenCurrency chooseCurrency(const Customer& customer, const std::string& asked,
                              const std::vector<Price>& prices) {
  if (!asked.empty() && !currencyExponent(asked)) return {{Outcome::unknownCurrency, asked}, {}};
  const auto is_sold_in = [&prices](const std::string& currency) {
    return std::any_of(prices.begin(), prices.end(),
                       [&currency](const Price& price) { return price.currency == currency; });
  };
  if (!customer.currency.empty()) {
    const bool is_theirs = asked.empty() || asked == customer.currency;
    if (is_theirs && is_sold_in(customer.currency)) return {{}, customer.currency};
    return {{Outcome::currencyMismatch, customer.currency}, {}};
  }
  if (!asked.empty()) {
    if (is_sold_in(asked)) return {{}, asked};
    return {{Outcome::notSoldInCurrency, asked}, {}};
  }
  if (prices.size() == 1) return {{}, prices.front().currency};
  return {{Outcome::unknownCurrency, "name one: it is sold in several"}, {}};
}

}  // namespace daybook::core
