#include "ledger/base/calendar.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/base/decimal.h"
#include "tests/support/fixed_zones.h"

using daybook::boundary;
using daybook::CivilDate;
using daybook::civilFromDays;
using daybook::daysFromCivil;
using daybook::daysInMonth;
using daybook::Instant;
using daybook::Interval;
using daybook::LocalTime;
using daybook::Overflow;
using daybook::periodIndex;
using daybook::testing::FixedZones;

namespace {

const FixedZones kZones;

Instant at(std::string_view text) {
  const auto instant = Instant::parse(text);
  INFO(text);
  REQUIRE(instant.has_value());
  return *instant;
}

std::string boundaryText(std::string_view zone, std::string_view anchor, Interval interval,
                         std::int64_t n) {
  return boundary(kZones, zone, at(anchor), interval, n).toString();
}

std::string utc(std::string_view anchor, Interval interval, std::int64_t n) {
  return boundaryText("UTC", anchor, interval, n);
}

}  // namespace

TEST_CASE("dates and day numbers agree at the corners of the calendar") {
  CHECK(daysFromCivil({1970, 1, 1}) == 0);
  CHECK(daysFromCivil({1969, 12, 31}) == -1);
  CHECK(daysFromCivil({2000, 2, 29}) == 11'016);
  CHECK(daysFromCivil({2000, 3, 1}) == 11'017);
  CHECK(daysFromCivil({0, 3, 1}) == -719'468);
  CHECK(civilFromDays(-719'469) == CivilDate{0, 2, 29});
  CHECK(civilFromDays(-1) == CivilDate{1969, 12, 31});
  CHECK(civilFromDays(daysFromCivil({-400, 2, 29})) == CivilDate{-400, 2, 29});
  CHECK(daysInMonth(2024, 2) == 29);
  CHECK(daysInMonth(2100, 2) == 28);
  CHECK(daysInMonth(2000, 2) == 29);
  CHECK(daysInMonth(2026, 4) == 30);
  CHECK(daysInMonth(2026, 12) == 31);
}

TEST_CASE("an anchor on the 31st is clamped to each month and comes back") {
  const std::string_view anchor = "2026-01-31T08:30:00Z";
  CHECK(utc(anchor, Interval::month, 0) == "2026-01-31T08:30:00Z");
  CHECK(utc(anchor, Interval::month, 1) == "2026-02-28T08:30:00Z");
  CHECK(utc(anchor, Interval::month, 2) == "2026-03-31T08:30:00Z");
  CHECK(utc(anchor, Interval::month, 3) == "2026-04-30T08:30:00Z");
  CHECK(utc(anchor, Interval::month, 25) == "2028-02-29T08:30:00Z");
  CHECK(utc(anchor, Interval::month, -1) == "2025-12-31T08:30:00Z");
  CHECK(utc(anchor, Interval::month, -2) == "2025-11-30T08:30:00Z");
  CHECK(utc(anchor, Interval::month, -11) == "2025-02-28T08:30:00Z");
  CHECK(utc("2025-11-30T00:00:00Z", Interval::quarter, 1) == "2026-02-28T00:00:00Z");
  CHECK(utc("2025-11-30T00:00:00Z", Interval::quarter, 2) == "2026-05-30T00:00:00Z");
}

TEST_CASE("a yearly anchor on Feb 29 is Feb 28 in common years only") {
  const std::string_view anchor = "2024-02-29T00:00:00Z";
  CHECK(utc(anchor, Interval::year, 1) == "2025-02-28T00:00:00Z");
  CHECK(utc(anchor, Interval::year, 3) == "2027-02-28T00:00:00Z");
  CHECK(utc(anchor, Interval::year, 4) == "2028-02-29T00:00:00Z");
  CHECK(utc(anchor, Interval::year, -1) == "2023-02-28T00:00:00Z");
  CHECK(utc(anchor, Interval::year, -4) == "2020-02-29T00:00:00Z");
  CHECK(utc(anchor, Interval::year, 76) == "2100-02-28T00:00:00Z");
}

TEST_CASE("weeks are seven local days, over clock changes and years") {
  CHECK(utc("2026-12-28T10:00:00Z", Interval::week, 1) == "2027-01-04T10:00:00Z");
  CHECK(utc("2026-12-28T10:00:00Z", Interval::week, -52) == "2025-12-29T10:00:00Z");
  // 10:00 local before and after the change on Mar 10.
  CHECK(boundaryText("Test/Summer", "2026-03-05T09:00:00Z", Interval::week, 1) ==
        "2026-03-12T08:00:00Z");
}

TEST_CASE("days are counted in the customer's zone") {
  // 2026-01-31 in UTC, already Feb 1 one hour east.
  CHECK(boundaryText("Test/East", "2026-01-31T23:30:00Z", Interval::month, 1) ==
        "2026-02-28T23:30:00Z");
  CHECK(utc("2026-01-31T23:30:00Z", Interval::month, 2) == "2026-03-31T23:30:00Z");
  CHECK(boundaryText("Test/East", "2026-01-31T23:30:00Z", Interval::month, 3) ==
        "2026-04-30T23:30:00Z");
}

TEST_CASE("a boundary that the clock skips moves forward by the gap, once") {
  // Local 02:30 on the 10th; on Mar 10 the clock goes from 02:00 to 03:00.
  const std::string_view anchor = "2026-01-10T01:30:00Z";
  CHECK(boundaryText("Test/Summer", anchor, Interval::month, 1) == "2026-02-10T01:30:00Z");
  CHECK(boundaryText("Test/Summer", anchor, Interval::month, 2) == "2026-03-10T01:30:00Z");
  CHECK(kZones.toLocal("Test/Summer", at("2026-03-10T01:30:00Z")).ns ==
        at("2026-03-10T03:30:00Z").ns);
  CHECK(boundaryText("Test/Summer", anchor, Interval::month, 3) == "2026-04-10T00:30:00Z");
}

TEST_CASE("a boundary that happens twice is the first, but an anchor is itself") {
  // Local 02:30 on the 3rd; on Nov 3 the clock goes from 03:00 back to 02:00.
  CHECK(boundaryText("Test/Summer", "2026-10-03T00:30:00Z", Interval::month, 1) ==
        "2026-11-03T00:30:00Z");
  const Instant second = at("2026-11-03T01:30:00Z");
  CHECK(boundary(kZones, "Test/Summer", second, Interval::month, 0) == second);
  CHECK(periodIndex(kZones, "Test/Summer", second, Interval::month, at("2026-11-03T00:45:00Z")) ==
        -1);
  CHECK(periodIndex(kZones, "Test/Summer", second, Interval::month, second) == 0);
}

TEST_CASE("an instant at a boundary belongs to the next period") {
  const Instant anchor = at("2026-01-31T08:30:00Z");
  const auto index = [&](std::string_view text) {
    return periodIndex(kZones, "UTC", anchor, Interval::month, at(text));
  };
  CHECK(index("2026-01-31T08:30:00Z") == 0);
  CHECK(index("2026-02-28T08:29:59.999999999Z") == 0);
  CHECK(index("2026-02-28T08:30:00Z") == 1);
  CHECK(index("2026-03-31T08:29:59Z") == 1);
  CHECK(index("2026-03-31T08:30:00Z") == 2);
  CHECK(index("2026-01-31T08:29:59.999999999Z") == -1);
  CHECK(index("2025-12-31T08:30:00Z") == -1);
  CHECK(index("2025-12-31T08:29:59Z") == -2);
  CHECK(index("2027-01-31T08:29:59Z") == 11);
  CHECK(index("2027-01-31T08:30:00Z") == 12);
}

TEST_CASE("period indexes of leap-day years, quarters and weeks") {
  const Instant leap = at("2024-02-29T00:00:00Z");
  CHECK(periodIndex(kZones, "UTC", leap, Interval::year, at("2025-02-27T23:59:59Z")) == 0);
  CHECK(periodIndex(kZones, "UTC", leap, Interval::year, at("2025-02-28T00:00:00Z")) == 1);
  CHECK(periodIndex(kZones, "UTC", leap, Interval::year, at("2028-02-28T23:59:59Z")) == 3);
  CHECK(periodIndex(kZones, "UTC", leap, Interval::year, at("2023-02-27T00:00:00Z")) == -2);
  const Instant quarterly = at("2025-11-30T12:00:00Z");
  CHECK(periodIndex(kZones, "UTC", quarterly, Interval::quarter, at("2026-02-28T11:59:59Z")) == 0);
  CHECK(periodIndex(kZones, "UTC", quarterly, Interval::quarter, at("2026-02-28T12:00:00Z")) == 1);
  const Instant weekly = at("2026-01-05T00:00:00Z");
  CHECK(periodIndex(kZones, "UTC", weekly, Interval::week, at("2026-01-04T23:59:59Z")) == -1);
  CHECK(periodIndex(kZones, "UTC", weekly, Interval::week, at("2026-12-31T00:00:00Z")) == 51);
}

TEST_CASE("boundaries out of reach are named, not wrapped") {
  const Instant anchor = at("2026-01-31T00:00:00Z");
  for (const Interval interval :
       {Interval::week, Interval::month, Interval::quarter, Interval::year}) {
    for (const std::int64_t n : {std::int64_t{20'000}, std::int64_t{-20'000}, INT64_MAX, INT64_MIN,
                                 INT64_MAX / 12, INT64_MIN / 12}) {
      CHECK_THROWS_AS(boundary(kZones, "UTC", anchor, interval, n), Overflow);
    }
  }
  CHECK(utc("2026-01-31T00:00:00Z", Interval::year, 236) == "2262-01-31T00:00:00Z");
  CHECK_THROWS_AS(boundary(kZones, "UTC", anchor, Interval::year, 237), Overflow);
  CHECK(utc("1678-09-21T00:12:43.2Z", Interval::year, -1) == "1677-09-21T00:12:43.2Z");
  CHECK_THROWS_AS(boundary(kZones, "UTC", at("1678-09-21T00:12:43.1Z"), Interval::year, -1),
                  Overflow);
}
