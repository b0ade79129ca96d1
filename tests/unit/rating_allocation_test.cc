// Rating is on the path of every usage event: of a plain feature it takes no memory.
#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdlib>
#include <new>

#include "ledger/core/rating.h"
#include "tests/support/rated_period.h"

namespace {
std::size_t allocations = 0;
}

// Not inlined: the compiler would see new and free beside each other.
__attribute__((noinline)) void* operator new(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
__attribute__((noinline)) void operator delete(void* memory) noexcept { std::free(memory); }
__attribute__((noinline)) void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace daybook::core {
namespace {

using namespace daybook::testing;

/// How often rating one event of the first feature takes memory.
std::size_t allocationsOf(const RatedPeriod& rated, std::string_view variant) {
  const Plan& plan = rated.plan();
  const std::size_t before = allocations;
  const FeatureTerms terms =
      featureTerms(rated.state(), rated.period, plan, plan.features[0], FeatureNumber(1));
  const Decimal price = eventPrice(terms, variant, Decimal::fromInteger(3));
  const std::size_t taken = allocations - before;
  CHECK(price.isPositive());
  return taken;
}

TEST_CASE("rating an event takes no memory, with variants, tiers and later versions too") {
  RatedPeriod plain(sold("calls", "10", perUnit("0.01")));
  plain.use("20");
  CHECK(allocationsOf(plain, {}) == 0);
  plain.publish(sold("calls", "10", perUnit("0.005")), "2026-01-10");
  CHECK(allocationsOf(plain, {}) == 0);

  PlanFeature feature =
      sold("calls", "10", tiered(Scheme::graduated, {{"5", "1", "2"}, {"", "3", "0"}}));
  feature.dimension = "region";
  feature.variants = {variantAt("eu", package("10", "4"))};
  RatedPeriod varied(feature);
  varied.use("9", "eu");
  varied.use("5");
  CHECK(allocationsOf(varied, "eu") == 0);

  RatedPeriod percentage(sold("pay", "0", byPercentage("2.9", "0.30")));
  CHECK(allocationsOf(percentage, {}) == 0);
}

}  // namespace
}  // namespace daybook::core
