#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>

#include "ledger/base/decimal.h"
#include "tests/support/school_number.h"

namespace daybook {

void showValue(const Decimal& value, std::ostream& out) { out << value.toString(); }

}  // namespace daybook

namespace rc {

/// A third each: any length of number, the longest lengths, and numbers next to a power of two.
template <>
struct Arbitrary<daybook::Decimal> {
  static Gen<daybook::Decimal> arbitrary() {
    const auto word = gen::resize(kNominalSize, gen::arbitrary<std::uint64_t>());
    const auto make = [](std::uint64_t high, std::uint64_t low, int bits, int kind) {
      const daybook::UInt128 one = 1;
      const daybook::UInt128 random = static_cast<daybook::UInt128>(high) << 64 | low;
      const daybook::UInt128 power = one << (kind / 2 == 1 ? 124 + bits % 4 : bits);
      daybook::UInt128 value = random & (power - one);
      if (kind >= 4) value = power + low % 3 - one;
      if (kind % 2 != 0) value = daybook::UInt128{0} - value;
      return daybook::Decimal::fromUnits(static_cast<daybook::Int128>(value));
    };
    return gen::apply(make, word, word, gen::resize(kNominalSize, gen::inRange(0, 128)),
                      gen::resize(kNominalSize, gen::inRange(0, 6)));
  }
};

}  // namespace rc

using daybook::Decimal;
using daybook::Int128;
using daybook::Overflow;
using daybook::Wide;
using daybook::testing::SchoolNumber;

namespace {

SchoolNumber school(Decimal value) { return SchoolNumber(value.units()); }

const SchoolNumber kOne(Int128{Decimal::kUnitsPerOne});

/// The operation must give what the twin gives, or throw Overflow where that does not fit.
template <typename Operation>
void mustAgree(const SchoolNumber& expected, const Operation& operation) {
  std::optional<SchoolNumber> result;
  try {
    result = SchoolNumber(Int128{operation()});
  } catch (const Overflow&) {
    RC_TAG(std::string("overflow"));
  }
  RC_ASSERT(result.has_value() == expected.fitsBits(128));
  if (result) RC_ASSERT(*result == expected);
}

/// A 256-bit number and its twin: a sum of two products never leaves the 256 bits.
struct Pair {
  Wide wide;
  SchoolNumber school;
};

Pair makePair(Decimal a, Decimal b, Decimal c) {
  return {Wide::product(a.units(), b.units()) + Wide(c.units()), school(a) * school(b) + school(c)};
}

/// How a text for a value may be written differently.
std::string respell(const std::string& canonical, int zeros_before, int zeros_after) {
  const bool negative = canonical.front() == '-';
  const bool fraction = canonical.find('.') != std::string::npos;
  std::string text = negative ? "-" : "";
  text.append(static_cast<std::size_t>(zeros_before), '0');
  text.append(canonical, negative ? 1 : 0, std::string::npos);
  if (zeros_after > 0 && !fraction) text.push_back('.');
  return text.append(static_cast<std::size_t>(zeros_after), '0');
}

}  // namespace

TEST_CASE("decimals and texts are inverse") {
  rc::prop("a text reads back to its decimal", [](Decimal value) {
    const std::string text = value.toString();
    RC_ASSERT(Decimal::parse(text) == value);
    RC_ASSERT(text.size() <= Decimal::kTextBytesMax);
  });
  rc::prop("the text is the units with the point put in", [](Decimal value) {
    std::string digits = value.toString(Decimal::kFractionDigits);
    digits.erase(digits.find('.'), 1);
    RC_ASSERT(SchoolNumber(std::string_view(digits)) == school(value));
  });
  rc::prop("superfluous zeros change nothing", [](Decimal value) {
    const std::string text =
        respell(value.toString(), *rc::gen::inRange(0, 40), *rc::gen::inRange(0, 40));
    RC_ASSERT(Decimal::parse(text) == value);
  });
  rc::prop("whatever is read is written canonically", [] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("0000123456789999--..+e ")));
    const std::optional<Decimal> value = Decimal::parse(text);
    if (value) RC_ASSERT(Decimal::parse(value->toString()) == value);
  });
}

TEST_CASE("decimal arithmetic agrees with arithmetic done by hand") {
  rc::prop("sums", [](Decimal a, Decimal b) {
    mustAgree(school(a) + school(b), [&] { return (a + b).units(); });
  });
  rc::prop("differences", [](Decimal a, Decimal b) {
    mustAgree(school(a) - school(b), [&] { return (a - b).units(); });
  });
  rc::prop("negations", [](Decimal a) { mustAgree(-school(a), [&] { return (-a).units(); }); });
  rc::prop("products", [](Decimal a, Decimal b) {
    mustAgree((school(a) * school(b)).dividedBy(kOne), [&] { return multiply(a, b).units(); });
  });
  rc::prop("products and quotients", [](Decimal a, Decimal b, Decimal c) {
    RC_PRE(!c.isZero());
    mustAgree((school(a) * school(b)).dividedBy(school(c)),
              [&] { return multiplyDivide(a, b, c).units(); });
  });
  rc::prop("rounding", [](Decimal a) {
    const int digits = *rc::gen::inRange(0, Decimal::kFractionDigits + 1);
    SchoolNumber step(Int128{1});
    for (int i = digits; i < Decimal::kFractionDigits; ++i) step = step * SchoolNumber(Int128{10});
    mustAgree(school(a).dividedBy(step) * step, [&] { return a.roundedTo(digits).units(); });
  });
  rc::prop("order", [](Decimal a, Decimal b) {
    RC_ASSERT((a < b) == (school(a) < school(b)));
    RC_ASSERT(least(a, b) <= greatest(a, b));
    RC_ASSERT(a == b || least(a, b) < greatest(a, b));
  });
}

TEST_CASE("256-bit arithmetic agrees with arithmetic done by hand") {
  rc::prop("division, rounded", [](Decimal a, Decimal b, Decimal c, Decimal d, Decimal e) {
    const Pair dividend = makePair(a, b, c);
    const Pair divisor = makePair(d, e, Decimal());
    RC_PRE(!divisor.school.isZero());
    mustAgree(dividend.school.dividedBy(divisor.school),
              [&] { return dividend.wide.dividedBy(divisor.wide); });
  });
  rc::prop("division that fits", [](Decimal quotient, Decimal d, Decimal rest) {
    RC_PRE(!d.isZero());
    const Pair dividend = makePair(quotient, d, rest);
    mustAgree(dividend.school.dividedBy(school(d)),
              [&] { return dividend.wide.dividedBy(Wide(d.units())); });
  });
  rc::prop("division by more than 128 bits",
           [](Decimal d, Decimal e, Decimal rest, Decimal factor) {
             const Pair divisor = makePair(d, e, rest);
             RC_PRE(!divisor.school.isZero());
             const SchoolNumber dividend = divisor.school * school(factor);
             RC_PRE(dividend.fitsBits(256));
             const Wide wide = divisor.wide.times(factor.units());
             RC_ASSERT(wide.dividedBy(divisor.wide) == factor.units());
             const SchoolNumber more = dividend + school(rest);
             RC_PRE(more.fitsBits(256));
             mustAgree(more.dividedBy(divisor.school),
                       [&] { return (wide + Wide(rest.units())).dividedBy(divisor.wide); });
           });
  rc::prop("division upwards", [](Decimal a, Decimal b, Decimal c, Decimal d) {
    const Pair dividend = makePair(a, b, c);
    const Pair divisor = makePair(d, greatest(a, Decimal::fromUnits(1)), Decimal());
    RC_PRE(!dividend.school.isNegative() && !divisor.school.isNegative());
    RC_PRE(!divisor.school.isZero());
    mustAgree(dividend.school.ceilDividedBy(divisor.school),
              [&] { return dividend.wide.ceilDividedBy(divisor.wide); });
  });
  rc::prop("products, sums and order", [](Decimal a, Decimal b, Decimal c, Decimal factor) {
    const Pair left = makePair(a, b, c);
    const Pair right = makePair(b, c, factor);
    RC_ASSERT(left.wide.isNegative() == left.school.isNegative());
    RC_ASSERT(left.wide.isZero() == left.school.isZero());
    RC_ASSERT((left.wide < right.wide) == (left.school < right.school));
    RC_ASSERT((left.wide == right.wide) == (left.school == right.school));
    const SchoolNumber product = left.school * school(factor);
    try {
      const Wide wide = left.wide.times(factor.units());
      RC_ASSERT(product.fitsBits(256));
      RC_ASSERT(((wide - left.wide) == left.wide.times((factor - Decimal::fromUnits(1)).units())));
    } catch (const Overflow&) {
      RC_ASSERT(!product.fitsBits(256) || !(product - left.school).fitsBits(256) ||
                !(school(factor) - SchoolNumber(Int128{1})).fitsBits(128));
    }
  });
}
