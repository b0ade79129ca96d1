#include "protocol/convert_plan.h"

#include <limits>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"

namespace daybook::protocol {
namespace {

// A plan has one price per currency and interval, a seats feature may, too.
constexpr std::size_t kIntervals = static_cast<std::size_t>(Interval::once) + 1;
constexpr std::size_t kPricesMax = limits::kCurrenciesPerPlanMax * kIntervals;
// What a plan without a rank has.
constexpr std::int32_t kNoRank = std::numeric_limits<std::int32_t>::min();

Tier readTier(wire::Tier::Reader from, Intake& intake, const Place& at) {
  Tier to;
  to.up_to = intake.optionalDecimal(from.getUpTo(), Place(at, "upTo"));
  to.unit_price = intake.decimal(from.getUnitPrice(), Place(at, "unitPrice"));
  to.flat_fee = intake.decimal(from.getFlatFee(), Place(at, "flatFee"));
  return to;
}

void writeTier(wire::Tier::Builder to, const Tier& from) {
  setOptional(from.up_to, [&](auto value) { to.setUpTo(value); });
  to.setUnitPrice(DecimalText(from.unit_price).reader());
  to.setFlatFee(DecimalText(from.flat_fee).reader());
}

Price readPrice(wire::Price::Reader from, Intake& intake, const Place& at) {
  Price to;
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.scheme = intake.enumerant(from.getScheme(), Place(at, "scheme"));
  to.unit_price = intake.decimal(from.getUnitPrice(), Place(at, "unitPrice"));
  to.tiers = intake.list(from.getTiers(), limits::kTiersMax, at, "tiers", readTier);
  to.package_size = intake.decimal(from.getPackageSize(), Place(at, "packageSize"));
  to.package_price = intake.decimal(from.getPackagePrice(), Place(at, "packagePrice"));
  to.margin_percent = intake.decimal(from.getMarginPercent(), Place(at, "marginPercent"));
  to.minimum_charge = intake.optionalDecimal(from.getMinimumCharge(), Place(at, "minimumCharge"));
  to.maximum_charge = intake.optionalDecimal(from.getMaximumCharge(), Place(at, "maximumCharge"));
  to.rate_percent = intake.decimal(from.getRatePercent(), Place(at, "ratePercent"));
  to.fee_per_event = intake.decimal(from.getFeePerEvent(), Place(at, "feePerEvent"));
  to.event_minimum = intake.optionalDecimal(from.getEventMinimum(), Place(at, "eventMinimum"));
  to.event_maximum = intake.optionalDecimal(from.getEventMaximum(), Place(at, "eventMaximum"));
  to.interval = intake.optionalInterval(from.getInterval(), Place(at, "interval"));
  return to;
}

void writePrice(wire::Price::Builder to, const Price& from) {
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setScheme(toWire<wire::Scheme>(from.scheme));
  setNonZero(from.unit_price, [&](auto value) { to.setUnitPrice(value); });
  writeList(from.tiers, writeTier, [&](auto size) { return to.initTiers(size); });
  setNonZero(from.package_size, [&](auto value) { to.setPackageSize(value); });
  setNonZero(from.package_price, [&](auto value) { to.setPackagePrice(value); });
  setNonZero(from.margin_percent, [&](auto value) { to.setMarginPercent(value); });
  setOptional(from.minimum_charge, [&](auto value) { to.setMinimumCharge(value); });
  setOptional(from.maximum_charge, [&](auto value) { to.setMaximumCharge(value); });
  setNonZero(from.rate_percent, [&](auto value) { to.setRatePercent(value); });
  setNonZero(from.fee_per_event, [&](auto value) { to.setFeePerEvent(value); });
  setOptional(from.event_minimum, [&](auto value) { to.setEventMinimum(value); });
  setOptional(from.event_maximum, [&](auto value) { to.setEventMaximum(value); });
  to.setInterval(toWire(from.interval));
}

PriceVariant readPriceVariant(wire::PriceVariant::Reader from, Intake& intake, const Place& at) {
  PriceVariant to;
  to.value = intake.text(from.getValue(), limits::kVariantValueBytesMax, Place(at, "value"));
  to.prices = intake.list(from.getPrices(), kPricesMax, at, "prices", readPrice);
  to.credits_per_unit = intake.decimal(from.getCreditsPerUnit(), Place(at, "creditsPerUnit"));
  return to;
}

void writePriceVariant(wire::PriceVariant::Builder to, const PriceVariant& from) {
  setText(from.value, [&](auto value) { to.setValue(value); });
  writeList(from.prices, writePrice, [&](auto size) { return to.initPrices(size); });
  setNonZero(from.credits_per_unit, [&](auto value) { to.setCreditsPerUnit(value); });
}

PlanFeature readPlanFeature(wire::PlanFeature::Reader from, Intake& intake, const Place& at) {
  PlanFeature to;
  to.feature = readCode(from.getFeature(), intake, at, "feature");
  to.included = intake.decimal(from.getIncluded(), Place(at, "included"));
  to.unlimited = from.getUnlimited();
  to.overage = intake.enumerant(from.getOverage(), Place(at, "overage"));
  to.prices = intake.list(from.getPrices(), kPricesMax, at, "prices", readPrice);
  to.credits_per_unit = intake.decimal(from.getCreditsPerUnit(), Place(at, "creditsPerUnit"));
  to.credits_per_money = intake.decimal(from.getCreditsPerMoney(), Place(at, "creditsPerMoney"));
  to.margin_percent = intake.decimal(from.getMarginPercent(), Place(at, "marginPercent"));
  to.dimension =
      intake.text(from.getDimension(), limits::kPropertyNameBytesMax, Place(at, "dimension"));
  to.variants =
      intake.list(from.getVariants(), limits::kVariantsMax, at, "variants", readPriceVariant);
  return to;
}

void writePlanFeature(wire::PlanFeature::Builder to, const PlanFeature& from) {
  setText(from.feature, [&](auto value) { to.setFeature(value); });
  to.setIncluded(DecimalText(from.included).reader());
  to.setUnlimited(from.unlimited);
  to.setOverage(toWire<wire::Overage>(from.overage));
  writeList(from.prices, writePrice, [&](auto size) { return to.initPrices(size); });
  setNonZero(from.credits_per_unit, [&](auto value) { to.setCreditsPerUnit(value); });
  setNonZero(from.credits_per_money, [&](auto value) { to.setCreditsPerMoney(value); });
  setNonZero(from.margin_percent, [&](auto value) { to.setMarginPercent(value); });
  setText(from.dimension, [&](auto value) { to.setDimension(value); });
  writeList(from.variants, writePriceVariant, [&](auto size) { return to.initVariants(size); });
}

BasePrice readBasePrice(wire::BasePrice::Reader from, Intake& intake, const Place& at) {
  BasePrice to;
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.base = intake.decimal(from.getBase(), Place(at, "base"));
  to.included_balance =
      intake.optionalDecimal(from.getIncludedBalance(), Place(at, "includedBalance"));
  to.interval = intake.optionalInterval(from.getInterval(), Place(at, "interval"));
  to.intro_amount = intake.decimal(from.getIntroAmount(), Place(at, "introAmount"));
  return to;
}

void writeBasePrice(wire::BasePrice::Builder to, const BasePrice& from) {
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setBase(DecimalText(from.base).reader());
  setOptional(from.included_balance, [&](auto value) { to.setIncludedBalance(value); });
  to.setInterval(toWire(from.interval));
  setNonZero(from.intro_amount, [&](auto value) { to.setIntroAmount(value); });
}

Rollover readRollover(wire::Rollover::Reader from, Intake& intake, const Place& at) {
  return {intake.optionalDecimal(from.getMaximum(), Place(at, "maximum")), from.getPeriods()};
}

void writeRollover(wire::Rollover::Builder to, const Rollover& from) {
  setOptional(from.maximum, [&](auto value) { to.setMaximum(value); });
  to.setPeriods(from.periods);
}

}  // namespace

AlertRule readAlertRule(wire::AlertRule::Reader from, Intake& intake, const Place& at) {
  AlertRule to;
  to.kind = intake.enumerant(from.getKind(), Place(at, "kind"));
  to.feature = readCode(from.getFeature(), intake, at, "feature");
  to.level = intake.decimal(from.getLevel(), Place(at, "level"));
  to.percent = from.getPercent();
  return to;
}

void writeAlertRule(wire::AlertRule::Builder to, const AlertRule& from) {
  to.setKind(toWire<wire::AlertKind>(from.kind));
  setText(from.feature, [&](auto value) { to.setFeature(value); });
  to.setLevel(DecimalText(from.level).reader());
  to.setPercent(from.percent);
}

std::vector<AlertRule> readAlertRules(wire::AlertRules::Reader from, Intake& intake,
                                      const Place& at, Outcome outcome) {
  return intake.list(from.getRules(), limits::kAlertRulesMax, at, "rules", readAlertRule, outcome);
}

void writeAlertRules(wire::AlertRules::Builder to, const std::vector<AlertRule>& from) {
  writeList(from, writeAlertRule, [&](auto size) { return to.initRules(size); });
}

Plan readPlan(wire::Plan::Reader from, Intake& intake, const Place& at) {
  Plan to;
  to.code = readCode(from.getCode(), intake, at, "code");
  to.version = from.getVersion();
  to.name = intake.text(from.getName(), limits::kNameBytesMax, Place(at, "name"));
  to.model = intake.enumerant(from.getModel(), Place(at, "model"));
  to.interval = intake.enumerant(from.getInterval(), Place(at, "interval"));
  to.prices = intake.list(from.getPrices(), kPricesMax, at, "prices", readBasePrice);
  to.features =
      intake.list(from.getFeatures(), limits::kFeaturesPerPlanMax, at, "features", readPlanFeature);
  to.credits = intake.decimal(from.getCredits(), Place(at, "credits"));
  to.grant_priority = from.getGrantPriority();
  to.at_zero = intake.enumerant(from.getAtZero(), Place(at, "atZero"));
  to.carry_top_ups = from.getCarryTopUps();
  if (from.getRank() != kNoRank) to.rank = from.getRank();
  to.trial_days = from.getTrialDays();
  to.free = from.getFree();
  if (from.hasRollover()) {
    to.rollover = readRollover(from.getRollover(), intake, Place(at, "rollover"));
  }
  to.intro_percent = intake.decimal(from.getIntroPercent(), Place(at, "introPercent"));
  to.intro_cycles = from.getIntroCycles();
  if (from.hasAlerts()) {
    to.alerts = readAlertRules(from.getAlerts(), intake, Place(at, "alerts"));
  }
  to.improvements_now = from.getImprovementsNow();
  to.retired = from.getRetired();
  return to;
}

void writePlan(wire::Plan::Builder to, const Plan& from) {
  setText(from.code, [&](auto value) { to.setCode(value); });
  to.setVersion(from.version);
  setText(from.name, [&](auto value) { to.setName(value); });
  to.setModel(toWire<wire::ConsumptionModel>(from.model));
  to.setInterval(toWire<wire::Interval>(from.interval));
  writeList(from.prices, writeBasePrice, [&](auto size) { return to.initPrices(size); });
  writeList(from.features, writePlanFeature, [&](auto size) { return to.initFeatures(size); });
  setNonZero(from.credits, [&](auto value) { to.setCredits(value); });
  to.setGrantPriority(from.grant_priority);
  to.setAtZero(toWire<wire::AtZero>(from.at_zero));
  to.setCarryTopUps(from.carry_top_ups);
  CHECK(from.rank != kNoRank, "the lowest rank stands for an absent one");
  to.setRank(from.rank.value_or(kNoRank));
  to.setTrialDays(from.trial_days);
  to.setFree(from.free);
  if (from.rollover) writeRollover(to.initRollover(), *from.rollover);
  setNonZero(from.intro_percent, [&](auto value) { to.setIntroPercent(value); });
  to.setIntroCycles(from.intro_cycles);
  if (from.alerts) writeAlertRules(to.initAlerts(), *from.alerts);
  to.setImprovementsNow(from.improvements_now);
  to.setRetired(from.retired);
}

}  // namespace daybook::protocol
