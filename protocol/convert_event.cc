#include "protocol/convert_event.h"

#include <type_traits>

#include "ledger/base/limits.h"
#include "protocol/convert_event_body.h"

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
static_assert(hasNumber<Body::TRIAL_ENDED, TrialEnded>());
static_assert(hasNumber<Body::PLAN_CHANGED, PlanChanged>());
static_assert(hasNumber<Body::CHANGE_SCHEDULED, ChangeScheduled>());
static_assert(hasNumber<Body::CHANGE_REVOKED, ChangeRevoked>());
static_assert(hasNumber<Body::PAUSED, Paused>());
static_assert(hasNumber<Body::RESUMED, Resumed>());
static_assert(hasNumber<Body::VERSION_PINNED, VersionPinned>());
static_assert(hasNumber<Body::ALLOWANCE_RAISED, AllowanceRaised>());
static_assert(hasNumber<Body::SEATS_CHANGED, SeatsChanged>());
static_assert(hasNumber<Body::CREDITS_GRANTED, CreditsGranted>());
static_assert(hasNumber<Body::CREDITS_ROLLED_OVER, CreditsRolledOver>());
static_assert(hasNumber<Body::PACK_REFUNDED, PackRefunded>());
static_assert(hasNumber<Body::USAGE_VOIDED, UsageVoided>());
static_assert(hasNumber<Body::ADJUSTMENT_ADDED, AdjustmentAdded>());
static_assert(hasNumber<Body::CUSTOMER_CREDIT_ADDED, CustomerCreditAdded>());
static_assert(hasNumber<Body::CREDIT_NOTE_CLOSED, CreditNoteClosed>());
static_assert(hasNumber<Body::PAYMENT_RECORDED, PaymentRecorded>());
static_assert(hasNumber<Body::PAYMENT_FAILED, PaymentFailed>());
static_assert(hasNumber<Body::INVOICE_UNCOLLECTIBLE, InvoiceUncollectible>());
static_assert(hasNumber<Body::ALERTS_SET, AlertsSet>());
static_assert(hasNumber<Body::ALERT_RAISED, AlertRaised>());
static_assert(hasNumber<Body::CUSTOMER_MOVED_IN, CustomerMovedIn>());
static_assert(hasNumber<Body::HOLD_PLACED, HoldPlaced>());
static_assert(hasNumber<Body::HOLD_USED, HoldUsed>());
static_assert(hasNumber<Body::HOLD_SETTLED, HoldSettled>());
static_assert(hasNumber<Body::HOLD_RELEASED, HoldReleased>());
static_assert(hasNumber<Body::HOLD_EXTENDED, HoldExtended>());
static_assert(hasNumber<Body::HOLD_EXPIRED, HoldExpired>());
static_assert(std::variant_size_v<EventBody> == Body::HOLD_EXPIRED + 1);

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

  void operator()(const LedgerCreated& from) { writeBody(to.initLedgerCreated(), from); }
  void operator()(const FeaturePublished& from) { writeBody(to.initFeaturePublished(), from); }
  void operator()(const PlanPublished& from) { writeBody(to.initPlanPublished(), from); }
  void operator()(const PackPublished& from) { writeBody(to.initPackPublished(), from); }
  void operator()(const ModelPricePublished& from) {
    writeBody(to.initModelPricePublished(), from);
  }
  void operator()(const CatalogPublished& from) { writeBody(to.initCatalogPublished(), from); }
  void operator()(const CustomerCreated& from) { writeBody(to.initCustomerCreated(), from); }
  void operator()(const CustomerUpdated& from) { writeBody(to.initCustomerUpdated(), from); }
  void operator()(const Subscribed& from) { writeBody(to.initSubscribed(), from); }
  void operator()(const PeriodStarted& from) { writeBody(to.initPeriodStarted(), from); }
  void operator()(const PeriodClosed& from) { writeBody(to.initPeriodClosed(), from); }
  void operator()(const CancelScheduled& from) { writeBody(to.initCancelScheduled(), from); }
  void operator()(const CancelRevoked& from) { writeBody(to.initCancelRevoked(), from); }
  void operator()(const Canceled& from) { writeBody(to.initCanceled(), from); }
  void operator()(const UsageRecorded& from) { writeBody(to.initUsageRecorded(), from); }
  void operator()(const PackPurchased& from) { writeBody(to.initPackPurchased(), from); }
  void operator()(const ToppedUp& from) { writeBody(to.initToppedUp(), from); }
  void operator()(const CreditsExpired& from) { writeBody(to.initCreditsExpired(), from); }
  void operator()(const InvoiceClosed& from) { writeBody(to.initInvoiceClosed(), from); }
  void operator()(const ClockMoved& from) { writeBody(to.initClockMoved(), from); }
  void operator()(const TrialEnded& from) { writeBody(to.initTrialEnded(), from); }
  void operator()(const PlanChanged& from) { writeBody(to.initPlanChanged(), from); }
  void operator()(const ChangeScheduled& from) { writeBody(to.initChangeScheduled(), from); }
  void operator()(const ChangeRevoked& from) { writeBody(to.initChangeRevoked(), from); }
  void operator()(const Paused& from) { writeBody(to.initPaused(), from); }
  void operator()(const Resumed& from) { writeBody(to.initResumed(), from); }
  void operator()(const VersionPinned& from) { writeBody(to.initVersionPinned(), from); }
  void operator()(const AllowanceRaised& from) { writeBody(to.initAllowanceRaised(), from); }
  void operator()(const SeatsChanged& from) { writeBody(to.initSeatsChanged(), from); }
  void operator()(const CreditsGranted& from) { writeBody(to.initCreditsGranted(), from); }
  void operator()(const CreditsRolledOver& from) { writeBody(to.initCreditsRolledOver(), from); }
  void operator()(const PackRefunded& from) { writeBody(to.initPackRefunded(), from); }
  void operator()(const UsageVoided& from) { writeBody(to.initUsageVoided(), from); }
  void operator()(const AdjustmentAdded& from) { writeBody(to.initAdjustmentAdded(), from); }
  void operator()(const CustomerCreditAdded& from) {
    writeBody(to.initCustomerCreditAdded(), from);
  }
  void operator()(const CreditNoteClosed& from) { writeBody(to.initCreditNoteClosed(), from); }
  void operator()(const PaymentRecorded& from) { writeBody(to.initPaymentRecorded(), from); }
  void operator()(const PaymentFailed& from) { writeBody(to.initPaymentFailed(), from); }
  void operator()(const InvoiceUncollectible& from) {
    writeBody(to.initInvoiceUncollectible(), from);
  }
  void operator()(const AlertsSet& from) { writeBody(to.initAlertsSet(), from); }
  void operator()(const AlertRaised& from) { writeBody(to.initAlertRaised(), from); }
  void operator()(const CustomerMovedIn& from) { writeBody(to.initCustomerMovedIn(), from); }
  void operator()(const HoldPlaced& from) { writeBody(to.initHoldPlaced(), from); }
  void operator()(const HoldUsed& from) { writeBody(to.initHoldUsed(), from); }
  void operator()(const HoldSettled& from) { writeBody(to.initHoldSettled(), from); }
  void operator()(const HoldReleased& from) { writeBody(to.initHoldReleased(), from); }
  void operator()(const HoldExtended& from) { writeBody(to.initHoldExtended(), from); }
  void operator()(const HoldExpired& from) { writeBody(to.initHoldExpired(), from); }
};

/// Those of holds, and any that is not known here.
EventBody readHoldBody(Body::Reader from, Intake& intake, const Place& at) {
  switch (from.which()) {
    case Body::HOLD_PLACED:
      return readBody(from.getHoldPlaced(), intake, Place(at, "holdPlaced"));
    case Body::HOLD_USED:
      return readBody(from.getHoldUsed(), intake, Place(at, "holdUsed"));
    case Body::HOLD_SETTLED:
      return readBody(from.getHoldSettled(), intake, Place(at, "holdSettled"));
    case Body::HOLD_RELEASED:
      return readBody(from.getHoldReleased(), intake, Place(at, "holdReleased"));
    case Body::HOLD_EXTENDED:
      return readBody(from.getHoldExtended(), intake, Place(at, "holdExtended"));
    case Body::HOLD_EXPIRED:
      return readBody(from.getHoldExpired(), intake, Place(at, "holdExpired"));
    default:
      break;
  }
  intake.refuse(Outcome::invalidNumber, at,
                "unknown kind " + std::to_string(static_cast<std::uint16_t>(from.which())));
  return CancelRevoked{};
}

}  // namespace

EventBody readEventBody(Body::Reader from, Intake& intake, const Place& at) {
  switch (from.which()) {
    case Body::LEDGER_CREATED:
      return readBody(from.getLedgerCreated(), intake, Place(at, "ledgerCreated"));
    case Body::FEATURE_PUBLISHED:
      return readBody(from.getFeaturePublished(), intake, Place(at, "featurePublished"));
    case Body::PLAN_PUBLISHED:
      return readBody(from.getPlanPublished(), intake, Place(at, "planPublished"));
    case Body::PACK_PUBLISHED:
      return readBody(from.getPackPublished(), intake, Place(at, "packPublished"));
    case Body::MODEL_PRICE_PUBLISHED:
      return readBody(from.getModelPricePublished(), intake, Place(at, "modelPricePublished"));
    case Body::CATALOG_PUBLISHED:
      return readBody(from.getCatalogPublished(), intake, Place(at, "catalogPublished"));
    case Body::CUSTOMER_CREATED:
      return readBody(from.getCustomerCreated(), intake, Place(at, "customerCreated"));
    case Body::CUSTOMER_UPDATED:
      return readBody(from.getCustomerUpdated(), intake, Place(at, "customerUpdated"));
    case Body::SUBSCRIBED:
      return readBody(from.getSubscribed(), intake, Place(at, "subscribed"));
    case Body::PERIOD_STARTED:
      return readBody(from.getPeriodStarted(), intake, Place(at, "periodStarted"));
    case Body::PERIOD_CLOSED:
      return readBody(from.getPeriodClosed(), intake, Place(at, "periodClosed"));
    case Body::CANCEL_SCHEDULED:
      return readBody(from.getCancelScheduled(), intake, Place(at, "cancelScheduled"));
    case Body::CANCEL_REVOKED:
      return readBody(from.getCancelRevoked(), intake, Place(at, "cancelRevoked"));
    case Body::CANCELED:
      return readBody(from.getCanceled(), intake, Place(at, "canceled"));
    case Body::USAGE_RECORDED:
      return readBody(from.getUsageRecorded(), intake, Place(at, "usageRecorded"));
    case Body::PACK_PURCHASED:
      return readBody(from.getPackPurchased(), intake, Place(at, "packPurchased"));
    case Body::TOPPED_UP:
      return readBody(from.getToppedUp(), intake, Place(at, "toppedUp"));
    case Body::CREDITS_EXPIRED:
      return readBody(from.getCreditsExpired(), intake, Place(at, "creditsExpired"));
    case Body::INVOICE_CLOSED:
      return readBody(from.getInvoiceClosed(), intake, Place(at, "invoiceClosed"));
    case Body::CLOCK_MOVED:
      return readBody(from.getClockMoved(), intake, Place(at, "clockMoved"));
    case Body::TRIAL_ENDED:
      return readBody(from.getTrialEnded(), intake, Place(at, "trialEnded"));
    case Body::PLAN_CHANGED:
      return readBody(from.getPlanChanged(), intake, Place(at, "planChanged"));
    case Body::CHANGE_SCHEDULED:
      return readBody(from.getChangeScheduled(), intake, Place(at, "changeScheduled"));
    case Body::CHANGE_REVOKED:
      return readBody(from.getChangeRevoked(), intake, Place(at, "changeRevoked"));
    case Body::PAUSED:
      return readBody(from.getPaused(), intake, Place(at, "paused"));
    case Body::RESUMED:
      return readBody(from.getResumed(), intake, Place(at, "resumed"));
    case Body::VERSION_PINNED:
      return readBody(from.getVersionPinned(), intake, Place(at, "versionPinned"));
    case Body::ALLOWANCE_RAISED:
      return readBody(from.getAllowanceRaised(), intake, Place(at, "allowanceRaised"));
    case Body::SEATS_CHANGED:
      return readBody(from.getSeatsChanged(), intake, Place(at, "seatsChanged"));
    case Body::CREDITS_GRANTED:
      return readBody(from.getCreditsGranted(), intake, Place(at, "creditsGranted"));
    case Body::CREDITS_ROLLED_OVER:
      return readBody(from.getCreditsRolledOver(), intake, Place(at, "creditsRolledOver"));
    case Body::PACK_REFUNDED:
      return readBody(from.getPackRefunded(), intake, Place(at, "packRefunded"));
    case Body::USAGE_VOIDED:
      return readBody(from.getUsageVoided(), intake, Place(at, "usageVoided"));
    case Body::ADJUSTMENT_ADDED:
      return readBody(from.getAdjustmentAdded(), intake, Place(at, "adjustmentAdded"));
    case Body::CUSTOMER_CREDIT_ADDED:
      return readBody(from.getCustomerCreditAdded(), intake, Place(at, "customerCreditAdded"));
    case Body::CREDIT_NOTE_CLOSED:
      return readBody(from.getCreditNoteClosed(), intake, Place(at, "creditNoteClosed"));
    case Body::PAYMENT_RECORDED:
      return readBody(from.getPaymentRecorded(), intake, Place(at, "paymentRecorded"));
    case Body::PAYMENT_FAILED:
      return readBody(from.getPaymentFailed(), intake, Place(at, "paymentFailed"));
    case Body::INVOICE_UNCOLLECTIBLE:
      return readBody(from.getInvoiceUncollectible(), intake, Place(at, "invoiceUncollectible"));
    case Body::ALERTS_SET:
      return readBody(from.getAlertsSet(), intake, Place(at, "alertsSet"));
    case Body::ALERT_RAISED:
      return readBody(from.getAlertRaised(), intake, Place(at, "alertRaised"));
    case Body::CUSTOMER_MOVED_IN:
      return readBody(from.getCustomerMovedIn(), intake, Place(at, "customerMovedIn"));
    default:
      return readHoldBody(from, intake, at);
  }
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
