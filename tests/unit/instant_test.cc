#include "ledger/base/instant.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ledger/base/decimal.h"

using daybook::Duration;
using daybook::Instant;
using daybook::Overflow;

TEST_CASE("every accepted spelling of an instant has one canonical form") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
      {"2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"},
      {"2026-01-31t12:34:56z", "2026-01-31T12:34:56Z"},
      {"2026-01-31", "2026-01-31T00:00:00Z"},
      {"2023-11-16 18:17:03.9799600", "2023-11-16T18:17:03.97996Z"},
      {"2023-11-16 18:17:03", "2023-11-16T18:17:03Z"},
      {"2024-02-29T23:59:59.999999999Z", "2024-02-29T23:59:59.999999999Z"},
      {"2024-02-29T23:59:59.5+00:30", "2024-02-29T23:29:59.5Z"},
      {"2024-02-29T23:30:00-01:00", "2024-03-01T00:30:00Z"},
      {"2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00Z"},
      {"2026-01-01T05:45:00+05:45", "2026-01-01T00:00:00Z"},
      {"1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z"},
      {"1900-02-28T24:00:00Z", ""},
      {"1677-09-21T00:12:43.145224192Z", "1677-09-21T00:12:43.145224192Z"},
      {"1677-09-21T01:12:43.145224192+01:00", "1677-09-21T00:12:43.145224192Z"},
      {"1677-09-21T00:12:43.145224191Z", ""},
      {"2262-04-11T23:47:16.854775806Z", "2262-04-11T23:47:16.854775806Z"},
      {"2262-04-12T00:47:16.854775806+01:00", "2262-04-11T23:47:16.854775806Z"},
      {"2262-04-11T23:47:16.854775807Z", ""},
      {"9999-12-31T23:59:59Z", ""}};
  for (const auto& [text, canonical] : cases) {
    INFO(text);
    const auto instant = Instant::parse(text);
    CHECK(instant.has_value() == !canonical.empty());
    if (instant) CHECK(instant->toString() == canonical);
  }
}

TEST_CASE("what is not an instant is refused") {
  for (const char* text : {"",
                           "never",
                           "2026",
                           "2026-01",
                           "2026-1-31",
                           "26-01-31",
                           "2026-13-01",
                           "2026-00-01",
                           "2026-01-00",
                           "2026-02-29",
                           "1900-02-29",
                           "2026-04-31",
                           "2026-01-31T",
                           "2026-01-31 ",
                           "2026-01-31T00:00Z",
                           "2026-01-31T00:00:00",
                           "2026-01-31 00:00:00Z",
                           "2026-01-31 00:00:00+01:00",
                           "2026-01-31T24:00:00Z",
                           "2026-01-31T23:60:00Z",
                           "2026-12-31T23:59:60Z",
                           "2026-01-31T00:00:00.Z",
                           "2026-01-31T00:00:00.1234567890Z",
                           "2026-01-31T00:00:00,5Z",
                           "2026-01-31T00:00:00+1:00",
                           "2026-01-31T00:00:00+0100",
                           "2026-01-31T00:00:00+24:00",
                           "2026-01-31T00:00:00+01:60",
                           "2026-01-31T00:00:00+01",
                           "2026-01-31T00:00:00ZZ",
                           " 2026-01-31",
                           "2026-01-31\n",
                           "-2026-01-31",
                           "2026/01/31",
                           "2026-01-31T-1:00:00Z"}) {
    INFO(text);
    CHECK_FALSE(Instant::parse(text).has_value());
  }
}

TEST_CASE("never is written as a word and is no text's instant") {
  CHECK(Instant::never().toString() == "never");
  CHECK(Instant::never().isNever());
}

TEST_CASE("lengths of time have one unit") {
  CHECK(Duration::parse("90s") == Duration::seconds(90));
  CHECK(Duration::parse("5m") == Duration::minutes(5));
  CHECK(Duration::parse("1h") == Duration::hours(1));
  CHECK(Duration::parse("35d") == Duration::days(35));
  CHECK(Duration::parse("250ms") == Duration{250'000'000});
  CHECK(Duration::parse("0s") == Duration{});
  CHECK(Duration::parse("9223372036854775807ns") == Duration{INT64_MAX});
  for (const char* text : {"", "s", "5", "-5s", "+5s", "5 s", " 5s", "5s ", "1h30m", "1.5h", "5S",
                           "5w", "106752d", "9223372036854775808ns", "0x5s"}) {
    INFO(text);
    CHECK_FALSE(Duration::parse(text).has_value());
  }
}

TEST_CASE("a length of time is written in its largest exact unit and reads back") {
  CHECK(Duration::seconds(90).toString() == "90s");
  CHECK(Duration::seconds(120).toString() == "2m");
  CHECK(Duration::hours(36).toString() == "36h");
  CHECK(Duration::days(35).toString() == "35d");
  CHECK(Duration{}.toString() == "0s");
  CHECK(Duration{1}.toString() == "1ns");
  CHECK(Duration{1'500'000}.toString() == "1500us");
  CHECK(Duration::seconds(-90).toString() == "-90s");
  CHECK(Duration{INT64_MIN}.toString() == "-9223372036854775808ns");
  for (const std::int64_t ns : {std::int64_t{1}, std::int64_t{86'400'000'000'001}, INT64_MAX}) {
    CHECK(Duration::parse(Duration{ns}.toString()) == Duration{ns});
  }
}

TEST_CASE("arithmetic that leaves the 64 bits is named") {
  const Instant epoch;
  CHECK(epoch + Duration::days(1) - epoch == Duration::days(1));
  CHECK(epoch - Duration::seconds(1) == Instant{-1'000'000'000});
  CHECK_THROWS_AS(Instant::never() + Duration{1}, Overflow);
  CHECK_THROWS_AS(Instant{INT64_MIN} - Duration{1}, Overflow);
  CHECK_THROWS_AS(Instant::never() - Instant{-1}, Overflow);
}

TEST_CASE("whole seconds are rounded down, before the epoch too") {
  const Instant epoch;
  CHECK(Instant{1'999'999'999}.wholeSecondsSince(epoch) == 1);
  CHECK(Instant{2'000'000'000}.wholeSecondsSince(epoch) == 2);
  CHECK(epoch.wholeSecondsSince(Instant{1}) == -1);
  CHECK(epoch.wholeSecondsSince(Instant{1'000'000'000}) == -1);
  CHECK(epoch.wholeSecondsSince(epoch) == 0);
  CHECK(Instant::never().wholeSecondsSince(Instant{INT64_MIN}) == 18'446'744'073);
}
