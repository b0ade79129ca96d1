// Numbers for loads: the same seed gives the same load everywhere, because <random>'s distributions
// differ between libraries. Threads: one owner each; a Zipf may be read by any number.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace daybook::bench {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};

/// Numbers from [0, count), the i-th with a weight of 1 / (i + 1): few are drawn often, most hardly
/// ever. Walker's alias method: one look-up a number.
class Zipf {
 public:
  explicit Zipf(std::uint32_t count) : slots_(count) {
    double total = 0;
    for (std::uint32_t i = 0; i < count; ++i) total += 1.0 / (i + 1);
    std::vector<double> share(count);
    std::vector<std::uint32_t> small;
    std::vector<std::uint32_t> large;
    for (std::uint32_t i = 0; i < count; ++i) {
      share[i] = count / (total * (i + 1));
      (share[i] < 1 ? small : large).push_back(i);
    }
    while (!small.empty() && !large.empty()) {
      const std::uint32_t low = small.back();
      const std::uint32_t high = large.back();
      small.pop_back();
      slots_[low] = {threshold(share[low]), high};
      share[high] -= 1 - share[low];
      if (share[high] >= 1) continue;
      large.pop_back();
      small.push_back(high);
    }
    for (const std::uint32_t i : small) slots_[i] = {threshold(1), i};
    for (const std::uint32_t i : large) slots_[i] = {threshold(1), i};
  }

  std::uint32_t draw(Random& random) const {
    const std::uint64_t bits = random.next();
    const auto index = static_cast<std::uint32_t>((bits >> 32) * slots_.size() >> 32);
    return static_cast<std::uint32_t>(bits) < slots_[index].threshold ? index : slots_[index].alias;
  }

 private:
  struct Slot {
    std::uint32_t threshold = 0;  // of 2^32: below it the slot's own number
    std::uint32_t alias = 0;
  };
  static std::uint32_t threshold(double part) {
    return static_cast<std::uint32_t>(std::fmin(part * 4294967296.0, 4294967295.0));
  }
  std::vector<Slot> slots_;
};

}  // namespace daybook::bench
