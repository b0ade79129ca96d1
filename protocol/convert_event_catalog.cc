#include <string>

#include "ledger/base/limits.h"
#include "protocol/convert_asked.h"
#include "protocol/convert_catalog.h"
#include "protocol/convert_event_body.h"

namespace daybook::protocol {

namespace {

std::uint64_t readFirst(std::uint64_t from, Intake& intake, const Place& at) {
  if (from == 0) intake.refuse(Outcome::invalidNumber, at, "is none");
  return from;
}

}  // namespace

LedgerCreated readBody(wire::LedgerCreated::Reader from, Intake& intake, const Place& at) {
  LedgerCreated to;
  to.ledger_id = intake.text(from.getLedgerId(), limits::kNameBytesMax, Place(at, "ledgerId"));
  to.format_version = from.getFormatVersion();
  to.settings.clock = intake.enumerant(from.getClock(), Place(at, "clock"));
  to.settings.grace = {from.getGraceNs()};
  to.settings.late_window = {from.getLateWindowNs()};
  to.settings.future_limit = {from.getFutureLimitNs()};
  to.settings.invoice_prefix =
      intake.text(from.getInvoicePrefix(), limits::kNameBytesMax, Place(at, "invoicePrefix"));
  to.settings.due_days = from.getDueDays();
  to.settings.credit_note_prefix =
      intake.text(from.getCreditNotePrefix(), limits::kNameBytesMax, Place(at, "creditNotePrefix"));
  to.settings.first_invoice = readFirst(from.getFirstInvoice(), intake, Place(at, "firstInvoice"));
  to.settings.first_credit_note =
      readFirst(from.getFirstCreditNote(), intake, Place(at, "firstCreditNote"));
  if (to.format_version > kFormatVersion) {
    intake.refuse(Outcome::invalidNumber, Place(at, "formatVersion"),
                  std::to_string(to.format_version) + " is newer than this version");
  }
  return to;
}

void writeBody(wire::LedgerCreated::Builder to, const LedgerCreated& from) {
  setText(from.ledger_id, [&](auto value) { to.setLedgerId(value); });
  to.setFormatVersion(from.format_version);
  to.setClock(toWire<wire::ClockKind>(from.settings.clock));
  to.setGraceNs(from.settings.grace.ns);
  to.setLateWindowNs(from.settings.late_window.ns);
  to.setFutureLimitNs(from.settings.future_limit.ns);
  setText(from.settings.invoice_prefix, [&](auto value) { to.setInvoicePrefix(value); });
  to.setDueDays(from.settings.due_days);
  setText(from.settings.credit_note_prefix, [&](auto value) { to.setCreditNotePrefix(value); });
  to.setFirstInvoice(from.settings.first_invoice);
  to.setFirstCreditNote(from.settings.first_credit_note);
}

FeaturePublished readBody(wire::FeaturePublished::Reader from, Intake& intake, const Place& at) {
  FeaturePublished to;
  to.number = FeatureNumber(from.getNumber());
  if (to.number.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "number"), "is none");
  to.feature = readFeature(from.getFeature(), intake, Place(at, "feature"));
  return to;
}

void writeBody(wire::FeaturePublished::Builder to, const FeaturePublished& from) {
  to.setNumber(from.number.value);
  writeFeature(to.initFeature(), from.feature);
}

PlanPublished readBody(wire::PlanPublished::Reader from, Intake& intake, const Place& at) {
  return {readPlan(from.getPlan(), intake, Place(at, "plan"))};
}

void writeBody(wire::PlanPublished::Builder to, const PlanPublished& from) {
  writePlan(to.initPlan(), from.plan);
}

PackPublished readBody(wire::PackPublished::Reader from, Intake& intake, const Place& at) {
  return {readPack(from.getPack(), intake, Place(at, "pack"))};
}

void writeBody(wire::PackPublished::Builder to, const PackPublished& from) {
  writePack(to.initPack(), from.pack);
}

ModelPricePublished readBody(wire::ModelPricePublished::Reader from, Intake& intake,
                             const Place& at) {
  ModelPricePublished to;
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.book_version = from.getBookVersion();
  to.price = readModelPrice(from.getPrice(), intake, Place(at, "price"));
  return to;
}

void writeBody(wire::ModelPricePublished::Builder to, const ModelPricePublished& from) {
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setBookVersion(from.book_version);
  writeModelPrice(to.initPrice(), from.price);
}

CatalogPublished readBody(wire::CatalogPublished::Reader from, Intake& intake, const Place& at) {
  CatalogPublished to;
  to.digest = intake.text(from.getDigest(), limits::kNameBytesMax, Place(at, "digest"));
  to.items = from.getItems();
  return to;
}

void writeBody(wire::CatalogPublished::Builder to, const CatalogPublished& from) {
  setText(from.digest, [&](auto value) { to.setDigest(value); });
  to.setItems(from.items);
}

ClockMoved readBody(wire::ClockMoved::Reader from, Intake& intake, const Place& at) {
  return {readAsked(from.getAsked(), intake, Place(at, "asked"))};
}

void writeBody(wire::ClockMoved::Builder to, const ClockMoved& from) {
  writeAsked(to.initAsked(), from.asked);
}

}  // namespace daybook::protocol
