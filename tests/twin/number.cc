#include "tests/twin/number.h"

#include <gmpxx.h>

#include <utility>

#include "ledger/base/check.h"

namespace daybook::twin {

struct Number::Fraction {
  mpq_class value;
};

namespace {

mpz_class powerOfTen(int digits) {
  mpz_class power;
  mpz_ui_pow_ui(power.get_mpz_t(), 10, static_cast<unsigned long>(digits));
  return power;
}

mpz_class integerOf(Int128 value) {
  const bool negative = value < 0;
  const UInt128 magnitude = negative ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
  mpz_class integer(static_cast<unsigned long>(magnitude >> 64));
  integer <<= 64;
  integer += static_cast<unsigned long>(magnitude & ~std::uint64_t{0});
  return negative ? mpz_class(-integer) : integer;
}

/// value x 10^digits, rounded half away from zero.
mpz_class unitsOf(const mpq_class& value, int digits) {
  const mpq_class scaled = abs(value) * powerOfTen(digits) + mpq_class(1, 2);
  mpz_class whole;
  mpz_fdiv_q(whole.get_mpz_t(), scaled.get_num_mpz_t(), scaled.get_den_mpz_t());
  return value < 0 ? mpz_class(-whole) : whole;
}

}  // namespace

Number::Number(std::shared_ptr<const Fraction> fraction) : fraction_(std::move(fraction)) {}

Number::Number(std::int64_t integer)
    : fraction_(std::make_shared<Fraction>(Fraction{mpq_class(integer)})) {}

Number::Number(Decimal decimal) {
  if (decimal.isZero()) return;
  mpq_class value(integerOf(decimal.units()), powerOfTen(Decimal::kFractionDigits));
  value.canonicalize();
  fraction_ = std::make_shared<Fraction>(Fraction{std::move(value)});
}

const Number::Fraction& Number::fraction() const {
  static const Fraction kZero;
  return fraction_ ? *fraction_ : kZero;
}

Number Number::operator+(const Number& other) const {
  if (!fraction_) return other;
  if (!other.fraction_) return *this;
  return Number(std::make_shared<Fraction>(Fraction{fraction().value + other.fraction().value}));
}

Number Number::operator-(const Number& other) const {
  if (!other.fraction_) return *this;
  return Number(std::make_shared<Fraction>(Fraction{fraction().value - other.fraction().value}));
}

Number Number::operator*(const Number& other) const {
  if (!fraction_ || !other.fraction_) return {};
  return Number(std::make_shared<Fraction>(Fraction{fraction().value * other.fraction().value}));
}

Number Number::operator/(const Number& other) const {
  CHECK(other != 0, "nothing is divided by zero");
  return Number(std::make_shared<Fraction>(Fraction{fraction().value / other.fraction().value}));
}

Number Number::operator-() const { return Number() - *this; }

std::strong_ordering Number::operator<=>(const Number& other) const {
  const int order = cmp(fraction().value, other.fraction().value);
  return order <=> 0;
}

Number Number::roundedUp() const {
  const mpq_class& value = fraction().value;
  mpz_class whole;
  mpz_cdiv_q(whole.get_mpz_t(), value.get_num_mpz_t(), value.get_den_mpz_t());
  return Number(std::make_shared<Fraction>(Fraction{mpq_class(whole)}));
}

Number Number::rounded(int digits) const {
  mpq_class value(unitsOf(fraction().value, digits), powerOfTen(digits));
  value.canonicalize();
  return Number(std::make_shared<Fraction>(Fraction{std::move(value)}));
}

Decimal Number::decimal() const {
  const mpz_class units = unitsOf(fraction().value, Decimal::kFractionDigits);
  constexpr int kBitsMax = 127;
  const mpz_class magnitude = abs(units);
  if (mpz_sizeinbase(magnitude.get_mpz_t(), 2) > kBitsMax) throw Overflow();
  const mpz_class high = magnitude >> 64;
  const mpz_class low = magnitude - (high << 64);
  const UInt128 bits = static_cast<UInt128>(high.get_ui()) << 64 | low.get_ui();
  return Decimal::fromUnits(units < 0 ? -static_cast<Int128>(bits) : static_cast<Int128>(bits));
}

}  // namespace daybook::twin
