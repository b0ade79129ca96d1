// A ledger of any size for measurements: the core and a store driven directly, without daemon and
// connections.
//
// Customers are on three plans in turn (metered, credits, balance), one feature each; usage is of
// random customers with unique 16-byte keys. The same arguments give the same log. Not for several
// threads.
#pragma once

#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ledger/audit/merkle.h"
#include "ledger/core/engine.h"
#include "ledger/replay/snapshot.h"
#include "ledger/store/store.h"
#include "protocol/codec.h"
#include "tests/bench/random.h"
#include "tests/support/fixed_zones.h"
#include "tests/support/terms.h"

namespace daybook::bench {

inline constexpr const char* kPlanCodes[] = {"metered", "credits", "balance"};

inline Catalog catalogOfThreeModels() {
  using namespace testing;
  Catalog catalog;
  catalog.features = {metered("calls", "API calls")};
  PlanFeature for_credits;
  for_credits.feature = "calls";
  for_credits.credits_per_unit = dec("0.1");
  Plan credits = planFor("credits", ConsumptionModel::credits, "20", {for_credits});
  credits.credits = dec("1000000");
  Plan balance =
      planFor("balance", ConsumptionModel::balance, "10", {sold("calls", "0", perUnit("0.02"))});
  catalog.plans = {
      planFor("metered", ConsumptionModel::metered, "99", {sold("calls", "1", perUnit("0.01"))}),
      credits, balance};
  for (Plan& plan : catalog.plans) plan.alerts.emplace();
  return catalog;
}

/// Records into `store`, or nowhere.
class ScaleLedger {
 public:
  static constexpr std::size_t kCommitEvents = 8'192;

  ScaleLedger(store::Store* store, std::uint64_t seed)
      : store_(store), boundaries_(zones_), random_(seed), now_(testing::when("2026-01-01")) {
    LedgerCreated created;
    created.ledger_id = std::string(32, '0');
    created.format_version = kFormatVersion;
    created.settings.clock = ClockKind::manual;
    core::Decision decision;
    decision.events.emplace_back(created);
    record(std::move(decision), "");
    give("", PublishCatalog{catalogOfThreeModels(), "digest"});
  }

  void addCustomers(std::uint32_t count) {
    const std::size_t first = state().customers.size();
    for (std::size_t i = first; i < first + count; ++i) {
      const std::string id = "customer-" + std::to_string(i);
      give(id, CreateCustomer{});
      give(id, Subscribe{kPlanCodes[i % 3], "", std::nullopt});
    }
  }

  void use(CustomerNumber customer) {
    RecordUsage usage;
    usage.feature = "calls";
    usage.quantity = Decimal::fromInteger(static_cast<std::int64_t>(1 + random_.below(9)));
    usage.on_shortfall = OnShortfall::overdraw;
    give(state().customer(customer).id, usage);
  }

  void useAtRandom(std::uint64_t events) {
    const std::size_t customers = state().customers.size();
    for (std::uint64_t i = 0; i < events; ++i) {
      use(CustomerNumber(static_cast<std::uint32_t>(1 + random_.below(customers))));
    }
  }

  void moveClock(Instant to) { give("", MoveClock{to}); }

  /// One piece of due work; false when nothing is due.
  bool workOffOne() {
    const auto due = engine_.due(now_);
    if (!due) return false;
    record(engine_.decideDue(due->customer, {now_, boundaries_}), "");
    return true;
  }

  /// Writes what is not yet committed.
  void commit() {
    if (batch_.events.empty()) return;
    batch_.tip = {Position(tree_.size()), tree_.root().bytes, state().ledger.recorded};
    store_->append(batch_);
    batch_ = {};
  }

  const core::State& state() const { return engine_.state(); }
  const audit::CompactRange& tree() const { return tree_; }
  std::uint64_t bytes() const { return bytes_; }
  replay::Replayed take() { return {std::move(engine_), tree_}; }

 private:
  void give(const std::string& customer, CommandBody body) {
    char key[17];
    std::snprintf(key, sizeof key, "%016llx", static_cast<unsigned long long>(random_.next()));
    Instant to = now_;
    if (const auto* move = std::get_if<MoveClock>(&body)) to = move->to;
    core::Decision decision = engine_.decide({key, customer, std::move(body)}, {now_, boundaries_});
    if (!decision.verdict.isOk()) {
      throw std::runtime_error(std::string(outcomeName(decision.verdict.outcome)) + ": " +
                               decision.verdict.detail);
    }
    now_ = to;
    record(std::move(decision), key);
  }

  void record(core::Decision decision, const std::string& key) {
    for (std::size_t i = 0; i < decision.events.size(); ++i) {
      const Event event = engine_.seal(std::move(decision.events[i]), decision.customer, now_,
                                       i == decision.keyed ? key : std::string());
      Bytes bytes = codec_.encode(event);
      bytes_ += bytes.size();
      engine_.apply(event);
      if (store_ == nullptr) continue;
      if (batch_.events.empty()) batch_.first = event.position;
      const audit::Digest leaf = audit::leafHash(bytes);
      tree_.append(leaf);
      batch_.leaves.push_back(leaf.bytes);
      batch_.events.push_back(bytes);
    }
    if (batch_.events.size() >= kCommitEvents) commit();
  }

  store::Store* store_;
  testing::FixedZones zones_;
  core::ZoneBoundaries boundaries_;
  Random random_;
  Instant now_;
  protocol::CapnpCodec codec_;
  core::Engine engine_;
  audit::CompactRange tree_;
  store::Batch batch_;
  std::uint64_t bytes_ = 0;
};

}  // namespace daybook::bench
