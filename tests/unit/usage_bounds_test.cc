#include <catch2/catch.hpp>

#include <string>

#include "ledger/base/limits.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/fixed_zones.h"
#include "tests/support/terms.h"

using namespace daybook;
using namespace daybook::testing;

namespace {

const FixedZones kZones;

TestLedger ledgerSelling(Feature feature) {
  TestLedger ledger(kZones, when("2026-01-01"));
  Catalog catalog;
  const std::string code = feature.code;
  catalog.features = {std::move(feature)};
  catalog.plans = {
      planFor("pro", ConsumptionModel::metered, "99", {sold(code, "0", perUnit("1"))})};
  publish(ledger, std::move(catalog));
  ledger.give("acme", CreateCustomer{});
  ledger.give("acme", Subscribe{"pro", "", std::nullopt});
  return ledger;
}

RecordUsage seen(const std::string& user) {
  RecordUsage usage;
  usage.feature = "users";
  usage.properties = {{"user", user}};
  return usage;
}

}  // namespace

TEST_CASE("a unique meter holds so many values of a period, and no further one") {
  Feature users = metered("users");
  users.meter = Meter::unique;
  users.unique_property = "user";
  TestLedger ledger = ledgerSelling(users);
  for (std::size_t i = 0; i < limits::kUniqueValuesMax; ++i) {
    const Answer answer = ledger.give("acme", seen("user " + std::to_string(1'000'000 + i)));
    if (!answer.verdict.isOk()) FAIL(i << ": " << outcomeName(answer.verdict.outcome));
  }
  CHECK(ledger.give("acme", seen("one more")).verdict.outcome == Outcome::tooManyValues);
  CHECK(ledger.give("acme", seen("user 1000007")).verdict.isOk());
  CHECK(ledger.balance("acme").features[0].used ==
        dec(static_cast<std::int64_t>(limits::kUniqueValuesMax)));
  ledger.advance(when("2026-02-01"));
  CHECK(ledger.give("acme", seen("one more")).verdict.isOk());
}

TEST_CASE("so many charges wait for the next invoice, and no further one; then it has them all") {
  TestLedger ledger = ledgerSelling(metered("calls"));
  const auto adjust = [&ledger](std::size_t number) {
    return ledger.give("acme", AddAdjustment{dec(1), "", "No. " + std::to_string(number)});
  };
  for (std::size_t i = 0; i < limits::kPendingLinesMax; ++i) REQUIRE(adjust(i).verdict.isOk());
  CHECK(adjust(limits::kPendingLinesMax).verdict.outcome == Outcome::tooManyPending);
  ledger.advance(when("2026-02-01T01:00:00Z"));
  CHECK(ledger.invoices("acme").back().lines.size() == limits::kPendingLinesMax + 1);
  CHECK(adjust(0).verdict.isOk());
}
