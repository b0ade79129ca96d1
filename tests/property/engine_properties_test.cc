// Laws of the state machine, over random lives of two customers.
#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "ledger/core/draw.h"
#include "ledger/core/periods.h"
#include "tests/support/credit_flows.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/fixed_zones.h"
#include "tests/support/terms.h"

namespace {

/// One step of a life: what to do, for whom, and two numbers that choose the details.
struct Step {
  int what = 0;
  int who = 0;
  int a = 0;
  int b = 0;
};

}  // namespace

namespace rc {

template <>
struct Arbitrary<Step> {
  static Gen<Step> arbitrary() {
    const auto number = [](int below) { return gen::resize(kNominalSize, gen::inRange(0, below)); };
    return gen::build<Step>(gen::set(&Step::what, number(26)), gen::set(&Step::who, number(2)),
                            gen::set(&Step::a, number(60)), gen::set(&Step::b, number(60)));
  }
};

}  // namespace rc

namespace {

using namespace daybook;
using namespace daybook::testing;

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << "{" << step.what << ", " << step.who << ", " << step.a << ", " << step.b << "}";
}

const FixedZones kZones;
const char* const kPlans[] = {"pro", "studio", "payg", "yearly", "prepaid"};

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

/// Per cent of an amount of money, with a fee and bounds for each event.
Price commission() {
  Price price = byPercentage("2.9", "0.3");
  price.event_minimum = dec("0.5");
  price.event_maximum = dec("2");
  return price;
}

/// The plans, with a base price and allowances that `variant` changes.
std::vector<Plan> plansOf(int variant) {
  const std::string base = std::to_string(10 + variant);
  const Price volume =
      tiered(Scheme::volume, {{"50", "1", "0"}, {"200", "0.5", "3"}, {"", "0.25", "0"}});
  Plan pro = planFor("pro", ConsumptionModel::metered, base,
                     {sold("calls", base, perUnit("0.333")), blocked("images", "40"),
                      sold("videos", "5", volume), sold("payments", "10", commission()),
                      sold("users", "2", perUnit("4")), sold("visits", "3", perUnit("0.1"))});
  Plan studio = planFor(
      "studio", ConsumptionModel::credits, base,
      {forCredits("calls", "0.1"), forCredits("images", "2"), forCredits("videos", "1.5"),
       forCredits("payments", "0.25"), forCredits("users", "3"), forCredits("visits", "1")});
  studio.credits = dec(50 + variant);
  studio.interval = Interval::week;
  Plan payg = planFor("payg", ConsumptionModel::balance, base,
                      {sold("calls", "0", perUnit("0.5")), sold("images", "3", perUnit("1")),
                       sold("videos", "0", volume), sold("payments", "5", commission()),
                       sold("users", "1", perUnit("2")), sold("visits", "0", perUnit("0.2"))});
  payg.interval = Interval::quarter;
  payg.carry_top_ups = true;
  Plan yearly = pro;
  yearly.code = "yearly";
  yearly.interval = Interval::year;
  Plan prepaid = payg;
  prepaid.code = "prepaid";
  prepaid.interval = Interval::month;
  prepaid.at_zero = AtZero::block;
  return {pro, studio, payg, yearly, prepaid};
}

Pack pack(std::string code, std::uint32_t days, std::vector<std::string> features) {
  Pack pack;
  pack.code = std::move(code);
  pack.credits = dec(30);
  pack.prices = {{"USD", dec("7.5")}};
  pack.expires_after_days = days;
  pack.features = std::move(features);
  return pack;
}

enum class Overdrafts { allowed, none };

RecordUsage usageOf(const Step& step, Instant now, Overdrafts overdrafts) {
  const char* const features[] = {"calls", "images", "videos", "payments", "users", "visits"};
  const char* const users[] = {"ann", "bob", "eve"};
  const char* const quantities[] = {"0", "1", "3", "0.5", "17", "120"};
  const Duration ago[] = {{},
                          Duration::minutes(1),
                          Duration::minutes(40),
                          Duration::hours(5),
                          Duration::days(10),
                          Duration::days(40)};
  RecordUsage usage;
  usage.feature = features[step.a % 6];
  if (step.a % 6 < 4) usage.quantity = dec(quantities[step.a / 6 % 6]);
  if (step.a % 6 == 4) usage.properties = {{"user", users[step.a / 6 % 3]}};
  if (step.b % 2 == 1) usage.at = now - ago[step.b / 2 % 6];
  usage.on_shortfall = static_cast<OnShortfall>(step.b / 12 % 3);
  if (overdrafts == Overdrafts::none) usage.on_shortfall = OnShortfall::reject;
  return usage;
}

/// Usage is keyed by how many the customer has, so that a void finds it whatever else happens.
std::string usageKey(std::uint64_t number) { return "usage-" + std::to_string(number); }

std::uint64_t usagesOf(const TestLedger& ledger, const std::string& customer) {
  const CustomerNumber number = ledger.customer(customer).number;
  return static_cast<std::uint64_t>(
      std::count_if(ledger.log().begin(), ledger.log().end(), [number](const Event& event) {
        return event.customer == number && std::holds_alternative<UsageRecorded>(event.body);
      }));
}

GrantCredits promotion(const Step& step, Instant now) {
  GrantCredits grant;
  grant.credits = dec(1 + step.a);
  grant.priority = 49 + step.b % 3;
  if (step.b % 2 == 0) grant.expiry = now + Duration::days(1 + step.b);
  if (step.b % 5 == 0) grant.features = {"images"};
  return grant;
}

CommandBody commandOf(const Step& step, Instant now, Overdrafts overdrafts, std::uint64_t usages) {
  const char* const packs[] = {"small", "month", "images"};
  const char* const zones[] = {"UTC", "Test/East", "Test/Summer"};
  switch (step.what) {
    case 7:
      return BuyCredits{packs[step.a % 3], ""};
    case 8:
      return TopUp{dec(1 + step.a), ""};
    case 9:
    case 10: {
      Subscribe subscribe{kPlans[step.a % 5], "", std::nullopt};
      if (step.b > 40) subscribe.anchor = now + Duration::hours(step.b);
      return subscribe;
    }
    case 11:
      return Cancel{step.a < 20 ? CancelWhen::now : CancelWhen::periodEnd};
    case 12:
      return RevokeCancel{};
    case 13:
      return UpdateCustomer{zones[step.a % 3]};
    case 15:
      return promotion(step, now);
    case 16:
      return VoidUsage{usageKey(usages - std::min(usages, static_cast<std::uint64_t>(step.a % 4))),
                       "wrong"};
    case 17:
      return RefundPack{GrantNumber(static_cast<std::uint32_t>(1 + step.a % 8)), "unused"};
    case 18: {
      RecordUsage usage = usageOf(step, now, overdrafts);
      usage.set = true;
      return usage;
    }
    default:
      return usageOf(step, now, overdrafts);
  }
}

HoldItem held(const char* feature, int quantity) {
  HoldItem item;
  item.feature = feature;
  item.quantity = dec(quantity);
  return item;
}

/// The key of one of the customer's holds, most likely an open one.
std::string anyHold(const Customer& customer, const Step& step) {
  const std::vector<Hold>& holds =
      customer.holds.empty() || step.b % 7 == 0 ? customer.expired_holds : customer.holds;
  if (holds.empty()) return "none";
  return holds[static_cast<std::size_t>(step.b) % holds.size()].key;
}

CommandBody holdCommandOf(const Customer& customer, const Step& step) {
  const std::optional<Duration> ttl = Duration::minutes(1 + step.b * 20);
  const std::vector<HoldItem> items = {held("calls", step.a % 7), held("images", step.b % 5)};
  switch (step.what) {
    case 21:
    case 22:
      if (step.a % 3 == 0) return PlaceHold{items, ttl};
      return PlaceHold{{held(step.a % 3 == 1 ? "videos" : "calls", step.a)}, ttl};
    case 23:
      if (step.a % 3 == 0) return SettleHold{anyHold(customer, step), {}, std::nullopt};
      if (step.a % 3 == 1) return SettleHold{anyHold(customer, step), items, std::nullopt};
      return SettleHold{anyHold(customer, step), {held("calls", step.a)}, std::nullopt};
    case 24: {
      UseHold use{anyHold(customer, step), {}};
      use.usage.feature = "calls";
      use.usage.quantity = dec(step.a % 9);
      use.usage.on_shortfall = static_cast<OnShortfall>(step.a % 3);
      return use;
    }
    default:
      if (step.a % 2 == 0) return ReleaseHold{anyHold(customer, step)};
      return ExtendHold{anyHold(customer, step), ttl};
  }
}

/// Some length of time, or to within an hour and a half after the end of a running period: that is
/// where things happen.
Instant later(const TestLedger& ledger, const Step& step) {
  const Duration lengths[] = {Duration::minutes(1), Duration::hours(7), Duration::days(3),
                              Duration::days(20), Duration::days(100)};
  const Instant end = ledger.balance(step.who == 0 ? "c0" : "c1").period_to;
  if (step.b % 3 != 0 && end > ledger.now()) return end + Duration::minutes(step.a % 3 * 45);
  return ledger.now() + lengths[step.a % 5];
}

/// Does one step. How due work is done when time passes is the caller's.
template <typename Advance>
Verdict play(TestLedger& ledger, const Step& step, Overdrafts overdrafts, Advance advance) {
  if (step.what == 19 || step.what == 20) {
    advance(later(ledger, step));
    return {};
  }
  if (step.what == 14) {
    Catalog catalog;
    catalog.plans = {plansOf(step.a)[static_cast<std::size_t>(step.b % 5)]};
    publish(ledger, std::move(catalog));
    return {};
  }
  const std::string customer = step.who == 0 ? "c0" : "c1";
  if (step.what > 20 && overdrafts == Overdrafts::allowed) {
    // As its holds will be when the command is decided.
    const Customer projected =
        core::projected(ledger.state(), ledger.customer(customer), ledger.context());
    CommandBody command = holdCommandOf(projected, step);
    const bool is_named = std::holds_alternative<PlaceHold>(command);
    const std::string name = "hold-" + std::to_string(projected.last_hold.next().value);
    return ledger.give(customer, std::move(command), is_named ? name : "").verdict;
  }
  const std::uint64_t usages = usagesOf(ledger, customer);
  CommandBody command = commandOf(step, ledger.now(), overdrafts, usages);
  const bool is_usage = std::holds_alternative<RecordUsage>(command);
  return ledger.give(customer, std::move(command), is_usage ? usageKey(usages + 1) : "").verdict;
}

void begin(TestLedger& ledger) {
  Catalog catalog;
  Feature users = metered("users");
  users.meter = Meter::unique;
  users.unique_property = "user";
  Feature visits = metered("visits");
  visits.meter = Meter::count;
  catalog.features = {
      metered("calls"), metered("images"), metered("videos"), metered("payments"), users, visits};
  catalog.plans = plansOf(0);
  catalog.packs = {pack("small", 0, {}), pack("month", 30, {}), pack("images", 0, {"images"})};
  publish(ledger, std::move(catalog));
  ledger.give("c0", CreateCustomer{});
  ledger.give("c1", CreateCustomer{"Test/Summer"});
  ledger.give("c0", Subscribe{"studio", "", std::nullopt});
}

/// Long enough for several periods.
std::vector<Step> anyLife() {
  return *rc::gen::scale(4.0, rc::gen::arbitrary<std::vector<Step>>());
}

TestLedger started() {
  TestLedger ledger(kZones, when("2026-01-30T22:30:00Z"));
  begin(ledger);
  return ledger;
}

TestLedger lived(const std::vector<Step>& steps, Overdrafts overdrafts = Overdrafts::allowed) {
  TestLedger ledger = started();
  for (const Step& step : steps) {
    play(ledger, step, overdrafts, [&ledger](Instant to) { ledger.advance(to); });
  }
  return ledger;
}

/// The command that a decision was made for; nullopt when time or a publication made it.
std::optional<Command> askedIn(const core::State& before, const std::vector<Event>& events) {
  for (const Event& event : events) {
    const auto asked = askedOf(event.body);
    if (!asked || event.key.empty()) continue;
    if (const auto* created = std::get_if<CustomerCreated>(&event.body)) {
      return Command{event.key, created->id, *asked};
    }
    const bool is_ledgers = event.customer.isNone();
    return Command{event.key, is_ledgers ? "" : before.customer(event.customer).id, *asked};
  }
  return std::nullopt;
}

/// The boundaries recorded in the decision's events.
core::RecordedBoundaries recordedIn(const core::State& before, const std::vector<Event>& events) {
  Interval interval = Interval::month;
  for (const Event& event : events) {
    if (const auto* subscribed = std::get_if<Subscribed>(&event.body)) {
      interval = subscribed->subscription.billing_interval;
    }
    const auto* started = std::get_if<PeriodStarted>(&event.body);
    if (started == nullptr) continue;
    const bool is_first = std::holds_alternative<Subscribed>(events.front().body);
    if (!is_first) interval = before.customer(event.customer).subscription->billing_interval;
    return {*started, interval};
  }
  return {};
}

/// Without what hangs on the events of other customers.
EventBody comparable(EventBody body) {
  const InvoiceNumber some(1);
  if (auto* closed = std::get_if<InvoiceClosed>(&body)) {
    closed->invoice.number = some;
    closed->invoice.label.clear();
    closed->invoice.computed_at = Position();
  }
  const auto hide = [some](InvoiceNumber& number) {
    if (!number.isNone()) number = some;
  };
  if (auto* subscribed = std::get_if<Subscribed>(&body)) hide(subscribed->invoice);
  if (auto* closed = std::get_if<PeriodClosed>(&body)) hide(closed->invoice);
  if (auto* purchased = std::get_if<PackPurchased>(&body)) {
    hide(purchased->invoice);
    hide(purchased->grant.invoice);
  }
  if (auto* topped = std::get_if<ToppedUp>(&body)) hide(topped->invoice);
  if (auto* voided = std::get_if<UsageVoided>(&body)) voided->usage = {};
  if (auto* refunded = std::get_if<PackRefunded>(&body)) refunded->credit_note = {};
  if (auto* noted = std::get_if<CreditNoteClosed>(&body)) {
    noted->note.number = {};
    noted->note.label.clear();
    noted->note.invoice = {};
    noted->note.computed_at = Position();
  }
  return body;
}

std::vector<EventBody> eventsOf(const TestLedger& ledger, CustomerNumber customer) {
  std::vector<EventBody> events;
  for (const Event& event : ledger.log()) {
    if (event.customer == customer) events.push_back(comparable(event.body));
  }
  return events;
}

/// The periods' meters, balances and charges; not that a meter once stood above zero, which feature
/// of a balance was deducted last, nor which alerts are raised.
void keepStanding(std::vector<UsagePeriod>& periods) {
  for (UsagePeriod& period : periods) {
    std::erase_if(period.usage, [](const FeatureUsage& usage) {
      FeatureUsage unused;
      unused.feature = usage.feature;
      unused.variant = usage.variant;
      return usage == unused;
    });
    std::ranges::sort(period.balance.overage, {}, &BalanceOverage::feature);
    period.alerts.clear();
  }
}

/// All of a customer that decides what may be used and what is charged.
Customer standing(Customer customer) {
  customer.events = 0;
  customer.last = Position();
  customer.voided.clear();
  keepStanding(customer.periods);
  keepStanding(customer.closed);
  for (Grant& grant : customer.grants) grant.last_drawn = Instant();
  return customer;
}

/// By which features a balance is negative; the sum of it is its amount.
void dropSplits(Customer& customer) {
  for (UsagePeriod& period : customer.periods) period.balance.overage.clear();
  for (UsagePeriod& period : customer.closed) period.balance.overage.clear();
}

Decimal negativePart(Decimal amount) { return amount.isNegative() ? -amount : Decimal(); }

}  // namespace

TEST_CASE("replaying the log gives the live state") {
  rc::prop("replay equals live", [] {
    const std::vector<Step> steps = anyLife();
    const TestLedger ledger = lived(steps);
    const core::Engine again = replayed(ledger.log());
    RC_ASSERT(again.state().ledger == ledger.state().ledger);
    RC_ASSERT(again.state().customers == ledger.state().customers);
    RC_ASSERT(again.state().due == ledger.state().due);
    const core::State rebuilt(ledger.state().ledger, ledger.state().customers);
    RC_ASSERT(rebuilt.due == ledger.state().due);
  });
}

TEST_CASE("deciding again with the recorded boundaries gives the recorded events") {
  rc::prop("decisions repeat", [] {
    const std::vector<Step> steps = anyLife();
    const TestLedger ledger = lived(steps);
    core::Engine engine;
    for (std::size_t i = 0; i + 1 < ledger.decisions().size(); ++i) {
      const auto log = ledger.log().begin();
      const std::vector<Event> events(log + static_cast<std::ptrdiff_t>(ledger.decisions()[i]),
                                      log + static_cast<std::ptrdiff_t>(ledger.decisions()[i + 1]));
      const core::State& before = engine.state();
      const std::optional<Command> command = askedIn(before, events);
      const bool is_due = !command && !events.front().customer.isNone();
      const bool is_publication = command && std::holds_alternative<PublishCatalog>(command->body);
      if (is_due || (command && !is_publication)) {
        const core::RecordedBoundaries boundaries = recordedIn(before, events);
        const bool is_move = command && std::holds_alternative<MoveClock>(command->body);
        core::Context context{is_move ? before.ledger.clock : events.front().recorded, boundaries};
        if (const auto* voids = command ? std::get_if<VoidUsage>(&command->body) : nullptr) {
          context.subject = ledger.find(events.front().customer, voids->usage_key);
        }
        const core::Decision decision = is_due ? engine.decideDue(events.front().customer, context)
                                               : engine.decide(*command, context);
        RC_ASSERT(decision.verdict.isOk());
        std::vector<EventBody> bodies;
        for (const Event& event : events) bodies.push_back(event.body);
        RC_ASSERT(decision.events == bodies);
      }
      for (const Event& event : events) engine.apply(event);
    }
  });
}

TEST_CASE("results do not depend on how due work is sliced, and reads show it as done") {
  rc::prop("slicing changes nothing", [] {
    const std::vector<Step> steps = anyLife();
    TestLedger whole = started();
    TestLedger sliced = started();
    for (const Step& step : steps) {
      const Verdict verdict =
          play(whole, step, Overdrafts::allowed, [&whole](Instant to) { whole.advance(to); });
      const Verdict same = play(sliced, step, Overdrafts::allowed, [&](Instant to) {
        sliced.moveClock(to);
        for (int i = 0; i < step.b % 5; ++i) sliced.workOffOne();
      });
      RC_ASSERT(same == verdict);
      for (const char* customer : {"c0", "c1"}) {
        Balance balance = sliced.balance(customer);
        Balance wanted = whole.balance(customer);
        balance.as_of = wanted.as_of;
        for (Grant& grant : balance.grants) grant.invoice = {};
        for (Grant& grant : wanted.grants) grant.invoice = {};
        RC_ASSERT(balance == wanted);
      }
    }
    // What a void puts back into an expired grant expires at once.
    whole.workOffAll();
    sliced.workOffAll();
    RC_ASSERT(sliced.log().size() == whole.log().size());
    for (const CustomerNumber customer : {CustomerNumber(1), CustomerNumber(2)}) {
      RC_ASSERT(eventsOf(sliced, customer) == eventsOf(whole, customer));
    }
  });
}

TEST_CASE("the order of customers' commands does not matter, nor does the other customer") {
  rc::prop("customers are independent", [] {
    const std::vector<Step> steps = anyLife();
    TestLedger whole = started();
    TestLedger reordered = started();
    TestLedger alone[] = {started(), started()};
    std::vector<Step> waiting;
    const auto playAll = [&] {
      for (const int who : {1, 0}) {
        for (const Step& step : waiting) {
          if (step.who != who) continue;
          play(reordered, step, Overdrafts::allowed, [](Instant) {});
          play(alone[who], step, Overdrafts::allowed, [](Instant) {});
        }
      }
      waiting.clear();
    };
    for (const Step& step : steps) {
      const bool is_for_all = step.what == 14 || step.what == 19 || step.what == 20;
      if (!is_for_all) waiting.push_back(step);
      if (is_for_all) playAll();
      Instant to;
      play(whole, step, Overdrafts::allowed, [&](Instant until) {
        to = until;
        whole.advance(until);
      });
      if (!is_for_all) continue;
      for (TestLedger* ledger : {&reordered, &alone[0], &alone[1]}) {
        // Where the other customer's period ends is told by the whole.
        play(*ledger, step, Overdrafts::allowed, [&](Instant) { ledger->advance(to); });
      }
    }
    playAll();
    for (const int who : {0, 1}) {
      const CustomerNumber customer(static_cast<std::uint32_t>(who + 1));
      RC_ASSERT(eventsOf(reordered, customer) == eventsOf(whole, customer));
      RC_ASSERT(eventsOf(alone[who], customer) == eventsOf(whole, customer));
    }
  });
}

TEST_CASE("void right after record restores the customer, alerts and history apart") {
  rc::prop("void undoes record", [] {
    const std::vector<Step> steps = anyLife();
    TestLedger ledger = lived(steps);
    const Step step = *rc::gen::arbitrary<Step>();
    const std::string id = step.who == 0 ? "c0" : "c1";
    ledger.workOffAll();
    const Customer before = ledger.customer(id);
    const RecordUsage usage = usageOf(step, ledger.now(), Overdrafts::allowed);
    const Answer recorded = ledger.give(id, usage, "the usage");
    RC_PRE(recorded.verdict.isOk());
    const Answer voided = ledger.give(id, VoidUsage{"the usage", "wrong"});
    RC_ASSERT(voided.verdict.isOk());
    Customer after = standing(ledger.customer(id));
    Customer wanted = standing(before);
    // More of it may cost less: that comes off the feature that was deducted last, and what is
    // reversed is of the usage's own.
    if (recorded.receipt.price.isNegative()) {
      dropSplits(after);
      dropSplits(wanted);
    }
    RC_ASSERT(after == wanted);
  });
}

TEST_CASE(
    "what was granted is drawn, paid as debt, expired, refunded, held or left; debt is what "
    "was overdrawn") {
  rc::prop("credits are conserved", [] {
    const std::vector<Step> steps = anyLife();
    const TestLedger ledger = lived(steps);
    for (const Customer& customer : ledger.state().customers) {
      RC_ASSERT(areCreditsConserved(ledger.log(), customer));
    }
  });
}

TEST_CASE(
    "an invoice is the sum of its lines, numbered without a gap, and follows from its position") {
  rc::prop("invoices follow from the log", [] {
    const std::vector<Step> steps = anyLife();
    const TestLedger ledger = lived(steps);
    core::Engine engine;
    InvoiceNumber last;
    for (const Event& event : ledger.log()) {
      if (const auto* closed = std::get_if<InvoiceClosed>(&event.body)) {
        const Invoice& invoice = closed->invoice;
        Decimal total;
        for (const InvoiceLine& line : invoice.lines) {
          RC_ASSERT(line.amount == line.exact.roundedTo(2));
          total += line.amount;
        }
        RC_ASSERT(invoice.total == total);
        RC_ASSERT(!invoice.lines.empty());
        RC_ASSERT(invoice.number == last.next());
        last = invoice.number;
        RC_ASSERT(invoice.computed_at == engine.state().ledger.last);
        if (invoice.type == InvoiceType::renewal || invoice.type == InvoiceType::final) {
          auto again =
              core::closingInvoice(engine.state(), engine.state().customer(event.customer), 0);
          RC_ASSERT(again.has_value());
          core::settle(*again, engine.state().customer(event.customer).credits);
          again->number = invoice.number;
          again->label = invoice.label;
          RC_ASSERT(*again == invoice);
        }
      }
      engine.apply(event);
    }
  });
}

TEST_CASE("without overdraw or cap nothing that blocks is ever overspent") {
  rc::prop("nothing is overspent", [] {
    const std::vector<Step> steps = anyLife();
    TestLedger ledger = started();
    for (const Step& step : steps) {
      play(ledger, step, Overdrafts::none, [&ledger](Instant to) { ledger.advance(to); });
      for (const Customer& customer : ledger.state().customers) {
        RC_ASSERT(customer.credit_debt.isZero());
        for (const UsagePeriod& period : customer.periods) {
          const Plan& plan = ledger.state().plan(period.terms);
          if (plan.at_zero == AtZero::block) RC_ASSERT(!period.balance.amount.isNegative());
          for (const FeatureUsage& usage : period.usage) {
            RC_ASSERT(usage.unpaid.isZero());
            const PlanFeature& terms = plan.features[usage.feature.value - 1];
            if (terms.overage == Overage::block) RC_ASSERT(usage.quantity <= terms.included);
          }
        }
      }
    }
  });
}

TEST_CASE(
    "the overages of a balance sum to its negative part, and it to what was added and deducted") {
  rc::prop("balances add up", [] {
    const std::vector<Step> steps = anyLife();
    TestLedger ledger = started();
    for (const Step& step : steps) {
      play(ledger, step, Overdrafts::allowed, [&ledger](Instant to) { ledger.advance(to); });
      for (const Customer& customer : ledger.state().customers) {
        for (const UsagePeriod& period : customer.periods) {
          Decimal overage;
          for (const BalanceOverage& part : period.balance.overage) {
            RC_ASSERT(part.amount.isPositive());
            overage += part.amount;
          }
          RC_ASSERT(overage == negativePart(period.balance.amount));
          if (ledger.state().plan(period.terms).model != ConsumptionModel::balance) continue;
          Decimal amount = period.balance.included + period.balance.top_ups;
          for (const FeatureUsage& usage : period.usage) amount -= usage.charged - usage.unpaid;
          RC_ASSERT(period.balance.amount == amount);
        }
      }
    }
  });
}

TEST_CASE("periods of one subscription follow each other without gap or overlap") {
  rc::prop("periods are contiguous", [] {
    const std::vector<Step> steps = anyLife();
    const TestLedger ledger = lived(steps);
    std::map<std::uint32_t, PeriodStarted> latest;
    for (const Event& event : ledger.log()) {
      if (std::holds_alternative<Subscribed>(event.body)) latest.erase(event.customer.value);
      const auto* started = std::get_if<PeriodStarted>(&event.body);
      if (started == nullptr) continue;
      RC_ASSERT(started->span.from < started->span.to);
      RC_ASSERT(started->span.to <= started->billing_to);
      const auto before = latest.find(event.customer.value);
      if (before != latest.end()) {
        RC_ASSERT(started->span.from == before->second.span.to);
        RC_ASSERT(started->index == before->second.index + 1);
        RC_ASSERT(started->billing.has_value() ==
                  (before->second.span.to == before->second.billing_to));
      }
      latest[event.customer.value] = *started;
    }
  });
}

TEST_CASE("a draw is that of the sorted grants") {
  rc::prop("the fast draw has a slow twin", [] {
    std::vector<Grant> grants;
    const int count = *rc::gen::inRange(0, 12);
    const Instant at = when("2026-01-15");
    for (int i = 1; i <= count; ++i) {
      Grant grant;
      grant.number = GrantNumber(static_cast<std::uint32_t>(i));
      grant.kind = static_cast<GrantKind>(*rc::gen::inRange(0, 3));
      grant.priority = *rc::gen::inRange(49, 52);
      grant.remaining = dec(*rc::gen::inRange(0, 5));
      grant.effective = at + Duration::days(*rc::gen::inRange(-2, 2));
      grant.expiry = at + Duration::days(*rc::gen::inRange(-1, 3));
      if (*rc::gen::arbitrary<bool>()) grant.expiry = Instant::never();
      if (*rc::gen::arbitrary<bool>()) grant.features.emplace_back(1u);
      if (*rc::gen::arbitrary<bool>()) grant.features.emplace_back(2u);
      grants.push_back(grant);
    }
    const core::DrawScope scope{FeatureNumber(1), at, at};
    std::vector<Grant> sorted = grants;
    std::sort(sorted.begin(), sorted.end(), core::drawnBefore);
    const Decimal there = core::drawable(grants, scope);
    const Decimal amount = least(there, dec(*rc::gen::inRange(0, 30)));
    Decimal left = amount;
    std::vector<Draw> wanted;
    for (const Grant& grant : sorted) {
      if (!core::mayPay(grant, scope) || left.isZero()) continue;
      const Decimal part = least(left, grant.remaining);
      wanted.push_back({grant.number, part});
      left -= part;
    }
    RC_ASSERT(core::drawFrom(grants, scope, amount) == wanted);
  });
}
