// What single steps cost, alone: bench_core [rounds [part]]
//
// deciding and applying usage by model; the stored form; rating; drawing from many grants; hashing.
// Prints one line a figure, nanoseconds of CPU time a step, the best of so many rounds of
// 1 / part of the usual number of steps each: see measure.h. bench_scale measures what depends on
// the size of a ledger.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "ledger/audit/merkle.h"
#include "ledger/core/draw.h"
#include "ledger/core/engine.h"
#include "ledger/core/rating.h"
#include "protocol/codec.h"
#include "tests/bench/measure.h"
#include "tests/bench/random.h"
#include "tests/support/fixed_zones.h"
#include "tests/support/rated_period.h"
#include "tests/support/terms.h"

namespace daybook::bench {
namespace {

using namespace testing;

/// Everything that is computed ends up here, so that nothing can be left out.
std::uint64_t sink = 0;

struct Rounds {
  std::size_t count = 5;
  std::size_t part = 1;  // > 0
};

/// Nanoseconds of CPU time per call of `step(i)`, the best of `rounds`.
template <typename Step>
void measure(const std::string& name, Rounds rounds, std::size_t usual_steps, Step step) {
  const std::size_t steps = std::max<std::size_t>(1, usual_steps / rounds.part);
  double best = 0;
  for (std::size_t round = 0; round < rounds.count; ++round) {
    const Stopwatch watch(CLOCK_PROCESS_CPUTIME_ID);
    for (std::size_t i = 0; i < steps; ++i) step(i);
    const double took = watch.seconds();
    best = round == 0 ? took : std::min(best, took);
  }
  print(name, best / static_cast<double>(steps) * 1e9, "ns");
}

Catalog catalog() {
  Catalog catalog;
  catalog.features = {metered("calls"), metered("tokens")};
  PlanFeature for_credits;
  for_credits.feature = "calls";
  for_credits.credits_per_unit = dec("0.1");
  Plan credits = planFor("credits", ConsumptionModel::credits, "20", {for_credits});
  credits.credits = dec("1000000000");
  Plan balance =
      planFor("balance", ConsumptionModel::balance, "10", {sold("calls", "0", perUnit("0.02"))});
  balance.prices[0].included_balance = dec("1000000000");
  catalog.plans = {
      planFor("metered", ConsumptionModel::metered, "99", {sold("calls", "1", perUnit("0.01"))}),
      credits, balance,
      planFor("tokens", ConsumptionModel::metered, "99", {sold("tokens", "0", byTokens("20"))})};
  PriceBook book;
  book.currency = "USD";
  ModelPrice price;
  price.provider = "maker";
  price.model = "large";
  price.input = dec("2.5");
  price.output = dec("10");
  book.models = {price};
  catalog.price_books = {book};
  return catalog;
}

/// A ledger in memory of a thousand customers on one plan.
class Ledger {
 public:
  explicit Ledger(const std::string& plan) {
    LedgerCreated created;
    created.ledger_id = std::string(32, '0');
    created.format_version = kFormatVersion;
    created.settings.clock = ClockKind::manual;
    core::Decision decision;
    decision.events.emplace_back(created);
    apply(std::move(decision), "");
    give({"catalog", "", PublishCatalog{catalog(), "digest"}});
    for (std::size_t i = 0; i < kCustomers; ++i) {
      ids_.push_back("customer-" + std::to_string(i));
      give({"new-" + ids_[i], ids_[i], CreateCustomer{}});
      give({"subscribe", ids_[i], Subscribe{plan, "", std::nullopt}});
    }
  }

  /// One usage event with a new key. The last one is kept.
  void use(RecordUsage usage) {
    usage.quantity = dec(static_cast<std::int64_t>(1 + random_.below(9)));
    give(usageBy(std::move(usage)));
  }
  void useTokens() {
    RecordUsage usage;
    usage.feature = "tokens";
    usage.tokens.emplace();
    usage.tokens->model = "large";
    usage.tokens->input = 1 + random_.below(4'000);
    usage.tokens->output = 1 + random_.below(1'000);
    give(usageBy(std::move(usage)));
  }
  const Event& last() const { return last_; }

 private:
  static constexpr std::size_t kCustomers = 1'000;

  Command usageBy(RecordUsage usage) {
    char key[17];
    std::snprintf(key, sizeof key, "%016llx", static_cast<unsigned long long>(random_.next()));
    return {key, ids_[random_.below(kCustomers)], std::move(usage)};
  }
  void give(const Command& command) {
    core::Decision decision = engine_.decide(command, {now_, boundaries_});
    if (!decision.verdict.isOk()) {
      std::fprintf(stderr, "bench_core: %s\n", decision.verdict.detail.c_str());
      std::abort();
    }
    apply(std::move(decision), command.key);
  }
  void apply(core::Decision decision, const std::string& key) {
    for (std::size_t i = 0; i < decision.events.size(); ++i) {
      last_ = engine_.seal(std::move(decision.events[i]), decision.customer, now_,
                           i == decision.keyed ? key : std::string());
      engine_.apply(last_);
    }
  }

  FixedZones zones_;
  core::ZoneBoundaries boundaries_{zones_};
  Instant now_ = when("2026-01-10");
  Random random_{1};
  core::Engine engine_;
  std::vector<std::string> ids_;
  Event last_;
};

void usage(Rounds rounds) {
  for (const std::string plan : {"metered", "credits", "balance"}) {
    Ledger ledger(plan);
    RecordUsage use;
    use.feature = "calls";
    measure("decide and apply: " + plan, rounds, 100'000, [&](std::size_t) { ledger.use(use); });
  }
  Ledger ledger("tokens");
  measure("decide and apply: tokens", rounds, 100'000, [&](std::size_t) { ledger.useTokens(); });
}

void storedForm(Rounds rounds) {
  Ledger ledger("metered");
  RecordUsage use;
  use.feature = "calls";
  // A customer's first events are not like the others: they raise alerts.
  for (int i = 0; i < 20'000; ++i) ledger.use(use);
  const Event event = ledger.last();
  const protocol::CapnpCodec codec;
  const Bytes bytes = codec.encode(event);
  print("stored form: one usage event", static_cast<double>(bytes.size()), "bytes");
  measure("stored form: written", rounds, 100'000,
          [&](std::size_t) { sink += codec.encode(event).size(); });
  measure("stored form: read", rounds, 100'000,
          [&](std::size_t) { sink += codec.decodeEvent(bytes).position.value; });
  measure("hash: leaf of that event", rounds, 100'000,
          [&](std::size_t) { sink += audit::leafHash(bytes).bytes[0]; });
  const audit::Digest leaf = audit::leafHash(bytes);
  audit::CompactRange tree;
  measure("hash: leaf appended to the tree", rounds, 100'000,
          [&](std::size_t) { tree.append(leaf); });
  measure("hash: root of the tree", rounds, 10'000,
          [&](std::size_t) { sink += tree.root().bytes[0]; });
}

void rating(Rounds rounds) {
  std::vector<TierText> tiers;
  const std::vector<std::string> bounds = {"100",  "200",   "500",   "1000", "2000",
                                           "5000", "10000", "20000", "50000"};
  for (const std::string& bound : bounds) tiers.push_back({bound, "0.01", "1"});
  tiers.push_back({"", "0.005", "0"});
  const std::pair<const char*, Price> prices[] = {
      {"per unit", perUnit("0.01")},
      {"graduated, 10 tiers", tiered(Scheme::graduated, tiers)},
      {"volume, 10 tiers", tiered(Scheme::volume, tiers)},
      {"package", package("1000", "5")},
      {"percentage", byPercentage("2.9", "0.3")}};
  for (const auto& [name, price] : prices) {
    RatedPeriod rated(sold("calls", "50", price));
    rated.use("12345");
    const core::FeatureTerms terms = rated.terms();
    measure(std::string("price of one event: ") + name, rounds, 100'000, [&](std::size_t i) {
      const Decimal delta = Decimal::fromInteger(static_cast<std::int64_t>(1 + i % 9));
      sink += core::eventPrice(terms, {}, delta).isZero() ? 1U : 0U;
    });
  }
}

void drawing(Rounds rounds) {
  const core::DrawScope scope = {FeatureNumber(1), when("2026-01-15"), when("2026-01-15")};
  for (const std::size_t count : {1U, 10U, 100U, 1'000U}) {
    std::vector<Grant> grants(count);
    for (std::size_t i = 0; i < count; ++i) {
      grants[i].number = GrantNumber(static_cast<std::uint32_t>(i + 1));
      grants[i].credits = dec("10");
      grants[i].remaining = dec("10");
      grants[i].effective = when("2026-01-01");
      grants[i].expiry = when("2027-01-01");
    }
    std::sort(grants.begin(), grants.end(), core::drawnBefore);
    const std::string of = ", of " + std::to_string(count) + " grants";
    // Drawing from many is slow, and its figure as steady after few steps.
    const std::size_t steps = std::max<std::size_t>(100, 100'000 / count);
    measure("draw: from one" + of, rounds, steps,
            [&](std::size_t) { sink += core::drawFrom(grants, scope, dec("5")).size(); });
    if (count == 1) continue;
    measure("draw: from half" + of, rounds, steps, [&](std::size_t) {
      sink += core::drawFrom(grants, scope, dec(static_cast<std::int64_t>(count * 5))).size();
    });
  }
}

}  // namespace
}  // namespace daybook::bench

int main(int argc, char** argv) {
  daybook::bench::Rounds rounds;
  if (argc > 1) rounds.count = std::stoul(argv[1]);
  if (argc > 2) rounds.part = std::max<std::size_t>(1, std::stoul(argv[2]));
  daybook::bench::usage(rounds);
  daybook::bench::storedForm(rounds);
  daybook::bench::rating(rounds);
  daybook::bench::drawing(rounds);
  std::fprintf(stderr, "checksum %llu\n", static_cast<unsigned long long>(daybook::bench::sink));
}
