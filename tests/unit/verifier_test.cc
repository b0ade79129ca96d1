#include <catch2/catch.hpp>

#include <functional>
#include <string>
#include <vector>

#include "ledger/base/limits.h"
#include "ledger/replay/replayer.h"
#include "ledger/replay/snapshot.h"
#include "ledger/replay/verifier.h"
#include "ledger/store/key_index.h"
#include "ledger/store/lmdb_store.h"
#include "tests/support/replay_log.h"
#include "tests/support/stored_log.h"

using namespace daybook;
using namespace daybook::testing;
using replay::Report;

namespace {

const FixedZones kZones;
const protocol::CapnpCodec kCodec;

const DecidedLog& log() {
  static const DecidedLog kLog = busyLog(kZones);
  return kLog;
}

Report verified(const store::Store& store) { return replay::verify(store, kCodec, {}); }

/// What verify says about a log whose hashes all belong together.
Report verifiedLog(const DecidedLog& log) {
  store::MemoryStore store;
  writeLog(store, log);
  return verified(store);
}

/// What verify says once the event at `index` was changed and everything was hashed anew.
template <typename Change>
Report tampered(std::size_t index, Change change) {
  DecidedLog changed = log();
  change(changed.events[index]);
  REQUIRE(changed.events[index] != log().events[index]);
  return verifiedLog(changed);
}

/// The same for the body of the n-th event of a kind: position and problem are checked.
template <typename Body, typename Change>
void expectFound(const std::string& problem, Change change, std::size_t n = 0) {
  const std::size_t index = indexOf<Body>(log(), n);
  const Report report = tampered(index, [&](Event& event) { change(std::get<Body>(event.body)); });
  INFO(eventName(log().events[index].body) << ": " << problem);
  CHECK(report.position == Position(index + 1));
  CHECK_THAT(report.problem, Catch::Contains(problem));
}

/// Where the first event for which `wanted` holds stands.
std::size_t find(const std::function<bool(const Event&)>& wanted) {
  for (std::size_t i = 0; i < log().events.size(); ++i) {
    if (wanted(log().events[i])) return i;
  }
  throw std::runtime_error("the log has no such event");
}

/// Usage that took from this many grants.
std::size_t drawingUsage(std::size_t draws) {
  return find([draws](const Event& event) {
    const auto* usage = std::get_if<UsageRecorded>(&event.body);
    return usage != nullptr && usage->draws.size() == draws;
  });
}

/// The first decision after the first whose events begin with this kind, at or after `from`.
template <typename Body>
std::size_t decisionOf(std::size_t from = 0) {
  for (std::size_t i = 0; i + 1 < log().decisions.size(); ++i) {
    const std::size_t first = log().decisions[i];
    if (first >= from && std::holds_alternative<Body>(log().events[first].body)) return i;
  }
  throw std::runtime_error("the log has no such decision");
}

/// What verify says when a whole decision is left out and the rest is mended around it.
Report withoutDecision(std::size_t decision) {
  DecidedLog changed = log();
  removeEvents(changed, log().decisions[decision], log().decisions[decision + 1]);
  return verifiedLog(changed);
}

const auto kMore = [](Decimal& value) { value += Decimal::fromUnits(1); };

std::vector<store::KeyEntry> keysOf(const store::Store& store) {
  std::vector<store::KeyEntry> keys;
  for (const Event& event : log().events) {
    if (event.key.empty()) continue;
    keys.push_back({store::KeyIndex::fingerprint(store.keySeed(), keyScope(event), event.key),
                    event.position});
  }
  return keys;
}

}  // namespace

TEST_CASE("a log as it was written is right, whatever its commits are") {
  for (const std::size_t per_commit : {1u, 4u, 1000u}) {
    store::MemoryStore store;
    const audit::CompactRange tree = writeLog(store, log(), per_commit);
    const Report report = verified(store);
    INFO(report.position.value << ": " << report.problem);
    CHECK(report.isOk());
    CHECK(report.events == log().events.size());
    CHECK(report.customers == 16);
    const core::Engine engine = replayed(log().events);
    CHECK(report.invoices == engine.state().invoices.size());
    CHECK(report.credit_notes == engine.state().credit_notes.size());
    CHECK(report.credit_notes == 3);
    CHECK(report.root == tree.root());
    CHECK(report.recorded == log().events.back().recorded);
  }
}

TEST_CASE("an empty log is right") {
  const Report report = verified(store::MemoryStore());
  CHECK(report.isOk());
  CHECK(report.events == 0);
}

TEST_CASE("what a usage event was decided to is decided again, field by field") {
  expectFound<UsageRecorded>("usageRecorded.price: decided again 0",
                             [](auto& body) { kMore(body.price); });
  expectFound<UsageRecorded>("usageRecorded.quantity", [](auto& body) { kMore(body.quantity); });
  expectFound<UsageRecorded>("usageRecorded.unpaid", [](auto& body) { kMore(body.unpaid); });
  expectFound<UsageRecorded>("usageRecorded.overdrawn", [](auto& body) { kMore(body.overdrawn); });
  expectFound<UsageRecorded>("usageRecorded.balanceAfter",
                             [](auto& body) { kMore(body.balance_after); });
  expectFound<UsageRecorded>("usageRecorded.disposition",
                             [](auto& body) { body.disposition = Disposition::grace; });
  expectFound<UsageRecorded>("usageRecorded.periodFrom",
                             [](auto& body) { body.period_from.ns += 1; });
  expectFound<UsageRecorded>("usageRecorded.feature",
                             [](auto& body) { body.feature = FeatureNumber(2); });
  expectFound<UsageRecorded>("usageRecorded.tokens.input",
                             [](auto& body) { body.tokens.input += 1; });
  expectFound<UsageRecorded>("usageRecorded.draws: decided again 0 entries", [](auto& body) {
    body.draws = {{GrantNumber(1), dec("1")}};
  });
}

TEST_CASE("a draw that was moved between grants is found") {
  const std::size_t index = drawingUsage(2);
  const Report report = tampered(index, [](Event& event) {
    auto& draws = std::get<UsageRecorded>(event.body).draws;
    draws[0].amount -= Decimal::fromUnits(1);
    draws[1].amount += Decimal::fromUnits(1);
  });
  CHECK(report.position == Position(index + 1));
  CHECK_THAT(report.problem, Catch::Contains("usageRecorded.draws[0].amount"));
}

TEST_CASE("what was asked is what was decided on: changing the question is found in the answer") {
  expectFound<UsageRecorded>("usageRecorded.quantity",
                             [](auto& body) { body.asked.quantity = dec("8"); });
  expectFound<UsageRecorded>("unknownFeature", [](auto& body) { body.asked.feature = "none"; });
  expectFound<UsageRecorded>("inFuture", [](auto& body) { body.asked.at = when("2027-01-01"); });
  expectFound<PackPurchased>("unknownPack", [](auto& body) { body.asked.pack = "none"; });
}

TEST_CASE("a closed invoice is computed again, to the last digit of every line") {
  expectFound<InvoiceClosed>(
      "invoiceClosed.lines[0].amount", [](auto& body) { kMore(body.invoice.lines[0].amount); }, 3);
  expectFound<InvoiceClosed>(
      "invoiceClosed.lines[0].exact", [](auto& body) { kMore(body.invoice.lines[0].exact); }, 3);
  expectFound<InvoiceClosed>(
      "invoiceClosed.total", [](auto& body) { kMore(body.invoice.total); }, 3);
  expectFound<InvoiceClosed>(
      "invoiceClosed.number", [](auto& body) { body.invoice.number = InvoiceNumber(99); }, 3);
  expectFound<InvoiceClosed>(
      "invoiceClosed.label", [](auto& body) { body.invoice.label = "INV-1"; }, 3);
  expectFound<InvoiceClosed>(
      "invoiceClosed.due", [](auto& body) { body.invoice.due.ns += 1; }, 3);
  expectFound<InvoiceClosed>(
      "invoiceClosed.computedAt", [](auto& body) { body.invoice.computed_at = Position(1); }, 3);
  expectFound<InvoiceClosed>(
      "invoiceClosed.customer", [](auto& body) { body.invoice.customer = "idle"; }, 3);
  expectFound<InvoiceClosed>(
      "invoiceClosed.lines: decided again", [](auto& body) { body.invoice.lines.pop_back(); }, 3);
}

TEST_CASE("periods, grants, purchases and cancellations are decided again") {
  expectFound<Subscribed>("subscribed.invoice",
                          [](auto& body) { body.invoice = InvoiceNumber(7); });
  expectFound<Subscribed>("subscribed.subscription.started",
                          [](auto& body) { body.subscription.started.ns -= 1; });
  expectFound<PeriodStarted>("periodStarted.terms.version",
                             [](auto& body) { body.terms.version = 2; });
  expectFound<PeriodStarted>(
      "index follows", [](auto& body) { body.index += 1; }, 6);
  expectFound<PeriodClosed>("periodClosed.carriedTopUps",
                            [](auto& body) { kMore(body.carried_top_ups); });
  expectFound<PeriodClosed>(
      "periodClosed.invoice", [](auto& body) { body.invoice = InvoiceNumber(); }, 1);
  expectFound<PackPurchased>("packPurchased.price", [](auto& body) { kMore(body.price); });
  expectFound<PackPurchased>("packPurchased.grant.expiry",
                             [](auto& body) { body.grant.expiry = Instant::never(); });
  expectFound<PackPurchased>("packPurchased.debtPaid", [](auto& body) { kMore(body.debt_paid); });
  expectFound<ToppedUp>("toppedUp.balanceAfter", [](auto& body) { kMore(body.balance_after); });
  expectFound<CreditsExpired>("creditsExpired.amount", [](auto& body) { kMore(body.amount); });
  expectFound<CancelScheduled>("cancelScheduled.at", [](auto& body) { body.at.ns += 1; });
  expectFound<Canceled>("canceled.at", [](auto& body) { body.at.ns += 1; });
  expectFound<CustomerCreated>("customerCreated.zone", [](auto& body) { body.zone = "Test/East"; });

  const std::size_t index = find([](const Event& event) {
    const auto* started = std::get_if<PeriodStarted>(&event.body);
    return started != nullptr && started->grant;
  });
  const Report report = tampered(
      index, [](Event& event) { kMore(std::get<PeriodStarted>(event.body).grant->remaining); });
  CHECK(report.position == Position(index + 1));
  CHECK_THAT(report.problem, Catch::Contains("periodStarted.grant.remaining"));
}

TEST_CASE("trials, changes of plan, pauses and seats are decided again") {
  expectFound<TrialEnded>("trialEnded.subscription.plan",
                          [](auto& body) { body.subscription.plan = "squad"; });
  expectFound<TrialEnded>("trialEnded.invoice", [](auto& body) { body.invoice = InvoiceNumber(); });
  // At once, by the clock, and at once again after what was in grace.
  expectFound<PlanChanged>("planChanged.subscription.since",
                           [](auto& body) { body.subscription.since.ns += 1; });
  expectFound<PlanChanged>(
      "planChanged.subscription.plan", [](auto& body) { body.subscription.plan = "squad"; }, 1);
  expectFound<PlanChanged>(
      "planChanged.invoice", [](auto& body) { body.invoice = InvoiceNumber(1); }, 2);
  expectFound<ChangeScheduled>("changeScheduled.change.plan",
                               [](auto& body) { body.change.plan = "pool"; });
  expectFound<ChangeScheduled>("changeScheduled.at", [](auto& body) { body.at.ns += 1; });
  expectFound<Paused>("paused.at", [](auto& body) { body.at.ns += 1; });
  expectFound<Resumed>("resumed.subscription.billing.to",
                       [](auto& body) { body.subscription.billing.to.ns += 1; });
  expectFound<VersionPinned>("versionPinned.version", [](auto& body) { body.version = 0; });
  expectFound<AllowanceRaised>("allowanceRaised.grant.credits",
                               [](auto& body) { kMore(body.grant->credits); });
  expectFound<AllowanceRaised>(
      "allowanceRaised.includedBalance", [](auto& body) { kMore(body.included_balance); }, 1);
  expectFound<SeatsChanged>("seatsChanged.trueUp", [](auto& body) { kMore(body.true_up); });
  expectFound<SeatsChanged>("seatsChanged.held", [](auto& body) { body.held -= 1; });
  expectFound<CustomerMovedIn>("customerMovedIn.usage[0].quantity",
                               [](auto& body) { kMore(body.usage[0].quantity); });
  expectFound<CustomerMovedIn>(
      "customerMovedIn.grants[1].remaining",
      [](auto& body) { body.grants[1].remaining -= Decimal::fromUnits(1); }, 1);
  expectFound<CustomerMovedIn>("customerMovedIn.period.seats[0].value",
                               [](auto& body) { kMore(body.period.seats[0].value); });
  expectFound<AlertRaised>("alertRaised.value", [](auto& body) { kMore(body.value); });
  expectFound<AlertRaised>("alertRaised.rule.level", [](auto& body) { kMore(body.rule.level); });
}

TEST_CASE("credits, corrections and documents are decided again") {
  expectFound<CreditsGranted>("creditsGranted.debtPaid", [](auto& body) { kMore(body.debt_paid); });
  expectFound<CreditsGranted>(
      "creditsGranted.grant.credits", [](auto& body) { kMore(body.grant.credits); }, 1);
  expectFound<CreditsRolledOver>("creditsRolledOver.grant.credits",
                                 [](auto& body) { kMore(body.grant.credits); });
  expectFound<PackRefunded>("packRefunded.credits", [](auto& body) { kMore(body.credits); });
  expectFound<UsageVoided>("usageVoided.quantity", [](auto& body) { kMore(body.quantity); });
  expectFound<UsageVoided>(
      "usageVoided.value", [](auto& body) { body.value = "bob"; }, 1);
  expectFound<UsageVoided>(
      "usageVoided.price", [](auto& body) { kMore(body.price); }, 2);
  expectFound<UsageVoided>(
      "usageVoided.draws", [](auto& body) { body.draws.clear(); }, 3);
  expectFound<UsageVoided>(
      "usageVoided.lateCharge", [](auto& body) { kMore(body.late_charge); }, 4);
  expectFound<AdjustmentAdded>(
      "adjustmentAdded.invoice", [](auto& body) { body.invoice = InvoiceNumber(); }, 1);
  expectFound<CreditNoteClosed>("creditNoteClosed.note.number",
                                [](auto& body) { body.note.number = CreditNoteNumber(2); });
  expectFound<CreditNoteClosed>(
      "creditNoteClosed.note.label", [](auto& body) { body.note.label = "CN-1"; }, 1);
  expectFound<CreditNoteClosed>(
      "creditNoteClosed.note.total", [](auto& body) { kMore(body.note.total); }, 1);
  expectFound<CreditNoteClosed>(
      "creditNoteClosed.status", [](auto& body) { body.status = InvoiceStatus::open; }, 2);
  expectFound<PaymentRecorded>("paymentRecorded.status",
                               [](auto& body) { body.status = InvoiceStatus::paid; });
  expectFound<PaymentRecorded>(
      "paymentRecorded.amount", [](auto& body) { kMore(body.amount); }, 1);
  expectFound<InvoiceUncollectible>("unknownInvoice",
                                    [](auto& body) { body.asked.invoice = InvoiceNumber(1); });
}

TEST_CASE("a command that first closes what is in grace is decided from the state before that") {
  const std::size_t first = find([](const Event& event) {
    if (!std::holds_alternative<InvoiceClosed>(event.body)) return false;
    const auto* changed = std::get_if<PlanChanged>(&log().events[event.position.value + 1].body);
    return changed != nullptr && changed->asked;
  });
  const std::size_t keyed = first + 2;
  const auto expect = [](std::size_t index, const std::string& problem, auto change) {
    const Report report = tampered(index, change);
    CHECK(report.position == Position(index + 1));
    CHECK_THAT(report.problem, Catch::Contains(problem));
  };
  expect(first, "invoiceClosed.total",
         [](Event& event) { kMore(std::get<InvoiceClosed>(event.body).invoice.total); });
  expect(first + 1, "periodClosed.index",
         [](Event& event) { std::get<PeriodClosed>(event.body).index += 1; });
  expect(keyed, "planChanged.at",
         [](Event& event) { std::get<PlanChanged>(event.body).at.ns -= 1; });
  expect(keyed + 3, "periodClosed.to",
         [](Event& event) { std::get<PeriodClosed>(event.body).to.ns -= 1; });
  // What was asked is decided at the first event.
  DecidedLog changed = log();
  std::get<PlanChanged>(changed.events[keyed].body).asked->plan = "none";
  const Report refused = verifiedLog(changed);
  CHECK(refused.position == Position(first + 1));
  CHECK_THAT(refused.problem, Catch::Contains("unknownPlan"));
  // Left out, it is missed.
  changed = log();
  removeEvents(changed, first, keyed);
  const Report missed = verifiedLog(changed);
  CHECK(missed.position == Position(first + 1));
  CHECK_THAT(missed.problem, Catch::Contains("decided again invoiceClosed"));
}

TEST_CASE("usage that is voided is the one that carries the key") {
  const std::string none = "no usage of the customer with the key";
  expectFound<UsageVoided>(none, [](auto& body) { body.usage = Position(body.usage.value + 1); });
  expectFound<UsageVoided>(none, [](auto& body) { body.usage = Position(1'000'000); });
  expectFound<UsageVoided>(none, [](auto& body) { body.asked.usage_key = "another"; });
  const std::size_t index = indexOf<UsageVoided>(log());
  expectFound<UsageVoided>(none, [index](auto& body) { body.usage = Position(index + 1); });
}

TEST_CASE("recorded boundaries are taken as given, but they have to increase") {
  expectFound<PeriodStarted>(
      "the boundaries of the usage period increase",
      [](auto& body) { body.span.to = body.span.from; }, 6);
  expectFound<PeriodStarted>(
      "ends with its billing period", [](auto& body) { body.billing_to.ns = 1; }, 6);
  expectFound<PeriodStarted>(
      "begins where the one before it ends",
      [](auto& body) {
        body.span.from.ns += 1;
        body.span.full_from.ns += 1;
      },
      6);
  expectFound<CustomerMovedIn>("a whole usage period runs",
                               [](auto& body) { body.period.span.from.ns += 1; });
  expectFound<CustomerMovedIn>("a whole billing period runs",
                               [](auto& body) { body.period.billing.reset(); });
  expectFound<CustomerMovedIn>("comes after the anchor",
                               [](auto& body) { body.period.index = -1; });
}

TEST_CASE("each way to start a usage period says where its boundaries come from") {
  const auto after = [](std::size_t index, const std::string& problem, auto change) {
    const Report report = tampered(
        index + 1, [&change](Event& event) { change(std::get<PeriodStarted>(event.body)); });
    INFO(eventName(log().events[index].body) << ": " << problem);
    CHECK(report.position == Position(index + 2));
    CHECK_THAT(report.problem, Catch::Contains(problem));
  };
  const auto later = [](PeriodStarted& started) { started.span.full_to.ns += 1; };
  const auto moved = [](PeriodStarted& started) { started.index += 1; };
  after(indexOf<Resumed>(log()), "usage period and billing period are one",
        [](PeriodStarted& started) {
          started.billing_to.ns += 1;
          started.billing->to.ns += 1;
          started.billing->full_to.ns += 1;
        });
  after(indexOf<Resumed>(log()), "index is its own", moved);
  after(indexOf<PlanChanged>(log(), 0), "ends with its billing period", later);
  after(indexOf<PlanChanged>(log(), 0), "index is its own", moved);
  after(indexOf<PlanChanged>(log(), 1), "ends with its billing period", later);
  after(indexOf<PlanChanged>(log(), 1), "index follows", moved);
  after(indexOf<TrialEnded>(log()), "index follows", moved);
  after(indexOf<TrialEnded>(log()), "begins where",
        [](PeriodStarted& started) { started.span.full_from.ns -= 1; });
  const std::size_t trial = find([](const Event& event) {
    const auto* subscribed = std::get_if<Subscribed>(&event.body);
    return subscribed != nullptr && subscribed->subscription.trial_to;
  });
  after(trial, "periodStarted.span.fullTo", later);
  after(trial, "begins with the subscription",
        [](PeriodStarted& started) { started.trial = false; });
  const std::size_t once = find([](const Event& event) {
    const auto* subscribed = std::get_if<Subscribed>(&event.body);
    return subscribed != nullptr && subscribed->subscription.billing_interval == Interval::once;
  });
  after(once, "has no end", [](PeriodStarted& started) { started.billing_to = started.span.to; });
}

TEST_CASE("the usage period that an event starts follows it in the same commit") {
  for (const std::size_t index :
       {indexOf<PlanChanged>(log(), 0), indexOf<PlanChanged>(log(), 1), indexOf<TrialEnded>(log()),
        indexOf<Resumed>(log()), indexOf<CustomerMovedIn>(log()) - 1}) {
    DecidedLog changed = log();
    auto& decisions = changed.decisions;
    decisions.insert(std::upper_bound(decisions.begin(), decisions.end(), index), index + 1);
    store::MemoryStore store;
    writeLog(store, changed, 1);
    const Report report = verified(store);
    CHECK(report.position == Position(index + 1));
    CHECK_THAT(report.problem, Catch::Contains("does not follow in the same commit"));
  }
}

TEST_CASE("items of the catalog follow the rules of publishing") {
  expectFound<FeaturePublished>("featurePublished.number",
                                [](auto& body) { body.number = FeatureNumber(3); });
  expectFound<PlanPublished>("planPublished.plan.version",
                             [](auto& body) { body.plan.version = 2; });
  expectFound<ModelPricePublished>("modelPricePublished.bookVersion",
                                   [](auto& body) { body.book_version = 7; });
  expectFound<CatalogPublished>("catalogPublished.items", [](auto& body) { body.items += 1; });
  const std::size_t index = indexOf<PlanPublished>(log());
  const Report report = tampered(index, [](Event& event) {
    std::get<PlanPublished>(event.body).plan.prices[0].base = dec("-1");
  });
  CHECK_THAT(report.problem, Catch::Contains("invalidCatalog"));
}

TEST_CASE("a price that was changed where it was published is found where it was charged") {
  const Report report = tampered(indexOf<PlanPublished>(log()), [](Event& event) {
    std::get<PlanPublished>(event.body).plan.prices[0].base = dec("98");
  });
  CHECK(report.position == Position(indexOf<InvoiceClosed>(log()) + 1));
  CHECK_THAT(report.problem, Catch::Contains("decided again 98, recorded 99"));
}

TEST_CASE("the head of every event is checked") {
  const std::size_t index = indexOf<UsageRecorded>(log(), 4);
  const auto expect = [&](const std::string& problem, auto change) {
    const Report report = tampered(index, change);
    CHECK(report.position == Position(index + 1));
    CHECK_THAT(report.problem, Catch::Contains(problem));
  };
  expect("chain", [](Event& event) { event.sequence += 1; });
  expect("chain", [](Event& event) { event.previous = Position(1); });
  expect("position", [](Event& event) { event.position = Position(event.position.value + 1); });
  expect("chain", [](Event& event) { event.customer = CustomerNumber(6); });
  expect("the customer exists", [](Event& event) { event.customer = CustomerNumber(60); });
  expect("belongs to the ledger or to a customer",
         [](Event& event) { event.customer = CustomerNumber(); });
  expect("time never goes back", [](Event& event) { event.recorded.ns -= 1; });
  expect("manual clock", [](Event& event) { event.recorded.ns += 1; });
  expect("keyMissing", [](Event& event) { event.key.clear(); });
}

TEST_CASE("an event that time caused has no key, and something was due") {
  const std::size_t index = log().decisions[decisionOf<PeriodStarted>()];
  CHECK_THAT(tampered(index, [](Event& event) { event.key = "key"; }).problem,
             Catch::Contains("no command asks for it"));
  const std::size_t usage = indexOf<UsageRecorded>(log());
  CHECK_THAT(tampered(usage,
                      [](Event& event) {
                        event.key.clear();
                        event.body = CreditsExpired{GrantNumber(1), dec("1"), event.recorded};
                      })
                 .problem,
             Catch::Contains("nothing was due"));
}

TEST_CASE("a key that comes twice in its scope is found, in two scopes it may") {
  const std::size_t first = indexOf<UsageRecorded>(log(), 0);
  const std::size_t second = indexOf<UsageRecorded>(log(), 1);
  REQUIRE(log().events[first].customer == log().events[second].customer);
  const Report report =
      tampered(second, [&](Event& event) { event.key = log().events[first].key; });
  CHECK(report.position == Position(second + 1));
  CHECK_THAT(report.problem,
             Catch::Contains("its key is that of position " + std::to_string(first + 1)));
  const std::size_t other = find([&](const Event& event) {
    return std::holds_alternative<UsageRecorded>(event.body) &&
           event.customer != log().events[first].customer;
  });
  CHECK(tampered(other, [&](Event& event) { event.key = log().events[first].key; }).isOk());
}

TEST_CASE("a decision that was left out is missed where it matters, however well it is mended") {
  CHECK_THAT(withoutDecision(decisionOf<UsageRecorded>()).problem,
             Catch::Contains("decided again"));
  CHECK_THAT(withoutDecision(decisionOf<PeriodStarted>()).problem,
             Catch::Contains("not what was due at"));
  CHECK_THAT(withoutDecision(decisionOf<CustomerCreated>()).problem,
             Catch::Contains("in the order of their creation"));
  CHECK_THAT(withoutDecision(decisionOf<CreditsExpired>()).problem, !Catch::Equals(""));
  CHECK_THAT(withoutDecision(decisionOf<ClockMoved>()).problem, Catch::Contains("manual clock"));
}

TEST_CASE("work that was due and not done is missed at the customer's next command") {
  // What the command of a customer found due after the clock had moved over several boundaries.
  const std::size_t moved = find([](const Event& event) {
    return event.recorded == when("2026-03-15") && std::holds_alternative<ClockMoved>(event.body);
  });
  const std::size_t next = find([&](const Event& event) {
    return event.position.value > moved && std::holds_alternative<UsageRecorded>(event.body);
  });
  DecidedLog changed = log();
  removeEvents(changed, moved + 1, next);
  const Report report = verifiedLog(changed);
  CHECK(report.position == Position(moved + 2));
  CHECK_THAT(report.problem, Catch::Contains("is not recorded before this command"));
}

TEST_CASE("a decision that is cut or split over commits is found") {
  DecidedLog changed = log();
  const std::size_t first = log().decisions[decisionOf<Subscribed>()];
  auto& decisions = changed.decisions;
  decisions.insert(std::upper_bound(decisions.begin(), decisions.end(), first), first + 1);
  store::MemoryStore store;
  writeLog(store, changed, 1);
  const Report report = verified(store);
  CHECK(report.position == Position(first + 1));
  CHECK_THAT(report.problem, Catch::Contains("does not follow in the same commit"));
  changed = log();
  const std::size_t closed = log().decisions[decisionOf<InvoiceClosed>()];
  decisions.insert(std::upper_bound(decisions.begin(), decisions.end(), closed), closed + 1);
  store::MemoryStore other;
  writeLog(other, changed, 1);
  CHECK(verified(other).position == Position(closed + 2));
  CHECK_THAT(verified(other).problem, Catch::Contains("the commit ends"));
}

TEST_CASE("settings that were changed afterwards are found at what they decided") {
  const Report report = tampered(0, [](Event& event) {
    std::get<LedgerCreated>(event.body).settings.grace = Duration::minutes(10);
  });
  CHECK_THAT(report.problem, Catch::Contains("is not recorded before"));
  CHECK_THAT(tampered(0,
                      [](Event& event) {
                        std::get<LedgerCreated>(event.body).settings.invoice_prefix = "X-";
                      })
                 .problem,
             Catch::Contains("invoiceClosed.label: decided again \"X-"));
  CHECK_THAT(tampered(0,
                      [](Event& event) {
                        std::get<LedgerCreated>(event.body).settings.grace = Duration{-1};
                      })
                 .problem,
             Catch::Contains("the grace is not negative"));
  CHECK_THAT(tampered(0,
                      [](Event& event) {
                        std::get<LedgerCreated>(event.body).settings.grace =
                            Duration{Duration::days(limits::kGraceDaysMax).ns + 1};
                      })
                 .problem,
             Catch::Contains("the grace is not longer than a week"));
}

TEST_CASE("bytes that were changed without hashing anew are found at their position") {
  store::MemoryStore source;
  writeLog(source, log());
  const auto batches = testing::wholeLog(source);
  const auto report = [&](auto change) {
    auto copies = batches;
    change(copies[7]);
    store::MemoryStore store;
    for (const store::Batch& batch : copies) store.append(batch);
    return verified(store);
  };
  const Position first = batches[7].first;
  CHECK(report([](store::Batch& batch) { batch.events[2][30] ^= std::byte{4}; }).position ==
        Position(first.value + 2));
  CHECK(report([](store::Batch& batch) { batch.leaves[2][31] ^= 1; }).position ==
        Position(first.value + 2));
  CHECK(report([](store::Batch& batch) { batch.tip.root[31] ^= 1; }).position == first);
  CHECK(report([](store::Batch& batch) { batch.tip.recorded.ns -= 1; }).position ==
        batches[7].tip.position);
  CHECK(report([](store::Batch&) {}).isOk());
  const Report damaged = report([](store::Batch& batch) { batch.tip.root[31] ^= 1; });
  CHECK(damaged.events == first.value - 1);
  CHECK(damaged.commits == 7);
}

TEST_CASE("bytes that are no event, hashed as if they were, are found at their position") {
  DecidedLog copy = log();
  store::MemoryStore source;
  writeLog(source, copy, 1000);
  auto batch = testing::wholeLog(source).front();
  store::EventList events;
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    const BytesView event = std::as_const(batch).events[i];
    Bytes bytes(event.begin(), event.end());
    if (i == 5) {
      bytes.resize(bytes.size() + 8);
      bytes[4] = static_cast<std::byte>(bytes.size() / 8 - 1);
    }
    events.push_back(bytes);
  }
  batch.events = events;
  audit::CompactRange tree;
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    const audit::Digest leaf = audit::leafHash(batch.events[i]);
    batch.leaves[i] = leaf.bytes;
    tree.append(leaf);
  }
  batch.tip.root = tree.root().bytes;
  store::MemoryStore store;
  store.append(batch);
  const Report report = verified(store);
  CHECK(report.position == Position(6));
  CHECK_THAT(report.problem, Catch::Contains("malformed event"));
}

TEST_CASE("every snapshot is compared with the state at its position") {
  store::MemoryStore store;
  writeLog(store, log());
  replay::ReplayOptions options;
  std::vector<Position> ends;
  store.scan(Position(), [&](const store::StoredCommit& commit) {
    if (commit.first.value % 3 == 1) ends.push_back(commit.tip.position);
    return store::ScanStep::proceed;
  });
  for (const Position end : ends) {
    options.to = end;
    replay::writeSnapshot(store, kCodec, replay::replay(store, kCodec, options));
  }
  CHECK(verified(store).isOk());
  CHECK(verified(store).snapshots == ends.size());

  const auto with = [&](std::size_t index, auto change) {
    options.to = ends[index];
    replay::Replayed ledger = replay::replay(store, kCodec, options);
    store::Tip tip{ends[index], ledger.tree.root().bytes, ledger.engine.state().ledger.recorded};
    std::vector<Bytes> records = {replay::encodePeaks(ledger.tree),
                                  kCodec.encode(ledger.engine.state().ledger)};
    for (const Customer& customer : ledger.engine.state().customers) {
      records.push_back(kCodec.encode(customer));
    }
    change(records, tip);
    audit::Sha256 hash;
    for (std::size_t i = 1; i < records.size(); ++i) hash.update(records[i]);
    const auto writer = store.startSnapshot();
    for (const Bytes& record : records) writer->put(record);
    writer->finish(tip, hash.finish().bytes);
    const Report report = verified(store);
    replay::writeSnapshot(store, kCodec, ledger);
    if (tip.position != ends[index]) store.dropSnapshot(tip.position);
    CHECK(report.position == tip.position);
    return report.problem;
  };
  using Records = std::vector<Bytes>;
  CHECK_THAT(with(2,
                  [](Records& records, store::Tip&) {
                    Customer customer = kCodec.decodeCustomer(records[5]);
                    kMore(customer.credit_debt);
                    records[5] = kCodec.encode(customer);
                  }),
             Catch::Contains("customer \"credits\" is not what the log gives"));
  CHECK_THAT(with(2,
                  [](Records& records, store::Tip&) {
                    LedgerState ledger = kCodec.decodeLedgerState(records[1]);
                    ledger.recorded.ns -= 1;
                    records[1] = kCodec.encode(ledger);
                  }),
             Catch::Contains("the ledger's state"));
  CHECK_THAT(with(2,
                  [](Records& records, store::Tip&) {
                    records[0].pop_back();
                    records[0].resize(records[0].size() / 8 * 8);
                  }),
             Catch::Contains("peaks"));
  CHECK_THAT(with(2, [](Records& records, store::Tip&) { records.pop_back(); }),
             Catch::Contains("records"));
  CHECK_THAT(with(2, [](Records&, store::Tip& tip) { tip.root[0] ^= 1; }),
             Catch::Contains("another root"));
  CHECK_THAT(with(2, [](Records&, store::Tip& tip) { tip.position = Position(100'000); }),
             Catch::Contains("the log ends before it"));
  CHECK(verified(store).isOk());
}

TEST_CASE("persisted keys are those of the log up to their position, and no others") {
  store::MemoryStore complete;
  writeLog(complete, log());
  const std::vector<store::KeyEntry> keys = keysOf(complete);
  const auto verifiedWith = [&](Position through, std::vector<store::KeyEntry> run) {
    store::MemoryStore store;
    writeLog(store, log());
    store.appendKeyRun(through, run);
    return verified(store).problem;
  };
  const Position end = complete.tip().position;
  CHECK(verifiedWith(end, keys).empty());
  CHECK(verifiedWith(end, {keys.rbegin(), keys.rend()}).empty());
  const std::size_t half = keys.size() / 2;
  CHECK(verifiedWith(Position(keys[half].position.value - 1),
                     {keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(half)})
            .empty());
  CHECK_THAT(verifiedWith(end, {keys.begin() + 1, keys.end()}), Catch::Contains("persisted keys"));
  auto changed = keys;
  changed[3].fingerprint += 1;
  CHECK_THAT(verifiedWith(end, changed), Catch::Contains("persisted keys"));
  changed = keys;
  changed.push_back(keys[3]);
  CHECK_THAT(verifiedWith(end, changed), Catch::Contains("persisted keys"));
  CHECK_THAT(verifiedWith(end.next(), keys), Catch::Contains("past the log's end"));
}

TEST_CASE("the durable store verifies as the one in memory does") {
  const testing::TemporaryDirectory directory;
  const auto store = store::LmdbStore::create(directory / "ledger", {});
  writeLog(*store, log());
  replay::writeSnapshot(*store, kCodec, replay::replay(*store, kCodec, {}));
  store->appendKeyRun(store->tip().position, keysOf(*store));
  const Report report = verified(*store);
  INFO(report.problem);
  CHECK(report.isOk());
  CHECK(report.snapshots == 1);
}
