#include "client/cli/format.h"

#include <fmt/format.h>

#include <array>

#include "ledger/base/decimal.h"
#include "ledger/base/instant.h"
#include "ledger/model/catalog.h"

namespace daybook::cli {

std::string timeText(std::int64_t ns) { return ns == 0 ? "" : Instant{ns}.toString(); }

std::string spanText(std::int64_t from_ns, std::int64_t to_ns) {
  if (from_ns == 0 && to_ns == 0) return "";
  return timeText(from_ns) + " to " + timeText(to_ns);
}

std::string amountText(std::string_view amount, std::string_view currency) {
  const auto decimal = Decimal::parse(amount.empty() ? "0" : amount);
  if (!decimal) return std::string(amount);
  return decimal->toString(currencyExponent(currency).value_or(0));
}

std::string moneyText(std::string_view amount, std::string_view currency) {
  if (amount.empty()) return "";
  std::string text = amountText(amount, currency);
  if (!currency.empty()) text += fmt::format(" {}", currency);
  return text;
}

std::string numberText(std::string_view decimal) {
  return decimal.empty() ? "0" : std::string(decimal);
}

std::string bytesText(std::uint64_t bytes) {
  constexpr std::array<const char*, 6> kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  std::uint64_t tenths = bytes * 10;
  if (bytes > UINT64_MAX / 10) tenths = UINT64_MAX;
  while (tenths >= 10'240 && unit + 1 < kUnits.size()) {
    tenths /= 1'024;
    ++unit;
  }
  if (unit == 0) return fmt::format("{} B", bytes);
  return fmt::format("{}.{} {}", tenths / 10, tenths % 10, kUnits[unit]);
}

std::string lengthText(std::uint64_t ms) {
  const std::uint64_t s = ms / 1'000;
  if (s >= 86'400) return fmt::format("{}d {}h", s / 86'400, s % 86'400 / 3'600);
  if (s >= 3'600) return fmt::format("{}h {}m", s / 3'600, s % 3'600 / 60);
  if (s >= 60) return fmt::format("{}m {}s", s / 60, s % 60);
  return fmt::format("{}s", s);
}

std::string countText(std::uint64_t count) {
  std::string digits = fmt::format("{}", count);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, 1, ' ');
  return digits;
}

std::string hexText(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return out;
}

}  // namespace daybook::cli
