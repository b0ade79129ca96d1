// Where a page of a customer's history goes on: "position.rest". All pages show the log at the
// position of the first one.
//
// Cursors come back from callers: anything may be in them. Pure; usable from any thread.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/usage_by_day.h"
#include "ledger/base/ids.h"

namespace daybook::daemon {

struct HistoryCursor {
  Position as_of;
  std::string rest;
};

/// Takes a number and the point behind it off the front of `text`; nullopt when there is none.
template <typename Number>
std::optional<Number> takeNumber(std::string_view& text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data() + text.size() || *end != '.') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return number;
}

inline std::optional<HistoryCursor> parseHistoryCursor(std::string_view text) {
  const auto as_of = takeNumber<std::uint64_t>(text);
  if (!as_of || *as_of == 0) return std::nullopt;
  return HistoryCursor{Position(*as_of), std::string(text)};
}

/// The entry of a statement that a page follows.
inline std::string cursorAfter(Position as_of, Position entry) {
  return std::to_string(as_of.value) + '.' + std::to_string(entry.value) + '.';
}
inline std::optional<Position> parseEntry(std::string_view rest) {
  const auto position = takeNumber<std::uint64_t>(rest);
  if (!position || !rest.empty()) return std::nullopt;
  return Position(*position);
}

/// The sum that a page of usage follows. The variant is last: it may hold anything.
inline std::string cursorAfter(Position as_of, const UsageKey& key) {
  return std::to_string(as_of.value) + '.' + std::to_string(key.day) + '.' +
         std::to_string(key.feature.value) + '.' + key.variant;
}
inline std::optional<UsageKey> parseUsageKey(std::string_view rest) {
  const auto day = takeNumber<std::int64_t>(rest);
  // Far outside what instants reach.
  if (!day || *day < -200'000 || *day > 200'000) return std::nullopt;
  const auto feature = takeNumber<std::uint32_t>(rest);
  if (!feature) return std::nullopt;
  return UsageKey{*day, FeatureNumber(*feature), std::string(rest)};
}

}  // namespace daybook::daemon
