#include "daemon/zone_database.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "ledger/base/decimal.h"

using daybook::boundary;
using daybook::Duration;
using daybook::Instant;
using daybook::Interval;
using daybook::LocalTime;
using daybook::Overflow;
using daybook::periodIndex;
using daybook::daemon::ZoneDatabase;

namespace {

const std::vector<std::string_view> kZoneNames = {"UTC", "America/New_York", "Europe/Berlin",
                                                  "Asia/Kathmandu", "Australia/Lord_Howe"};

/// A wall-clock reading written like a UTC time.
LocalTime reading(std::string_view text) {
  const auto instant = Instant::parse(text);
  INFO(text);
  REQUIRE(instant.has_value());
  return {instant->ns};
}

Instant at(std::string_view text) { return {reading(text).ns}; }

std::string utcOf(const ZoneDatabase& zones, std::string_view zone, std::string_view local) {
  return zones.toInstant(zone, reading(local)).toString();
}

std::string localOf(const ZoneDatabase& zones, std::string_view zone, std::string_view utc) {
  return Instant{zones.toLocal(zone, at(utc)).ns}.toString();
}

}  // namespace

TEST_CASE("names are known exactly as the database spells them") {
  const ZoneDatabase zones;
  for (const std::string_view zone : kZoneNames) CHECK(zones.isKnown(zone));
  CHECK(zones.isKnown("US/Eastern"));
  for (const char* zone : {"", "utc", "europe/berlin", "Europe/Berlin ", "Europe", "Mars/Olympus",
                           "../../etc/passwd", "/etc/localtime", "zone.tab", "tzdata.zi"}) {
    INFO(zone);
    CHECK_FALSE(zones.isKnown(zone));
  }
}

TEST_CASE("instants convert to the wall clock of real zones") {
  const ZoneDatabase zones;
  CHECK(localOf(zones, "America/New_York", "2026-01-15T12:00:00Z") == "2026-01-15T07:00:00Z");
  CHECK(localOf(zones, "America/New_York", "2026-07-15T12:00:00Z") == "2026-07-15T08:00:00Z");
  CHECK(localOf(zones, "Europe/Berlin", "2026-07-15T12:00:00.5Z") == "2026-07-15T14:00:00.5Z");
  CHECK(localOf(zones, "Asia/Kathmandu", "2026-01-15T12:00:00Z") == "2026-01-15T17:45:00Z");
  CHECK(localOf(zones, "Australia/Lord_Howe", "2026-01-15T12:00:00Z") == "2026-01-15T23:00:00Z");
  CHECK(localOf(zones, "Australia/Lord_Howe", "2026-07-15T12:00:00Z") == "2026-07-15T22:30:00Z");
  CHECK(localOf(zones, "America/New_York", "2026-03-08T06:59:59.999999999Z") ==
        "2026-03-08T01:59:59.999999999Z");
  CHECK(localOf(zones, "America/New_York", "2026-03-08T07:00:00Z") == "2026-03-08T03:00:00Z");
  CHECK(localOf(zones, "America/New_York", "1969-12-31T23:59:59.5Z") == "1969-12-31T18:59:59.5Z");
}

TEST_CASE("a skipped reading moves forward by the gap") {
  const ZoneDatabase zones;
  CHECK(utcOf(zones, "America/New_York", "2026-03-08T02:30:00Z") == "2026-03-08T07:30:00Z");
  CHECK(utcOf(zones, "America/New_York", "2026-03-08T02:00:00Z") == "2026-03-08T07:00:00Z");
  CHECK(utcOf(zones, "Europe/Berlin", "2026-03-29T02:59:59.999999999Z") ==
        "2026-03-29T01:59:59.999999999Z");
  // Half an hour: 02:00 to 02:30 local.
  CHECK(utcOf(zones, "Australia/Lord_Howe", "2026-10-04T02:15:00Z") == "2026-10-03T15:45:00Z");
  CHECK(localOf(zones, "Australia/Lord_Howe", "2026-10-03T15:45:00Z") == "2026-10-04T02:45:00Z");
  // A whole day: Samoa had no 2011-12-30.
  CHECK(utcOf(zones, "Pacific/Apia", "2011-12-30T12:00:00Z") == "2011-12-30T22:00:00Z");
  CHECK(localOf(zones, "Pacific/Apia", "2011-12-30T22:00:00Z") == "2011-12-31T12:00:00Z");
}

TEST_CASE("an ambiguous reading is the first") {
  const ZoneDatabase zones;
  CHECK(utcOf(zones, "America/New_York", "2026-11-01T01:30:00Z") == "2026-11-01T05:30:00Z");
  CHECK(utcOf(zones, "America/New_York", "2026-11-01T02:00:00Z") == "2026-11-01T07:00:00Z");
  CHECK(utcOf(zones, "Europe/Berlin", "2026-10-25T02:00:00Z") == "2026-10-25T00:00:00Z");
  CHECK(utcOf(zones, "Europe/Berlin", "2026-10-25T02:59:59.9Z") == "2026-10-25T00:59:59.9Z");
  CHECK(utcOf(zones, "Australia/Lord_Howe", "2026-04-05T01:45:00Z") == "2026-04-04T14:45:00Z");
}

TEST_CASE("unambiguous readings convert there and back") {
  const ZoneDatabase zones;
  for (const std::string_view zone : kZoneNames) {
    for (Instant time = at("2025-01-01"); time < at("2027-01-01");
         time = time + Duration::days(1)) {
      CHECK(zones.toInstant(zone, zones.toLocal(zone, time)) == time);
    }
  }
}

TEST_CASE("monthly boundaries keep the wall clock over clock changes") {
  const ZoneDatabase zones;
  const Instant anchor = at("2026-01-31T05:00:00Z");  // midnight in New York
  const auto text = [&](std::int64_t n) {
    return boundary(zones, "America/New_York", anchor, Interval::month, n).toString();
  };
  CHECK(text(1) == "2026-02-28T05:00:00Z");
  CHECK(text(2) == "2026-03-31T04:00:00Z");
  CHECK(text(10) == "2026-11-30T05:00:00Z");
}

TEST_CASE("boundaries strictly increase in real zones and periodIndex inverts them") {
  const ZoneDatabase zones;
  for (const std::string_view zone : kZoneNames) {
    for (const std::string_view anchor_text :
         {"2024-02-29T15:15:00Z", "2025-12-31T07:30:00Z", "2026-03-08T06:30:00Z"}) {
      const Instant anchor = at(anchor_text);
      for (const Interval interval :
           {Interval::week, Interval::month, Interval::quarter, Interval::year}) {
        for (std::int64_t n = -30; n < 30; ++n) {
          const Instant from = boundary(zones, zone, anchor, interval, n);
          REQUIRE(from < boundary(zones, zone, anchor, interval, n + 1));
          REQUIRE(periodIndex(zones, zone, anchor, interval, from) == n);
          REQUIRE(periodIndex(zones, zone, anchor, interval, {from.ns - 1}) == n - 1);
        }
      }
    }
  }
}

TEST_CASE("conversions at the ends of 64 bits are named, not wrapped") {
  const ZoneDatabase zones;
  CHECK_THROWS_AS(zones.toLocal("Europe/Berlin", {INT64_MAX}), Overflow);
  CHECK_THROWS_AS(zones.toLocal("America/New_York", {INT64_MIN}), Overflow);
  CHECK_THROWS_AS(zones.toInstant("America/New_York", {INT64_MAX}), Overflow);
  CHECK_THROWS_AS(zones.toInstant("Europe/Berlin", {INT64_MIN}), Overflow);
}

TEST_CASE("one database answers several threads") {
  const ZoneDatabase zones;
  std::vector<int> right(4, 0);
  std::vector<std::thread> threads;
  for (int& count : right) {
    threads.emplace_back([&zones, &count] {
      for (int i = 0; i < 1000; ++i) {
        const Instant time{INT64_C(1'700'000'000'000'000'000) + i * INT64_C(86'400'000'000'000)};
        for (const std::string_view zone : kZoneNames) {
          if (zones.toInstant(zone, zones.toLocal(zone, time)) == time) ++count;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : right) CHECK(count == 5000);
}
