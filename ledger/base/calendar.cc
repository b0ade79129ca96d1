#include "ledger/base/calendar.h"

#include <algorithm>

#include "ledger/base/check.h"
#include "ledger/base/checked.h"

namespace daybook {
namespace {

constexpr std::int64_t kNsPerDay = 86'400'000'000'000;
constexpr std::int64_t kDaysPerWeek = 7;
constexpr std::int64_t kMonthsPerYear = 12;

std::int64_t floorDivide(std::int64_t dividend, std::int64_t divisor) {
  const std::int64_t quotient = dividend / divisor;
  return dividend % divisor < 0 ? quotient - 1 : quotient;
}

bool isLeapYear(std::int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

/// The length of an interval that is made of months; 0 for weeks.
std::int64_t monthsOf(Interval interval) {
  switch (interval) {
    case Interval::week:
      return 0;
    case Interval::month:
      return 1;
    case Interval::quarter:
      return 3;
    case Interval::year:
      return kMonthsPerYear;
    case Interval::once:
      break;
  }
  CHECK(false, "a week, a month, a quarter or a year has boundaries");
  return 0;
}

/// A local reading taken apart: whole days since 1970-01-01 and what is left of the day.
struct LocalDay {
  std::int64_t days;
  std::int64_t time_of_day_ns;
};

LocalDay takeApart(LocalTime local) {
  const std::int64_t days = floorDivide(local.ns, kNsPerDay);
  return {days, local.ns - days * kNsPerDay};
}

LocalTime putTogether(LocalDay day) {
  // Before 1970 the whole days alone may leave the 64 bits where the sum does not: count one less.
  const std::int64_t borrowed = day.days < 0 ? 1 : 0;
  return {checkedSum(checkedProduct(day.days + borrowed, kNsPerDay),
                     day.time_of_day_ns - borrowed * kNsPerDay)};
}

std::int64_t monthNumber(CivilDate date) { return date.year * kMonthsPerYear + date.month - 1; }

/// The same day of the month `months` later, or that month's last day.
std::int64_t addMonths(std::int64_t days, std::int64_t months) {
  const CivilDate from = civilFromDays(days);
  const std::int64_t number = checkedSum(monthNumber(from), months);
  const std::int64_t year = floorDivide(number, kMonthsPerYear);
  // Far outside what 64-bit nanoseconds reach, well inside what the calendar's 32 bits do.
  if (year < -1'000'000 || year > 1'000'000) throw Overflow();
  CivilDate to;
  to.year = static_cast<std::int32_t>(year);
  to.month = static_cast<std::int32_t>(number - year * kMonthsPerYear + 1);
  to.day = std::min(from.day, daysInMonth(to.year, to.month));
  return daysFromCivil(to);
}

/// Never further than one period from the right n: clamping, the time of day and clock changes
/// are not looked at.
std::int64_t estimateIndex(std::int64_t anchor_days, std::int64_t at_days, Interval interval) {
  const std::int64_t months = monthsOf(interval);
  if (months == 0) return floorDivide(at_days - anchor_days, kDaysPerWeek);
  return floorDivide(monthNumber(civilFromDays(at_days)) - monthNumber(civilFromDays(anchor_days)),
                     months);
}

}  // namespace

// The two conversions count years from March, so that the leap day is a year's last, in eras of 400
// years, after which the Gregorian calendar repeats: 146 097 days, 719 468 of them from 0000-03-01
// to 1970-01-01.
std::int64_t daysFromCivil(CivilDate date) {
  CHECK(date.day >= 1 && date.day <= daysInMonth(date.year, date.month), "the date exists");
  const std::int64_t year = static_cast<std::int64_t>(date.year) - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floorDivide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month_from_march = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CivilDate civilFromDays(std::int64_t days) {
  CHECK(days > -700'000'000'000 && days < 700'000'000'000, "the year fits 32 bits");
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = floorDivide(shifted, 146'097);
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<std::int32_t>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  date.month = static_cast<std::int32_t>((month_from_march + 2) % 12 + 1);
  date.year = static_cast<std::int32_t>(era * 400 + year_of_era + (date.month <= 2 ? 1 : 0));
  return date;
}

std::int32_t daysInMonth(std::int32_t year, std::int32_t month) {
  CHECK(month >= 1 && month <= 12, "a year has the months 1 to 12");
  if (month == 2) return isLeapYear(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

Instant boundary(const ZoneRules& zones, std::string_view zone, Instant anchor, Interval interval,
                 std::int64_t n) {
  if (n == 0) return anchor;
  LocalDay day = takeApart(zones.toLocal(zone, anchor));
  const std::int64_t months = monthsOf(interval);
  if (months == 0) {
    day.days = checkedSum(day.days, checkedProduct(n, kDaysPerWeek));
  } else {
    day.days = addMonths(day.days, checkedProduct(n, months));
  }
  return zones.toInstant(zone, putTogether(day));
}

std::int64_t periodIndex(const ZoneRules& zones, std::string_view zone, Instant anchor,
                         Interval interval, Instant at) {
  const LocalDay anchor_day = takeApart(zones.toLocal(zone, anchor));
  const LocalDay at_day = takeApart(zones.toLocal(zone, at));
  std::int64_t n = estimateIndex(anchor_day.days, at_day.days, interval);
  while (at < boundary(zones, zone, anchor, interval, n)) --n;
  while (at >= boundary(zones, zone, anchor, interval, n + 1)) ++n;
  return n;
}

}  // namespace daybook
