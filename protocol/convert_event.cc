#include "protocol/convert_event.h"

#include <type_traits>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "protocol/convert_account.h"
#include "protocol/convert_catalog.h"
#include "protocol/convert_command.h"
#include "protocol/convert_invoice.h"

namespace daybook::protocol {
namespace {

using Body = wire::Event::Body;

// The index of a body in the model is its number in the schema.
template <Body::Which kWhich, typename T>
constexpr bool hasNumber() {
  return std::is_same_v<std::variant_alternative_t<kWhich, EventBody>, T>;
}
static_assert(hasNumber<Body::LEDGER_CREATED, LedgerCreated>());
static_assert(hasNumber<Body::FEATURE_PUBLISHED, FeaturePublished>());
static_assert(hasNumber<Body::PLAN_PUBLISHED, PlanPublished>());
static_assert(hasNumber<Body::PACK_PUBLISHED, PackPublished>());
static_assert(hasNumber<Body::MODEL_PRICE_PUBLISHED, ModelPricePublished>());
static_assert(hasNumber<Body::CATALOG_PUBLISHED, CatalogPublished>());
static_assert(hasNumber<Body::CUSTOMER_CREATED, CustomerCreated>());
static_assert(hasNumber<Body::CUSTOMER_UPDATED, CustomerUpdated>());
static_assert(hasNumber<Body::SUBSCRIBED, Subscribed>());
static_assert(hasNumber<Body::PERIOD_STARTED, PeriodStarted>());
static_assert(hasNumber<Body::PERIOD_CLOSED, PeriodClosed>());
static_assert(hasNumber<Body::CANCEL_SCHEDULED, CancelScheduled>());
static_assert(hasNumber<Body::CANCEL_REVOKED, CancelRevoked>());
static_assert(hasNumber<Body::CANCELED, Canceled>());
static_assert(hasNumber<Body::USAGE_RECORDED, UsageRecorded>());
static_assert(hasNumber<Body::PACK_PURCHASED, PackPurchased>());
static_assert(hasNumber<Body::TOPPED_UP, ToppedUp>());
static_assert(hasNumber<Body::CREDITS_EXPIRED, CreditsExpired>());
static_assert(hasNumber<Body::INVOICE_CLOSED, InvoiceClosed>());
static_assert(hasNumber<Body::CLOCK_MOVED, ClockMoved>());
static_assert(std::variant_size_v<EventBody> == Body::CLOCK_MOVED + 1);

std::string readCurrency(capnp::Text::Reader from, Intake& intake, const Place& at) {
  return intake.text(from, limits::kCodeBytesMax, Place(at, "currency"));
}

FeaturePublished readFeaturePublished(wire::FeaturePublished::Reader from, Intake& intake,
                                      const Place& at) {
  FeaturePublished to;
  to.number = FeatureNumber(from.getNumber());
  if (to.number.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "number"), "is none");
  to.feature = readFeature(from.getFeature(), intake, Place(at, "feature"));
  return to;
}

void writeFeaturePublished(wire::FeaturePublished::Builder to, const FeaturePublished& from) {
  to.setNumber(from.number.value);
  writeFeature(to.initFeature(), from.feature);
}

ModelPricePublished readModelPricePublished(wire::ModelPricePublished::Reader from, Intake& intake,
                                            const Place& at) {
  ModelPricePublished to;
  to.currency = readCurrency(from.getCurrency(), intake, at);
  to.book_version = from.getBookVersion();
  to.price = readModelPrice(from.getPrice(), intake, Place(at, "price"));
  return to;
}

void writeModelPricePublished(wire::ModelPricePublished::Builder to,
                              const ModelPricePublished& from) {
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setBookVersion(from.book_version);
  writeModelPrice(to.initPrice(), from.price);
}

CatalogPublished readCatalogPublished(wire::CatalogPublished::Reader from, Intake& intake,
                                      const Place& at) {
  CatalogPublished to;
  to.digest = intake.text(from.getDigest(), limits::kNameBytesMax, Place(at, "digest"));
  to.items = from.getItems();
  return to;
}

void writeCatalogPublished(wire::CatalogPublished::Builder to, const CatalogPublished& from) {
  setText(from.digest, [&](auto value) { to.setDigest(value); });
  to.setItems(from.items);
}

CustomerCreated readCustomerCreated(wire::CustomerCreated::Reader from, Intake& intake,
                                    const Place& at) {
  CustomerCreated to;
  to.asked = readCreateCustomer(from.getAsked(), intake, Place(at, "asked"));
  to.id = intake.text(from.getId(), limits::kCustomerIdBytesMax, Place(at, "id"));
  to.zone = intake.text(from.getZone(), limits::kZoneBytesMax, Place(at, "zone"));
  return to;
}

void writeCustomerCreated(wire::CustomerCreated::Builder to, const CustomerCreated& from) {
  writeCreateCustomer(to.initAsked(), from.asked);
  setText(from.id, [&](auto value) { to.setId(value); });
  setText(from.zone, [&](auto value) { to.setZone(value); });
}

Subscribed readSubscribed(wire::Subscribed::Reader from, Intake& intake, const Place& at) {
  Subscribed to;
  to.asked = readSubscribe(from.getAsked(), intake, Place(at, "asked"));
  to.subscription = readSubscription(from.getSubscription(), intake, Place(at, "subscription"));
  to.invoice = InvoiceNumber(from.getInvoice());
  return to;
}

void writeSubscribed(wire::Subscribed::Builder to, const Subscribed& from) {
  CHECK(from.asked.anchor != Instant{}, "an anchor of 0 stands for an absent one");
  writeSubscribe(to.initAsked(), from.asked);
  writeSubscription(to.initSubscription(), from.subscription);
  to.setInvoice(from.invoice.value);
}

PeriodStarted readPeriodStarted(wire::PeriodStarted::Reader from, Intake& intake, const Place& at) {
  PeriodStarted to;
  to.index = from.getIndex();
  to.span = readSpan(from.getSpan());
  to.terms = readTerms(from.getTerms(), intake, Place(at, "terms"));
  if (from.hasBilling()) to.billing = readSpan(from.getBilling());
  to.billing_to = {from.getBillingTo()};
  if (from.hasGrant()) to.grant = readGrant(from.getGrant(), intake, Place(at, "grant"));
  to.debt_paid = intake.decimal(from.getDebtPaid(), Place(at, "debtPaid"));
  to.included_balance = intake.decimal(from.getIncludedBalance(), Place(at, "includedBalance"));
  return to;
}

void writePeriodStarted(wire::PeriodStarted::Builder to, const PeriodStarted& from) {
  to.setIndex(from.index);
  writeSpan(to.initSpan(), from.span);
  writeTerms(to.initTerms(), from.terms);
  if (from.billing) writeSpan(to.initBilling(), *from.billing);
  to.setBillingTo(from.billing_to.ns);
  if (from.grant) writeGrant(to.initGrant(), *from.grant);
  setNonZero(from.debt_paid, [&](auto value) { to.setDebtPaid(value); });
  setNonZero(from.included_balance, [&](auto value) { to.setIncludedBalance(value); });
}

PeriodClosed readPeriodClosed(wire::PeriodClosed::Reader from, Intake& intake, const Place& at) {
  PeriodClosed to;
  to.index = from.getIndex();
  to.from = {from.getFrom()};
  to.to = {from.getTo()};
  to.carried_top_ups = intake.decimal(from.getCarriedTopUps(), Place(at, "carriedTopUps"));
  to.invoice = InvoiceNumber(from.getInvoice());
  return to;
}

void writePeriodClosed(wire::PeriodClosed::Builder to, const PeriodClosed& from) {
  to.setIndex(from.index);
  to.setFrom(from.from.ns);
  to.setTo(from.to.ns);
  setNonZero(from.carried_top_ups, [&](auto value) { to.setCarriedTopUps(value); });
  to.setInvoice(from.invoice.value);
}

CancelScheduled readCancelScheduled(wire::CancelScheduled::Reader from, Intake& intake,
                                    const Place& at) {
  return {readCancel(from.getAsked(), intake, Place(at, "asked")), {from.getAt()}};
}

void writeCancelScheduled(wire::CancelScheduled::Builder to, const CancelScheduled& from) {
  writeCancel(to.initAsked(), from.asked);
  to.setAt(from.at.ns);
}

Canceled readCanceled(wire::Canceled::Reader from, Intake& intake, const Place& at) {
  Canceled to;
  if (from.hasAsked()) to.asked = readCancel(from.getAsked(), intake, Place(at, "asked"));
  to.at = {from.getAt()};
  return to;
}

void writeCanceled(wire::Canceled::Builder to, const Canceled& from) {
  if (from.asked) writeCancel(to.initAsked(), *from.asked);
  to.setAt(from.at.ns);
}

void readUsageDetails(wire::UsageDetails::Reader from, UsageRecorded& to, Intake& intake,
                      const Place& at) {
  if (from.hasTokens()) to.asked.tokens = readTokens(from.getTokens(), intake, Place(at, "tokens"));
  if (from.hasTotals()) to.tokens = readTokenTotals(from.getTotals());
  to.asked.properties = intake.list(from.getProperties(), limits::kPropertiesMax, at, "properties",
                                    readProperty, Outcome::invalidProperties);
}

void writeUsageDetails(wire::UsageRecorded::Builder usage, const UsageRecorded& from) {
  const bool has_totals = from.tokens != TokenTotals{};
  if (!from.asked.tokens && !has_totals && from.asked.properties.empty()) return;
  auto to = usage.initDetails();
  if (from.asked.tokens) writeTokens(to.initTokens(), *from.asked.tokens);
  if (has_totals) writeTokenTotals(to.initTotals(), from.tokens);
  writeList(from.asked.properties, writeProperty,
            [&](auto size) { return to.initProperties(size); });
}

void readFunding(wire::Funding::Reader from, UsageRecorded& to, Intake& intake, const Place& at) {
  to.draws = intake.list(from.getDraws(), limits::kGrantsPerCustomerMax, at, "draws", readDraw);
  to.overdrawn = intake.decimal(from.getOverdrawn(), Place(at, "overdrawn"));
  to.unpaid = intake.decimal(from.getUnpaid(), Place(at, "unpaid"));
}

void writeFunding(wire::UsageRecorded::Builder usage, const UsageRecorded& from) {
  if (from.draws.empty() && from.overdrawn.isZero() && from.unpaid.isZero()) return;
  auto to = usage.initFunding();
  writeList(from.draws, writeDraw, [&](auto size) { return to.initDraws(size); });
  setNonZero(from.overdrawn, [&](auto value) { to.setOverdrawn(value); });
  setNonZero(from.unpaid, [&](auto value) { to.setUnpaid(value); });
}

UsageRecorded readUsageRecorded(wire::UsageRecorded::Reader from, Intake& intake, const Place& at) {
  UsageRecorded to;
  to.asked.feature = intake.text(from.getFeature(), limits::kCodeBytesMax, Place(at, "feature"));
  to.asked.quantity = intake.optionalDecimal(from.getQuantitySent(), Place(at, "quantitySent"));
  to.asked.at = optionalInstant(from.getAt());
  to.asked.on_shortfall = intake.enumerant(from.getOnShortfall(), Place(at, "onShortfall"));
  if (from.hasDetails()) {
    readUsageDetails(from.getDetails(), to, intake, Place(at, "details"));
  }
  to.disposition = intake.enumerant(from.getDisposition(), Place(at, "disposition"));
  to.feature = FeatureNumber(from.getFeatureNumber());
  if (to.feature.isNone()) {
    intake.refuse(Outcome::invalidNumber, Place(at, "featureNumber"), "is none");
  }
  to.period_from = {from.getPeriodFrom()};
  const Place quantity_at(at, "quantity");
  const auto quantity = intake.optionalDecimal(from.getQuantity(), quantity_at);
  if (!quantity && !to.asked.quantity) {
    intake.refuse(Outcome::invalidNumber, quantity_at, "is missing");
  }
  to.quantity = quantity ? *quantity : to.asked.quantity.value_or(Decimal());
  to.price = intake.decimal(from.getPrice(), Place(at, "price"));
  if (from.hasFunding()) readFunding(from.getFunding(), to, intake, Place(at, "funding"));
  to.balance_after = intake.decimal(from.getBalanceAfter(), Place(at, "balanceAfter"));
  return to;
}

void writeUsageRecorded(wire::UsageRecorded::Builder to, const UsageRecorded& from) {
  CHECK(from.asked.at != Instant{}, "an instant of 0 stands for an absent one");
  setText(from.asked.feature, [&](auto value) { to.setFeature(value); });
  setOptional(from.asked.quantity, [&](auto value) { to.setQuantitySent(value); });
  to.setAt(instantOrZero(from.asked.at));
  to.setOnShortfall(toWire<wire::OnShortfall>(from.asked.on_shortfall));
  writeUsageDetails(to, from);
  to.setDisposition(toWire<wire::Disposition>(from.disposition));
  to.setFeatureNumber(from.feature.value);
  to.setPeriodFrom(from.period_from.ns);
  if (from.asked.quantity != from.quantity) to.setQuantity(DecimalText(from.quantity).reader());
  setNonZero(from.price, [&](auto value) { to.setPrice(value); });
  writeFunding(to, from);
  to.setBalanceAfter(DecimalText(from.balance_after).reader());
}

PackPurchased readPackPurchased(wire::PackPurchased::Reader from, Intake& intake, const Place& at) {
  PackPurchased to;
  to.asked = readBuyCredits(from.getAsked(), intake, Place(at, "asked"));
  to.pack_version = from.getPackVersion();
  to.currency = readCurrency(from.getCurrency(), intake, at);
  to.price = intake.decimal(from.getPrice(), Place(at, "price"));
  to.grant = readGrant(from.getGrant(), intake, Place(at, "grant"));
  to.debt_paid = intake.decimal(from.getDebtPaid(), Place(at, "debtPaid"));
  to.invoice = InvoiceNumber(from.getInvoice());
  return to;
}

void writePackPurchased(wire::PackPurchased::Builder to, const PackPurchased& from) {
  writeBuyCredits(to.initAsked(), from.asked);
  to.setPackVersion(from.pack_version);
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setPrice(DecimalText(from.price).reader());
  writeGrant(to.initGrant(), from.grant);
  setNonZero(from.debt_paid, [&](auto value) { to.setDebtPaid(value); });
  to.setInvoice(from.invoice.value);
}

ToppedUp readToppedUp(wire::ToppedUp::Reader from, Intake& intake, const Place& at) {
  ToppedUp to;
  to.asked = readTopUp(from.getAsked(), intake, Place(at, "asked"));
  to.currency = readCurrency(from.getCurrency(), intake, at);
  to.balance_after = intake.decimal(from.getBalanceAfter(), Place(at, "balanceAfter"));
  to.invoice = InvoiceNumber(from.getInvoice());
  return to;
}

void writeToppedUp(wire::ToppedUp::Builder to, const ToppedUp& from) {
  writeTopUp(to.initAsked(), from.asked);
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setBalanceAfter(DecimalText(from.balance_after).reader());
  to.setInvoice(from.invoice.value);
}

CreditsExpired readCreditsExpired(wire::CreditsExpired::Reader from, Intake& intake,
                                  const Place& at) {
  CreditsExpired to;
  to.grant = GrantNumber(from.getGrant());
  if (to.grant.isNone()) intake.refuse(Outcome::invalidNumber, Place(at, "grant"), "is none");
  to.amount = intake.decimal(from.getAmount(), Place(at, "amount"));
  to.expiry = {from.getExpiry()};
  return to;
}

void writeCreditsExpired(wire::CreditsExpired::Builder to, const CreditsExpired& from) {
  to.setGrant(from.grant.value);
  to.setAmount(DecimalText(from.amount).reader());
  to.setExpiry(from.expiry.ns);
}

void checkHead(const Event& event, Intake& intake) {
  const Place root;
  if (event.position.isNone()) {
    intake.refuse(Outcome::invalidNumber, Place(root, "position"), "is none");
  }
  if (event.sequence == 0) intake.refuse(Outcome::invalidNumber, Place(root, "sequence"), "is 0");
  if (event.previous >= event.position || event.previous.isNone() != (event.sequence == 1)) {
    intake.refuse(Outcome::invalidNumber, Place(root, "previous"), "breaks the chain");
  }
  if (event.rule_version == 0 || event.rule_version > kRuleVersion) {
    intake.refuse(Outcome::invalidNumber, Place(root, "ruleVersion"),
                  std::to_string(event.rule_version) + " is not a version known here");
  }
}

struct BodyWriter {
  Body::Builder to;

  void operator()(const LedgerCreated& from) { writeLedgerCreated(to.initLedgerCreated(), from); }
  void operator()(const FeaturePublished& from) {
    writeFeaturePublished(to.initFeaturePublished(), from);
  }
  void operator()(const PlanPublished& from) {
    writePlan(to.initPlanPublished().initPlan(), from.plan);
  }
  void operator()(const PackPublished& from) {
    writePack(to.initPackPublished().initPack(), from.pack);
  }
  void operator()(const ModelPricePublished& from) {
    writeModelPricePublished(to.initModelPricePublished(), from);
  }
  void operator()(const CatalogPublished& from) {
    writeCatalogPublished(to.initCatalogPublished(), from);
  }
  void operator()(const CustomerCreated& from) {
    writeCustomerCreated(to.initCustomerCreated(), from);
  }
  void operator()(const CustomerUpdated& from) {
    writeUpdateCustomer(to.initCustomerUpdated().initAsked(), from.asked);
  }
  void operator()(const Subscribed& from) { writeSubscribed(to.initSubscribed(), from); }
  void operator()(const PeriodStarted& from) { writePeriodStarted(to.initPeriodStarted(), from); }
  void operator()(const PeriodClosed& from) { writePeriodClosed(to.initPeriodClosed(), from); }
  void operator()(const CancelScheduled& from) {
    writeCancelScheduled(to.initCancelScheduled(), from);
  }
  void operator()(const CancelRevoked&) { to.initCancelRevoked().initAsked(); }
  void operator()(const Canceled& from) { writeCanceled(to.initCanceled(), from); }
  void operator()(const UsageRecorded& from) { writeUsageRecorded(to.initUsageRecorded(), from); }
  void operator()(const PackPurchased& from) { writePackPurchased(to.initPackPurchased(), from); }
  void operator()(const ToppedUp& from) { writeToppedUp(to.initToppedUp(), from); }
  void operator()(const CreditsExpired& from) {
    writeCreditsExpired(to.initCreditsExpired(), from);
  }
  void operator()(const InvoiceClosed& from) {
    writeInvoice(to.initInvoiceClosed().initInvoice(), from.invoice);
  }
  void operator()(const ClockMoved& from) {
    to.initClockMoved().initAsked().setTo(from.asked.to.ns);
  }
};

}  // namespace

LedgerCreated readLedgerCreated(wire::LedgerCreated::Reader from, Intake& intake, const Place& at) {
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
  if (to.format_version > kFormatVersion) {
    intake.refuse(Outcome::invalidNumber, Place(at, "formatVersion"),
                  std::to_string(to.format_version) + " is newer than this version");
  }
  return to;
}

void writeLedgerCreated(wire::LedgerCreated::Builder to, const LedgerCreated& from) {
  setText(from.ledger_id, [&](auto value) { to.setLedgerId(value); });
  to.setFormatVersion(from.format_version);
  to.setClock(toWire<wire::ClockKind>(from.settings.clock));
  to.setGraceNs(from.settings.grace.ns);
  to.setLateWindowNs(from.settings.late_window.ns);
  to.setFutureLimitNs(from.settings.future_limit.ns);
  setText(from.settings.invoice_prefix, [&](auto value) { to.setInvoicePrefix(value); });
  to.setDueDays(from.settings.due_days);
}

EventBody readEventBody(Body::Reader from, Intake& intake, const Place& at) {
  switch (from.which()) {
    case Body::LEDGER_CREATED:
      return readLedgerCreated(from.getLedgerCreated(), intake, Place(at, "ledgerCreated"));
    case Body::FEATURE_PUBLISHED:
      return readFeaturePublished(from.getFeaturePublished(), intake,
                                  Place(at, "featurePublished"));
    case Body::PLAN_PUBLISHED:
      return PlanPublished{
          readPlan(from.getPlanPublished().getPlan(), intake, Place(at, "planPublished"))};
    case Body::PACK_PUBLISHED:
      return PackPublished{
          readPack(from.getPackPublished().getPack(), intake, Place(at, "packPublished"))};
    case Body::MODEL_PRICE_PUBLISHED:
      return readModelPricePublished(from.getModelPricePublished(), intake,
                                     Place(at, "modelPricePublished"));
    case Body::CATALOG_PUBLISHED:
      return readCatalogPublished(from.getCatalogPublished(), intake,
                                  Place(at, "catalogPublished"));
    case Body::CUSTOMER_CREATED:
      return readCustomerCreated(from.getCustomerCreated(), intake, Place(at, "customerCreated"));
    case Body::CUSTOMER_UPDATED:
      return CustomerUpdated{readUpdateCustomer(from.getCustomerUpdated().getAsked(), intake,
                                                Place(at, "customerUpdated"))};
    case Body::SUBSCRIBED:
      return readSubscribed(from.getSubscribed(), intake, Place(at, "subscribed"));
    case Body::PERIOD_STARTED:
      return readPeriodStarted(from.getPeriodStarted(), intake, Place(at, "periodStarted"));
    case Body::PERIOD_CLOSED:
      return readPeriodClosed(from.getPeriodClosed(), intake, Place(at, "periodClosed"));
    case Body::CANCEL_SCHEDULED:
      return readCancelScheduled(from.getCancelScheduled(), intake, Place(at, "cancelScheduled"));
    case Body::CANCEL_REVOKED:
      return CancelRevoked{};
    case Body::CANCELED:
      return readCanceled(from.getCanceled(), intake, Place(at, "canceled"));
    case Body::USAGE_RECORDED:
      return readUsageRecorded(from.getUsageRecorded(), intake, Place(at, "usageRecorded"));
    case Body::PACK_PURCHASED:
      return readPackPurchased(from.getPackPurchased(), intake, Place(at, "packPurchased"));
    case Body::TOPPED_UP:
      return readToppedUp(from.getToppedUp(), intake, Place(at, "toppedUp"));
    case Body::CREDITS_EXPIRED:
      return readCreditsExpired(from.getCreditsExpired(), intake, Place(at, "creditsExpired"));
    case Body::INVOICE_CLOSED:
      return InvoiceClosed{
          readInvoice(from.getInvoiceClosed().getInvoice(), intake, Place(at, "invoiceClosed"))};
    case Body::CLOCK_MOVED:
      return ClockMoved{{{from.getClockMoved().getAsked().getTo()}}};
  }
  intake.refuse(Outcome::invalidNumber, at,
                "unknown kind " + std::to_string(static_cast<std::uint16_t>(from.which())));
  return CancelRevoked{};
}

void writeEventBody(Body::Builder to, const EventBody& from) { std::visit(BodyWriter{to}, from); }

Event readEvent(wire::Event::Reader from, Intake& intake) {
  Event to;
  to.position = Position(from.getPosition());
  to.recorded = {from.getRecorded()};
  to.sequence = from.getSequence();
  to.previous = Position(from.getPrevious());
  to.customer = CustomerNumber(from.getCustomer());
  to.rule_version = from.getRuleVersion();
  const Place root;
  to.key = intake.text(from.getKey(), limits::kKeyBytesMax, Place(root, "key"));
  checkHead(to, intake);
  to.body = readEventBody(from.getBody(), intake, Place(root, "body"));
  return to;
}

void writeEvent(wire::Event::Builder to, const Event& from) {
  to.setPosition(from.position.value);
  to.setRecorded(from.recorded.ns);
  to.setSequence(from.sequence);
  to.setPrevious(from.previous.value);
  to.setCustomer(from.customer.value);
  to.setRuleVersion(from.rule_version);
  setText(from.key, [&](auto value) { to.setKey(value); });
  writeEventBody(to.initBody(), from.body);
}

}  // namespace daybook::protocol
