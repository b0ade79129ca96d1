#include "ledger/base/decimal.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <vector>

using daybook::Decimal;
using daybook::Int128;
using daybook::multiply;
using daybook::multiplyDivide;
using daybook::Overflow;
using daybook::UInt128;
using daybook::Wide;

namespace {

const Int128 kUnitsMax = static_cast<Int128>(~UInt128{0} >> 1);
const Int128 kUnitsMin = -kUnitsMax - 1;
const Decimal kMax = Decimal::fromUnits(kUnitsMax);
const Decimal kMin = Decimal::fromUnits(kUnitsMin);
const Decimal kSmallest = Decimal::fromUnits(1);
const std::string kMaxText = "170141183460469231731687303.715884105727";
const std::string kMinText = "-170141183460469231731687303.715884105728";

Decimal dec(const char* text) {
  const auto decimal = Decimal::parse(text);
  INFO("parsing " << text);
  REQUIRE(decimal.has_value());
  return *decimal;
}

}  // namespace

TEST_CASE("every spelling of a decimal has one canonical form") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"0", "0"},
      {"-0", "0"},
      {"-0.000", "0"},
      {"007", "7"},
      {"5.00", "5"},
      {"0.10", "0.1"},
      {"-0.5", "-0.5"},
      {"1000000", "1000000"},
      {"0.000000000001", "0.000000000001"},
      {"-0.000000000001", "-0.000000000001"},
      {"1.12345678901200000000", "1.123456789012"},
      {"18446744.073709551615", "18446744.073709551615"},
      {"18446744.073709551616", "18446744.073709551616"},
      {"18446744073709551616", "18446744073709551616"},
      {"100000000000000000000000000", "100000000000000000000000000"},
      {"1000000000000000000.5", "1000000000000000000.5"},
      {std::string(60, '0') + "12", "12"},
      {kMaxText, kMaxText},
      {kMinText, kMinText}};
  for (const auto& [text, canonical] : cases) {
    INFO(text);
    const auto decimal = Decimal::parse(text);
    REQUIRE(decimal.has_value());
    CHECK(decimal->toString() == canonical);
  }
}

TEST_CASE("what is not a decimal is refused") {
  for (const char* text : {"",
                           "-",
                           "+1",
                           "--1",
                           ".5",
                           "-.5",
                           "5.",
                           "1.2.3",
                           "1e3",
                           "1E3",
                           " 1",
                           "1 ",
                           "1,000",
                           "1_000",
                           "0x10",
                           "abc",
                           "1a",
                           "1.a",
                           "1.5a",
                           "NaN",
                           "inf",
                           "1/2",
                           "1:",
                           "1.:",
                           "0.0000000000001",
                           "1.1234567890123",
                           "170141183460469231731687303.715884105728",
                           "-170141183460469231731687303.715884105729",
                           "170141183460469231731687304",
                           "999999999999999999999999999",
                           "1000000000000000000000000000000000000000000000"}) {
    INFO(text);
    CHECK_FALSE(Decimal::parse(text).has_value());
  }
  CHECK_FALSE(Decimal::parse(std::string_view("1\0", 2)).has_value());
  CHECK_FALSE(Decimal::parse("\xC2\xB2").has_value());
}

TEST_CASE("a text whose value wraps to zero in 128 bits is refused") {
  // 2^128, then 2^116, which becomes a multiple of 2^128 when it is scaled by 10^12.
  CHECK_FALSE(Decimal::parse("340282366920938463463374607431768211456").has_value());
  CHECK_FALSE(Decimal::parse("83076749736557242056487941267521536").has_value());
}

TEST_CASE("the extremes fill the documented buffer exactly") {
  CHECK(kMin.toString().size() == Decimal::kTextBytesMax);
  char buffer[Decimal::kTextBytesMax];
  CHECK(std::string(buffer, kMin.format(buffer)) == kMinText);
}

TEST_CASE("a text for people has at least the digits asked for") {
  CHECK(dec("5").toString(2) == "5.00");
  CHECK(dec("5").toString(0) == "5");
  CHECK(dec("5.1").toString(0) == "5.1");
  CHECK(dec("5.1").toString(2) == "5.10");
  CHECK(dec("5.125").toString(2) == "5.125");
  CHECK(dec("0").toString(3) == "0.000");
  CHECK(dec("-0.001").toString(2) == "-0.001");
  CHECK(dec("10").toString(12) == "10.000000000000");
  CHECK(kMin.toString(12) == kMinText);
}

TEST_CASE("integers convert exactly, extremes included") {
  CHECK(Decimal::fromInteger(-3) == dec("-3"));
  CHECK(Decimal::fromInteger(INT64_MAX).toString() == "9223372036854775807");
  CHECK(Decimal::fromInteger(INT64_MIN).toString() == "-9223372036854775808");
}

TEST_CASE("sums that do not fit are named") {
  CHECK(kMax + kMin == -kSmallest);
  CHECK_THROWS_AS(kMax + kSmallest, Overflow);
  CHECK_THROWS_AS(kMin - kSmallest, Overflow);
  CHECK_THROWS_AS(kMin + -kSmallest, Overflow);
  CHECK_THROWS_AS(-kMin, Overflow);
  CHECK(-kMax == kMin + kSmallest);
  Decimal sum = dec("1.5");
  sum += dec("2.25");
  sum -= dec("0.75");
  CHECK(sum == dec("3"));
}

TEST_CASE("rounding goes half away from zero") {
  CHECK(dec("14.965").roundedTo(2) == dec("14.97"));
  CHECK(dec("-14.965").roundedTo(2) == dec("-14.97"));
  CHECK(dec("14.964999999999").roundedTo(2) == dec("14.96"));
  CHECK(dec("-14.964999999999").roundedTo(2) == dec("-14.96"));
  CHECK(dec("0.5").roundedTo(0) == dec("1"));
  CHECK(dec("-0.5").roundedTo(0) == dec("-1"));
  CHECK(dec("0.499999999999").roundedTo(0) == dec("0"));
  CHECK(dec("1.123456789012").roundedTo(12) == dec("1.123456789012"));
  CHECK(dec("20000000.0005").roundedTo(3) == dec("20000000.001"));
  CHECK_THROWS_AS(kMax.roundedTo(0), Overflow);
  CHECK_THROWS_AS(kMin.roundedTo(0), Overflow);
  CHECK(kMax.roundedTo(12) == kMax);
  CHECK(kMin.roundedTo(12) == kMin);
}

TEST_CASE("a product is rounded once") {
  CHECK(multiply(dec("5000"), dec("0.01")) == dec("50"));
  CHECK(multiply(dec("0.000001"), dec("0.0000005")) == kSmallest);
  CHECK(multiply(dec("0.000001"), dec("-0.0000005")) == -kSmallest);
  CHECK(multiply(dec("0.000001"), dec("0.000000499999")) == dec("0"));
  CHECK(multiply(dec("10000000000000"), dec("10000000000000")) ==
        dec("100000000000000000000000000"));
  CHECK_THROWS_AS(multiply(dec("10000000000000"), dec("100000000000000")), Overflow);
  CHECK(multiply(kMin, dec("1")) == kMin);
  CHECK_THROWS_AS(multiply(kMin, dec("-1")), Overflow);
  CHECK_THROWS_AS(multiply(kMin, kMin), Overflow);
}

TEST_CASE("a proration is evaluated exactly and rounded once") {
  // 16 of 31 days of $29.
  const Decimal credit = multiplyDivide(dec("29"), dec("1382400"), dec("2678400"));
  CHECK(credit == dec("14.967741935484"));
  CHECK(credit.roundedTo(2) == dec("14.97"));
  CHECK(multiplyDivide(dec("1"), dec("1"), dec("3")) == dec("0.333333333333"));
  CHECK(multiplyDivide(dec("2"), dec("1"), dec("-3")) == dec("-0.666666666667"));
  CHECK(multiplyDivide(kMax, kMax, kMax) == kMax);
  CHECK(multiplyDivide(kMin, kMin, kMin) == kMin);
  CHECK_THROWS_AS(multiplyDivide(kMin, dec("1"), dec("-1")), Overflow);
  CHECK_THROWS_AS(multiplyDivide(dec("18000000"), dec("18000000"), kSmallest), Overflow);
}

TEST_CASE("a token price is exact through 256 bits") {
  // 1 000 in at $3, 500 out at $15 per million, margin 20 %.
  const Wide cost = Wide::product(1'000, dec("3").units()) + Wide::product(500, dec("15").units());
  const Wide with_margin = cost.times(dec("1.2").units());
  const Wide divisor = Wide::product(1'000'000, Decimal::kUnitsPerOne);
  CHECK(Decimal::fromUnits(with_margin.dividedBy(divisor)) == dec("0.0126"));
}

TEST_CASE("packages are counted upwards") {
  CHECK(Wide(0).ceilDividedBy(Wide(100)) == 0);
  CHECK(Wide(1).ceilDividedBy(Wide(100)) == 1);
  CHECK(Wide(100).ceilDividedBy(Wide(100)) == 1);
  CHECK(Wide(101).ceilDividedBy(Wide(100)) == 2);
  CHECK(Wide(kUnitsMax).ceilDividedBy(Wide(1)) == kUnitsMax);
  CHECK(Wide::product(kUnitsMax, kUnitsMax).ceilDividedBy(Wide(kUnitsMax)) == kUnitsMax);
  CHECK_THROWS_AS((Wide::product(kUnitsMax, kUnitsMax) + Wide(1)).ceilDividedBy(Wide(kUnitsMax)),
                  Overflow);
}

TEST_CASE("256 bits overflow by name, at their very ends") {
  // 2^254 twice is 2^255, one more than the largest.
  const Wide quarter = Wide::product(kUnitsMin, kUnitsMin);
  const Wide largest = quarter + (quarter - Wide(1));
  const Wide smallest = -largest - Wide(1);
  CHECK_THROWS_AS(quarter + quarter, Overflow);
  CHECK_THROWS_AS(largest + Wide(1), Overflow);
  CHECK_THROWS_AS(smallest - Wide(1), Overflow);
  CHECK_THROWS_AS(-smallest, Overflow);
  CHECK_THROWS_AS(smallest.times(-1), Overflow);
  CHECK_THROWS_AS(largest.times(2), Overflow);
  CHECK_THROWS_AS(largest.times(kUnitsMin), Overflow);
  CHECK((-quarter).times(2) == smallest);
  CHECK(smallest.times(0) == Wide());
  CHECK(smallest < largest);
  CHECK(Wide(-1) < Wide(0));
  CHECK(Wide(-2) < Wide(-1));
  CHECK(smallest.dividedBy(smallest) == 1);
  CHECK(largest.dividedBy(smallest) == -1);
  CHECK_THROWS_AS(smallest.dividedBy(Wide(1)), Overflow);
  CHECK(smallest.dividedBy(quarter) == -2);
}

TEST_CASE("a quotient may be the smallest number and may not be its negation") {
  const Wide dividend = Wide::product(kUnitsMin, 10);
  CHECK(dividend.dividedBy(Wide(10)) == kUnitsMin);
  CHECK_THROWS_AS(dividend.dividedBy(Wide(-10)), Overflow);
  CHECK(Wide::product(kUnitsMax, 10).dividedBy(Wide(-10)) == -kUnitsMax);
  // Rounding may be what leaves the range.
  CHECK_THROWS_AS((Wide::product(kUnitsMax, 10) + Wide(5)).dividedBy(Wide(10)), Overflow);
  CHECK((Wide::product(kUnitsMax, 10) + Wide(4)).dividedBy(Wide(10)) == kUnitsMax);
}
