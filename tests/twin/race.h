// The core and its twin, told the same story; every answer is compared.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/engine_fixture.h"
#include "tests/support/fixed_zones.h"
#include "tests/twin/scenario.h"
#include "tests/twin/twin.h"

namespace daybook::twin {

class Race {
 public:
  explicit Race(const Scenario& scenario);

  /// What the core did otherwise than the twin when the customers were created.
  const std::optional<std::string>& begun() const { return begun_; }
  /// What the core did otherwise than the twin; nullopt while both agree.
  std::optional<std::string> take(const Step& step);
  /// Balances, invoices, credit notes and alerts of every customer.
  std::optional<std::string> compareAll() const;
  /// What happened so far, for people.
  std::string story() const;
  const testing::TestLedger& ledger() const { return ledger_; }
  const Twin& twin() const { return twin_; }

 private:
  View viewOf(const std::string& customer) const;
  void tell(const std::string& customer, const CommandBody& body, const Answer& answer);
  std::optional<std::string> give(const std::string& customer, const CommandBody& body);
  std::optional<std::string> compareBills(const std::string& customer) const;
  std::optional<std::string> compareAlerts(const std::string& customer) const;
  std::optional<std::string> compareNotes(const std::string& customer) const;
  /// As the ledger numbers it -> within the customer, from 1.
  InvoiceNumber withinCustomer(const std::string& customer, InvoiceNumber number) const;
  CommandBody forTwin(const std::string& customer, CommandBody body) const;

  testing::FixedZones zones_;
  LedgerSettings settings_;
  testing::TestLedger ledger_;
  Twin twin_;
  std::string story_;
  Catalog first_;
  std::optional<std::string> begun_;
  std::map<std::string, std::vector<std::string>> usage_keys_;
  std::map<std::string, std::vector<PlacedHold>> hold_keys_;
};

}  // namespace daybook::twin
