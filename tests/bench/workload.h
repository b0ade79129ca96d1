// What a load consists of: customers on three plans in turn (metered, credits, balance), usage of
// customers drawn by Zipf's law, with random keys of 16 bytes.
//
// Prices are charged from the first unit on, and nobody runs out, so that every event is priced and
// none is refused. Values; an UsageMaker belongs to one thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "daybook/client.h"
#include "tests/bench/random.h"

namespace daybook::bench {

inline constexpr const char* kPlans[] = {"metered", "credits", "balance"};
inline constexpr std::size_t kPlanCount = std::size(kPlans);

/// For publishCatalog().
inline constexpr char kCatalog[] = R"({
  "features": [{"code": "calls", "type": "metered"}],
  "plans": [
    {"code": "metered", "model": "metered", "prices": [{"currency": "USD", "base": "99"}],
     "features": [{"feature": "calls", "included": "1", "overage": "charge",
       "prices": [{"currency": "USD", "scheme": "perUnit", "unitPrice": "0.01"}]}]},
    {"code": "credits", "model": "credits", "prices": [{"currency": "USD", "base": "20"}],
     "credits": "1000000000",
     "features": [{"feature": "calls", "creditsPerUnit": "0.1"}]},
    {"code": "balance", "model": "balance",
     "prices": [{"currency": "USD", "base": "10", "includedBalance": "1000000000"}],
     "features": [{"feature": "calls", "included": "0",
       "prices": [{"currency": "USD", "scheme": "perUnit", "unitPrice": "0.02"}]}]}]
})";

inline std::string customerId(std::uint32_t number) {
  char text[16];
  std::snprintf(text, sizeof text, "cus-%07u", number);
  return text;
}

/// 16 hex digits.
inline std::string keyOf(std::uint64_t bits) {
  std::string key(16, '0');
  for (std::size_t i = 16; i-- > 0; bits >>= 4) key[i] = "0123456789abcdef"[bits & 15];
  return key;
}

class UsageMaker {
 public:
  UsageMaker(const Zipf& customers, std::uint64_t seed) : customers_(customers), random_(seed) {}

  std::string customer() { return customerId(customers_.draw(random_)); }
  std::string key() { return keyOf(random_.next()); }
  client::Usage usage() {
    client::Usage usage;
    usage.feature = "calls";
    usage.quantity.assign(1, static_cast<char>('1' + random_.below(9)));
    return usage;
  }
  std::vector<client::UsageEntry> batch(std::size_t size) {
    std::vector<client::UsageEntry> entries(size);
    for (client::UsageEntry& entry : entries) entry = {customer(), key(), usage()};
    return entries;
  }

 private:
  const Zipf& customers_;
  Random random_;
};

}  // namespace daybook::bench
