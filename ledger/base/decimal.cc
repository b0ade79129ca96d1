#include "ledger/base/decimal.h"

#include <charconv>
#include <cstring>

#include "ledger/base/check.h"

namespace daybook {
namespace {

constexpr std::uint64_t kOne = static_cast<std::uint64_t>(Decimal::kUnitsPerOne);
constexpr UInt128 kPositiveMax = ~UInt128{0} >> 1;
/// No integer part is larger than this.
constexpr UInt128 kIntegerMax = (kPositiveMax + 1) / kOne;

constexpr std::array<std::uint64_t, Decimal::kFractionDigits + 1> kPowersOfTen = {
    1,
    10,
    100,
    1'000,
    10'000,
    100'000,
    1'000'000,
    10'000'000,
    100'000'000,
    1'000'000'000,
    10'000'000'000,
    100'000'000'000,
    1'000'000'000'000};

/// What one pass of 64-bit arithmetic holds without a check.
constexpr int kDigitsPerWord = 18;
constexpr std::uint64_t kWord = 1'000'000'000'000'000'000;

UInt128 magnitudeOf(Int128 value) {
  const UInt128 bits = static_cast<UInt128>(value);
  return value < 0 ? UInt128{0} - bits : bits;
}

Int128 withSign(UInt128 magnitude, bool negative) {
  if (magnitude > kPositiveMax + (negative ? 1u : 0u)) throw Overflow();
  return static_cast<Int128>(negative ? UInt128{0} - magnitude : magnitude);
}

bool fitsWord(UInt128 value) { return (value >> 64) == 0; }

struct Parts {
  UInt128 integer;
  std::uint64_t fraction;
};

/// Divides by one, in 64 bits where that suffices: the 128-bit division costs ten times as much.
Parts split(UInt128 magnitude) {
  if (fitsWord(magnitude)) {
    const std::uint64_t word = static_cast<std::uint64_t>(magnitude);
    return {word / kOne, word % kOne};
  }
  const UInt128 integer = magnitude / kOne;
  return {integer, static_cast<std::uint64_t>(magnitude - integer * kOne)};
}

/// Exactly `digits` digits, with leading zeros. Returns the end.
char* writePadded(char* to, std::uint64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i) {
    to[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return to + digits;
}

char* writeInteger(char* to, UInt128 value) {
  std::uint64_t head = static_cast<std::uint64_t>(value);
  std::uint64_t tail = 0;
  const bool long_form = !fitsWord(value);
  if (long_form) {
    head = static_cast<std::uint64_t>(value / kWord);
    tail = static_cast<std::uint64_t>(value % kWord);
  }
  to = std::to_chars(to, to + 20, head).ptr;
  return long_form ? writePadded(to, tail, kDigitsPerWord) : to;
}

/// The canonical form, with at least `digits_min` fractional digits.
char* writeDecimal(char* to, Int128 units, int digits_min) {
  const Parts parts = split(magnitudeOf(units));
  if (units < 0) *to++ = '-';
  to = writeInteger(to, parts.integer);
  if (parts.fraction == 0 && digits_min == 0) return to;
  *to++ = '.';
  // Most fractions are short: what they do not have is not written first.
  std::uint64_t fraction = parts.fraction;
  int digits = Decimal::kFractionDigits;
  for (; digits - 3 >= digits_min && fraction % 1'000 == 0; digits -= 3) fraction /= 1'000;
  for (; digits > digits_min && fraction % 10 == 0; --digits) fraction /= 10;
  return writePadded(to, fraction, digits);
}

/// The digit's value, or more than 9 for any other character.
unsigned digitValue(char c) { return static_cast<unsigned char>(c) - unsigned{'0'}; }

/// Reads digits from `at` on and moves it past them; nullopt when they exceed any integer part.
std::optional<UInt128> readInteger(const char*& at, const char* end) {
  std::uint64_t word = 0;
  const char* const safe_end = end - at > kDigitsPerWord ? at + kDigitsPerWord : end;
  for (; at != safe_end && digitValue(*at) <= 9; ++at) word = word * 10 + digitValue(*at);
  UInt128 integer = word;
  for (; at != end && digitValue(*at) <= 9; ++at) {
    integer = integer * 10 + digitValue(*at);
    if (integer > kIntegerMax) return std::nullopt;
  }
  return integer;
}

/// Reads all of [at, end) as the digits after the point, in units; nullopt when there are none,
/// other characters, or more than 12 significant digits.
std::optional<std::uint64_t> readFraction(const char* at, const char* end) {
  if (at == end) return std::nullopt;
  std::uint64_t fraction = 0;
  std::size_t digits = 0;
  for (; at != end; ++at, ++digits) {
    const unsigned digit = digitValue(*at);
    if (digit > 9) return std::nullopt;
    if (digits < Decimal::kFractionDigits) {
      fraction = fraction * 10 + digit;
    } else if (digit != 0) {
      return std::nullopt;
    }
  }
  if (digits >= Decimal::kFractionDigits) return fraction;
  return fraction * kPowersOfTen[Decimal::kFractionDigits - digits];
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  const char* const digits = at;
  const std::optional<UInt128> integer = readInteger(at, end);
  if (!integer || at == digits) return std::nullopt;
  std::uint64_t fraction = 0;
  if (at != end) {
    if (*at != '.') return std::nullopt;
    const std::optional<std::uint64_t> read = readFraction(at + 1, end);
    if (!read) return std::nullopt;
    fraction = *read;
  }
  const UInt128 magnitude = *integer * kOne + fraction;
  if (magnitude > kPositiveMax + (negative ? 1u : 0u)) return std::nullopt;
  return Decimal(withSign(magnitude, negative));
}

char* Decimal::format(char* buffer) const { return writeDecimal(buffer, units_, 0); }

std::string Decimal::toString() const {
  std::array<char, kTextBytesMax> buffer;
  return std::string(buffer.data(), format(buffer.data()));
}

std::string Decimal::toString(int digits) const {
  CHECK(digits >= 0 && digits <= kFractionDigits, "a decimal has 0 to 12 fractional digits");
  std::array<char, kTextBytesMax> buffer;
  return std::string(buffer.data(), writeDecimal(buffer.data(), units_, digits));
}

Decimal Decimal::roundedTo(int digits) const {
  CHECK(digits >= 0 && digits <= kFractionDigits, "a decimal has 0 to 12 fractional digits");
  const std::uint64_t step = kPowersOfTen[static_cast<std::size_t>(kFractionDigits - digits)];
  const UInt128 magnitude = magnitudeOf(units_);
  const std::uint64_t rest = fitsWord(magnitude) ? static_cast<std::uint64_t>(magnitude) % step
                                                 : static_cast<std::uint64_t>(magnitude % step);
  const std::uint64_t up = rest >= step - rest ? step : 0;
  return Decimal(withSign(magnitude - rest + up, isNegative()));
}

Decimal multiply(Decimal left, Decimal right) {
  const UInt128 a = magnitudeOf(left.units());
  const UInt128 b = magnitudeOf(right.units());
  if (fitsWord(a) && fitsWord(b)) {
    // (2^64 - 1)^2 leaves room in 128 bits for the half that rounds.
    const UInt128 rounded = (a * b + kOne / 2) / kOne;
    return Decimal::fromUnits(withSign(rounded, left.isNegative() != right.isNegative()));
  }
  return Decimal::fromUnits(
      Wide::product(left.units(), right.units()).dividedBy(Wide(Decimal::kUnitsPerOne)));
}

Decimal multiplyDivide(Decimal value, Decimal numerator, Decimal denominator) {
  CHECK(!denominator.isZero(), "no division by zero");
  const UInt128 a = magnitudeOf(value.units());
  const UInt128 b = magnitudeOf(numerator.units());
  const UInt128 d = magnitudeOf(denominator.units());
  if (fitsWord(a) && fitsWord(b)) {
    const UInt128 product = a * b;
    const UInt128 quotient = product / d;
    const UInt128 rest = product - quotient * d;
    const bool negative =
        (value.isNegative() != numerator.isNegative()) != denominator.isNegative();
    // The quotient is below 2^128 - 1, so that one more fits before the sign's check.
    return Decimal::fromUnits(withSign(quotient + (rest >= d - rest ? 1u : 0u), negative));
  }
  return Decimal::fromUnits(
      Wide::product(value.units(), numerator.units()).dividedBy(Wide(denominator.units())));
}

}  // namespace daybook
