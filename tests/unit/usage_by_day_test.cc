// Usage by day as it is summed from a customer's events, which are taken newest first.
#include "daemon/usage_by_day.h"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

#include "daemon/history_cursor.h"
#include "tests/support/fixed_zones.h"
#include "tests/support/terms.h"

namespace daybook::daemon {
namespace {

using namespace daybook::testing;

constexpr FeatureNumber kCalls(1);
constexpr FeatureNumber kMail(2);

/// A customer's events, oldest first.
class History {
 public:
  void add(const char* recorded, EventBody body) {
    Event event;
    event.position = Position(events_.size() + 1);
    event.recorded = when(recorded);
    event.body = std::move(body);
    events_.push_back(std::move(event));
  }

  void start(const char* at, const char* plan) {
    PeriodStarted started;
    started.span.from = when(at);
    started.terms = {plan, 1, "USD"};
    add(at, started);
  }

  void use(const char* recorded, FeatureNumber feature, const char* quantity, const char* period,
           const char* price = "0", std::optional<Instant> at = {}, const char* variant = "") {
    UsageRecorded usage;
    usage.asked.at = at;
    usage.feature = feature;
    usage.variant = variant;
    usage.period_from = when(period);
    usage.quantity = dec(quantity);
    usage.price = dec(price);
    add(recorded, usage);
  }

  /// Shows them to `report`; gives how many it took.
  std::size_t tell(UsageByDay& report) const {
    for (std::size_t i = events_.size(); i-- > 0;) {
      if (report.take(events_[i]) == HistoryStep::stop) return events_.size() - i;
    }
    return events_.size();
  }

 private:
  std::vector<Event> events_;
};

UsageByDay::Query query(const char* zone = "UTC") {
  return {.zone = zone, .from = Instant{INT64_MIN}, .limit = 100};
}

/// "day feature variant: events quantity price".
std::vector<std::string> told(const UsageByDay& report) {
  std::vector<std::string> lines;
  for (const auto& [key, sum] : report.sums()) {
    std::string line = dayText(key.day) + " " + std::to_string(key.feature.value) + " " +
                       key.variant + ": " + std::to_string(sum.events) + " " +
                       sum.quantity.toString();
    for (const auto& part : sum.prices) line += " " + part.terms.plan + " " + part.price.toString();
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

const FixedZones kZones;

}  // namespace

TEST_CASE("usage is summed by day, feature and variant, in this order") {
  History history;
  history.start("2026-01-01", "pro");
  history.use("2026-01-02T10:00:00Z", kMail, "1", "2026-01-01", "0.5");
  history.use("2026-01-02T11:00:00Z", kCalls, "2", "2026-01-01", "1");
  history.use("2026-01-02T12:00:00Z", kCalls, "3", "2026-01-01", "2");
  history.use("2026-01-02T13:00:00Z", kCalls, "4", "2026-01-01", "3", {}, "eu");
  history.use("2026-01-03T00:00:00Z", kCalls, "5", "2026-01-01", "4");
  UsageByDay report(kZones, query());
  history.tell(report);
  CHECK(told(report) == Lines{"2026-01-02 1 : 2 5 pro 3", "2026-01-02 1 eu: 1 4 pro 3",
                              "2026-01-02 2 : 1 1 pro 0.5", "2026-01-03 1 : 1 5 pro 4"});
  CHECK_FALSE(report.hasMore());
}

TEST_CASE("usage counts on the local day of its `at`, never after its record") {
  History history;
  history.start("2026-01-01", "pro");
  // One hour ahead of UTC.
  history.use("2026-01-02T23:30:00Z", kCalls, "1", "2026-01-01");
  history.use("2026-01-05T00:00:00Z", kCalls, "2", "2026-01-01", "0", when("2026-01-02T22:59:00Z"));
  history.use("2026-01-05T22:58:00Z", kCalls, "4", "2026-01-01", "0", when("2026-01-05T23:02:00Z"));
  UsageByDay report(kZones, query("Test/Fixed"));
  history.tell(report);
  CHECK(told(report) ==
        Lines{"2026-01-02 1 : 1 2 pro 0", "2026-01-03 1 : 1 1 pro 0", "2026-01-05 1 : 1 4 pro 0"});
}

TEST_CASE("what is voided is taken off the day that it was used on") {
  History history;
  history.start("2026-01-01", "pro");
  history.use("2026-01-02", kCalls, "3", "2026-01-01", "0.3");
  history.use("2026-01-02", kCalls, "4", "2026-01-01", "0.4");
  history.use("2026-01-03", kMail, "5", "2026-01-01");
  UsageVoided voided;
  voided.feature = kCalls;
  voided.at = when("2026-01-02");
  voided.period_from = when("2026-01-01");
  voided.quantity = dec("3");
  voided.price = dec("0.3");
  history.add("2026-01-09", voided);
  voided.feature = kMail;
  voided.at = when("2026-01-03");
  voided.quantity = dec("5");
  voided.price = {};
  history.add("2026-01-09", voided);
  UsageByDay report(kZones, query());
  history.tell(report);
  CHECK(told(report) == Lines{"2026-01-02 1 : 1 4 pro 0.4", "2026-01-03 2 : 0 0 pro 0"});
}

TEST_CASE("prices are kept by the terms of the period that they were made in") {
  History history;
  history.start("2026-01-01", "metered");
  history.use("2026-01-10T08:00:00Z", kCalls, "1", "2026-01-01", "0.5");
  history.start("2026-01-10T09:00:00Z", "credits");
  history.use("2026-01-10T10:00:00Z", kCalls, "1", "2026-01-10T09:00:00Z", "2");
  // Late: of the period before.
  history.use("2026-01-10T11:00:00Z", kCalls, "1", "2026-01-01", "0.25",
              when("2026-01-10T08:00:00Z"));
  UsageByDay report(kZones, query());
  history.tell(report);
  CHECK(told(report) == Lines{"2026-01-10 1 : 3 3 credits 2 metered 0.75"});
}

TEST_CASE("a period that was moved in settles prices, too") {
  History history;
  CustomerMovedIn moved;
  moved.period.span.from = when("2025-12-20");
  moved.period.terms = {"pro", 1, "USD"};
  history.add("2026-01-01", moved);
  history.use("2026-01-02", kCalls, "1", "2025-12-20", "0.5");
  UsageByDay report(kZones, query());
  history.tell(report);
  CHECK(told(report) == Lines{"2026-01-02 1 : 1 1 pro 0.5"});
}

TEST_CASE("a range of `at` takes events no further back than it needs") {
  History history;
  history.start("2026-01-01", "pro");
  history.use("2026-01-02", kCalls, "1", "2026-01-01");
  history.start("2026-02-01", "pro");
  history.use("2026-02-02", kCalls, "2", "2026-02-01");
  history.use("2026-02-03", kCalls, "4", "2026-02-01");
  history.use("2026-02-04", kCalls, "8", "2026-02-01", "0", when("2026-02-02T23:00:00Z"));
  UsageByDay::Query february = query();
  february.from = when("2026-02-02");
  february.to = when("2026-02-03");
  UsageByDay report(kZones, february);
  // Back to the start of the period that the prices are of.
  CHECK(history.tell(report) == 4);
  CHECK(told(report) == Lines{"2026-02-02 1 : 2 10 pro 0"});
}

TEST_CASE("pages follow each other without a gap, whatever order the events are met in") {
  History history;
  history.start("2026-01-01", "pro");
  for (const char* day : {"2026-01-05", "2026-01-02", "2026-01-04", "2026-01-03", "2026-01-02"}) {
    for (const FeatureNumber feature : {kMail, kCalls}) {
      history.use("2026-01-09", feature, "1", "2026-01-01", "0.5", when(day));
    }
  }
  UsageByDay whole(kZones, query());
  history.tell(whole);
  const Lines all = told(whole);
  REQUIRE(all.size() == 8);
  for (std::size_t limit = 1; limit <= 9; ++limit) {
    Lines pages;
    UsageByDay::Query next = query();
    next.limit = limit;
    while (true) {
      UsageByDay page(kZones, next);
      history.tell(page);
      const Lines lines = told(page);
      CHECK(lines.size() <= limit);
      pages.insert(pages.end(), lines.begin(), lines.end());
      if (!page.hasMore()) break;
      const std::string cursor = cursorAfter(Position(7), page.sums().rbegin()->first);
      const auto parsed = parseHistoryCursor(cursor);
      REQUIRE(parsed);
      CHECK(parsed->as_of == Position(7));
      next.after = parseUsageKey(parsed->rest);
      REQUIRE(next.after);
      CHECK(*next.after == page.sums().rbegin()->first);
    }
    CHECK(pages == all);
  }
}

TEST_CASE("cursors hold any variant, and what is none is told") {
  const UsageKey key{-3, FeatureNumber(4), "a.b/..5"};
  const auto cursor = parseHistoryCursor(cursorAfter(Position(12), key));
  REQUIRE(cursor);
  CHECK(parseUsageKey(cursor->rest) == key);
  for (const char* text : {"", ".", "0.1.2.", "-1.1.2.", "12", "x.1", "99999999999999999999.1"}) {
    CHECK_FALSE(parseHistoryCursor(text));
  }
  for (const char* text : {"", "1", "1.", "1.2", "1.-2.", "999999999.1.", "x.1.", "1 .2."}) {
    CHECK_FALSE(parseUsageKey(text));
  }
  CHECK(parseEntry("15.") == Position(15));
  for (const char* text : {"", "15", "15.x", "x."}) CHECK_FALSE(parseEntry(text));
}

}  // namespace daybook::daemon
