#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "ledger/base/limits.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/fixed_zones.h"
#include "tests/support/terms.h"

using namespace daybook;
using namespace daybook::testing;

namespace {

const FixedZones kZones;
const Instant kStart = when("2026-01-01");

Plan proPlan(std::string_view base = "99") {
  return planFor("pro", ConsumptionModel::metered, base, {sold("calls", "100", perUnit("1"))});
}

Plan studioPlan() {
  PlanFeature images;
  images.feature = "images";
  images.credits_per_unit = dec(1);
  Plan plan = planFor("studio", ConsumptionModel::credits, "49", {images});
  plan.credits = dec(100);
  return plan;
}

Pack smallPack() {
  Pack pack;
  pack.code = "small";
  pack.credits = dec(10);
  pack.prices = {{"USD", dec(1)}};
  return pack;
}

TestLedger ledgerWithPlans(LedgerSettings settings = manualClock()) {
  TestLedger ledger(kZones, kStart, std::move(settings));
  Catalog catalog;
  catalog.features = {metered("calls"), metered("images")};
  catalog.plans = {proPlan(), studioPlan()};
  catalog.packs = {smallPack()};
  publish(ledger, std::move(catalog));
  return ledger;
}

RecordUsage usage(std::string feature, std::string_view quantity) {
  RecordUsage usage;
  usage.feature = std::move(feature);
  usage.quantity = dec(quantity);
  return usage;
}

Subscribe toPlan(std::string plan) { return {std::move(plan), "", std::nullopt}; }

Verdict decided(const TestLedger& ledger, Command command) {
  return ledger.engine().decide(command, ledger.context()).verdict;
}

std::string text(std::size_t length) { return std::string(length, 'x'); }

const RecordUsage kUsage = usage("calls", "1");

}  // namespace

TEST_CASE("a decision changes nothing until its events are applied") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", CreateCustomer{});
  const std::size_t events = ledger.log().size();
  const Command subscribe{"key", "acme", toPlan("pro")};
  const core::Decision once = ledger.engine().decide(subscribe, ledger.context());
  const core::Decision again = ledger.engine().decide(subscribe, ledger.context());
  CHECK(once.verdict.isOk());
  REQUIRE(once.events.size() == 3);
  CHECK(once.keyed == 0);
  CHECK(once.events == again.events);
  CHECK(ledger.state().ledger.last == Position(events));
  CHECK_FALSE(ledger.customer("acme").subscription);
}

TEST_CASE("each customer's events form a chain from its creation, and the ledger's form one") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("a", CreateCustomer{});
  ledger.give("b", CreateCustomer{});
  ledger.give("a", toPlan("pro"));
  ledger.advance(when("2026-03-05"));
  std::vector<std::uint64_t> events(3, 0);
  std::vector<Position> last(3);
  for (const Event& event : ledger.log()) {
    const std::size_t owner = event.customer.value;
    REQUIRE(owner < 3);
    CHECK(event.sequence == events[owner] + 1);
    CHECK(event.previous == last[owner]);
    events[owner] = event.sequence;
    last[owner] = event.position;
  }
  CHECK(ledger.customer("a").events == events[1]);
  CHECK(ledger.customer("a").last == last[1]);
  CHECK(std::holds_alternative<CustomerCreated>(ledger.log()[last[2].value - 1].body));
}

TEST_CASE("a publication carries its key at the end, every other command at the start") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", CreateCustomer{});
  ledger.give("acme", toPlan("pro"));
  for (const Event& event : ledger.log()) {
    const bool keyed = std::holds_alternative<CatalogPublished>(event.body) ||
                       std::holds_alternative<CustomerCreated>(event.body) ||
                       std::holds_alternative<Subscribed>(event.body);
    CHECK(event.key.empty() == !keyed);
  }
}

TEST_CASE("texts past their limit, empty or unprintable are refused") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", CreateCustomer{});
  const auto check = [&](Command command, Outcome outcome, const std::string& detail) {
    const Verdict verdict = decided(ledger, std::move(command));
    CHECK(verdict.outcome == outcome);
    CHECK(verdict.detail == detail);
  };
  const std::size_t id = limits::kCustomerIdBytesMax;
  check({"key", text(id), CreateCustomer{}}, Outcome::ok, "");
  check({"key", text(id + 1), CreateCustomer{}}, Outcome::invalidText, "customer");
  check({"key", "", CreateCustomer{}}, Outcome::invalidText, "customer");
  check({"key", "a\nb", CreateCustomer{}}, Outcome::invalidText, "customer");
  check({"key", "acme", usage(text(limits::kCodeBytesMax), "1")}, Outcome::unknownFeature,
        text(limits::kCodeBytesMax));
  check({"key", "acme", usage(text(limits::kCodeBytesMax + 1), "1")}, Outcome::invalidText,
        "feature");
  check({"key", "acme", CreateCustomer{text(limits::kZoneBytesMax + 1)}}, Outcome::invalidText,
        "zone");
  check({"", "acme", kUsage}, Outcome::keyMissing, "key");
  check({text(limits::kKeyBytesMax + 1), "acme", kUsage}, Outcome::invalidText, "key");
  check({text(limits::kKeyBytesMax), "acme", kUsage}, Outcome::noSubscription, "");
  check({"a\tb", "acme", kUsage}, Outcome::invalidText, "key");
}

TEST_CASE("numbers past their limit are refused") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", CreateCustomer{});
  ledger.give("acme", toPlan("studio"));
  const auto outcome = [&](CommandBody body) {
    return decided(ledger, {"key", "acme", std::move(body)}).outcome;
  };
  RecordUsage most = kUsage;
  most.quantity = Decimal::fromInteger(limits::kQuantityMax);
  CHECK(outcome(most) == Outcome::featureNotInPlan);
  most.quantity = *most.quantity + Decimal::fromUnits(1);
  CHECK(outcome(most) == Outcome::amountOverflow);
  CHECK(outcome(TopUp{Decimal::fromInteger(limits::kMoneyMax), ""}) == Outcome::wrongModel);
  CHECK(outcome(TopUp{Decimal::fromInteger(limits::kMoneyMax + 1), ""}) == Outcome::amountOverflow);
  RecordUsage tokens;
  tokens.feature = "images";
  tokens.tokens = Tokens{"", "opus", limits::kTokensMax, std::nullopt, 1, 0, 0};
  CHECK(outcome(tokens) == Outcome::tokensInvalid);
  tokens.tokens->input = limits::kTokensMax + 1;
  CHECK(outcome(tokens) == Outcome::amountOverflow);
}

TEST_CASE("properties are few, short and not repeated") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", CreateCustomer{});
  ledger.give("acme", toPlan("pro"));
  const auto outcome = [&](std::vector<Property> properties) {
    RecordUsage asked = kUsage;
    asked.properties = std::move(properties);
    return decided(ledger, {"key", "acme", asked}).outcome;
  };
  std::vector<Property> many;
  for (std::size_t i = 0; i < limits::kPropertiesMax; ++i) {
    many.push_back({"name" + std::to_string(i), "value"});
  }
  CHECK(outcome(many) == Outcome::ok);
  many.push_back({"one more", "value"});
  CHECK(outcome(many) == Outcome::invalidProperties);
  CHECK(outcome({{text(limits::kPropertyNameBytesMax), ""}}) == Outcome::ok);
  CHECK(outcome({{text(limits::kPropertyNameBytesMax + 1), ""}}) == Outcome::invalidProperties);
  CHECK(outcome({{"n", text(limits::kPropertyValueBytesMax)}}) == Outcome::ok);
  CHECK(outcome({{"n", text(limits::kPropertyValueBytesMax + 1)}}) == Outcome::invalidProperties);
  CHECK(outcome({{"", "v"}}) == Outcome::invalidProperties);
  CHECK(outcome({{"n", "1"}, {"n", "2"}}) == Outcome::invalidProperties);
}

TEST_CASE("a customer holds so many live grants and no more") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", CreateCustomer{});
  for (std::size_t i = 0; i < limits::kGrantsPerCustomerMax; ++i) {
    REQUIRE(ledger.give("acme", BuyCredits{"small", ""}).verdict.isOk());
  }
  CHECK(ledger.give("acme", BuyCredits{"small", ""}).verdict.outcome == Outcome::tooManyGrants);
  ledger.give("acme", toPlan("studio"));
  ledger.give("acme", usage("images", "110"));
  CHECK(ledger.give("acme", BuyCredits{"small", ""}).verdict.isOk());
}

TEST_CASE("the most customers that a ledger takes fit their numbers") {
  const CustomerNumber last(limits::kCustomersMax);
  CHECK(last.next() > last);
}

TEST_CASE("a wall clock is not moved") {
  TestLedger ledger(kZones, kStart, LedgerSettings());
  CHECK(ledger.give("", MoveClock{when("2026-02-01")}).verdict.outcome == Outcome::clockNotManual);
}

TEST_CASE("a manual clock's move is recorded at the instant it moves to") {
  TestLedger ledger = ledgerWithPlans();
  CHECK(ledger.give("", MoveClock{when("2026-02-01")}).verdict.isOk());
  CHECK(ledger.log().back().recorded == when("2026-02-01"));
  CHECK(ledger.state().ledger.clock == when("2026-02-01"));
  CHECK(ledger.state().ledger.recorded == when("2026-02-01"));
}

TEST_CASE("a manual clock stops where periods could no longer be computed") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", CreateCustomer{});
  ledger.moveClock(Instant{limits::kClockMaxNs});
  ledger.give("acme", toPlan("pro"));
  CHECK(ledger.balance("acme").period_to == when("2200-02-01"));
  CHECK(ledger.give("", MoveClock{Instant{limits::kClockMaxNs + 1}}).verdict.outcome ==
        Outcome::invalidTime);
}

TEST_CASE("due work is one piece per customer, ordered by time, kind and customer") {
  TestLedger ledger = ledgerWithPlans();
  for (const char* id : {"a", "b", "c"}) ledger.give(id, CreateCustomer{});
  ledger.give("b", toPlan("studio"));
  ledger.give("a", toPlan("pro"));
  ledger.moveClock(when("2026-01-02"));
  ledger.give("c", toPlan("pro"));
  CHECK_FALSE(ledger.engine().due(when("2026-01-31")));
  CHECK(ledger.state().due.size() == 3);

  ledger.moveClock(when("2026-02-05"));
  std::vector<core::Due> worked;
  for (auto due = ledger.engine().due(ledger.now()); due; due = ledger.engine().due(ledger.now())) {
    worked.push_back(*due);
    CHECK(ledger.workOffOne() == TestLedger::Worked::something);
  }
  const Instant boundary = when("2026-02-01");
  const Instant close = when("2026-02-01T01:00:00Z");
  const std::vector<core::Due> expected = {
      {boundary, core::DueKind::periodStart, CustomerNumber(1)},
      {boundary, core::DueKind::periodStart, CustomerNumber(2)},
      {close, core::DueKind::periodClose, CustomerNumber(1)},
      {close, core::DueKind::periodClose, CustomerNumber(2)},
      {close, core::DueKind::creditExpiry, CustomerNumber(2)},
      {when("2026-02-02"), core::DueKind::periodStart, CustomerNumber(3)},
      {when("2026-02-02T01:00:00Z"), core::DueKind::periodClose, CustomerNumber(3)},
  };
  CHECK(worked == expected);
  CHECK(ledger.workOffOne() == TestLedger::Worked::nothing);
}

TEST_CASE(
    "a period starts with the version published before its boundary, however late it is done") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", CreateCustomer{});
  ledger.give("acme", toPlan("pro"));
  ledger.moveClock(when("2026-02-01T00:30:00Z"));
  Catalog change;
  change.plans = {proPlan("199")};
  publish(ledger, change);
  ledger.workOffAll();
  CHECK(ledger.balance("acme").terms.version == 1);
  ledger.advance(when("2026-03-02"));
  CHECK(ledger.balance("acme").terms.version == 2);
  const std::vector<Invoice> invoices = ledger.invoices("acme");
  REQUIRE(invoices.size() == 3);
  CHECK(invoices[1].total == dec(99));
  CHECK(invoices[2].total == dec(199));
}

TEST_CASE("catching up gives the same as having run") {
  const auto play = [](TestLedger& ledger) {
    ledger.give("acme", CreateCustomer{"Test/Summer"});
    ledger.give("acme", BuyCredits{"small", ""});
    ledger.give("acme", toPlan("studio"));
    RecordUsage beyond = usage("images", "150");
    beyond.on_shortfall = OnShortfall::overdraw;
    ledger.give("acme", beyond);
  };
  TestLedger running = ledgerWithPlans();
  play(running);
  for (int day = 1; day <= 200; ++day) running.advance(kStart + Duration::days(day));
  TestLedger stopped = ledgerWithPlans();
  play(stopped);
  stopped.advance(kStart + Duration::days(200));
  const auto comparable = [](Customer customer) {
    customer.last = Position();
    for (InvoiceRef& invoice : customer.invoices) invoice.position = Position();
    for (auto* periods : {&customer.periods, &customer.closed}) {
      for (UsagePeriod& period : *periods) period.started = Position();
    }
    return customer;
  };
  CHECK(comparable(running.customer("acme")) == comparable(stopped.customer("acme")));
  CHECK(running.balance("acme").credits == stopped.balance("acme").credits);
  std::vector<Invoice> invoices = running.invoices("acme");
  std::vector<Invoice> later = stopped.invoices("acme");
  REQUIRE(invoices.size() == later.size());
  for (std::size_t i = 0; i < invoices.size(); ++i) {
    invoices[i].computed_at = later[i].computed_at = Position();
    CHECK(invoices[i] == later[i]);
  }
}

TEST_CASE("an invoice says which position it was computed at: that of the event before it") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", CreateCustomer{});
  ledger.give("acme", toPlan("pro"));
  ledger.advance(when("2026-03-05"));
  for (const InvoiceRef& ref : ledger.customer("acme").invoices) {
    const auto& closed = std::get<InvoiceClosed>(ledger.log()[ref.position.value - 1].body);
    CHECK(closed.invoice.computed_at.next() == ref.position);
    CHECK(ledger.state().invoices[closed.invoice.number.value - 1] == ref.position);
  }
}

TEST_CASE("a grant with nothing left is dropped once nothing drawn from it can be put back") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", CreateCustomer{});
  ledger.give("acme", BuyCredits{"small", ""});
  ledger.give("acme", toPlan("studio"));
  ledger.give("acme", usage("images", "110"));
  CHECK(ledger.customer("acme").grants.size() == 2);
  ledger.advance(when("2026-02-01T01:00:00Z"));
  CHECK(ledger.customer("acme").grants.size() == 3);
  // Usage of January may still be corrected in March.
  ledger.advance(when("2026-03-01T01:00:00Z"));
  CHECK(ledger.customer("acme").grants.front().number == GrantNumber(1));
  ledger.advance(when("2026-04-01T01:00:00Z"));
  for (const Grant& grant : ledger.customer("acme").grants) CHECK(grant.number > GrantNumber(2));
}

TEST_CASE("plan credits end with the subscription, and stay as long as they can be put back") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", CreateCustomer{});
  ledger.give("acme", toPlan("studio"));
  ledger.advance(when("2026-02-01T00:30:00Z"));
  ledger.give("acme", usage("images", "100"));
  ledger.advance(when("2026-02-01T01:00:00Z"));
  const auto& grants = ledger.customer("acme").grants;
  REQUIRE(grants.size() == 2);
  CHECK(grants[0].expired);
  CHECK(grants[1].remaining.isZero());
  CHECK_FALSE(grants[1].expired);
  ledger.give("acme", Cancel{CancelWhen::now});
  for (const Grant& grant : grants) CHECK((grant.remaining.isZero() && grant.expired));
}

TEST_CASE("replayed to the middle of a decision, an old period in grace is still an ended one") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("acme", CreateCustomer{});
  ledger.give("acme", toPlan("pro"));
  ledger.give("acme", Cancel{});
  ledger.advance(when("2026-02-01"));
  ledger.give("acme", toPlan("pro"));
  std::vector<Event> log = ledger.log();
  while (!std::holds_alternative<Subscribed>(log.back().body)) log.pop_back();
  const core::Engine engine = replayed(log);
  const Customer& customer = engine.state().customer(CustomerNumber(1));
  CHECK(core::runningPeriod(customer) == nullptr);
  const core::Due close{when("2026-02-01T01:00:00Z"), core::DueKind::periodClose,
                        CustomerNumber(1)};
  CHECK(core::nextDue(manualClock(), customer) == close);
}

TEST_CASE("a state built from its parts has the same due work and finds the same things") {
  TestLedger ledger = ledgerWithPlans();
  ledger.give("a", CreateCustomer{});
  ledger.give("b", CreateCustomer{});
  ledger.give("a", toPlan("studio"));
  const core::State& live = ledger.state();
  const core::State rebuilt(live.ledger, live.customers);
  CHECK(rebuilt.due == live.due);
  CHECK(rebuilt.find("b") == &rebuilt.customers[1]);
  CHECK(rebuilt.find("c") == nullptr);
  CHECK(rebuilt.feature("images") == FeatureNumber(2));
  CHECK(rebuilt.feature("nothing").isNone());
  CHECK(rebuilt.newestPlan("pro")->version == 1);
  CHECK(rebuilt.newestPlan("nothing") == nullptr);
}
