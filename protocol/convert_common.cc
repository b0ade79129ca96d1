#include "protocol/convert_common.h"

#include <algorithm>

#include "ledger/base/check.h"

namespace daybook::protocol {
namespace {

// Longer ones are not looked at: a decimal of 128 bits with many further zeros fits.
constexpr std::size_t kDecimalTextBytesMax = 128;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Whether `text` would be a decimal if decimals had no bounds: what Decimal::parse refuses then is
/// too large.
bool hasDecimalForm(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  if (whole.empty() || !std::all_of(whole.begin(), whole.end(), isDigit)) return false;
  if (point == text.size()) return true;
  std::string_view fraction = text.substr(point + 1);
  if (fraction.empty() || !std::all_of(fraction.begin(), fraction.end(), isDigit)) return false;
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  return fraction.size() <= static_cast<std::size_t>(Decimal::kFractionDigits);
}

}  // namespace

std::int64_t instantOrZero(const std::optional<Instant>& at) {
  CHECK(at != Instant{}, "an instant of 0 stands for an absent one");
  return at ? at->ns : 0;
}

std::string Place::text() const {
  std::string path = parent_ == nullptr ? "" : parent_->text();
  if (!path.empty()) path += '.';
  path += name_;
  if (index_ != kNoIndex) path += '[' + std::to_string(index_) + ']';
  return path;
}

void Intake::refuse(Outcome outcome, std::string detail) {
  if (verdict_.isOk()) verdict_ = {outcome, std::move(detail)};
}

void Intake::refuse(Outcome outcome, const Place& place, std::string_view problem) {
  if (!verdict_.isOk()) return;
  std::string detail = place.text();
  if (!problem.empty()) detail.append(detail.empty() ? "" : ": ").append(problem);
  refuse(outcome, std::move(detail));
}

void Intake::refuseEnumerant(std::uint16_t value, const Place& place) {
  refuse(Outcome::invalidNumber, place, "unknown value " + std::to_string(value));
}

std::optional<Interval> Intake::optionalInterval(wire::OptionalInterval value, const Place& place) {
  if (value == wire::OptionalInterval::ABSENT) return std::nullopt;
  if (value <= wire::OptionalInterval::ONCE) {
    return static_cast<Interval>(static_cast<std::uint16_t>(value) - 1);
  }
  refuseEnumerant(static_cast<std::uint16_t>(value), place);
  return std::nullopt;
}

std::string Intake::text(capnp::Text::Reader text, std::size_t bytes_max, const Place& place,
                         Outcome outcome) {
  if (!isStored() && text.size() > bytes_max) {
    refuse(outcome, place, "longer than " + std::to_string(bytes_max) + " bytes");
    return {};
  }
  return {text.begin(), text.size()};
}

std::optional<Decimal> Intake::optionalDecimal(capnp::Text::Reader text, const Place& place) {
  if (text.size() == 0) return std::nullopt;
  const std::string_view view(text.begin(), text.size());
  if (view.size() <= kDecimalTextBytesMax) {
    if (const std::optional<Decimal> value = Decimal::parse(view)) return value;
    if (hasDecimalForm(view)) {
      refuse(Outcome::amountOverflow, place, {});
      return std::nullopt;
    }
  }
  refuse(Outcome::invalidNumber, place, {});
  return std::nullopt;
}

Decimal Intake::decimal(capnp::Text::Reader text, const Place& place) {
  return optionalDecimal(text, place).value_or(Decimal());
}

std::optional<std::uint64_t> Intake::optionalCount(std::int64_t count, const Place& place) {
  if (count == -1) return std::nullopt;
  if (count < 0) refuse(Outcome::invalidNumber, place, {});
  return static_cast<std::uint64_t>(count);
}

}  // namespace daybook::protocol
