// 64-bit integer arithmetic that throws Overflow (decimal.h) instead of wrapping.
//
// Values; safe to use from any thread.
#pragma once

#include <cstdint>

#include "ledger/base/decimal.h"

namespace daybook {

inline std::int64_t checkedSum(std::int64_t left, std::int64_t right) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(left, right, &sum)) throw Overflow();
  return sum;
}

inline std::int64_t checkedDifference(std::int64_t left, std::int64_t right) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(left, right, &difference)) throw Overflow();
  return difference;
}

inline std::int64_t checkedProduct(std::int64_t left, std::int64_t right) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(left, right, &product)) throw Overflow();
  return product;
}

}  // namespace daybook
