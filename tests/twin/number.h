// Exact fractions of any size: the numbers of the twin.
//
// Nothing overflows and nothing is rounded unless it is asked for. Values, immutable inside; slow.
// Used by one thread at a time.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>

#include "ledger/base/decimal.h"

namespace daybook::twin {

class Number {
 public:
  Number() = default;
  Number(std::int64_t integer);  // NOLINT(google-explicit-constructor): written as in formulas
  Number(Decimal decimal);       // NOLINT(google-explicit-constructor)

  Number operator+(const Number& other) const;
  Number operator-(const Number& other) const;
  Number operator*(const Number& other) const;
  /// REQUIRES: other is not 0.
  Number operator/(const Number& other) const;
  Number operator-() const;
  Number& operator+=(const Number& other) { return *this = *this + other; }
  Number& operator-=(const Number& other) { return *this = *this - other; }

  std::strong_ordering operator<=>(const Number& other) const;
  bool operator==(const Number& other) const { return (*this <=> other) == 0; }

  /// The smallest integer that is not less.
  Number roundedUp() const;
  /// Half away from zero, to so many fractional digits.
  Number rounded(int digits) const;
  /// As the ledger records it: with 12 fractional digits. Throws Overflow when it does not fit.
  Decimal decimal() const;

 private:
  struct Fraction;
  explicit Number(std::shared_ptr<const Fraction> fraction);
  const Fraction& fraction() const;

  std::shared_ptr<const Fraction> fraction_;  // none: 0
};

/// What the ledger would record: a formula's value, rounded once, at its end.
inline Number recorded(const Number& formula) { return formula.rounded(Decimal::kFractionDigits); }
inline Number least(const Number& left, const Number& right) { return right < left ? right : left; }
inline Number most(const Number& left, const Number& right) { return left < right ? right : left; }
/// What of it is above zero.
inline Number positivePart(const Number& number) { return most(number, 0); }

}  // namespace daybook::twin
