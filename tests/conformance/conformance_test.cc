// Every text table of this folder: one per section of the billing rules.
#include <catch2/catch.hpp>

#include <string>

#include "daemon/zone_database.h"
#include "tests/conformance/runner.h"

using daybook::conformance::readScripts;
using daybook::conformance::Runner;
using daybook::conformance::Script;

namespace {

void runAll(const std::string& file) {
  const daybook::daemon::ZoneDatabase zones;
  Runner runner(zones);
  for (const Script& script : readScripts("conformance/" + file)) {
    INFO(script.title);
    CHECK_NOTHROW(runner.run(script));
  }
}

}  // namespace

TEST_CASE("section 2, time and numbers, holds") { runAll("2_time_and_numbers.txt"); }
TEST_CASE("section 3, prices, holds") { runAll("3_prices.txt"); }
TEST_CASE("section 4, the three models, holds") { runAll("4_models.txt"); }
TEST_CASE("section 5, usage events, holds") { runAll("5_usage.txt"); }
TEST_CASE("section 6, asking before acting, holds") { runAll("6_asking.txt"); }
TEST_CASE("section 7, subscriptions, holds") { runAll("7_subscriptions.txt"); }
TEST_CASE("section 8, invoices, holds") { runAll("8_invoices.txt"); }
TEST_CASE("section 9, time passing, holds") { runAll("9_time_passing.txt"); }
