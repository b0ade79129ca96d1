// Wide of decimal.h: 256-bit two's complement on four 64-bit limbs.

#include "ledger/base/check.h"
#include "ledger/base/decimal.h"

namespace daybook {
namespace {

/// An unsigned 256-bit magnitude, least significant limb first.
using Limbs = std::array<std::uint64_t, 4>;

constexpr std::uint64_t lowHalf(UInt128 value) { return static_cast<std::uint64_t>(value); }
constexpr std::uint64_t highHalf(UInt128 value) { return static_cast<std::uint64_t>(value >> 64); }
constexpr UInt128 join(std::uint64_t high, std::uint64_t low) {
  return (static_cast<UInt128>(high) << 64) | low;
}

UInt128 magnitudeOf(Int128 value) {
  const UInt128 bits = static_cast<UInt128>(value);
  return value < 0 ? UInt128{0} - bits : bits;
}

Limbs add(const Limbs& left, const Limbs& right) {
  Limbs sum;
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const UInt128 digit = static_cast<UInt128>(left[i]) + right[i] + carry;
    sum[i] = lowHalf(digit);
    carry = highHalf(digit);
  }
  return sum;
}

/// Modulo 2^256.
Limbs subtract(const Limbs& left, const Limbs& right) {
  Limbs difference;
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const UInt128 digit = static_cast<UInt128>(left[i]) - right[i] - borrow;
    difference[i] = lowHalf(digit);
    borrow = highHalf(digit) & 1;
  }
  return difference;
}

bool isLess(const Limbs& left, const Limbs& right) {
  for (std::size_t i = 4; i-- > 0;) {
    if (left[i] != right[i]) return left[i] < right[i];
  }
  return false;
}

/// The number of limbs without leading zeros.
std::size_t lengthOf(const Limbs& value) {
  std::size_t length = 4;
  while (length > 0 && value[length - 1] == 0) --length;
  return length;
}

struct Division {
  Limbs quotient = {0, 0, 0, 0};
  Limbs rest = {0, 0, 0, 0};
};

Division divideByLimb(const Limbs& dividend, std::uint64_t divisor) {
  Division result;
  std::uint64_t rest = 0;
  for (std::size_t i = lengthOf(dividend); i-- > 0;) {
    const UInt128 part = join(rest, dividend[i]);
    result.quotient[i] = lowHalf(part / divisor);
    rest = lowHalf(part % divisor);
  }
  result.rest[0] = rest;
  return result;
}

/// One digit of Knuth's estimate: the three leading limbs of the running rest by the two leading
/// limbs of the divisor, never too small and at most one too large.
std::uint64_t estimateDigit(const std::uint64_t* rest_top, const std::uint64_t* divisor_top) {
  const UInt128 head = join(rest_top[0], rest_top[-1]);
  UInt128 digit = head / divisor_top[0];
  UInt128 left = head % divisor_top[0];
  while (highHalf(digit) != 0 || digit * divisor_top[-1] > join(lowHalf(left), rest_top[-2])) {
    --digit;
    left += divisor_top[0];
    if (highHalf(left) != 0) break;
  }
  return lowHalf(digit);
}

/// rest -= digit x divisor, over length + 1 limbs. Returns whether that went below zero.
bool subtractProduct(std::uint64_t* rest, const Limbs& divisor, std::size_t length,
                     std::uint64_t digit) {
  std::uint64_t carry = 0;
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i <= length; ++i) {
    const UInt128 product = static_cast<UInt128>(digit) * (i < length ? divisor[i] : 0) + carry;
    carry = highHalf(product);
    const UInt128 difference = static_cast<UInt128>(rest[i]) - lowHalf(product) - borrow;
    rest[i] = lowHalf(difference);
    borrow = highHalf(difference) & 1;
  }
  return borrow != 0;
}

void addBack(std::uint64_t* rest, const Limbs& divisor, std::size_t length) {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i <= length; ++i) {
    const UInt128 sum = static_cast<UInt128>(rest[i]) + (i < length ? divisor[i] : 0) + carry;
    rest[i] = lowHalf(sum);
    carry = highHalf(sum);
  }
}

/// Long division by a divisor of at least two limbs (Knuth, volume 2, algorithm D).
Division divideLong(const Limbs& dividend, const Limbs& divisor) {
  const std::size_t length = lengthOf(divisor);
  // Shifted so that the divisor's top bit is set: that is what bounds the estimate's error.
  const int shift = __builtin_clzll(divisor[length - 1]);
  const auto shifted = [shift](std::uint64_t high, std::uint64_t low) {
    return highHalf(join(high, low) << shift);
  };
  Limbs scaled = {0, 0, 0, 0};
  for (std::size_t i = 0; i < length; ++i) {
    scaled[i] = shifted(divisor[i], i == 0 ? 0 : divisor[i - 1]);
  }
  std::array<std::uint64_t, 5> rest;
  for (std::size_t i = 0; i < 5; ++i) {
    rest[i] = shifted(i == 4 ? 0 : dividend[i], i == 0 ? 0 : dividend[i - 1]);
  }

  Division result;
  for (std::size_t i = 5 - length; i-- > 0;) {
    std::uint64_t digit = estimateDigit(&rest[i + length], &scaled[length - 1]);
    if (subtractProduct(&rest[i], scaled, length, digit)) {
      --digit;
      addBack(&rest[i], scaled, length);
    }
    result.quotient[i] = digit;
  }
  for (std::size_t i = 0; i < length; ++i) {
    result.rest[i] = lowHalf(join(rest[i + 1], rest[i]) >> shift);
  }
  return result;
}

Division divide(const Limbs& dividend, const Limbs& divisor) {
  const std::size_t length = lengthOf(divisor);
  if (length <= 1) return divideByLimb(dividend, divisor[0]);
  if (lengthOf(dividend) <= 2 && length <= 2) {
    const UInt128 upper = join(dividend[1], dividend[0]);
    const UInt128 lower = join(divisor[1], divisor[0]);
    const UInt128 quotient = upper / lower;
    const UInt128 rest = upper - quotient * lower;
    return {{lowHalf(quotient), highHalf(quotient), 0, 0}, {lowHalf(rest), highHalf(rest), 0, 0}};
  }
  return divideLong(dividend, divisor);
}

enum class Increment : unsigned { no = 0, yes = 1 };

/// The quotient as 128 bits with its sign; throws Overflow when it does not fit.
Int128 narrowed(const Limbs& quotient, Increment increment, bool negative) {
  constexpr UInt128 kLargest = UInt128{1} << 127;
  UInt128 magnitude = join(quotient[1], quotient[0]);
  if (quotient[3] != 0 || quotient[2] != 0 || magnitude > kLargest) throw Overflow();
  magnitude += static_cast<unsigned>(increment);
  if (magnitude > kLargest - (negative ? 0u : 1u)) throw Overflow();
  return static_cast<Int128>(negative ? UInt128{0} - magnitude : magnitude);
}

}  // namespace

Wide::Wide(Int128 value) {
  const UInt128 bits = static_cast<UInt128>(value);
  const std::uint64_t sign = value < 0 ? ~std::uint64_t{0} : 0;
  limb_ = {lowHalf(bits), highHalf(bits), sign, sign};
}

Wide Wide::fromMagnitude(const Limbs& magnitude, bool negative) {
  Wide result;
  result.limb_ = negative ? subtract({0, 0, 0, 0}, magnitude) : magnitude;
  if (result.isNegative() != (negative && !result.isZero())) throw Overflow();
  return result;
}

Wide::Limbs Wide::magnitude() const { return isNegative() ? subtract({0, 0, 0, 0}, limb_) : limb_; }

Wide Wide::product(Int128 left, Int128 right) { return Wide(left).times(right); }

Wide Wide::operator+(const Wide& other) const {
  Wide sum;
  sum.limb_ = add(limb_, other.limb_);
  if (isNegative() == other.isNegative() && sum.isNegative() != isNegative()) throw Overflow();
  return sum;
}

Wide Wide::operator-(const Wide& other) const {
  Wide difference;
  difference.limb_ = subtract(limb_, other.limb_);
  if (isNegative() != other.isNegative() && difference.isNegative() != isNegative()) {
    throw Overflow();
  }
  return difference;
}

Wide Wide::operator-() const { return Wide() - *this; }

Wide Wide::times(Int128 factor) const {
  const Limbs left = magnitude();
  const UInt128 right = magnitudeOf(factor);
  const std::array<std::uint64_t, 2> right_limbs = {lowHalf(right), highHalf(right)};
  std::array<std::uint64_t, 6> product = {};
  for (std::size_t i = 0; i < 2; ++i) {
    if (right_limbs[i] == 0) continue;
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const UInt128 digit = static_cast<UInt128>(right_limbs[i]) * left[j] + product[i + j] + carry;
      product[i + j] = lowHalf(digit);
      carry = highHalf(digit);
    }
    product[i + 4] = carry;
  }
  if (product[4] != 0 || product[5] != 0) throw Overflow();
  return fromMagnitude({product[0], product[1], product[2], product[3]},
                       isNegative() != (factor < 0));
}

bool Wide::isNegative() const { return (limb_[3] >> 63) != 0; }

bool Wide::isZero() const { return (limb_[0] | limb_[1] | limb_[2] | limb_[3]) == 0; }

std::strong_ordering Wide::operator<=>(const Wide& other) const {
  if (isNegative() != other.isNegative()) {
    return isNegative() ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  // Of one sign, two's complement orders like the unsigned limbs.
  if (isLess(limb_, other.limb_)) return std::strong_ordering::less;
  return limb_ == other.limb_ ? std::strong_ordering::equal : std::strong_ordering::greater;
}

Int128 Wide::dividedBy(const Wide& divisor) const {
  CHECK(!divisor.isZero(), "no division by zero");
  const Limbs lower = divisor.magnitude();
  const Division division = divide(magnitude(), lower);
  const bool away = !isLess(division.rest, subtract(lower, division.rest));
  return narrowed(division.quotient, away ? Increment::yes : Increment::no,
                  isNegative() != divisor.isNegative());
}

Int128 Wide::ceilDividedBy(const Wide& divisor) const {
  CHECK(!isNegative(), "only a dividend of at least zero is divided upwards");
  CHECK(!divisor.isNegative() && !divisor.isZero(), "the divisor is positive");
  const Division division = divide(limb_, divisor.limb_);
  const bool exact = lengthOf(division.rest) == 0;
  return narrowed(division.quotient, exact ? Increment::no : Increment::yes, false);
}

}  // namespace daybook
