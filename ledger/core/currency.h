// Which currency a subscription or purchase is in (BILLING.md section 2): the customer's, fixed by
// the first one. Pure.
#pragma once

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

/// `asked`, or where that is empty the customer's, or the only one that the pack is sold in.
/// Refused when the pack is not sold in that one.
ChosenCurrency chooseCurrency(const Customer& customer, const std::string& asked,
                              const std::vector<PackPrice>& prices);
/// The same of a plan, for subscriptions billed at this interval. REQUIRES: isSoldAt(plan,
/// billing).
ChosenCurrency chooseCurrency(const Customer& customer, const std::string& asked, const Plan& plan,
                              Interval billing);

}  // namespace daybook::core
