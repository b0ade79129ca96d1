// Values as people read and write them: times in RFC 3339, money with its currency's digits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::cli {

/// RFC 3339 in UTC; empty for 0 ("absent"), "never" for never.
std::string timeText(std::int64_t ns);
/// "2026-01-01T00:00:00Z to 2026-02-01T00:00:00Z"; empty when both are absent.
std::string spanText(std::int64_t from_ns, std::int64_t to_ns);
/// The exact amount with at least the currency's digits: "5.00". Text that is no decimal stays.
std::string amountText(std::string_view amount, std::string_view currency);
/// "5.00 USD"; empty for an empty amount.
std::string moneyText(std::string_view amount, std::string_view currency);
/// "0" for an empty decimal, which is what it means where a field names no default.
std::string numberText(std::string_view decimal);
/// "12.3 GiB". Rounded down: for people.
std::string bytesText(std::uint64_t bytes);
/// "2d 3h", "5m 12s": the two largest units.
std::string lengthText(std::uint64_t ms);
/// With a space for every three digits: "1 234 567".
std::string countText(std::uint64_t count);
/// Bytes as lower-case hex.
std::string hexText(std::string_view bytes);

}  // namespace daybook::cli
