// Instants and lengths of time: signed 64-bit nanoseconds since the Unix epoch, UTC (BILLING.md
// section 2).
//
// Values; safe to use from any thread. Ranges are [from, to) everywhere. Arithmetic that leaves the
// 64 bits throws Overflow (decimal.h).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daybook {

struct Duration {
  std::int64_t ns = 0;
  constexpr auto operator<=>(const Duration&) const = default;
  static constexpr Duration seconds(std::int64_t count) { return {count * 1'000'000'000}; }
  static constexpr Duration minutes(std::int64_t count) { return seconds(count * 60); }
  static constexpr Duration hours(std::int64_t count) { return seconds(count * 3'600); }
  static constexpr Duration days(std::int64_t count) { return seconds(count * 86'400); }
  /// Reads a whole number and one unit out of ns, us, ms, s, m, h, d, without sign or space: "90s",
  /// "35d". Anything else, or what does not fit, is nullopt.
  static std::optional<Duration> parse(std::string_view text);
  /// In the largest unit that is exact: "90s", "5m", "35d", "0s". Negative ones have a sign.
  std::string toString() const;
};

struct Instant {
  std::int64_t ns = 0;
  constexpr auto operator<=>(const Instant&) const = default;
  static constexpr Instant never() { return {INT64_MAX}; }
  constexpr bool isNever() const { return ns == INT64_MAX; }
  Instant operator+(Duration length) const;
  Instant operator-(Duration length) const;
  Duration operator-(Instant earlier) const;
  /// Whole seconds from `earlier` to this, rounded down.
  std::int64_t wholeSecondsSince(Instant earlier) const;

  /// Reads RFC 3339 ("2026-01-31T00:00:00Z", with up to 9 fractional digits and an offset), a date
  /// ("2026-01-31", midnight UTC), or the date and time separated by a space without offset
  /// ("2023-11-16 18:17:03.9799600", UTC). Anything else, a leap second, or what does not fit
  /// before never(), is nullopt.
  static std::optional<Instant> parse(std::string_view text);
  /// RFC 3339 in UTC, fraction only as long as needed: "2026-01-31T00:00:00Z". never() is "never".
  std::string toString() const;
};

}  // namespace daybook
