#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <string>

#include "ledger/base/calendar.h"
#include "ledger/base/instant.h"
#include "tests/support/fixed_zones.h"

using daybook::boundary;
using daybook::CivilDate;
using daybook::civilFromDays;
using daybook::daysFromCivil;
using daybook::daysInMonth;
using daybook::Instant;
using daybook::Interval;
using daybook::periodIndex;
using daybook::testing::FixedZones;

namespace daybook {

void showValue(Instant instant, std::ostream& out) { out << instant.toString(); }

}  // namespace daybook

namespace {

const FixedZones kZones;
constexpr std::int64_t kHour = 3'600'000'000'000;
constexpr std::int64_t kDay = 24 * kHour;

template <typename T>
T anyIn(T from, T to) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<T>(from, to));
}

std::string anyZone() { return *rc::gen::element<std::string>("UTC", "Test/East", "Test/Summer"); }

Interval anyInterval() {
  return *rc::gen::element(Interval::week, Interval::month, Interval::quarter, Interval::year);
}

/// From 1900 to 2100; every second one lies within hours of a month's end, of a leap day or of a
/// clock change of Test/Summer.
Instant anyInstant() {
  const std::int64_t ns = anyIn<std::int64_t>(0, kDay);
  const std::int64_t days = anyIn<std::int64_t>(-25'567, 47'482);
  if (*rc::gen::arbitrary<bool>()) return {days * kDay + ns};
  CivilDate date = civilFromDays(days);
  switch (anyIn(0, 4)) {
    case 0:
      date.day = daysInMonth(date.year, date.month);
      break;
    case 1:
      date = {date.year, 2, daysInMonth(date.year, 2)};
      break;
    case 2:
      date = {date.year, 3, 10};
      break;
    default:
      date = {date.year, 11, 3};
  }
  return {daysFromCivil(date) * kDay + anyIn<std::int64_t>(-2 * kHour, 4 * kHour) +
          anyIn<std::int64_t>(0, 2) * 20 * kHour};
}

/// The standard library's calendar as the twin: the anchor's day, n months on, clamped.
std::int64_t daysByChrono(std::int64_t days, std::int64_t months) {
  using namespace std::chrono;
  const year_month_day anchor{sys_days{std::chrono::days{days}}};
  const year_month month = anchor.year() / anchor.month() + std::chrono::months{months};
  const year_month_day last{month / std::chrono::last};
  const year_month_day day = month / (anchor.day() < last.day() ? anchor.day() : last.day());
  return sys_days{day}.time_since_epoch().count();
}

}  // namespace

TEST_CASE("the calendar agrees with the standard library's") {
  rc::prop("dates and day numbers", [] {
    const std::int64_t days = anyIn<std::int64_t>(-12'000'000, 11'000'000);
    const std::chrono::year_month_day twin{std::chrono::sys_days{std::chrono::days{days}}};
    const CivilDate date = civilFromDays(days);
    RC_ASSERT(date.year == static_cast<int>(twin.year()));
    RC_ASSERT(date.month == static_cast<std::int32_t>(static_cast<unsigned>(twin.month())));
    RC_ASSERT(date.day == static_cast<std::int32_t>(static_cast<unsigned>(twin.day())));
    RC_ASSERT(daysFromCivil(date) == days);
  });
  rc::prop("months from an anchor, in UTC", [] {
    const Instant anchor = anyInstant();
    const std::int64_t n = anyIn<std::int64_t>(-600, 600);
    const std::int64_t time_of_day = ((anchor.ns % kDay) + kDay) % kDay;
    const std::int64_t days = (anchor.ns - time_of_day) / kDay;
    RC_ASSERT(boundary(kZones, "UTC", anchor, Interval::month, n).ns ==
              daysByChrono(days, n) * kDay + time_of_day);
  });
}

TEST_CASE("periods cover time without gap or overlap") {
  rc::prop("boundaries strictly increase", [] {
    const std::string zone = anyZone();
    const Interval interval = anyInterval();
    const Instant anchor = anyInstant();
    const std::int64_t n = anyIn<std::int64_t>(-150, 150);
    RC_ASSERT(boundary(kZones, zone, anchor, interval, n) <
              boundary(kZones, zone, anchor, interval, n + 1));
  });
  rc::prop("a boundary begins its own period, the nanosecond before ends the one before", [] {
    const std::string zone = anyZone();
    const Interval interval = anyInterval();
    const Instant anchor = anyInstant();
    const std::int64_t n = anyIn<std::int64_t>(-150, 150);
    const Instant from = boundary(kZones, zone, anchor, interval, n);
    RC_ASSERT(periodIndex(kZones, zone, anchor, interval, from) == n);
    RC_ASSERT(periodIndex(kZones, zone, anchor, interval, {from.ns - 1}) == n - 1);
  });
  rc::prop("every instant lies in the period of its index", [] {
    const std::string zone = anyZone();
    const Interval interval = anyInterval();
    const Instant anchor = anyInstant();
    const Instant at = anyInstant();
    const std::int64_t n = periodIndex(kZones, zone, anchor, interval, at);
    RC_ASSERT(boundary(kZones, zone, anchor, interval, n) <= at);
    RC_ASSERT(at < boundary(kZones, zone, anchor, interval, n + 1));
  });
}

TEST_CASE("instants and texts are inverse") {
  rc::prop("a text reads back to its instant", [] {
    const Instant instant{*rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::int64_t>())};
    RC_PRE(!instant.isNever());
    RC_ASSERT(Instant::parse(instant.toString()) == instant);
  });
  rc::prop("the text agrees with the standard library's calendar", [] {
    const Instant instant = anyInstant();
    const std::chrono::sys_time<std::chrono::nanoseconds> time{
        std::chrono::nanoseconds(instant.ns)};
    const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
    const std::string text = instant.toString();
    RC_ASSERT(std::stoi(text.substr(0, 4)) == static_cast<int>(date.year()));
    RC_ASSERT(std::stoul(text.substr(5, 2)) == static_cast<unsigned>(date.month()));
    RC_ASSERT(std::stoul(text.substr(8, 2)) == static_cast<unsigned>(date.day()));
    RC_ASSERT(std::stol(text.substr(11, 2)) == clock.hours().count());
    RC_ASSERT(std::stol(text.substr(14, 2)) == clock.minutes().count());
    RC_ASSERT(std::stol(text.substr(17, 2)) == clock.seconds().count());
  });
}
