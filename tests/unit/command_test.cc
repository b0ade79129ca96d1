#include "ledger/model/command.h"

#include <catch2/catch.hpp>

#include <functional>

#include "tests/support/terms.h"

namespace daybook {
namespace {

using namespace daybook::testing;

RecordUsage usage() {
  RecordUsage usage;
  usage.feature = "calls";
  usage.quantity = dec("2");
  usage.at = when("2026-01-01");
  usage.properties = {{"region", "eu"}};
  return usage;
}

RecordUsage tokenUsage() {
  RecordUsage usage;
  usage.feature = "ai";
  usage.tokens = Tokens{"p", "m", 1, std::nullopt, 2, 3, 4};
  return usage;
}

template <typename Body>
struct Change {
  std::string_view field;
  std::function<void(Body&)> make;
};

/// Each change alone makes the difference that it names; contents equal themselves.
template <typename Body>
void requireDifferences(const Body& before, const std::vector<Change<Body>>& changes) {
  CHECK_FALSE(firstDifference(before, before).has_value());
  for (const Change<Body>& change : changes) {
    Body now = before;
    change.make(now);
    INFO(change.field);
    CHECK(firstDifference(before, now) == change.field);
    CHECK(firstDifference(now, before) == change.field);
  }
}

TEST_CASE("the first field of a usage that differs is named") {
  requireDifferences<RecordUsage>(
      usage(), {{"feature", [](RecordUsage& u) { u.feature = "other"; }},
                {"quantity", [](RecordUsage& u) { u.quantity = dec("3"); }},
                {"quantity", [](RecordUsage& u) { u.quantity.reset(); }},
                {"tokens", [](RecordUsage& u) { u.tokens = Tokens{}; }},
                {"at", [](RecordUsage& u) { u.at = when("2026-01-02"); }},
                {"at", [](RecordUsage& u) { u.at.reset(); }},
                {"properties", [](RecordUsage& u) { u.properties[0].value = "us"; }},
                {"properties", [](RecordUsage& u) { u.properties.clear(); }},
                {"onShortfall", [](RecordUsage& u) { u.on_shortfall = OnShortfall::cap; }}});
}

TEST_CASE("the first token count that differs is named") {
  requireDifferences<RecordUsage>(
      tokenUsage(), {{"tokens.provider", [](RecordUsage& u) { u.tokens->provider = ""; }},
                     {"tokens.model", [](RecordUsage& u) { u.tokens->model = "n"; }},
                     {"tokens.input", [](RecordUsage& u) { u.tokens->input = 9; }},
                     {"tokens.totalInput", [](RecordUsage& u) { u.tokens->total_input = 9; }},
                     {"tokens.output", [](RecordUsage& u) { u.tokens->output.reset(); }},
                     {"tokens.cacheRead", [](RecordUsage& u) { u.tokens->cache_read = 9; }},
                     {"tokens.cacheWrite", [](RecordUsage& u) { u.tokens->cache_write = 9; }}});
}

TEST_CASE("contents are compared as sent: an absent quantity is not a quantity of 1") {
  RecordUsage absent = usage();
  absent.quantity.reset();
  RecordUsage one = usage();
  one.quantity = dec("1");
  CHECK(firstDifference(absent, one) == "quantity");
  CHECK_FALSE(firstDifference(absent, absent).has_value());
}

TEST_CASE("decimals are compared by value") {
  RecordUsage spelled = usage();
  spelled.quantity = dec("2.000");
  CHECK_FALSE(firstDifference(usage(), spelled).has_value());
}

TEST_CASE("of several differences the first in the schema's order is named") {
  RecordUsage now = usage();
  now.properties.clear();
  now.quantity = dec("7");
  CHECK(firstDifference(usage(), now) == "quantity");
}

TEST_CASE("the differing field of every other command is named") {
  requireDifferences<BuyCredits>({"small", "USD"},
                                 {{"pack", [](BuyCredits& b) { b.pack = "big"; }},
                                  {"currency", [](BuyCredits& b) { b.currency = ""; }}});
  requireDifferences<TopUp>({dec("5"), "USD"},
                            {{"amount", [](TopUp& t) { t.amount = dec("6"); }},
                             {"currency", [](TopUp& t) { t.currency = "EUR"; }}});
  requireDifferences<CreateCustomer>({"UTC"}, {{"zone", [](CreateCustomer& c) { c.zone = ""; }}});
  requireDifferences<UpdateCustomer>({"UTC"}, {{"zone", [](UpdateCustomer& c) { c.zone = ""; }}});
  requireDifferences<Subscribe>({"pro", "USD", when("2026-01-01")},
                                {{"plan", [](Subscribe& s) { s.plan = "basic"; }},
                                 {"currency", [](Subscribe& s) { s.currency = ""; }},
                                 {"anchor", [](Subscribe& s) { s.anchor.reset(); }}});
  requireDifferences<Cancel>({CancelWhen::now},
                             {{"when", [](Cancel& c) { c.when = CancelWhen::periodEnd; }}});
  requireDifferences<RevokeCancel>({}, {});
  requireDifferences<MoveClock>({when("2026-01-01")},
                                {{"to", [](MoveClock& m) { m.to = when("2026-01-02"); }}});
}

TEST_CASE("a published set is compared by its digest, which stands for it") {
  PublishCatalog before{{}, "aa"};
  PublishCatalog now{{}, "aa"};
  now.catalog.features.push_back(metered("calls"));
  CHECK_FALSE(firstDifference(before, now).has_value());
  now.digest = "bb";
  CHECK(firstDifference(before, now) == "catalog");
}

TEST_CASE("a key that comes back with another kind of command differs in the command") {
  CHECK(firstDifference(CommandBody(Cancel{}), CommandBody(RevokeCancel{})) == "command");
}

}  // namespace
}  // namespace daybook
