// A log with something of everything in it, as events and as a store holds them.
//
// Decisions of three consumption models over half a year, in three time zones, with a catalog that
// changes; then a quarter with the rest of the rule book. Not for several threads.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ledger/audit/merkle.h"
#include "ledger/store/memory_store.h"
#include "protocol/codec.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/fixed_zones.h"
#include "tests/support/rule_book_story.h"
#include "tests/support/terms.h"

namespace daybook::testing {

/// Events in order, and where each decision begins; one more at the end.
struct DecidedLog {
  std::vector<Event> events;
  std::vector<std::size_t> decisions;
};

namespace busy {

inline Catalog firstCatalog() {
  Catalog catalog;
  catalog.features = {metered("calls", "API calls"),
                      metered("images"),
                      metered("tokens"),
                      {"sso", "", FeatureType::boolean, Meter::sum}};
  Plan pro = planFor(
      "pro", ConsumptionModel::metered, "99",
      {sold("calls", "10", tiered(Scheme::graduated, {{"10", "0.5", "1"}, {"", "0.25", "3"}})),
       sold("tokens", "0.005", byTokens("20"))});
  pro.features.front().prices.front().minimum_charge = dec("2");
  Plan yearly = planFor("yearly", ConsumptionModel::metered, "1000",
                        {sold("calls", "5", package("10", "1.5"))});
  yearly.interval = Interval::year;
  Plan weekly =
      planFor("weekly", ConsumptionModel::metered, "7", {sold("calls", "3", perUnit("0.01"))});
  weekly.interval = Interval::week;
  weekly.features.front().overage = Overage::block;
  Plan studio = planFor("studio", ConsumptionModel::credits, "49", {});
  PlanFeature images;
  images.feature = "images";
  images.credits_per_unit = dec("2.5");
  PlanFeature tokens;
  tokens.feature = "tokens";
  tokens.credits_per_money = dec("100");
  studio.features = {images, tokens};
  studio.credits = dec("100");
  Plan flex = planFor("flex", ConsumptionModel::balance, "20",
                      {sold("calls", "0", perUnit("0.75")), sold("tokens", "0", byTokens("10"))});
  flex.carry_top_ups = true;
  catalog.plans = {pro, yearly, weekly, studio, flex};
  Pack pack;
  pack.code = "boost";
  pack.credits = dec("40");
  pack.prices = {{"USD", dec("9.99")}};
  pack.expires_after_days = 45;
  Pack gift = pack;
  gift.code = "gift";
  gift.prices = {{"USD", dec("0")}};
  gift.features = {"images"};
  gift.expires_after_days = 0;
  catalog.packs = {pack, gift};
  PriceBook book;
  book.currency = "USD";
  book.models = {{"acme", "large", dec("3"), dec("15"), dec("0.3"), dec("3.75"), false},
                 {"acme", "small", dec("1"), dec("2"), dec("0.1"), dec("1"), false},
                 {"other", "medium", dec("2"), dec("4"), dec("0.2"), dec("2"), false},
                 {"other", "tiny", dec("0.5"), dec("1"), dec("0"), dec("0"), false}};
  catalog.price_books = {book};
  return catalog;
}

/// Dearer plan, another book: one model changes, one is retired by name, two leave.
inline Catalog secondCatalog() {
  Catalog catalog = firstCatalog();
  catalog.features[1].name = "Images";
  catalog.plans[0].prices[0].base = dec("109");
  catalog.packs[0].credits = dec("50");
  auto& models = catalog.price_books[0].models;
  models[0].input = dec("3.5");
  models[1].retired = true;
  models.resize(2);
  return catalog;
}

inline RecordUsage use(std::string feature, std::string_view quantity,
                       OnShortfall on_shortfall = OnShortfall::reject) {
  RecordUsage usage;
  usage.feature = std::move(feature);
  usage.quantity = dec(quantity);
  usage.on_shortfall = on_shortfall;
  return usage;
}

inline RecordUsage useModel(std::string model, OnShortfall on_shortfall = OnShortfall::reject) {
  Tokens tokens;
  tokens.model = std::move(model);
  tokens.total_input = 1'000;
  tokens.output = 500;
  tokens.cache_read = 200;
  RecordUsage usage;
  usage.feature = "tokens";
  usage.tokens = tokens;
  usage.properties = {{"region", "eu"}};
  usage.on_shortfall = on_shortfall;
  return usage;
}

inline void useOnce(TestLedger& ledger) {
  expectOk(ledger.give("metered", use("calls", "7.5")));
  expectOk(ledger.give("metered", useModel("large")));
  expectOk(ledger.give("yearly", use("calls", "12")));
  expectOk(ledger.give("weekly", use("calls", "2")));
  expectOk(ledger.give("weekly", use("calls", "9", OnShortfall::cap)));
  expectOk(ledger.give("credits", use("images", "8")));
  expectOk(ledger.give("credits", useModel("large")));
  expectOk(ledger.give("credits", use("images", "40", OnShortfall::overdraw)));
  expectOk(ledger.give("balance", use("calls", "30")));
  expectOk(ledger.give("balance", useModel("large")));
}

inline void createAndSubscribe(TestLedger& ledger) {
  expectOk(ledger.give("metered", CreateCustomer{}));
  expectOk(ledger.give("yearly", CreateCustomer{"Test/Summer"}));
  expectOk(ledger.give("weekly", CreateCustomer{"Test/East"}));
  expectOk(ledger.give("credits", CreateCustomer{"UTC"}));
  expectOk(ledger.give("balance", CreateCustomer{}));
  expectOk(ledger.give("idle", CreateCustomer{}));
  expectOk(ledger.give("metered", Subscribe{"pro", "USD", std::nullopt}));
  expectOk(ledger.give("yearly", Subscribe{"yearly", "", when("2026-04-20T12:00:00Z")}));
  expectOk(ledger.give("weekly", Subscribe{"weekly", "", std::nullopt}));
  expectOk(ledger.give("credits", Subscribe{"studio", "", std::nullopt}));
  expectOk(ledger.give("balance", Subscribe{"flex", "", std::nullopt}));
}

}  // namespace busy

/// `zones` outlives the result's making only.
inline DecidedLog busyLog(const ZoneRules& zones) {
  using namespace busy;
  TestLedger ledger(zones, when("2026-01-01"));
  publish(ledger, firstCatalog());
  createAndSubscribe(ledger);
  useOnce(ledger);
  expectOk(ledger.give("credits", BuyCredits{"boost", ""}));
  expectOk(ledger.give("credits", BuyCredits{"gift", "USD"}));
  expectOk(ledger.give("balance", TopUp{dec("25.5"), ""}));
  ledger.advance(when("2026-01-20"));
  expectOk(ledger.give("credits", use("images", "8")));
  expectOk(ledger.give("yearly", UpdateCustomer{"UTC"}));
  publish(ledger, secondCatalog());
  publish(ledger, secondCatalog());
  // In grace: the old period is still open for what happened in it.
  ledger.advance(when("2026-02-01T00:30:00Z"));
  RecordUsage late = use("calls", "4");
  late.at = when("2026-01-31T23:00:00Z");
  expectOk(ledger.give("metered", late));
  useOnce(ledger);
  expectOk(ledger.give("metered", Cancel{CancelWhen::periodEnd}));
  expectOk(ledger.give("metered", RevokeCancel{}));
  // What is due is done by the commands themselves for some, by the clock for the rest.
  ledger.moveClock(when("2026-03-15"));
  expectOk(ledger.give("credits", use("images", "1", OnShortfall::cap)));
  expectOk(ledger.give("balance", Cancel{CancelWhen::now}));
  ledger.workOffAll();
  expectOk(ledger.give("metered", Cancel{CancelWhen::periodEnd}));
  expectOk(ledger.give("balance", Subscribe{"pro", "", std::nullopt}));
  ledger.advance(when("2026-05-03"));
  expectOk(ledger.give("credits", Cancel{CancelWhen::now}));
  expectOk(ledger.give("balance", use("calls", "200")));
  ledger.advance(when("2026-07-02"));
  tellRuleBook(ledger);
  return {ledger.log(), ledger.decisions()};
}

/// Commits of a few decisions each, whose hashes are right for whatever the events are.
inline audit::CompactRange writeLog(store::Store& store, const DecidedLog& log,
                                    std::size_t decisions_per_commit = 4) {
  const protocol::CapnpCodec codec;
  audit::CompactRange tree;
  for (std::size_t next = 0; next + 1 < log.decisions.size(); next += decisions_per_commit) {
    const std::size_t last = std::min(next + decisions_per_commit, log.decisions.size() - 1);
    store::Batch batch;
    batch.first = Position(tree.size() + 1);
    for (std::size_t i = log.decisions[next]; i < log.decisions[last]; ++i) {
      const Bytes event = codec.encode(log.events[i]);
      batch.events.push_back(event);
      const audit::Digest leaf = audit::leafHash(event);
      batch.leaves.push_back(leaf.bytes);
      tree.append(leaf);
    }
    if (batch.events.empty()) continue;
    batch.tip = {Position(tree.size()), tree.root().bytes,
                 log.events[log.decisions[last] - 1].recorded};
    store.append(batch);
  }
  return tree;
}

/// Where the n-th event of a kind stands in the log, from 0. Throws when there are too few.
template <typename Body>
std::size_t indexOf(const DecidedLog& log, std::size_t n = 0) {
  for (std::size_t i = 0; i < log.events.size(); ++i) {
    if (std::holds_alternative<Body>(log.events[i].body) && n-- == 0) return i;
  }
  throw std::runtime_error("the log has too few events of this kind");
}

/// Takes out the events [from, to) and mends positions, chains and commits, so that nothing but
/// what is missing tells.
inline void removeEvents(DecidedLog& log, std::size_t from, std::size_t to) {
  const auto begin = log.events.begin();
  log.events.erase(begin + static_cast<std::ptrdiff_t>(from),
                   begin + static_cast<std::ptrdiff_t>(to));
  for (std::size_t& decision : log.decisions) {
    if (decision > from) decision = std::max(decision, to) - (to - from);
  }
  std::vector<std::pair<std::uint64_t, Position>> chains;
  for (std::size_t i = 0; i < log.events.size(); ++i) {
    Event& event = log.events[i];
    if (event.customer.value >= chains.size()) chains.resize(event.customer.value + 1);
    auto& [sequence, last] = chains[event.customer.value];
    event.position = Position(i + 1);
    event.sequence = ++sequence;
    event.previous = std::exchange(last, event.position);
  }
}

}  // namespace daybook::testing
