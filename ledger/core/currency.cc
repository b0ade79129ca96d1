#include "ledger/core/currency.h"

#include <algorithm>

#include "ledger/core/catalog_lookup.h"

namespace daybook::core {
namespace {

/// Chooses among the currencies that something is sold in.
ChosenCurrency choose(const Customer& customer, const std::string& asked,
                      const std::vector<std::string>& sold_in) {
  if (!asked.empty() && !currencyExponent(asked)) return {{Outcome::unknownCurrency, asked}, {}};
  const auto is_sold = [&sold_in](const std::string& currency) {
    return std::find(sold_in.begin(), sold_in.end(), currency) != sold_in.end();
  };
  if (!customer.currency.empty()) {
    const bool is_theirs = asked.empty() || asked == customer.currency;
    if (is_theirs && is_sold(customer.currency)) return {{}, customer.currency};
    return {{Outcome::currencyMismatch, customer.currency}, {}};
  }
  if (!asked.empty()) {
    if (is_sold(asked)) return {{}, asked};
    return {{Outcome::currencyMismatch, asked}, {}};
  }
  if (sold_in.size() == 1) return {{}, sold_in.front()};
  return {{Outcome::unknownCurrency, "name one: it is sold in several"}, {}};
}

}  // namespace

ChosenCurrency chooseCurrency(const Customer& customer, const std::string& asked,
                              const std::vector<PackPrice>& prices) {
  std::vector<std::string> sold_in;
  sold_in.reserve(prices.size());
  for (const PackPrice& price : prices) sold_in.push_back(price.currency);
  return choose(customer, asked, sold_in);
}

ChosenCurrency chooseCurrency(const Customer& customer, const std::string& asked, const Plan& plan,
                              Interval billing) {
  std::vector<std::string> sold_in;
  for (const BasePrice& price : plan.prices) {
    if (billingInterval(plan, price) == billing) sold_in.push_back(price.currency);
  }
  return choose(customer, asked, sold_in);
}

}  // namespace daybook::core
