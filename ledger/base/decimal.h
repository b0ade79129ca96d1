// Exact decimals: fixed point with 12 fractional digits in 128 bits (BILLING.md section 2).
//
// A Decimal is an amount of money, a quantity, a rate or a number of credits. Every operation is
// checked; a result that does not fit throws Overflow, which `decide` turns into the outcome
// amountOverflow. Formulas with products or quotients are evaluated in Wide (256 bits) and rounded
// once, at their end, half away from zero. No floating point anywhere.
// Values; safe to use from any thread.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace daybook {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

/// An exact result that does not fit its type.
class Overflow : public std::exception {
 public:
  const char* what() const noexcept override { return "amount overflow"; }
};

class Decimal {
 public:
  static constexpr int kFractionDigits = 12;
  static constexpr std::int64_t kUnitsPerOne = 1'000'000'000'000;
  /// The most characters that format() writes: a sign, 27 digits, the point, 12 digits.
  static constexpr std::size_t kTextBytesMax = 41;

  constexpr Decimal() = default;
  /// The decimal `units` x 10^-12.
  static constexpr Decimal fromUnits(Int128 units) { return Decimal(units); }
  static constexpr Decimal fromInteger(std::int64_t integer) {
    // Multiplied unsigned: it cannot overflow, and clang's sanitized signed product needs a runtime
    // function that libgcc lacks.
    return Decimal(
        static_cast<Int128>(static_cast<UInt128>(integer) * static_cast<UInt128>(kUnitsPerOne)));
  }
  /// Reads [-]digits[.digits]: at least one digit before the point, at most 12 significant ones
  /// after it (further zeros are fine), no plus sign, exponent, space or separator. Anything else,
  /// or a value that does not fit, is nullopt.
  static std::optional<Decimal> parse(std::string_view text);

  /// The one canonical form: no leading or trailing zeros, no point without a fraction, "0" never
  /// signed.
  std::string toString() const;
  /// At least `digits` fractional digits, for people: 5 with 2 digits is "5.00".
  /// REQUIRES: 0 <= digits <= 12.
  std::string toString(int digits) const;
  /// Writes the canonical form, without a terminator, and returns its end.
  /// REQUIRES: room for kTextBytesMax characters at `buffer`.
  char* format(char* buffer) const;

  constexpr Int128 units() const { return units_; }
  constexpr bool isZero() const { return units_ == 0; }
  constexpr bool isNegative() const { return units_ < 0; }
  constexpr bool isPositive() const { return units_ > 0; }
  constexpr auto operator<=>(const Decimal&) const = default;

  Decimal operator+(Decimal other) const {
    Int128 sum = 0;
    if (__builtin_add_overflow(units_, other.units_, &sum)) throw Overflow();
    return Decimal(sum);
  }
  Decimal operator-(Decimal other) const {
    Int128 difference = 0;
    if (__builtin_sub_overflow(units_, other.units_, &difference)) throw Overflow();
    return Decimal(difference);
  }
  Decimal operator-() const { return Decimal() - *this; }
  Decimal& operator+=(Decimal other) { return *this = *this + other; }
  Decimal& operator-=(Decimal other) { return *this = *this - other; }

  /// Rounded half away from zero to `digits` fractional digits. REQUIRES: 0 <= digits <= 12.
  Decimal roundedTo(int digits) const;

 private:
  constexpr explicit Decimal(Int128 units) : units_(units) {}
  Int128 units_ = 0;
};

/// A signed 256-bit integer for the inside of one formula. Checked: throws Overflow.
class Wide {
 public:
  constexpr Wide() = default;
  explicit Wide(Int128 value);
  /// left x right, which always fits.
  static Wide product(Int128 left, Int128 right);

  Wide operator+(const Wide& other) const;
  Wide operator-(const Wide& other) const;
  Wide operator-() const;
  Wide times(Int128 factor) const;
  bool isNegative() const;
  bool isZero() const;
  std::strong_ordering operator<=>(const Wide& other) const;
  bool operator==(const Wide& other) const = default;

  /// this / divisor, rounded half away from zero, as 128 bits. REQUIRES: divisor is not zero.
  Int128 dividedBy(const Wide& divisor) const;
  /// The smallest integer not below this / divisor. REQUIRES: divisor > 0, this >= 0.
  Int128 ceilDividedBy(const Wide& divisor) const;

 private:
  using Limbs = std::array<std::uint64_t, 4>;
  static Wide fromMagnitude(const Limbs& magnitude, bool negative);
  Limbs magnitude() const;

  Limbs limb_ = {0, 0, 0, 0};  // two's complement, least significant first
};

/// left x right, rounded once.
Decimal multiply(Decimal left, Decimal right);
/// value x numerator / denominator, evaluated exactly, rounded once. REQUIRES: denominator is not
/// zero.
Decimal multiplyDivide(Decimal value, Decimal numerator, Decimal denominator);
/// The smaller, the larger.
constexpr Decimal least(Decimal left, Decimal right) { return right < left ? right : left; }
constexpr Decimal greatest(Decimal left, Decimal right) { return left < right ? right : left; }

}  // namespace daybook
