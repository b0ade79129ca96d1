// Time-zone rules for tests that do not hang on the machine's data.
//
// "UTC", "Test/East" (always one hour ahead of UTC) and "Test/Summer": one hour ahead of UTC, two
// from Mar 10 02:00 (02:00 to 03:00 is skipped) to Nov 3 03:00 (02:00 to 03:00 happens twice), in
// every year. Values; usable from any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "ledger/base/calendar.h"

namespace daybook::testing {

class FixedZones final : public ZoneRules {
 public:
  bool isKnown(std::string_view zone) const override {
    return zone == "UTC" || zone == "Test/East" || zone == "Test/Summer";
  }

  LocalTime toLocal(std::string_view zone, Instant at) const override {
    if (zone == "UTC") return {at.ns};
    const bool summer = zone == "Test/Summer" && isSummer(at);
    return {at.ns + (summer ? 2 * kHour : kHour)};
  }

  Instant toInstant(std::string_view zone, LocalTime local) const override {
    if (zone == "UTC") return {local.ns};
    // Read as summer time first: right for summer and for the first of two equal readings. A
    // reading that is skipped is not summer then, and winter's offset moves it forward.
    const Instant as_summer{local.ns - 2 * kHour};
    return zone == "Test/Summer" && isSummer(as_summer) ? as_summer : Instant{local.ns - kHour};
  }

 private:
  static constexpr std::int64_t kHour = 3'600'000'000'000;
  static constexpr std::int64_t kDay = 24 * kHour;

  /// Both changes are at 01:00 UTC.
  static bool isSummer(Instant at) {
    const std::int64_t days = at.ns / kDay - (at.ns % kDay < 0 ? 1 : 0);
    const std::int32_t year = civilFromDays(days).year;
    const std::int64_t from = daysFromCivil({year, 3, 10}) * kDay + kHour;
    const std::int64_t to = daysFromCivil({year, 11, 3}) * kDay + kHour;
    return from <= at.ns && at.ns < to;
  }
};

}  // namespace daybook::testing
