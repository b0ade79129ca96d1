// Laws of holds, over random interleavings of holds, settlements, releases, expiries and usage.
#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "ledger/core/holds.h"
#include "ledger/core/usage.h"
#include "ledger/replay/state_check.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/fixed_zones.h"
#include "tests/support/terms.h"

namespace {

using namespace daybook;
using namespace daybook::testing;

const FixedZones kZones;

/// Any number below the limit, as likely in small lives as in long ones.
int below(int limit) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, limit)); }
/// How many steps a life has.
int anyLength(int most) { return *rc::gen::inRange(0, most); }

PlanFeature forCredits(std::string code, std::string_view credits) {
  PlanFeature feature;
  feature.feature = std::move(code);
  feature.credits_per_unit = dec(credits);
  return feature;
}

PlanFeature blocked(std::string code, std::string_view included) {
  PlanFeature feature;
  feature.feature = std::move(code);
  feature.included = dec(included);
  feature.overage = Overage::block;
  return feature;
}

/// One plan of each model, and none lets anything go beyond what is there.
std::vector<Plan> plans() {
  Plan credits = planFor("credits", ConsumptionModel::credits, "10",
                         {forCredits("calls", "0.5"), forCredits("images", "2")});
  credits.credits = dec(60);
  credits.rollover = Rollover{dec(20), 1};
  Plan units = planFor("units", ConsumptionModel::metered, "10",
                       {blocked("calls", "60"), blocked("images", "20")});
  Plan money = planFor("money", ConsumptionModel::balance, "40",
                       {sold("calls", "0", perUnit("0.5")), sold("images", "3", perUnit("2"))});
  money.at_zero = AtZero::block;
  money.carry_top_ups = true;
  return {credits, units, money};
}

TestLedger started(const std::string& plan) {
  TestLedger ledger(kZones, when("2026-01-31T20:00:00Z"));
  Catalog catalog;
  catalog.features = {metered("calls"), metered("images")};
  catalog.plans = plans();
  publish(ledger, std::move(catalog));
  ledger.give("acme", CreateCustomer{});
  ledger.give("acme", Subscribe{plan, "", when("2026-02-01")});
  return ledger;
}

const char* anyFeature() { return below(2) == 0 ? "calls" : "images"; }

HoldItem item(std::string feature, Decimal quantity) {
  HoldItem item;
  item.feature = std::move(feature);
  item.quantity = quantity;
  return item;
}

/// What a command may do to what is available.
enum class Effect { spends, frees, gives, exceeds };

struct Asked {
  CommandBody body;
  Effect effect = Effect::spends;
};

Asked anyUsage() {
  RecordUsage usage;
  usage.feature = anyFeature();
  usage.quantity = dec(below(30));
  return {usage};
}

Asked anyPlaceHold() {
  PlaceHold place;
  place.ttl = Duration::minutes(1 + below(300));
  const char* first = anyFeature();
  place.items.push_back(item(first, dec(below(25))));
  if (below(3) == 0) {
    place.items.push_back(item(first == std::string("calls") ? "images" : "calls", dec(below(9))));
  }
  return {place};
}

const Hold* chosen(const std::vector<Hold>& holds) {
  if (holds.empty()) return nullptr;
  return &holds[static_cast<std::size_t>(below(static_cast<int>(holds.size())))];
}

/// Less than is held, as much, or more.
Asked anySettleHold(const Customer& customer) {
  const bool is_expired = below(5) == 0;
  const Hold* hold = chosen(is_expired ? customer.expired_holds : customer.holds);
  if (hold == nullptr) return {SettleHold{"none", {}, std::nullopt}, Effect::frees};
  Asked asked{{}, is_expired ? Effect::exceeds : Effect::frees};
  SettleHold settle{hold->key, {}, std::nullopt};
  for (const HeldItem& held : hold->items) {
    const int how = below(5);
    Decimal quantity = held.quantity;
    if (how < 2) quantity = multiplyDivide(quantity, dec(how + 1), dec(3));
    if (how == 4) {
      quantity += dec(1 + below(20));
      asked.effect = Effect::exceeds;
    }
    if (below(6) > 0) settle.items.push_back(item(held.asked.feature, quantity));
  }
  asked.body = settle;
  return asked;
}

Asked anyUseHold(const Customer& customer) {
  const Hold* hold = chosen(customer.holds);
  if (hold == nullptr) return anyUsage();
  UseHold use{hold->key, {}};
  use.usage.feature = hold->items.front().asked.feature;
  use.usage.quantity = dec(below(12));
  return {use};
}

Asked anyCommand(const Customer& customer, const std::string& plan) {
  const Hold* hold = chosen(customer.holds);
  const std::string key = hold == nullptr ? "none" : hold->key;
  switch (below(12)) {
    case 0:
    case 1:
      return anyUsage();
    case 2:
    case 3:
    case 4:
      return anyPlaceHold();
    case 5:
    case 6:
    case 7:
      return anySettleHold(customer);
    case 8:
      return anyUseHold(customer);
    case 9:
      return {ReleaseHold{key}, Effect::frees};
    case 10:
      return {ExtendHold{key, Duration::minutes(1 + below(600))}, Effect::frees};
    default:
      if (plan == "money") return {TopUp{dec(1 + below(20)), ""}, Effect::gives};
      return {GrantCredits{dec(1 + below(20)), 50, {}, {}, {}, ""}, Effect::gives};
  }
}

/// What is available of everything that has an end: units, money, credits.
std::map<std::string, Decimal> available(const TestLedger& ledger) {
  const core::State& state = ledger.state();
  const Customer& customer = ledger.customer("acme");
  std::map<std::string, Decimal> left;
  for (const UsagePeriod& period : customer.periods) {
    const Plan& plan = state.plan(period.terms);
    const std::string from = period.span.from.toString();
    if (plan.model == ConsumptionModel::balance) {
      left[from] = core::availableMoney(state, customer, period);
    }
    if (plan.model != ConsumptionModel::metered) continue;
    for (const PlanFeature& sold : plan.features) {
      const FeatureNumber number = state.feature(sold.feature);
      const auto terms = core::featureTerms(state, period, plan, sold, number);
      left[from + sold.feature] = terms.included - core::countedUnits(period, number) -
                                  core::heldUnits({customer.holds}, terms);
    }
  }
  left["credits"] = ledger.balance("acme").credits.available;
  return left;
}

/// A command that records nothing beyond what is there takes nothing below zero.
void requireNotOverspent(const std::map<std::string, Decimal>& before,
                         const std::map<std::string, Decimal>& after, Effect effect) {
  if (effect == Effect::exceeds) return;
  for (const auto& [name, left] : after) {
    const Decimal had = before.at(name);
    RC_LOG() << "  " << name << ": " << had.toString() << " then " << left.toString() << "\n";
    if (effect == Effect::spends) RC_ASSERT(left >= least(had, Decimal()));
    if (effect != Effect::spends) RC_ASSERT(left >= had);
  }
}

/// How often each hold ended, and how often it was settled after it had expired.
struct Endings {
  std::map<std::uint64_t, int> ended;
  std::map<std::uint64_t, int> settled_late;
  std::set<std::uint64_t> expired;

  void operator()(const HoldSettled& settled) {
    if (!settled.expired) {
      ++ended[settled.number.value];
      return;
    }
    RC_ASSERT(expired.contains(settled.number.value));
    ++settled_late[settled.number.value];
  }
  void operator()(const HoldReleased& released) { ++ended[released.number.value]; }
  void operator()(const HoldExpired& hold) {
    ++ended[hold.number.value];
    expired.insert(hold.number.value);
  }
  template <typename Other>
  void operator()(const Other&) {}
};

void requireEndedOnce(const TestLedger& ledger) {
  Endings endings;
  for (const Event& event : ledger.log()) std::visit(endings, event.body);
  const Customer& customer = ledger.customer("acme");
  std::set<std::uint64_t> open;
  for (const Hold& hold : customer.holds) open.insert(hold.number.value);
  for (std::uint64_t number = 1; number <= customer.last_hold.value; ++number) {
    RC_ASSERT(endings.ended[number] == (open.contains(number) ? 0 : 1));
    RC_ASSERT(endings.settled_late[number] <= 1);
  }
}

/// Lives through random commands, each looked at by `look(before, asked, answer)`.
template <typename Look>
TestLedger live(Look look) {
  const std::string plan = plans()[static_cast<std::size_t>(below(3))].code;
  TestLedger ledger = started(plan);
  const int steps = anyLength(60);
  for (int i = 0; i < steps; ++i) {
    if (below(6) == 0) ledger.advance(ledger.now() + Duration::minutes(1 + below(400)));
    const auto before = available(ledger);
    const Asked asked = anyCommand(ledger.customer("acme"), plan);
    const Answer answer = ledger.give("acme", asked.body);
    RC_LOG() << ledger.now().toString() << " " << plan << " " << eventName(ledger.log().back().body)
             << " " << outcomeName(answer.verdict.outcome) << " " << answer.receipt.hold.value
             << " " << answer.receipt.quantity.toString() << " at "
             << answer.receipt.price.toString() << "\n";
    look(ledger, before, asked, answer);
  }
  return ledger;
}

constexpr auto kNoLook = [](const auto&, const auto&, const auto&, const auto&) {};

}  // namespace

TEST_CASE("nothing is overspent: only a settlement above its hold takes what is there below zero") {
  rc::prop("available never falls below zero", [] {
    live(
        [](const TestLedger& ledger, const auto& before, const Asked& asked, const Answer& answer) {
          if (answer.verdict.isOk()) requireNotOverspent(before, available(ledger), asked.effect);
        });
  });
}

TEST_CASE("a settlement is never refused while its hold is open or remembered") {
  rc::prop("settlements are recorded", [] {
    live([](const TestLedger&, const auto&, const Asked& asked, const Answer& answer) {
      const auto* settle = std::get_if<SettleHold>(&asked.body);
      if (settle != nullptr && settle->hold != "none") RC_ASSERT(answer.verdict.isOk());
    });
  });
}

TEST_CASE("every hold ends once") {
  rc::prop("holds end once", [] {
    TestLedger ledger = live(kNoLook);
    requireEndedOnce(ledger);
    ledger.advance(ledger.now() + Duration::days(2));
    RC_ASSERT(ledger.customer("acme").holds.empty());
    requireEndedOnce(ledger);
  });
}

TEST_CASE("once no hold is open, everything that was held is free or used") {
  rc::prop("nothing stays held", [] {
    TestLedger ledger = live(kNoLook);
    RC_ASSERT(replay::stateProblem(ledger.state()).value_or("") == "");
    ledger.advance(ledger.now() + Duration::days(2));
    for (const Grant& grant : ledger.customer("acme").grants) RC_ASSERT(grant.held.isZero());
    const Balance balance = ledger.balance("acme");
    RC_ASSERT(balance.held_money.isZero() && balance.credits.held.isZero());
    for (const FeatureBalance& feature : balance.features) RC_ASSERT(feature.held.isZero());
  });
}

TEST_CASE("a hold is refused exactly when check of that quantity is") {
  rc::prop("hold and check agree", [] {
    const std::string plan = plans()[static_cast<std::size_t>(below(3))].code;
    TestLedger ledger = started(plan);
    const int steps = anyLength(40);
    for (int i = 0; i < steps; ++i) {
      ledger.give("acme", anyCommand(ledger.customer("acme"), plan).body);
      if (below(6) == 0) ledger.advance(ledger.now() + Duration::minutes(1 + below(400)));
      RecordUsage usage;
      usage.feature = anyFeature();
      usage.quantity = dec(below(40));
      const auto& customer = ledger.customer("acme");
      const CheckAnswer checked = core::check(ledger.state(), customer, usage, ledger.context());
      const Answer placed = ledger.give("acme", PlaceHold{{item(usage.feature, *usage.quantity)}});
      RC_ASSERT(placed.verdict.outcome == checked.verdict.outcome);
      if (placed.verdict.isOk()) RC_ASSERT(placed.receipt.price == checked.cost);
    }
  });
}

TEST_CASE("the log alone gives the state, holds and all") {
  rc::prop("replay equals live", [] {
    const TestLedger ledger = live(kNoLook);
    const core::Engine again = replayed(ledger.log());
    RC_ASSERT(again.state().customers == ledger.state().customers);
    RC_ASSERT(again.state().due == ledger.state().due);
  });
}
