// Every text table of this folder: one per section of the billing rules.
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

#include "daemon/zone_database.h"
#include "tests/conformance/runner.h"

using daybook::conformance::Line;
using daybook::conformance::Pace;
using daybook::conformance::readScripts;
using daybook::conformance::Runner;
using daybook::conformance::Script;

namespace {

/// Numbers of invoices follow the log, so only one customer's are the same at any pace; "idle"
/// lines are about the pace itself.
bool runsAtAnyPace(const Script& script) {
  const auto lines_with = [&script](const char* start, const char* end) {
    return std::count_if(script.lines.begin(), script.lines.end(), [&](const Line& line) {
      return line.text.rfind(start, 0) == 0 && line.text.find(end) != std::string::npos;
    });
  };
  return lines_with("customer ", "") == 1 && lines_with("clock ", " idle") == 0;
}

void runAll(const std::string& file) {
  const daybook::daemon::ZoneDatabase zones;
  for (const Script& script : readScripts("conformance/" + file)) {
    INFO(script.title);
    CHECK_NOTHROW(Runner(zones, Pace::prompt).run(script));
  }
  for (const Script& script : readScripts("conformance/" + file)) {
    if (!runsAtAnyPace(script)) continue;
    INFO(script.title << ", with due work left until the next command");
    CHECK_NOTHROW(Runner(zones, Pace::lazy).run(script));
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
