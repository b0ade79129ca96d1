#include "ledger/core/catalog_report.h"

#include "ledger/base/limits.h"
#include "ledger/model/text.h"

namespace daybook::core {
namespace {

/// What callers sent is shown as far as it can be.
std::string_view printable(std::string_view text) {
  return isTextOrEmpty(text, 2 * limits::kNameBytesMax) ? text : "(not printable)";
}

std::string quoted(std::string_view text) { return '"' + std::string(printable(text)) + '"'; }

std::string bytesOfText(std::size_t count) {
  return std::to_string(count) + " bytes of text without control characters";
}

void requireAmount(Report& report, Decimal value, std::int64_t max, std::string_view field) {
  report.require(!value.isNegative(), field, " must not be negative");
  if (value <= Decimal::fromInteger(max)) return;
  report.require(false, field, " must be at most ", std::to_string(max));
}

}  // namespace

void Report::about(std::string_view kind, std::string_view code) {
  kind_ = kind;
  code_ = code;
  part_kind_ = {};
  variant_.clear();
}

void Report::aboutPart(std::string_view kind, std::string_view code) {
  part_kind_ = kind;
  part_code_ = code;
  variant_.clear();
}

void Report::aboutVariant(std::string_view value) { variant_ = value; }

void Report::require(bool holds, std::string_view rule, std::string_view more,
                     std::string_view end) {
  if (holds || !first_.empty()) return;
  first_ = kind_;
  if (!code_.empty()) first_ += " " + quoted(code_);
  if (!part_kind_.empty()) first_.append(", ").append(part_kind_) += " " + quoted(part_code_);
  if (!variant_.empty()) first_ += ", variant " + quoted(variant_);
  first_.append(": ").append(rule).append(printable(more)).append(end);
}

Verdict Report::verdict() const {
  if (first_.empty()) return {};
  return {Outcome::invalidCatalog, first_};
}

KnownFeatures::KnownFeatures(const LedgerState& ledger, const Catalog& catalog) {
  for (const Feature& feature : ledger.features) features_[feature.code] = &feature;
  for (const Feature& feature : catalog.features) features_[feature.code] = &feature;
}

const Feature* KnownFeatures::find(std::string_view code) const {
  const auto found = features_.find(code);
  return found == features_.end() ? nullptr : found->second;
}

void requireMoney(Report& report, Decimal value, std::string_view field) {
  requireAmount(report, value, limits::kMoneyMax, field);
}

void requireQuantity(Report& report, Decimal value, std::string_view field) {
  requireAmount(report, value, limits::kQuantityMax, field);
}

void requireNone(Report& report, Decimal value, std::string_view field, std::string_view where) {
  report.require(value.isZero(), field, " belongs to ", where);
}

void requireCode(Report& report, std::string_view code, std::string_view field) {
  if (isText(code, limits::kCodeBytesMax)) return;
  report.require(false, "the ", field, " must be 1 to " + bytesOfText(limits::kCodeBytesMax));
}

void requireName(Report& report, std::string_view name) {
  if (isTextOrEmpty(name, limits::kNameBytesMax)) return;
  report.require(false, "the name must be at most ", bytesOfText(limits::kNameBytesMax));
}

void requireCurrency(Report& report, std::string_view currency) {
  report.require(currencyExponent(currency).has_value(), "unknown currency ", quoted(currency));
}

std::string_view intervalText(Interval interval) {
  switch (interval) {
    case Interval::week:
      return "the week";
    case Interval::month:
      return "the month";
    case Interval::quarter:
      return "the quarter";
    case Interval::year:
      return "the year";
    case Interval::once:
      return "one payment";
  }
  return "an unknown interval";
}

void requireAtMost(Report& report, std::size_t count, std::size_t max, std::string_view what) {
  if (count <= max) return;
  report.require(false, "at most ", std::to_string(max), what);
}

}  // namespace daybook::core
