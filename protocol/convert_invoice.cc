#include "protocol/convert_invoice.h"

#include "ledger/base/limits.h"
#include "protocol/convert_account.h"

namespace daybook::protocol {
namespace {

TierCharge readTierCharge(wire::TierCharge::Reader from, Intake& intake, const Place& at) {
  TierCharge to;
  to.quantity = intake.decimal(from.getQuantity(), Place(at, "quantity"));
  to.unit_price = intake.decimal(from.getUnitPrice(), Place(at, "unitPrice"));
  to.flat_fee = intake.decimal(from.getFlatFee(), Place(at, "flatFee"));
  to.exact = intake.decimal(from.getExact(), Place(at, "exact"));
  return to;
}

void writeTierCharge(wire::TierCharge::Builder to, const TierCharge& from) {
  to.setQuantity(DecimalText(from.quantity).reader());
  to.setUnitPrice(DecimalText(from.unit_price).reader());
  to.setFlatFee(DecimalText(from.flat_fee).reader());
  to.setExact(DecimalText(from.exact).reader());
}

InvoiceLine readLine(wire::InvoiceLine::Reader from, Intake& intake, const Place& at) {
  InvoiceLine to;
  to.type = intake.enumerant(from.getType(), Place(at, "type"));
  to.feature = intake.text(from.getFeature(), limits::kCodeBytesMax, Place(at, "feature"));
  to.description =
      intake.text(from.getDescription(), limits::kInvoiceLineBytesMax, Place(at, "description"));
  to.quantity = intake.decimal(from.getQuantity(), Place(at, "quantity"));
  to.included = intake.decimal(from.getIncluded(), Place(at, "included"));
  to.unit_price = intake.decimal(from.getUnitPrice(), Place(at, "unitPrice"));
  to.tiers = intake.list(from.getTiers(), limits::kTiersMax, at, "tiers", readTierCharge);
  to.exact = intake.decimal(from.getExact(), Place(at, "exact"));
  to.amount = intake.decimal(from.getAmount(), Place(at, "amount"));
  to.from = {from.getFrom()};
  to.to = {from.getTo()};
  to.variant = intake.text(from.getVariant(), limits::kVariantValueBytesMax, Place(at, "variant"));
  to.models = intake.list(from.getModels(), limits::kLineModelsMax, at, "models", readModelUsage);
  return to;
}

void writeLine(wire::InvoiceLine::Builder to, const InvoiceLine& from) {
  to.setType(toWire<wire::LineType>(from.type));
  setText(from.feature, [&](auto value) { to.setFeature(value); });
  setText(from.description, [&](auto value) { to.setDescription(value); });
  to.setQuantity(DecimalText(from.quantity).reader());
  to.setIncluded(DecimalText(from.included).reader());
  to.setUnitPrice(DecimalText(from.unit_price).reader());
  writeList(from.tiers, writeTierCharge, [&](auto size) { return to.initTiers(size); });
  to.setExact(DecimalText(from.exact).reader());
  to.setAmount(DecimalText(from.amount).reader());
  to.setFrom(from.from.ns);
  to.setTo(from.to.ns);
  setText(from.variant, [&](auto value) { to.setVariant(value); });
  writeList(from.models, writeModelUsage, [&](auto size) { return to.initModels(size); });
}

}  // namespace

Invoice readInvoice(wire::Invoice::Reader from, Intake& intake, const Place& at) {
  Invoice to;
  to.number = InvoiceNumber(from.getNumber());
  to.label = intake.text(from.getLabel(), limits::kNameBytesMax, Place(at, "label"));
  to.type = intake.enumerant(from.getType(), Place(at, "type"));
  to.status = intake.enumerant(from.getStatus(), Place(at, "status"));
  to.customer = intake.text(from.getCustomer(), limits::kCustomerIdBytesMax, Place(at, "customer"));
  to.currency = intake.text(from.getCurrency(), limits::kCodeBytesMax, Place(at, "currency"));
  to.date = {from.getDate()};
  to.due = {from.getDue()};
  to.from = {from.getFrom()};
  to.to = {from.getTo()};
  to.plan = intake.text(from.getPlan(), limits::kCodeBytesMax, Place(at, "plan"));
  to.plan_version = from.getPlanVersion();
  to.price_book_version = from.getPriceBookVersion();
  to.computed_at = Position(from.getComputedAt());
  to.lines = intake.list(from.getLines(), limits::kInvoiceLinesMax, at, "lines", readLine);
  to.total = intake.decimal(from.getTotal(), Place(at, "total"));
  return to;
}

void writeInvoice(wire::Invoice::Builder to, const Invoice& from) {
  to.setNumber(from.number.value);
  setText(from.label, [&](auto value) { to.setLabel(value); });
  to.setType(toWire<wire::InvoiceType>(from.type));
  to.setStatus(toWire<wire::InvoiceStatus>(from.status));
  setText(from.customer, [&](auto value) { to.setCustomer(value); });
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setDate(from.date.ns);
  to.setDue(from.due.ns);
  to.setFrom(from.from.ns);
  to.setTo(from.to.ns);
  setText(from.plan, [&](auto value) { to.setPlan(value); });
  to.setPlanVersion(from.plan_version);
  to.setPriceBookVersion(from.price_book_version);
  to.setComputedAt(from.computed_at.value);
  writeList(from.lines, writeLine, [&](auto size) { return to.initLines(size); });
  to.setTotal(DecimalText(from.total).reader());
}

void writeInvoiceNow(wire::Invoice::Builder to, const Invoice& from, const InvoiceRef& now) {
  writeInvoice(to, from);
  to.setStatus(toWire<wire::InvoiceStatus>(now.status));
  to.setPaid(DecimalText(now.paid).reader());
  to.setCredited(DecimalText(now.credited).reader());
}

CreditNote readCreditNote(wire::CreditNote::Reader from, Intake& intake, const Place& at) {
  CreditNote to;
  to.number = CreditNoteNumber(from.getNumber());
  if (to.number.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "number"), "is none");
  to.label = intake.text(from.getLabel(), limits::kNameBytesMax, Place(at, "label"));
  to.invoice = InvoiceNumber(from.getInvoice());
  to.customer = intake.text(from.getCustomer(), limits::kCustomerIdBytesMax, Place(at, "customer"));
  to.currency = intake.text(from.getCurrency(), limits::kCodeBytesMax, Place(at, "currency"));
  to.date = {from.getDate()};
  to.reason = intake.text(from.getReason(), limits::kReasonBytesMax, Place(at, "reason"));
  to.total = intake.decimal(from.getTotal(), Place(at, "total"));
  to.as_customer_credit = from.getAsCustomerCredit();
  to.computed_at = Position(from.getComputedAt());
  return to;
}

void writeCreditNote(wire::CreditNote::Builder to, const CreditNote& from) {
  to.setNumber(from.number.value);
  setText(from.label, [&](auto value) { to.setLabel(value); });
  to.setInvoice(from.invoice.value);
  setText(from.customer, [&](auto value) { to.setCustomer(value); });
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setDate(from.date.ns);
  setText(from.reason, [&](auto value) { to.setReason(value); });
  to.setTotal(DecimalText(from.total).reader());
  to.setAsCustomerCredit(from.as_customer_credit);
  to.setComputedAt(from.computed_at.value);
}

}  // namespace daybook::protocol
