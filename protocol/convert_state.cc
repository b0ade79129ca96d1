#include "protocol/convert_state.h"

#include "ledger/base/limits.h"
#include "protocol/convert_account.h"
#include "protocol/convert_catalog.h"
#include "protocol/convert_event.h"
#include "protocol/convert_event_body.h"
#include "protocol/convert_hold.h"
#include "protocol/convert_plan.h"

namespace daybook::protocol {
namespace {

// Lists whose length no limit bounds: only what callers send is bounded here.
constexpr std::size_t kAny = SIZE_MAX;

RaisedAlert readRaisedAlert(wire::AlertRule::Reader from, Intake& intake, const Place& at) {
  return {readAlertRule(from, intake, at)};
}

void writeRaisedAlert(wire::AlertRule::Builder to, const RaisedAlert& from) {
  writeAlertRule(to, from.rule);
}

PeriodSeats readPeriodSeats(wire::PeriodSeats::Reader from, Intake& intake, const Place& at) {
  return {readFeatureNumber(from.getFeature(), intake, Place(at, "feature")), from.getAtStart(),
          intake.decimal(from.getTrueUp(), Place(at, "trueUp"))};
}

void writePeriodSeats(wire::PeriodSeats::Builder to, const PeriodSeats& from) {
  to.setFeature(from.feature.value);
  to.setAtStart(from.at_start);
  setNonZero(from.true_up, [&](auto value) { to.setTrueUp(value); });
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
  to.trial = from.getTrial();
  to.pinned = from.getPinned();
  to.granted = intake.decimal(from.getGranted(), Place(at, "granted"));
  to.raise_at = {from.getRaiseAt()};
  to.started = Position(from.getStarted());
  to.seats = intake.list(from.getSeats(), kAny, at, "seats", readPeriodSeats);
  to.alerts = intake.list(from.getAlerts(), kAny, at, "alerts", readRaisedAlert);
  return to;
}

void writePeriod(wire::UsagePeriod::Builder to, const UsagePeriod& from) {
  to.setIndex(from.index);
  writeSpan(to.initSpan(), from.span);
  writeTerms(to.initTerms(), from.terms);
  if (from.billing) writeSpan(to.initBilling(), *from.billing);
  writeList(from.usage, writeFeatureUsage, [&](auto size) { return to.initUsage(size); });
  if (from.balance != SpendingBalance{}) writeSpendingBalance(to.initBalance(), from.balance);
  to.setTrial(from.trial);
  to.setPinned(from.pinned);
  setNonZero(from.granted, [&](auto value) { to.setGranted(value); });
  to.setRaiseAt(from.raise_at.ns);
  to.setStarted(from.started.value);
  writeList(from.seats, writePeriodSeats, [&](auto size) { return to.initSeats(size); });
  writeList(from.alerts, writeRaisedAlert, [&](auto size) { return to.initAlerts(size); });
}

SubscribedSpan readSubscribedSpan(wire::SubscribedSpan::Reader from, Intake&, const Place&) {
  return {{from.getFrom()}, {from.getTo()}, from.getPaused()};
}

void writeSubscribedSpan(wire::SubscribedSpan::Builder to, const SubscribedSpan& from) {
  to.setFrom(from.from.ns);
  to.setTo(from.to.ns);
  to.setPaused(from.paused);
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
  to.status = intake.enumerant(from.getStatus(), Place(at, "status"));
  to.total = intake.decimal(from.getTotal(), Place(at, "total"));
  to.paid = intake.decimal(from.getPaid(), Place(at, "paid"));
  to.credited = intake.decimal(from.getCredited(), Place(at, "credited"));
  to.credit_used = intake.decimal(from.getCreditUsed(), Place(at, "creditUsed"));
  to.written_off = from.getWrittenOff();
  return to;
}

void writeInvoiceRef(wire::InvoiceRef::Builder to, const InvoiceRef& from) {
  to.setNumber(from.number.value);
  to.setPosition(from.position.value);
  to.setStatus(toWire<wire::InvoiceStatus>(from.status));
  to.setTotal(DecimalText(from.total).reader());
  setNonZero(from.paid, [&](auto value) { to.setPaid(value); });
  setNonZero(from.credited, [&](auto value) { to.setCredited(value); });
  setNonZero(from.credit_used, [&](auto value) { to.setCreditUsed(value); });
  to.setWrittenOff(from.written_off);
}

CreditNoteRef readCreditNoteRef(wire::CreditNoteRef::Reader from, Intake& intake, const Place& at) {
  CreditNoteRef to;
  to.number = CreditNoteNumber(from.getNumber());
  if (to.number.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "number"), "is none");
  to.position = readPosition(from.getPosition(), intake, Place(at, "position"));
  return to;
}

void writeCreditNoteRef(wire::CreditNoteRef::Builder to, const CreditNoteRef& from) {
  to.setNumber(from.number.value);
  to.setPosition(from.position.value);
}

CustomerCredit readCustomerCredit(wire::CustomerCredit::Reader from, Intake& intake,
                                  const Place& at) {
  return {intake.decimal(from.getRemaining(), Place(at, "remaining")),
          intake.text(from.getReason(), limits::kReasonBytesMax, Place(at, "reason"))};
}

void writeCustomerCredit(wire::CustomerCredit::Builder to, const CustomerCredit& from) {
  to.setRemaining(DecimalText(from.remaining).reader());
  setText(from.reason, [&](auto value) { to.setReason(value); });
}

VoidedUsage readVoidedUsage(wire::VoidedUsage::Reader from, Intake& intake, const Place& at) {
  return {readPosition(from.getPosition(), intake, Place(at, "position")), {from.getAt()}};
}

void writeVoidedUsage(wire::VoidedUsage::Builder to, const VoidedUsage& from) {
  to.setPosition(from.position.value);
  to.setAt(from.at.ns);
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
  to.closed = intake.list(from.getClosed(), kAny, at, "closed", readPeriod);
  to.credit_notes = intake.list(from.getCreditNotes(), kAny, at, "creditNotes", readCreditNoteRef);
  to.seats = intake.list(from.getSeats(), kAny, at, "seats", readSeatsHeld);
  to.late = intake.list(from.getLate(), kAny, at, "late", readLateCharge);
  to.adjustments =
      intake.list(from.getAdjustments(), kAny, at, "adjustments", readPendingAdjustment);
  to.credits = intake.list(from.getCredits(), kAny, at, "credits", readCustomerCredit);
  to.voided = intake.list(from.getVoided(), kAny, at, "voided", readVoidedUsage);
  if (from.hasAlertRules()) {
    to.alert_rules = readAlertRules(from.getAlertRules(), intake, Place(at, "alertRules"));
  }
  to.holds = intake.list(from.getHolds(), kAny, at, "holds", readHold);
  to.last_hold = HoldNumber(from.getLastHold());
  to.expired_holds = intake.list(from.getExpiredHolds(), kAny, at, "expiredHolds", readHold);
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
  writeList(from.closed, writePeriod, [&](auto size) { return to.initClosed(size); });
  writeList(from.credit_notes, writeCreditNoteRef,
            [&](auto size) { return to.initCreditNotes(size); });
  writeList(from.seats, writeSeatsHeld, [&](auto size) { return to.initSeats(size); });
  writeList(from.late, writeLateCharge, [&](auto size) { return to.initLate(size); });
  writeList(from.adjustments, writePendingAdjustment,
            [&](auto size) { return to.initAdjustments(size); });
  writeList(from.credits, writeCustomerCredit, [&](auto size) { return to.initCredits(size); });
  writeList(from.voided, writeVoidedUsage, [&](auto size) { return to.initVoided(size); });
  if (from.alert_rules) writeAlertRules(to.initAlertRules(), *from.alert_rules);
  writeList(from.holds, writeHold, [&](auto size) { return to.initHolds(size); });
  to.setLastHold(from.last_hold.value);
  writeList(from.expired_holds, writeHold, [&](auto size) { return to.initExpiredHolds(size); });
}

LedgerState readLedgerState(wire::LedgerState::Reader from, Intake& intake) {
  const Place at;
  LedgerState to;
  to.ledger = readBody(from.getLedger(), intake, Place(at, "ledger"));
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
  to.plan_published = intake.list(from.getPlanPublished(), kAny, at, "planPublished", readInstant);
  if (to.plan_published.size() != to.plans.size()) {
    intake.refuse(Outcome::invalidNumber, Place(at, "planPublished"), "one for each plan is due");
  }
  return to;
}

void writeLedgerState(wire::LedgerState::Builder to, const LedgerState& from) {
  writeBody(to.initLedger(), from.ledger);
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
  if (!from.plan_published.empty()) {
    auto published = to.initPlanPublished(listSize(from.plan_published.size()));
    for (unsigned int i = 0; i < published.size(); ++i) {
      published.set(i, from.plan_published[i].ns);
    }
  }
}

}  // namespace daybook::protocol
