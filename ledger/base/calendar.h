// Calendar arithmetic: period boundaries in local wall time (BILLING.md section 2).
//
// A boundary is always anchor + n x interval, computed from the original anchor in the customer's
// time zone and clamped to the month's length; never from the previous boundary. The time-zone data
// is reached through ZoneRules only, which the caller passes in: this folder knows no tz database,
// no clock and no locale.
// What leaves the 64-bit nanoseconds throws Overflow (decimal.h). Safe to use from any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "ledger/base/instant.h"

namespace daybook {

/// A wall-clock reading without zone: nanoseconds since 1970-01-01 00:00 local.
struct LocalTime {
  std::int64_t ns = 0;
  constexpr auto operator<=>(const LocalTime&) const = default;
};

struct CivilDate {
  std::int32_t year = 1970;
  std::int32_t month = 1;  // 1..12
  std::int32_t day = 1;    // 1..31
  constexpr auto operator<=>(const CivilDate&) const = default;
};

/// Days since 1970-01-01 of a proleptic Gregorian date, and back. REQUIRES: the date exists; its
/// year fits 32 bits.
std::int64_t daysFromCivil(CivilDate date);
CivilDate civilFromDays(std::int64_t days);
/// REQUIRES: month in 1..12.
std::int32_t daysInMonth(std::int32_t year, std::int32_t month);

/// The time-zone data, as an argument. Implementations are const and may be used from any thread.
class ZoneRules {
 public:
  virtual ~ZoneRules() = default;
  virtual bool isKnown(std::string_view zone) const = 0;
  /// REQUIRES: isKnown(zone), here and below.
  virtual LocalTime toLocal(std::string_view zone, Instant at) const = 0;
  /// A reading that a clock change skips moves forward by the gap; an ambiguous one is the first.
  virtual Instant toInstant(std::string_view zone, LocalTime local) const = 0;
};

/// One kind of period. Weeks are 7 local days.
/// `once` has no boundaries: a one-time plan is paid for once, and its allowances last a month.
enum class Interval : std::uint16_t { week = 0, month = 1, quarter = 2, year = 3, once = 4 };

/// anchor + n x interval in `zone`; n may be negative. A day past the month's end is clamped:
/// anchor Jan 31 gives Feb 28 or 29, Mar 31, Apr 30; a Feb 29 anchor gives Feb 28 in common years.
/// n = 0 is the anchor itself, to the nanosecond. REQUIRES: the interval is not `once`, here and
/// below.
Instant boundary(const ZoneRules& zones, std::string_view zone, Instant anchor, Interval interval,
                 std::int64_t n);

/// The n of the period that holds `at`: boundary(n) <= at < boundary(n + 1). Both must be
/// representable, else Overflow.
std::int64_t periodIndex(const ZoneRules& zones, std::string_view zone, Instant anchor,
                         Interval interval, Instant at);

}  // namespace daybook
