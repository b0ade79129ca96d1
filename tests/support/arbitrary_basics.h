// RapidCheck generators of numbers, texts and lists, the extremes of every number among them.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/base/decimal.h"
#include "ledger/base/instant.h"

namespace daybook::testing {

template <typename T>
T any() {
  return *rc::gen::arbitrary<T>();
}

/// A number whose size varies with its number of bits.
inline std::uint64_t anyNumber(int bits = 64) {
  const int width = *rc::gen::inRange(0, bits + 1);
  return width == 0 ? 0 : any<std::uint64_t>() >> (64 - width);
}

inline std::int64_t anyInt64() { return static_cast<std::int64_t>(anyNumber()); }

inline Decimal anyDecimal() {
  const auto high = static_cast<UInt128>(anyNumber());
  return Decimal::fromUnits(static_cast<Int128>(high << 64 | anyNumber()));
}

inline Instant anyInstant() {
  return *rc::gen::element(Instant{}, Instant::never(), Instant{1}, Instant{-1},
                           Instant{anyInt64()});
}

/// Present ones are never 0, which stands for absent.
inline std::optional<Instant> anyOptionalInstant() {
  const Instant at = anyInstant();
  return at == Instant{} ? std::nullopt : std::optional(at);
}

/// At most 64 bytes, which fit everywhere.
inline std::string anyText() {
  return *rc::gen::element(std::string(), std::string("a"), std::string("calls"),
                           std::string("1234567"), std::string("12345678"), std::string("Grüße"),
                           std::string("a\"b\\c"), any<std::string>().substr(0, 64));
}

template <typename E>
E anyOf(E newest) {
  return static_cast<E>(*rc::gen::inRange(0, static_cast<int>(newest) + 1));
}

template <typename Make>
auto anyList(Make make, int size_max = 3) {
  std::vector<decltype(make())> list;
  const int size = *rc::gen::inRange(0, size_max + 1);
  for (int i = 0; i < size; ++i) list.push_back(make());
  return list;
}

template <typename Make>
auto maybe(Make make) {
  std::optional<decltype(make())> value;
  if (any<bool>()) value = make();
  return value;
}

inline std::uint32_t anyNonZero() {
  return static_cast<std::uint32_t>(1 + anyNumber(32) % 0xFFFFFFFF);
}
inline std::uint32_t any32() { return static_cast<std::uint32_t>(anyNumber(32)); }

}  // namespace daybook::testing
