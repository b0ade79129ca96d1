#include "ledger/base/limits.h"
#include "protocol/convert_account.h"
#include "protocol/convert_asked.h"
#include "protocol/convert_event_body.h"

namespace daybook::protocol {

CustomerCreated readBody(wire::CustomerCreated::Reader from, Intake& intake, const Place& at) {
  CustomerCreated to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.id = intake.text(from.getId(), limits::kCustomerIdBytesMax, Place(at, "id"));
  to.zone = intake.text(from.getZone(), limits::kZoneBytesMax, Place(at, "zone"));
  return to;
}

void writeBody(wire::CustomerCreated::Builder to, const CustomerCreated& from) {
  writeAsked(to.initAsked(), from.asked);
  setText(from.id, [&](auto value) { to.setId(value); });
  setText(from.zone, [&](auto value) { to.setZone(value); });
}

CustomerUpdated readBody(wire::CustomerUpdated::Reader from, Intake& intake, const Place& at) {
  return {readAsked(from.getAsked(), intake, Place(at, "asked"))};
}

void writeBody(wire::CustomerUpdated::Builder to, const CustomerUpdated& from) {
  writeAsked(to.initAsked(), from.asked);
}

Subscribed readBody(wire::Subscribed::Reader from, Intake& intake, const Place& at) {
  Subscribed to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.subscription = readSubscription(from.getSubscription(), intake, Place(at, "subscription"));
  to.invoice = InvoiceNumber(from.getInvoice());
  return to;
}

void writeBody(wire::Subscribed::Builder to, const Subscribed& from) {
  writeAsked(to.initAsked(), from.asked);
  writeSubscription(to.initSubscription(), from.subscription);
  to.setInvoice(from.invoice.value);
}

PeriodStarted readBody(wire::PeriodStarted::Reader from, Intake& intake, const Place& at) {
  PeriodStarted to;
  to.index = from.getIndex();
  to.span = readSpan(from.getSpan());
  to.terms = readTerms(from.getTerms(), intake, Place(at, "terms"));
  if (from.hasBilling()) to.billing = readSpan(from.getBilling());
  to.billing_to = {from.getBillingTo()};
  if (from.hasGrant()) to.grant = readGrant(from.getGrant(), intake, Place(at, "grant"));
  to.debt_paid = intake.decimal(from.getDebtPaid(), Place(at, "debtPaid"));
  to.included_balance = intake.decimal(from.getIncludedBalance(), Place(at, "includedBalance"));
  to.trial = from.getTrial();
  to.seats = intake.list(from.getSeats(), limits::kFeaturesPerPlanMax, at, "seats", readSeatsHeld);
  return to;
}

void writeBody(wire::PeriodStarted::Builder to, const PeriodStarted& from) {
  to.setIndex(from.index);
  writeSpan(to.initSpan(), from.span);
  writeTerms(to.initTerms(), from.terms);
  if (from.billing) writeSpan(to.initBilling(), *from.billing);
  to.setBillingTo(from.billing_to.ns);
  if (from.grant) writeGrant(to.initGrant(), *from.grant);
  setNonZero(from.debt_paid, [&](auto value) { to.setDebtPaid(value); });
  setNonZero(from.included_balance, [&](auto value) { to.setIncludedBalance(value); });
  to.setTrial(from.trial);
  writeList(from.seats, writeSeatsHeld, [&](auto size) { return to.initSeats(size); });
}

PeriodClosed readBody(wire::PeriodClosed::Reader from, Intake& intake, const Place& at) {
  PeriodClosed to;
  to.index = from.getIndex();
  to.from = {from.getFrom()};
  to.to = {from.getTo()};
  to.carried_top_ups = intake.decimal(from.getCarriedTopUps(), Place(at, "carriedTopUps"));
  to.invoice = InvoiceNumber(from.getInvoice());
  return to;
}

void writeBody(wire::PeriodClosed::Builder to, const PeriodClosed& from) {
  to.setIndex(from.index);
  to.setFrom(from.from.ns);
  to.setTo(from.to.ns);
  setNonZero(from.carried_top_ups, [&](auto value) { to.setCarriedTopUps(value); });
  to.setInvoice(from.invoice.value);
}

CancelScheduled readBody(wire::CancelScheduled::Reader from, Intake& intake, const Place& at) {
  return {readAsked(from.getAsked(), intake, Place(at, "asked")), {from.getAt()}};
}

void writeBody(wire::CancelScheduled::Builder to, const CancelScheduled& from) {
  writeAsked(to.initAsked(), from.asked);
  to.setAt(from.at.ns);
}

CancelRevoked readBody(wire::CancelRevoked::Reader from, Intake& intake, const Place& at) {
  return {readAsked(from.getAsked(), intake, Place(at, "asked"))};
}

void writeBody(wire::CancelRevoked::Builder to, const CancelRevoked& from) {
  writeAsked(to.initAsked(), from.asked);
}

Canceled readBody(wire::Canceled::Reader from, Intake& intake, const Place& at) {
  Canceled to;
  if (from.hasAsked()) to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.at = {from.getAt()};
  return to;
}

void writeBody(wire::Canceled::Builder to, const Canceled& from) {
  if (from.asked) writeAsked(to.initAsked(), *from.asked);
  to.setAt(from.at.ns);
}

TrialEnded readBody(wire::TrialEnded::Reader from, Intake& intake, const Place& at) {
  TrialEnded to;
  to.subscription = readSubscription(from.getSubscription(), intake, Place(at, "subscription"));
  to.invoice = InvoiceNumber(from.getInvoice());
  return to;
}

void writeBody(wire::TrialEnded::Builder to, const TrialEnded& from) {
  writeSubscription(to.initSubscription(), from.subscription);
  to.setInvoice(from.invoice.value);
}

PlanChanged readBody(wire::PlanChanged::Reader from, Intake& intake, const Place& at) {
  PlanChanged to;
  if (from.hasAsked()) to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.at = {from.getAt()};
  to.subscription = readSubscription(from.getSubscription(), intake, Place(at, "subscription"));
  to.invoice = InvoiceNumber(from.getInvoice());
  return to;
}

void writeBody(wire::PlanChanged::Builder to, const PlanChanged& from) {
  if (from.asked) writeAsked(to.initAsked(), *from.asked);
  to.setAt(from.at.ns);
  writeSubscription(to.initSubscription(), from.subscription);
  to.setInvoice(from.invoice.value);
}

ChangeScheduled readBody(wire::ChangeScheduled::Reader from, Intake& intake, const Place& at) {
  ChangeScheduled to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.change = readScheduledChange(from.getChange(), intake, Place(at, "change"));
  to.at = {from.getAt()};
  return to;
}

void writeBody(wire::ChangeScheduled::Builder to, const ChangeScheduled& from) {
  writeAsked(to.initAsked(), from.asked);
  writeScheduledChange(to.initChange(), from.change);
  to.setAt(from.at.ns);
}

ChangeRevoked readBody(wire::ChangeRevoked::Reader from, Intake& intake, const Place& at) {
  return {readAsked(from.getAsked(), intake, Place(at, "asked"))};
}

void writeBody(wire::ChangeRevoked::Builder to, const ChangeRevoked& from) {
  writeAsked(to.initAsked(), from.asked);
}

Paused readBody(wire::Paused::Reader from, Intake& intake, const Place& at) {
  return {readAsked(from.getAsked(), intake, Place(at, "asked")), {from.getAt()}};
}

void writeBody(wire::Paused::Builder to, const Paused& from) {
  writeAsked(to.initAsked(), from.asked);
  to.setAt(from.at.ns);
}

Resumed readBody(wire::Resumed::Reader from, Intake& intake, const Place& at) {
  Resumed to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.subscription = readSubscription(from.getSubscription(), intake, Place(at, "subscription"));
  to.invoice = InvoiceNumber(from.getInvoice());
  return to;
}

void writeBody(wire::Resumed::Builder to, const Resumed& from) {
  writeAsked(to.initAsked(), from.asked);
  writeSubscription(to.initSubscription(), from.subscription);
  to.setInvoice(from.invoice.value);
}

VersionPinned readBody(wire::VersionPinned::Reader from, Intake& intake, const Place& at) {
  return {readAsked(from.getAsked(), intake, Place(at, "asked")), from.getVersion()};
}

void writeBody(wire::VersionPinned::Builder to, const VersionPinned& from) {
  writeAsked(to.initAsked(), from.asked);
  to.setVersion(from.version);
}

AllowanceRaised readBody(wire::AllowanceRaised::Reader from, Intake& intake, const Place& at) {
  AllowanceRaised to;
  to.version = from.getVersion();
  if (from.hasGrant()) to.grant = readGrant(from.getGrant(), intake, Place(at, "grant"));
  to.debt_paid = intake.decimal(from.getDebtPaid(), Place(at, "debtPaid"));
  to.included_balance = intake.decimal(from.getIncludedBalance(), Place(at, "includedBalance"));
  return to;
}

void writeBody(wire::AllowanceRaised::Builder to, const AllowanceRaised& from) {
  to.setVersion(from.version);
  if (from.grant) writeGrant(to.initGrant(), *from.grant);
  setNonZero(from.debt_paid, [&](auto value) { to.setDebtPaid(value); });
  setNonZero(from.included_balance, [&](auto value) { to.setIncludedBalance(value); });
}

SeatsChanged readBody(wire::SeatsChanged::Reader from, Intake& intake, const Place& at) {
  SeatsChanged to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.feature = readFeatureNumber(from.getFeatureNumber(), intake, Place(at, "featureNumber"));
  to.held = from.getHeld();
  to.highest = from.getHighest();
  to.value = intake.decimal(from.getValue(), Place(at, "value"));
  to.true_up = intake.decimal(from.getTrueUp(), Place(at, "trueUp"));
  return to;
}

void writeBody(wire::SeatsChanged::Builder to, const SeatsChanged& from) {
  writeAsked(to.initAsked(), from.asked);
  to.setFeatureNumber(from.feature.value);
  to.setHeld(from.held);
  to.setHighest(from.highest);
  setNonZero(from.value, [&](auto value) { to.setValue(value); });
  setNonZero(from.true_up, [&](auto value) { to.setTrueUp(value); });
}

CustomerMovedIn readBody(wire::CustomerMovedIn::Reader from, Intake& intake, const Place& at) {
  CustomerMovedIn to;
  to.subscription = readSubscription(from.getSubscription(), intake, Place(at, "subscription"));
  to.period = readBody(from.getPeriod(), intake, Place(at, "period"));
  to.usage = intake.list(from.getUsage(), limits::kOpeningUsageMax, at, "usage", readFeatureUsage);
  if (from.hasBalance()) {
    to.balance = readSpendingBalance(from.getBalance(), intake, Place(at, "balance"));
  }
  to.grants = intake.list(from.getGrants(), limits::kGrantsPerCustomerMax, at, "grants", readGrant);
  to.customer_credit = intake.decimal(from.getCustomerCredit(), Place(at, "customerCredit"));
  return to;
}

void writeBody(wire::CustomerMovedIn::Builder to, const CustomerMovedIn& from) {
  writeSubscription(to.initSubscription(), from.subscription);
  writeBody(to.initPeriod(), from.period);
  writeList(from.usage, writeFeatureUsage, [&](auto size) { return to.initUsage(size); });
  if (from.balance != SpendingBalance{}) writeSpendingBalance(to.initBalance(), from.balance);
  writeList(from.grants, writeGrant, [&](auto size) { return to.initGrants(size); });
  setNonZero(from.customer_credit, [&](auto value) { to.setCustomerCredit(value); });
}

}  // namespace daybook::protocol
