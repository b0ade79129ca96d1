#include "protocol/convert_asked.h"

#include <algorithm>

#include "ledger/base/limits.h"
#include "protocol/convert_opening.h"
#include "protocol/convert_plan.h"

namespace daybook::protocol {
namespace {

std::string readReason(capnp::Text::Reader from, Intake& intake, const Place& at,
                       const char* name) {
  return intake.text(from, limits::kReasonBytesMax, Place(at, name));
}

std::int64_t countOrAbsent(const std::optional<std::uint64_t>& count) {
  if (!count) return -1;
  return static_cast<std::int64_t>(std::min<std::uint64_t>(*count, INT64_MAX));
}

}  // namespace

Tokens readTokens(wire::Tokens::Reader from, Intake& intake, const Place& at) {
  Tokens to;
  to.provider = intake.text(from.getProvider(), limits::kNameBytesMax, Place(at, "provider"));
  to.model = intake.text(from.getModel(), limits::kNameBytesMax, Place(at, "model"));
  to.input = intake.optionalCount(from.getInput(), Place(at, "input"));
  to.total_input = intake.optionalCount(from.getTotalInput(), Place(at, "totalInput"));
  to.output = intake.optionalCount(from.getOutput(), Place(at, "output"));
  to.cache_read = from.getCacheRead();
  to.cache_write = from.getCacheWrite();
  return to;
}

void writeTokens(wire::Tokens::Builder to, const Tokens& from) {
  setText(from.provider, [&](auto value) { to.setProvider(value); });
  setText(from.model, [&](auto value) { to.setModel(value); });
  to.setInput(countOrAbsent(from.input));
  to.setTotalInput(countOrAbsent(from.total_input));
  to.setOutput(countOrAbsent(from.output));
  to.setCacheRead(from.cache_read);
  to.setCacheWrite(from.cache_write);
}

Property readProperty(wire::Property::Reader from, Intake& intake, const Place& at) {
  Property to;
  to.name = intake.text(from.getName(), limits::kPropertyNameBytesMax, Place(at, "name"),
                        Outcome::invalidProperties);
  to.value = intake.text(from.getValue(), limits::kPropertyValueBytesMax, Place(at, "value"),
                         Outcome::invalidProperties);
  return to;
}

void writeProperty(wire::Property::Builder to, const Property& from) {
  setText(from.name, [&](auto value) { to.setName(value); });
  setText(from.value, [&](auto value) { to.setValue(value); });
}

RecordUsage readAsked(wire::RecordUsage::Reader from, Intake& intake, const Place& at) {
  RecordUsage to;
  to.feature = readCode(from.getFeature(), intake, at, "feature");
  to.quantity = intake.optionalDecimal(from.getQuantity(), Place(at, "quantity"));
  if (from.hasTokens()) to.tokens = readTokens(from.getTokens(), intake, Place(at, "tokens"));
  to.at = optionalInstant(from.getAt());
  to.properties = intake.list(from.getProperties(), limits::kPropertiesMax, at, "properties",
                              readProperty, Outcome::invalidProperties);
  to.on_shortfall = intake.enumerant(from.getOnShortfall(), Place(at, "onShortfall"));
  to.set = from.getSet();
  return to;
}

void writeAsked(wire::RecordUsage::Builder to, const RecordUsage& from) {
  setText(from.feature, [&](auto value) { to.setFeature(value); });
  setOptional(from.quantity, [&](auto value) { to.setQuantity(value); });
  if (from.tokens) writeTokens(to.initTokens(), *from.tokens);
  to.setAt(instantOrZero(from.at));
  writeList(from.properties, writeProperty, [&](auto size) { return to.initProperties(size); });
  to.setOnShortfall(toWire<wire::OnShortfall>(from.on_shortfall));
  to.setSet(from.set);
}

BuyCredits readAsked(wire::BuyCredits::Reader from, Intake& intake, const Place& at) {
  BuyCredits to;
  to.pack = readCode(from.getPack(), intake, at, "pack");
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  return to;
}

void writeAsked(wire::BuyCredits::Builder to, const BuyCredits& from) {
  setText(from.pack, [&](auto value) { to.setPack(value); });
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
}

TopUp readAsked(wire::TopUp::Reader from, Intake& intake, const Place& at) {
  TopUp to;
  to.amount = intake.decimal(from.getAmount(), Place(at, "amount"));
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  return to;
}

void writeAsked(wire::TopUp::Builder to, const TopUp& from) {
  to.setAmount(DecimalText(from.amount).reader());
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
}

CreateCustomer readAsked(wire::CreateCustomer::Reader from, Intake& intake, const Place& at) {
  CreateCustomer to;
  to.zone = intake.text(from.getZone(), limits::kZoneBytesMax, Place(at, "zone"));
  if (from.hasOpening()) {
    to.opening = readOpening(from.getOpening(), intake, Place(at, "opening"));
  }
  return to;
}

void writeAsked(wire::CreateCustomer::Builder to, const CreateCustomer& from) {
  setText(from.zone, [&](auto value) { to.setZone(value); });
  if (from.opening) writeOpening(to.initOpening(), *from.opening);
}

UpdateCustomer readAsked(wire::UpdateCustomer::Reader from, Intake& intake, const Place& at) {
  return {intake.text(from.getZone(), limits::kZoneBytesMax, Place(at, "zone"))};
}

void writeAsked(wire::UpdateCustomer::Builder to, const UpdateCustomer& from) {
  setText(from.zone, [&](auto value) { to.setZone(value); });
}

Subscribe readAsked(wire::Subscribe::Reader from, Intake& intake, const Place& at) {
  Subscribe to;
  to.plan = readCode(from.getPlan(), intake, at, "plan");
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.anchor = optionalInstant(from.getAnchor());
  to.interval = intake.optionalInterval(from.getInterval(), Place(at, "interval"));
  const auto days = intake.optionalCount(from.getTrialDays(), Place(at, "trialDays"));
  if (days) to.trial_days = static_cast<std::uint32_t>(*days);
  to.seats = intake.list(from.getSeats(), limits::kFeaturesPerPlanMax, at, "seats", readSeatCount,
                         Outcome::amountOverflow);
  return to;
}

void writeAsked(wire::Subscribe::Builder to, const Subscribe& from) {
  setText(from.plan, [&](auto value) { to.setPlan(value); });
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setAnchor(instantOrZero(from.anchor));
  to.setInterval(toWire(from.interval));
  if (from.trial_days) {
    to.setTrialDays(
        static_cast<std::int32_t>(std::min<std::uint32_t>(*from.trial_days, INT32_MAX)));
  }
  writeList(from.seats, writeSeatCount, [&](auto size) { return to.initSeats(size); });
}

Cancel readAsked(wire::Cancel::Reader from, Intake& intake, const Place& at) {
  return {intake.enumerant(from.getWhen(), Place(at, "when")), from.getCreditUnused()};
}

void writeAsked(wire::Cancel::Builder to, const Cancel& from) {
  to.setWhen(toWire<wire::CancelWhen>(from.when));
  to.setCreditUnused(from.credit_unused);
}

RevokeCancel readAsked(wire::RevokeCancel::Reader, Intake&, const Place&) { return {}; }
void writeAsked(wire::RevokeCancel::Builder, const RevokeCancel&) {}

MoveClock readAsked(wire::MoveClock::Reader from, Intake&, const Place&) {
  return {{from.getTo()}};
}

void writeAsked(wire::MoveClock::Builder to, const MoveClock& from) { to.setTo(from.to.ns); }

ChangePlan readAsked(wire::ChangePlan::Reader from, Intake& intake, const Place& at) {
  ChangePlan to;
  to.plan = readCode(from.getPlan(), intake, at, "plan");
  to.interval = intake.optionalInterval(from.getInterval(), Place(at, "interval"));
  to.when = intake.enumerant(from.getWhen(), Place(at, "when"));
  return to;
}

void writeAsked(wire::ChangePlan::Builder to, const ChangePlan& from) {
  setText(from.plan, [&](auto value) { to.setPlan(value); });
  to.setInterval(toWire(from.interval));
  to.setWhen(toWire<wire::ChangeWhen>(from.when));
}

RevokeChange readAsked(wire::RevokeChange::Reader, Intake&, const Place&) { return {}; }
void writeAsked(wire::RevokeChange::Builder, const RevokeChange&) {}
Pause readAsked(wire::Pause::Reader, Intake&, const Place&) { return {}; }
void writeAsked(wire::Pause::Builder, const Pause&) {}
Resume readAsked(wire::Resume::Reader, Intake&, const Place&) { return {}; }
void writeAsked(wire::Resume::Builder, const Resume&) {}

PinVersion readAsked(wire::PinVersion::Reader from, Intake&, const Place&) {
  return {from.getPinned()};
}

void writeAsked(wire::PinVersion::Builder to, const PinVersion& from) { to.setPinned(from.pinned); }

ChangeSeats readAsked(wire::ChangeSeats::Reader from, Intake& intake, const Place& at) {
  return {readCode(from.getFeature(), intake, at, "feature"), from.getSeats(), from.getSet()};
}

void writeAsked(wire::ChangeSeats::Builder to, const ChangeSeats& from) {
  setText(from.feature, [&](auto value) { to.setFeature(value); });
  to.setSeats(from.seats);
  to.setSet(from.set);
}

GrantCredits readAsked(wire::GrantCredits::Reader from, Intake& intake, const Place& at) {
  GrantCredits to;
  to.credits = intake.decimal(from.getCredits(), Place(at, "credits"));
  to.priority = from.getPriority();
  to.effective = optionalInstant(from.getEffective());
  to.expiry = optionalInstant(from.getExpiry());
  to.features = intake.list(from.getFeatures(), limits::kFeaturesMax, at, "features",
                            readCodeElement, Outcome::amountOverflow);
  to.reason = readReason(from.getReason(), intake, at, "reason");
  return to;
}

void writeAsked(wire::GrantCredits::Builder to, const GrantCredits& from) {
  to.setCredits(DecimalText(from.credits).reader());
  to.setPriority(from.priority);
  to.setEffective(instantOrZero(from.effective));
  to.setExpiry(instantOrZero(from.expiry));
  writeCodes(from.features, [&](auto size) { return to.initFeatures(size); });
  setText(from.reason, [&](auto value) { to.setReason(value); });
}

RefundPack readAsked(wire::RefundPack::Reader from, Intake& intake, const Place& at) {
  return {GrantNumber(from.getGrant()), readReason(from.getReason(), intake, at, "reason")};
}

void writeAsked(wire::RefundPack::Builder to, const RefundPack& from) {
  to.setGrant(from.grant.value);
  setText(from.reason, [&](auto value) { to.setReason(value); });
}

VoidUsage readAsked(wire::VoidUsage::Reader from, Intake& intake, const Place& at) {
  VoidUsage to;
  to.usage_key = intake.text(from.getUsageKey(), limits::kKeyBytesMax, Place(at, "usageKey"));
  to.reason = readReason(from.getReason(), intake, at, "reason");
  return to;
}

void writeAsked(wire::VoidUsage::Builder to, const VoidUsage& from) {
  setText(from.usage_key, [&](auto value) { to.setUsageKey(value); });
  setText(from.reason, [&](auto value) { to.setReason(value); });
}

AddAdjustment readAsked(wire::AddAdjustment::Reader from, Intake& intake, const Place& at) {
  AddAdjustment to;
  to.amount = intake.decimal(from.getAmount(), Place(at, "amount"));
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.description = readReason(from.getDescription(), intake, at, "description");
  to.at_once = from.getAtOnce();
  return to;
}

void writeAsked(wire::AddAdjustment::Builder to, const AddAdjustment& from) {
  to.setAmount(DecimalText(from.amount).reader());
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  setText(from.description, [&](auto value) { to.setDescription(value); });
  to.setAtOnce(from.at_once);
}

AddCustomerCredit readAsked(wire::AddCustomerCredit::Reader from, Intake& intake, const Place& at) {
  AddCustomerCredit to;
  to.amount = intake.decimal(from.getAmount(), Place(at, "amount"));
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.reason = readReason(from.getReason(), intake, at, "reason");
  return to;
}

void writeAsked(wire::AddCustomerCredit::Builder to, const AddCustomerCredit& from) {
  to.setAmount(DecimalText(from.amount).reader());
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  setText(from.reason, [&](auto value) { to.setReason(value); });
}

CreditInvoice readAsked(wire::CreditInvoice::Reader from, Intake& intake, const Place& at) {
  CreditInvoice to;
  to.invoice = InvoiceNumber(from.getInvoice());
  to.amount = intake.optionalDecimal(from.getAmount(), Place(at, "amount"));
  to.reason = readReason(from.getReason(), intake, at, "reason");
  to.as_customer_credit = from.getAsCustomerCredit();
  return to;
}

void writeAsked(wire::CreditInvoice::Builder to, const CreditInvoice& from) {
  to.setInvoice(from.invoice.value);
  setOptional(from.amount, [&](auto value) { to.setAmount(value); });
  setText(from.reason, [&](auto value) { to.setReason(value); });
  to.setAsCustomerCredit(from.as_customer_credit);
}

RecordPayment readAsked(wire::RecordPayment::Reader from, Intake& intake, const Place& at) {
  RecordPayment to;
  to.invoice = InvoiceNumber(from.getInvoice());
  to.amount = intake.optionalDecimal(from.getAmount(), Place(at, "amount"));
  to.reference = readReason(from.getReference(), intake, at, "reference");
  return to;
}

void writeAsked(wire::RecordPayment::Builder to, const RecordPayment& from) {
  to.setInvoice(from.invoice.value);
  setOptional(from.amount, [&](auto value) { to.setAmount(value); });
  setText(from.reference, [&](auto value) { to.setReference(value); });
}

RecordPaymentFailure readAsked(wire::RecordPaymentFailure::Reader from, Intake& intake,
                               const Place& at) {
  return {InvoiceNumber(from.getInvoice()), readReason(from.getReason(), intake, at, "reason")};
}

void writeAsked(wire::RecordPaymentFailure::Builder to, const RecordPaymentFailure& from) {
  to.setInvoice(from.invoice.value);
  setText(from.reason, [&](auto value) { to.setReason(value); });
}

MarkUncollectible readAsked(wire::MarkUncollectible::Reader from, Intake&, const Place&) {
  return {InvoiceNumber(from.getInvoice())};
}

void writeAsked(wire::MarkUncollectible::Builder to, const MarkUncollectible& from) {
  to.setInvoice(from.invoice.value);
}

SetAlerts readAsked(wire::SetAlerts::Reader from, Intake& intake, const Place& at) {
  SetAlerts to;
  if (from.hasAlerts()) {
    to.rules =
        readAlertRules(from.getAlerts(), intake, Place(at, "alerts"), Outcome::amountOverflow);
  }
  return to;
}

void writeAsked(wire::SetAlerts::Builder to, const SetAlerts& from) {
  if (from.rules) writeAlertRules(to.initAlerts(), *from.rules);
}

}  // namespace daybook::protocol
