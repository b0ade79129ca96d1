#include "protocol/convert_state.h"

#include "ledger/base/limits.h"
#include "protocol/convert_account.h"
#include "protocol/convert_catalog.h"
#include "protocol/convert_event.h"

namespace daybook::protocol {
namespace {

// Lists whose length no limit bounds: only what callers send is bounded here.
constexpr std::size_t kAny = SIZE_MAX;

FeatureUsage readFeatureUsage(wire::FeatureUsage::Reader from, Intake& intake, const Place& at) {
  FeatureUsage to;
  to.feature = FeatureNumber(from.getFeature());
  if (to.feature.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "feature"), "is none");
  to.quantity = intake.decimal(from.getQuantity(), Place(at, "quantity"));
  to.charged = intake.decimal(from.getCharged(), Place(at, "charged"));
  to.unpaid = intake.decimal(from.getUnpaid(), Place(at, "unpaid"));
  to.events = from.getEvents();
  if (from.hasTokens()) to.tokens = readTokenTotals(from.getTokens());
  return to;
}

void writeFeatureUsage(wire::FeatureUsage::Builder to, const FeatureUsage& from) {
  to.setFeature(from.feature.value);
  to.setQuantity(DecimalText(from.quantity).reader());
  setNonZero(from.charged, [&](auto value) { to.setCharged(value); });
  setNonZero(from.unpaid, [&](auto value) { to.setUnpaid(value); });
  to.setEvents(from.events);
  if (from.tokens != TokenTotals{}) writeTokenTotals(to.initTokens(), from.tokens);
}

UsagePeriod readPeriod(wire::UsagePeriod::Reader from, Intake& intake, const Place& at) {
  UsagePeriod to;
  to.index = from.getIndex();
  to.span = readSpan(from.getSpan());
  to.terms = readTerms(from.getTerms(), intake, Place(at, "terms"));
  if (from.hasBilling()) to.billing = readSpan(from.getBilling());
  to.usage = intake.list(from.getUsage(), kAny, at, "usage", readFeatureUsage);
  if (from.hasBalance()) {
    to.balance = readSpendingBalance(from.getBalance(), intake, Place(at, "balance"));
  }
  return to;
}

void writePeriod(wire::UsagePeriod::Builder to, const UsagePeriod& from) {
  to.setIndex(from.index);
  writeSpan(to.initSpan(), from.span);
  writeTerms(to.initTerms(), from.terms);
  if (from.billing) writeSpan(to.initBilling(), *from.billing);
  writeList(from.usage, writeFeatureUsage, [&](auto size) { return to.initUsage(size); });
  if (from.balance != SpendingBalance{}) writeSpendingBalance(to.initBalance(), from.balance);
}

SubscribedSpan readSubscribedSpan(wire::SubscribedSpan::Reader from, Intake&, const Place&) {
  return {{from.getFrom()}, {from.getTo()}};
}

void writeSubscribedSpan(wire::SubscribedSpan::Builder to, const SubscribedSpan& from) {
  to.setFrom(from.from.ns);
  to.setTo(from.to.ns);
}

Position readPosition(std::uint64_t from, Intake& intake, const Place& at) {
  if (from == 0) intake.refuse(Outcome::invalidNumber, at, "is none");
  return Position(from);
}

Instant readInstant(std::int64_t from, Intake&, const Place&) { return {from}; }

InvoiceRef readInvoiceRef(wire::InvoiceRef::Reader from, Intake& intake, const Place& at) {
  InvoiceRef to;
  to.number = InvoiceNumber(from.getNumber());
  if (to.number.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "number"), "is none");
  to.position = readPosition(from.getPosition(), intake, Place(at, "position"));
  return to;
}

void writeInvoiceRef(wire::InvoiceRef::Builder to, const InvoiceRef& from) {
  to.setNumber(from.number.value);
  to.setPosition(from.position.value);
}

ModelPriceVersion readModelPriceVersion(wire::ModelPriceVersion::Reader from, Intake& intake,
                                        const Place& at) {
  ModelPriceVersion to;
  to.currency = intake.text(from.getCurrency(), limits::kCodeBytesMax, Place(at, "currency"));
  to.book_version = from.getBookVersion();
  to.effective = {from.getEffective()};
  to.price = readModelPrice(from.getPrice(), intake, Place(at, "price"));
  return to;
}

void writeModelPriceVersion(wire::ModelPriceVersion::Builder to, const ModelPriceVersion& from) {
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setBookVersion(from.book_version);
  to.setEffective(from.effective.ns);
  writeModelPrice(to.initPrice(), from.price);
}

EventBody readStaged(wire::Event::Reader from, Intake& intake, const Place& at) {
  return readEventBody(from.getBody(), intake, at);
}

void writeStaged(wire::Event::Builder to, const EventBody& from) {
  writeEventBody(to.initBody(), from);
}

}  // namespace

Customer readCustomer(wire::CustomerState::Reader from, Intake& intake) {
  const Place at;
  Customer to;
  to.number = CustomerNumber(from.getNumber());
  if (to.number.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "number"), "is none");
  to.id = intake.text(from.getId(), limits::kCustomerIdBytesMax, Place(at, "id"));
  to.zone = intake.text(from.getZone(), limits::kZoneBytesMax, Place(at, "zone"));
  to.currency = intake.text(from.getCurrency(), limits::kCodeBytesMax, Place(at, "currency"));
  to.events = from.getEvents();
  to.last = Position(from.getLast());
  if (from.hasSubscription()) {
    to.subscription = readSubscription(from.getSubscription(), intake, Place(at, "subscription"));
  }
  to.periods = intake.list(from.getPeriods(), kAny, at, "periods", readPeriod);
  to.subscribed = intake.list(from.getSubscribed(), kAny, at, "subscribed", readSubscribedSpan);
  to.grants = intake.list(from.getGrants(), kAny, at, "grants", readGrant);
  to.last_grant = GrantNumber(from.getLastGrant());
  to.credit_debt = intake.decimal(from.getCreditDebt(), Place(at, "creditDebt"));
  to.invoices = intake.list(from.getInvoices(), kAny, at, "invoices", readInvoiceRef);
  return to;
}

void writeCustomer(wire::CustomerState::Builder to, const Customer& from) {
  to.setNumber(from.number.value);
  setText(from.id, [&](auto value) { to.setId(value); });
  setText(from.zone, [&](auto value) { to.setZone(value); });
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setEvents(from.events);
  to.setLast(from.last.value);
  if (from.subscription) writeSubscription(to.initSubscription(), *from.subscription);
  writeList(from.periods, writePeriod, [&](auto size) { return to.initPeriods(size); });
  writeList(from.subscribed, writeSubscribedSpan,
            [&](auto size) { return to.initSubscribed(size); });
  writeList(from.grants, writeGrant, [&](auto size) { return to.initGrants(size); });
  to.setLastGrant(from.last_grant.value);
  setNonZero(from.credit_debt, [&](auto value) { to.setCreditDebt(value); });
  writeList(from.invoices, writeInvoiceRef, [&](auto size) { return to.initInvoices(size); });
}

LedgerState readLedgerState(wire::LedgerState::Reader from, Intake& intake) {
  const Place at;
  LedgerState to;
  to.ledger = readLedgerCreated(from.getLedger(), intake, Place(at, "ledger"));
  to.features = intake.list(from.getFeatures(), kAny, at, "features", readFeature);
  to.plans = intake.list(from.getPlans(), kAny, at, "plans", readPlan);
  to.packs = intake.list(from.getPacks(), kAny, at, "packs", readPack);
  to.model_prices =
      intake.list(from.getModelPrices(), kAny, at, "modelPrices", readModelPriceVersion);
  to.staged = intake.list(from.getStaged(), kAny, at, "staged", readStaged);
  to.events = from.getEvents();
  to.last_of_ledger = Position(from.getLastOfLedger());
  to.last = Position(from.getLast());
  to.recorded = {from.getRecorded()};
  to.clock = {from.getClock()};
  to.invoices = intake.list(from.getInvoices(), kAny, at, "invoices", readPosition);
  to.plan_published = intake.list(from.getPlanPublished(), kAny, at, "planPublished", readInstant);
  if (to.plan_published.size() != to.plans.size()) {
    intake.refuse(Outcome::invalidNumber, Place(at, "planPublished"), "one for each plan is due");
  }
  return to;
}

void writeLedgerState(wire::LedgerState::Builder to, const LedgerState& from) {
  writeLedgerCreated(to.initLedger(), from.ledger);
  writeList(from.features, writeFeature, [&](auto size) { return to.initFeatures(size); });
  writeList(from.plans, writePlan, [&](auto size) { return to.initPlans(size); });
  writeList(from.packs, writePack, [&](auto size) { return to.initPacks(size); });
  writeList(from.model_prices, writeModelPriceVersion,
            [&](auto size) { return to.initModelPrices(size); });
  writeList(from.staged, writeStaged, [&](auto size) { return to.initStaged(size); });
  to.setEvents(from.events);
  to.setLastOfLedger(from.last_of_ledger.value);
  to.setLast(from.last.value);
  to.setRecorded(from.recorded.ns);
  to.setClock(from.clock.ns);
  if (!from.invoices.empty()) {
    auto invoices = to.initInvoices(listSize(from.invoices.size()));
    for (unsigned int i = 0; i < invoices.size(); ++i) invoices.set(i, from.invoices[i].value);
  }
  if (!from.plan_published.empty()) {
    auto published = to.initPlanPublished(listSize(from.plan_published.size()));
    for (unsigned int i = 0; i < published.size(); ++i) {
      published.set(i, from.plan_published[i].ns);
    }
  }
}

}  // namespace daybook::protocol
