#include "protocol/convert_account.h"
#include "protocol/convert_asked.h"
#include "protocol/convert_event_body.h"
#include "protocol/convert_invoice.h"
#include "protocol/convert_plan.h"

namespace daybook::protocol {

PackPurchased readBody(wire::PackPurchased::Reader from, Intake& intake, const Place& at) {
  PackPurchased to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.pack_version = from.getPackVersion();
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.price = intake.decimal(from.getPrice(), Place(at, "price"));
  to.grant = readGrant(from.getGrant(), intake, Place(at, "grant"));
  to.debt_paid = intake.decimal(from.getDebtPaid(), Place(at, "debtPaid"));
  to.invoice = InvoiceNumber(from.getInvoice());
  return to;
}

void writeBody(wire::PackPurchased::Builder to, const PackPurchased& from) {
  writeAsked(to.initAsked(), from.asked);
  to.setPackVersion(from.pack_version);
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setPrice(DecimalText(from.price).reader());
  writeGrant(to.initGrant(), from.grant);
  setNonZero(from.debt_paid, [&](auto value) { to.setDebtPaid(value); });
  to.setInvoice(from.invoice.value);
}

ToppedUp readBody(wire::ToppedUp::Reader from, Intake& intake, const Place& at) {
  ToppedUp to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.balance_after = intake.decimal(from.getBalanceAfter(), Place(at, "balanceAfter"));
  to.invoice = InvoiceNumber(from.getInvoice());
  return to;
}

void writeBody(wire::ToppedUp::Builder to, const ToppedUp& from) {
  writeAsked(to.initAsked(), from.asked);
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setBalanceAfter(DecimalText(from.balance_after).reader());
  to.setInvoice(from.invoice.value);
}

CreditsExpired readBody(wire::CreditsExpired::Reader from, Intake& intake, const Place& at) {
  CreditsExpired to;
  to.grant = GrantNumber(from.getGrant());
  if (to.grant.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "grant"), "is none");
  to.amount = intake.decimal(from.getAmount(), Place(at, "amount"));
  to.expiry = {from.getExpiry()};
  return to;
}

void writeBody(wire::CreditsExpired::Builder to, const CreditsExpired& from) {
  to.setGrant(from.grant.value);
  to.setAmount(DecimalText(from.amount).reader());
  to.setExpiry(from.expiry.ns);
}

CreditsGranted readBody(wire::CreditsGranted::Reader from, Intake& intake, const Place& at) {
  CreditsGranted to;
  if (from.hasAsked()) to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.grant = readGrant(from.getGrant(), intake, Place(at, "grant"));
  to.debt_paid = intake.decimal(from.getDebtPaid(), Place(at, "debtPaid"));
  return to;
}

void writeBody(wire::CreditsGranted::Builder to, const CreditsGranted& from) {
  if (from.asked) writeAsked(to.initAsked(), *from.asked);
  writeGrant(to.initGrant(), from.grant);
  setNonZero(from.debt_paid, [&](auto value) { to.setDebtPaid(value); });
}

CreditsRolledOver readBody(wire::CreditsRolledOver::Reader from, Intake& intake, const Place& at) {
  CreditsRolledOver to;
  to.from = GrantNumber(from.getFrom());
  if (to.from.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "from"), "is none");
  to.grant = readGrant(from.getGrant(), intake, Place(at, "grant"));
  return to;
}

void writeBody(wire::CreditsRolledOver::Builder to, const CreditsRolledOver& from) {
  to.setFrom(from.from.value);
  writeGrant(to.initGrant(), from.grant);
}

PackRefunded readBody(wire::PackRefunded::Reader from, Intake& intake, const Place& at) {
  PackRefunded to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.credits = intake.decimal(from.getCredits(), Place(at, "credits"));
  to.credit_note = CreditNoteNumber(from.getCreditNote());
  return to;
}

void writeBody(wire::PackRefunded::Builder to, const PackRefunded& from) {
  writeAsked(to.initAsked(), from.asked);
  to.setCredits(DecimalText(from.credits).reader());
  to.setCreditNote(from.credit_note.value);
}

AdjustmentAdded readBody(wire::AdjustmentAdded::Reader from, Intake& intake, const Place& at) {
  AdjustmentAdded to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.invoice = InvoiceNumber(from.getInvoice());
  return to;
}

void writeBody(wire::AdjustmentAdded::Builder to, const AdjustmentAdded& from) {
  writeAsked(to.initAsked(), from.asked);
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setInvoice(from.invoice.value);
}

CustomerCreditAdded readBody(wire::CustomerCreditAdded::Reader from, Intake& intake,
                             const Place& at) {
  CustomerCreditAdded to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  return to;
}

void writeBody(wire::CustomerCreditAdded::Builder to, const CustomerCreditAdded& from) {
  writeAsked(to.initAsked(), from.asked);
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
}

InvoiceClosed readBody(wire::InvoiceClosed::Reader from, Intake& intake, const Place& at) {
  return {readInvoice(from.getInvoice(), intake, Place(at, "invoice"))};
}

void writeBody(wire::InvoiceClosed::Builder to, const InvoiceClosed& from) {
  writeInvoice(to.initInvoice(), from.invoice);
}

CreditNoteClosed readBody(wire::CreditNoteClosed::Reader from, Intake& intake, const Place& at) {
  CreditNoteClosed to;
  if (from.hasAsked()) to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.note = readCreditNote(from.getNote(), intake, Place(at, "note"));
  to.status = intake.enumerant(from.getStatus(), Place(at, "status"));
  to.restored = intake.decimal(from.getRestored(), Place(at, "restored"));
  return to;
}

void writeBody(wire::CreditNoteClosed::Builder to, const CreditNoteClosed& from) {
  if (from.asked) writeAsked(to.initAsked(), *from.asked);
  writeCreditNote(to.initNote(), from.note);
  to.setStatus(toWire<wire::InvoiceStatus>(from.status));
  setNonZero(from.restored, [&](auto value) { to.setRestored(value); });
}

PaymentRecorded readBody(wire::PaymentRecorded::Reader from, Intake& intake, const Place& at) {
  PaymentRecorded to;
  to.asked = readAsked(from.getAsked(), intake, Place(at, "asked"));
  to.amount = intake.decimal(from.getAmount(), Place(at, "amount"));
  to.status = intake.enumerant(from.getStatus(), Place(at, "status"));
  return to;
}

void writeBody(wire::PaymentRecorded::Builder to, const PaymentRecorded& from) {
  writeAsked(to.initAsked(), from.asked);
  to.setAmount(DecimalText(from.amount).reader());
  to.setStatus(toWire<wire::InvoiceStatus>(from.status));
}

PaymentFailed readBody(wire::PaymentFailed::Reader from, Intake& intake, const Place& at) {
  return {readAsked(from.getAsked(), intake, Place(at, "asked"))};
}

void writeBody(wire::PaymentFailed::Builder to, const PaymentFailed& from) {
  writeAsked(to.initAsked(), from.asked);
}

InvoiceUncollectible readBody(wire::InvoiceUncollectible::Reader from, Intake& intake,
                              const Place& at) {
  return {readAsked(from.getAsked(), intake, Place(at, "asked"))};
}

void writeBody(wire::InvoiceUncollectible::Builder to, const InvoiceUncollectible& from) {
  writeAsked(to.initAsked(), from.asked);
}

AlertsSet readBody(wire::AlertsSet::Reader from, Intake& intake, const Place& at) {
  return {readAsked(from.getAsked(), intake, Place(at, "asked"))};
}

void writeBody(wire::AlertsSet::Builder to, const AlertsSet& from) {
  writeAsked(to.initAsked(), from.asked);
}

AlertRaised readBody(wire::AlertRaised::Reader from, Intake& intake, const Place& at) {
  AlertRaised to;
  to.rule = readAlertRule(from.getRule(), intake, Place(at, "rule"));
  to.period_from = {from.getPeriodFrom()};
  to.value = intake.decimal(from.getValue(), Place(at, "value"));
  to.threshold = intake.decimal(from.getThreshold(), Place(at, "threshold"));
  return to;
}

void writeBody(wire::AlertRaised::Builder to, const AlertRaised& from) {
  writeAlertRule(to.initRule(), from.rule);
  to.setPeriodFrom(from.period_from.ns);
  to.setValue(DecimalText(from.value).reader());
  to.setThreshold(DecimalText(from.threshold).reader());
}

}  // namespace daybook::protocol
