// Section 2: time and numbers.
#include "ledger/base/check.h"
#include "tests/twin/rules.h"

namespace daybook::twin {

Number seconds(Instant from, Instant to) { return to.wholeSecondsSince(from); }

Number shareOf(const Span& span) {
  const Number whole = seconds(span.full_from, span.full_to);
  if (whole == 0) return 0;
  return seconds(span.from, span.to) / whole;
}

int minorDigits(const std::string& currency) {
  const auto digits = currencyExponent(currency);
  CHECK(digits.has_value(), "the currency is known");
  return *digits;
}

Interval usageIntervalOf(Interval billing) {
  return billing == Interval::week ? Interval::week : Interval::month;
}

std::int64_t usagePeriodsIn(Interval billing) {
  if (billing == Interval::quarter) return 3;
  if (billing == Interval::year) return 12;
  return 1;
}

Instant boundaryOf(const Desk& desk, Instant anchor, Interval interval, std::int64_t n) {
  return boundary(desk.zones, desk.book.zone, anchor, interval, n);
}

}  // namespace daybook::twin
