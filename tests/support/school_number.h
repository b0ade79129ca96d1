// Whole numbers of any length, by the methods of school: the slow twin of Decimal and Wide.
//
// Decimal digits in a vector, no word-sized arithmetic beyond one digit times another.
#pragma once

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/decimal.h"

namespace daybook::testing {

class SchoolNumber {
 public:
  SchoolNumber() = default;
  explicit SchoolNumber(Int128 value) : negative_(value < 0) {
    for (; value != 0; value /= 10) {
      const int digit = static_cast<int>(value % 10);
      digits_.push_back(digit < 0 ? -digit : digit);
    }
  }
  /// Reads [-]digits.
  explicit SchoolNumber(std::string_view text) {
    const bool negative = text.front() == '-';
    for (const char c : text.substr(negative ? 1 : 0)) digits_.insert(digits_.begin(), c - '0');
    settle(negative);
  }
  static SchoolNumber powerOfTwo(int exponent) {
    SchoolNumber power(Int128{1});
    for (int i = 0; i < exponent; ++i) power = power + power;
    return power;
  }

  bool isZero() const { return digits_.empty(); }
  bool isNegative() const { return negative_; }
  bool operator==(const SchoolNumber&) const = default;
  bool operator<(const SchoolNumber& other) const {
    if (negative_ != other.negative_) return negative_;
    return negative_ ? compare(other.digits_, digits_) < 0 : compare(digits_, other.digits_) < 0;
  }

  SchoolNumber operator-() const { return make(digits_, !negative_); }
  SchoolNumber operator+(const SchoolNumber& other) const {
    if (negative_ == other.negative_) return make(sum(digits_, other.digits_), negative_);
    if (compare(digits_, other.digits_) >= 0) {
      return make(difference(digits_, other.digits_), negative_);
    }
    return make(difference(other.digits_, digits_), other.negative_);
  }
  SchoolNumber operator-(const SchoolNumber& other) const { return *this + -other; }
  SchoolNumber operator*(const SchoolNumber& other) const {
    Digits product(digits_.size() + other.digits_.size() + 1, 0);
    for (std::size_t i = 0; i < digits_.size(); ++i) {
      for (std::size_t j = 0; j < other.digits_.size(); ++j) {
        product[i + j] += digits_[i] * other.digits_[j];
        product[i + j + 1] += product[i + j] / 10;
        product[i + j] %= 10;
      }
    }
    return make(product, negative_ != other.negative_);
  }

  /// this / divisor, half away from zero.
  SchoolNumber dividedBy(const SchoolNumber& divisor) const {
    const Division division = divide(digits_, divisor.digits_);
    const bool away = compare(sum(division.rest, division.rest), divisor.digits_) >= 0;
    const Digits quotient = away ? sum(division.quotient, {1}) : division.quotient;
    return make(quotient, negative_ != divisor.negative_);
  }
  /// Upwards. REQUIRES: this >= 0, divisor > 0.
  SchoolNumber ceilDividedBy(const SchoolNumber& divisor) const {
    const Division division = divide(digits_, divisor.digits_);
    return make(division.rest.empty() ? division.quotient : sum(division.quotient, {1}), false);
  }

  /// Whether it is in [-2^(bits - 1), 2^(bits - 1)).
  bool fitsBits(int bits) const {
    const SchoolNumber limit = powerOfTwo(bits - 1);
    return *this < limit && !(*this < -limit);
  }

  std::string toString() const {
    std::string text = negative_ ? "-" : "";
    for (std::size_t i = digits_.size(); i-- > 0;) text += static_cast<char>('0' + digits_[i]);
    return isZero() ? "0" : text;
  }
  friend std::ostream& operator<<(std::ostream& out, const SchoolNumber& number) {
    return out << number.toString();
  }

 private:
  using Digits = std::vector<int>;  // least significant first, no leading zeros
  struct Division {
    Digits quotient;
    Digits rest;
  };

  static SchoolNumber make(Digits digits, bool negative) {
    SchoolNumber number;
    number.digits_ = std::move(digits);
    number.settle(negative);
    return number;
  }
  void settle(bool negative) {
    trim(digits_);
    negative_ = negative && !digits_.empty();
  }
  static void trim(Digits& digits) {
    while (!digits.empty() && digits.back() == 0) digits.pop_back();
  }

  static int compare(const Digits& left, const Digits& right) {
    if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
    for (std::size_t i = left.size(); i-- > 0;) {
      if (left[i] != right[i]) return left[i] < right[i] ? -1 : 1;
    }
    return 0;
  }
  static Digits sum(const Digits& left, const Digits& right) {
    Digits result;
    int carry = 0;
    for (std::size_t i = 0; i < std::max(left.size(), right.size()) || carry != 0; ++i) {
      if (i < left.size()) carry += left[i];
      if (i < right.size()) carry += right[i];
      result.push_back(carry % 10);
      carry /= 10;
    }
    return result;
  }
  /// REQUIRES: left >= right.
  static Digits difference(const Digits& left, const Digits& right) {
    Digits result;
    int borrow = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
      const int digit = left[i] - borrow - (i < right.size() ? right[i] : 0);
      borrow = digit < 0 ? 1 : 0;
      result.push_back(digit + 10 * borrow);
    }
    trim(result);
    return result;
  }
  static Division divide(const Digits& dividend, const Digits& divisor) {
    Division result;
    result.quotient.assign(dividend.size(), 0);
    for (std::size_t i = dividend.size(); i-- > 0;) {
      result.rest.insert(result.rest.begin(), dividend[i]);
      trim(result.rest);
      while (compare(result.rest, divisor) >= 0) {
        result.rest = difference(result.rest, divisor);
        ++result.quotient[i];
      }
    }
    trim(result.quotient);
    return result;
  }

  Digits digits_;
  bool negative_ = false;
};

}  // namespace daybook::testing
