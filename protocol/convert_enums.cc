#include "protocol/convert_enums.h"

namespace daybook::protocol {
namespace {

template <typename Wire>
constexpr bool same(typename EnumOf<Wire>::Model model, Wire schema) {
  return static_cast<std::uint16_t>(model) == static_cast<std::uint16_t>(schema);
}

static_assert(same(Outcome::ok, wire::Outcome::OK));
static_assert(same(Outcome::invalidText, wire::Outcome::INVALID_TEXT));
static_assert(same(Outcome::invalidNumber, wire::Outcome::INVALID_NUMBER));
static_assert(same(Outcome::amountOverflow, wire::Outcome::AMOUNT_OVERFLOW));
static_assert(same(Outcome::invalidProperties, wire::Outcome::INVALID_PROPERTIES));
static_assert(same(Outcome::batchTooLarge, wire::Outcome::BATCH_TOO_LARGE));
static_assert(same(Outcome::eventTooLarge, wire::Outcome::EVENT_TOO_LARGE));
static_assert(same(Outcome::invalidCursor, wire::Outcome::INVALID_CURSOR));
static_assert(same(Outcome::invalidTime, wire::Outcome::INVALID_TIME));
static_assert(same(Outcome::keyMissing, wire::Outcome::KEY_MISSING));
static_assert(same(Outcome::keyReused, wire::Outcome::KEY_REUSED));
static_assert(same(Outcome::unknownCustomer, wire::Outcome::UNKNOWN_CUSTOMER));
static_assert(same(Outcome::customerExists, wire::Outcome::CUSTOMER_EXISTS));
static_assert(same(Outcome::unknownFeature, wire::Outcome::UNKNOWN_FEATURE));
static_assert(same(Outcome::unknownPlan, wire::Outcome::UNKNOWN_PLAN));
static_assert(same(Outcome::unknownPack, wire::Outcome::UNKNOWN_PACK));
static_assert(same(Outcome::unknownModel, wire::Outcome::UNKNOWN_MODEL));
static_assert(same(Outcome::retiredModel, wire::Outcome::RETIRED_MODEL));
static_assert(same(Outcome::ambiguousModel, wire::Outcome::AMBIGUOUS_MODEL));
static_assert(same(Outcome::unknownZone, wire::Outcome::UNKNOWN_ZONE));
static_assert(same(Outcome::unknownCurrency, wire::Outcome::UNKNOWN_CURRENCY));
static_assert(same(Outcome::unknownInvoice, wire::Outcome::UNKNOWN_INVOICE));
static_assert(same(Outcome::unknownPosition, wire::Outcome::UNKNOWN_POSITION));
static_assert(same(Outcome::inFuture, wire::Outcome::IN_FUTURE));
static_assert(same(Outcome::tooOld, wire::Outcome::TOO_OLD));
static_assert(same(Outcome::periodClosed, wire::Outcome::PERIOD_CLOSED));
static_assert(same(Outcome::noSubscription, wire::Outcome::NO_SUBSCRIPTION));
static_assert(same(Outcome::alreadySubscribed, wire::Outcome::ALREADY_SUBSCRIBED));
static_assert(same(Outcome::notCanceled, wire::Outcome::NOT_CANCELED));
static_assert(same(Outcome::currencyMismatch, wire::Outcome::CURRENCY_MISMATCH));
static_assert(same(Outcome::tooManyGrants, wire::Outcome::TOO_MANY_GRANTS));
static_assert(same(Outcome::ledgerFull, wire::Outcome::LEDGER_FULL));
static_assert(same(Outcome::featureNotInPlan, wire::Outcome::FEATURE_NOT_IN_PLAN));
static_assert(same(Outcome::wrongFeatureType, wire::Outcome::WRONG_FEATURE_TYPE));
static_assert(same(Outcome::tokensMissing, wire::Outcome::TOKENS_MISSING));
static_assert(same(Outcome::tokensInvalid, wire::Outcome::TOKENS_INVALID));
static_assert(same(Outcome::notSoldInCurrency, wire::Outcome::NOT_SOLD_IN_CURRENCY));
static_assert(same(Outcome::wrongModel, wire::Outcome::WRONG_MODEL));
static_assert(same(Outcome::includedLimitReached, wire::Outcome::INCLUDED_LIMIT_REACHED));
static_assert(same(Outcome::insufficientCredits, wire::Outcome::INSUFFICIENT_CREDITS));
static_assert(same(Outcome::insufficientBalance, wire::Outcome::INSUFFICIENT_BALANCE));
static_assert(same(Outcome::invalidCatalog, wire::Outcome::INVALID_CATALOG));
static_assert(same(Outcome::unauthorized, wire::Outcome::UNAUTHORIZED));
static_assert(same(Outcome::storageFull, wire::Outcome::STORAGE_FULL));
static_assert(same(Outcome::clockNotManual, wire::Outcome::CLOCK_NOT_MANUAL));
static_assert(same(Outcome::clockBackwards, wire::Outcome::CLOCK_BACKWARDS));
static_assert(same(Outcome::clockJumped, wire::Outcome::CLOCK_JUMPED));
static_assert(same(Outcome::unavailable, wire::Outcome::UNAVAILABLE));
static_assert(same(Outcome::paused, wire::Outcome::PAUSED));
static_assert(same(Outcome::notPaused, wire::Outcome::NOT_PAUSED));
static_assert(same(Outcome::trialLimit, wire::Outcome::TRIAL_LIMIT));
static_assert(same(Outcome::nothingToChange, wire::Outcome::NOTHING_TO_CHANGE));
static_assert(same(Outcome::noScheduledChange, wire::Outcome::NO_SCHEDULED_CHANGE));
static_assert(same(Outcome::planRetired, wire::Outcome::PLAN_RETIRED));
static_assert(same(Outcome::unknownUsage, wire::Outcome::UNKNOWN_USAGE));
static_assert(same(Outcome::alreadyVoided, wire::Outcome::ALREADY_VOIDED));
static_assert(same(Outcome::notVoidable, wire::Outcome::NOT_VOIDABLE));
static_assert(same(Outcome::notSettable, wire::Outcome::NOT_SETTABLE));
static_assert(same(Outcome::propertyMissing, wire::Outcome::PROPERTY_MISSING));
static_assert(same(Outcome::tooManyValues, wire::Outcome::TOO_MANY_VALUES));
static_assert(same(Outcome::tooManyPending, wire::Outcome::TOO_MANY_PENDING));
static_assert(same(Outcome::unknownGrant, wire::Outcome::UNKNOWN_GRANT));
static_assert(same(Outcome::nothingToRefund, wire::Outcome::NOTHING_TO_REFUND));
static_assert(same(Outcome::invoiceSettled, wire::Outcome::INVOICE_SETTLED));
static_assert(same(Outcome::amountTooLarge, wire::Outcome::AMOUNT_TOO_LARGE));
static_assert(same(Outcome::notAvailableNow, wire::Outcome::NOT_AVAILABLE_NOW));
static_assert(same(Outcome::unknownHold, wire::Outcome::UNKNOWN_HOLD));
static_assert(same(Outcome::holdEnded, wire::Outcome::HOLD_ENDED));
static_assert(same(Outcome::tooManyHolds, wire::Outcome::TOO_MANY_HOLDS));
static_assert(same(Outcome::holdTooLong, wire::Outcome::HOLD_TOO_LONG));
static_assert(same(Outcome::featureNotHeld, wire::Outcome::FEATURE_NOT_HELD));
static_assert(same(Outcome::tooManyWatches, wire::Outcome::TOO_MANY_WATCHES));

static_assert(same(FeatureType::metered, wire::FeatureType::METERED));
static_assert(same(FeatureType::boolean, wire::FeatureType::BOOLEAN));
static_assert(same(FeatureType::seats, wire::FeatureType::SEATS));

static_assert(same(Meter::sum, wire::Meter::SUM));
static_assert(same(Meter::count, wire::Meter::COUNT));
static_assert(same(Meter::max, wire::Meter::MAX));
static_assert(same(Meter::latest, wire::Meter::LATEST));
static_assert(same(Meter::unique, wire::Meter::UNIQUE));

static_assert(same(Scheme::perUnit, wire::Scheme::PER_UNIT));
static_assert(same(Scheme::graduated, wire::Scheme::GRADUATED));
static_assert(same(Scheme::volume, wire::Scheme::VOLUME));
static_assert(same(Scheme::package, wire::Scheme::PACKAGE));
static_assert(same(Scheme::tokens, wire::Scheme::TOKENS));
static_assert(same(Scheme::percentage, wire::Scheme::PERCENTAGE));

static_assert(same(Overage::charge, wire::Overage::CHARGE));
static_assert(same(Overage::block, wire::Overage::BLOCK));

static_assert(same(ConsumptionModel::metered, wire::ConsumptionModel::METERED));
static_assert(same(ConsumptionModel::credits, wire::ConsumptionModel::CREDITS));
static_assert(same(ConsumptionModel::balance, wire::ConsumptionModel::BALANCE));

static_assert(same(Interval::week, wire::Interval::WEEK));
static_assert(same(Interval::month, wire::Interval::MONTH));
static_assert(same(Interval::quarter, wire::Interval::QUARTER));
static_assert(same(Interval::year, wire::Interval::YEAR));
static_assert(same(Interval::once, wire::Interval::ONCE));

static_assert(same(AtZero::overage, wire::AtZero::OVERAGE));
static_assert(same(AtZero::block, wire::AtZero::BLOCK));

static_assert(same(OnShortfall::reject, wire::OnShortfall::REJECT));
static_assert(same(OnShortfall::cap, wire::OnShortfall::CAP));
static_assert(same(OnShortfall::overdraw, wire::OnShortfall::OVERDRAW));

static_assert(same(CancelWhen::periodEnd, wire::CancelWhen::PERIOD_END));
static_assert(same(CancelWhen::now, wire::CancelWhen::NOW));

static_assert(same(ChangeWhen::automatic, wire::ChangeWhen::AUTO));
static_assert(same(ChangeWhen::now, wire::ChangeWhen::NOW));
static_assert(same(ChangeWhen::periodEnd, wire::ChangeWhen::AT_PERIOD_END));

static_assert(same(AlertKind::usage, wire::AlertKind::USAGE));
static_assert(same(AlertKind::credits, wire::AlertKind::CREDITS));
static_assert(same(AlertKind::balance, wire::AlertKind::BALANCE));

static_assert(toWire(std::nullopt) == wire::OptionalInterval::ABSENT);
static_assert(toWire(Interval::week) == wire::OptionalInterval::WEEK);
static_assert(toWire(Interval::month) == wire::OptionalInterval::MONTH);
static_assert(toWire(Interval::quarter) == wire::OptionalInterval::QUARTER);
static_assert(toWire(Interval::year) == wire::OptionalInterval::YEAR);
static_assert(toWire(Interval::once) == wire::OptionalInterval::ONCE);

static_assert(same(GrantKind::plan, wire::GrantKind::PLAN));
static_assert(same(GrantKind::promotional, wire::GrantKind::PROMOTIONAL));
static_assert(same(GrantKind::purchased, wire::GrantKind::PURCHASED));

static_assert(same(Disposition::current, wire::Disposition::CURRENT));
static_assert(same(Disposition::grace, wire::Disposition::GRACE));
static_assert(same(Disposition::late, wire::Disposition::LATE));

static_assert(same(InvoiceType::start, wire::InvoiceType::START));
static_assert(same(InvoiceType::renewal, wire::InvoiceType::RENEWAL));
static_assert(same(InvoiceType::final, wire::InvoiceType::FINAL));
static_assert(same(InvoiceType::creditPurchase, wire::InvoiceType::CREDIT_PURCHASE));
static_assert(same(InvoiceType::balanceTopUp, wire::InvoiceType::BALANCE_TOP_UP));
static_assert(same(InvoiceType::planChange, wire::InvoiceType::PLAN_CHANGE));
static_assert(same(InvoiceType::adjustment, wire::InvoiceType::ADJUSTMENT));

static_assert(same(LineType::planBase, wire::LineType::PLAN_BASE));
static_assert(same(LineType::overage, wire::LineType::OVERAGE));
static_assert(same(LineType::minimum, wire::LineType::MINIMUM));
static_assert(same(LineType::balanceOverage, wire::LineType::BALANCE_OVERAGE));
static_assert(same(LineType::pack, wire::LineType::PACK));
static_assert(same(LineType::topUp, wire::LineType::TOP_UP));
static_assert(same(LineType::discount, wire::LineType::DISCOUNT));
static_assert(same(LineType::seats, wire::LineType::SEATS));
static_assert(same(LineType::lateAdjustment, wire::LineType::LATE_ADJUSTMENT));
static_assert(same(LineType::prorationCredit, wire::LineType::PRORATION_CREDIT));
static_assert(same(LineType::adjustment, wire::LineType::ADJUSTMENT));
static_assert(same(LineType::customerCredit, wire::LineType::CUSTOMER_CREDIT));

static_assert(same(InvoiceStatus::open, wire::InvoiceStatus::OPEN));
static_assert(same(InvoiceStatus::paid, wire::InvoiceStatus::PAID));
static_assert(same(InvoiceStatus::voided, wire::InvoiceStatus::VOID));
static_assert(same(InvoiceStatus::uncollectible, wire::InvoiceStatus::UNCOLLECTIBLE));

static_assert(same(ClockKind::wall, wire::ClockKind::WALL));
static_assert(same(ClockKind::manual, wire::ClockKind::MANUAL));

}  // namespace
}  // namespace daybook::protocol
