#include "protocol/convert_catalog.h"

#include "ledger/base/limits.h"

namespace daybook::protocol {
namespace {

std::string readCode(capnp::Text::Reader from, Intake& intake, const Place& at, const char* name) {
  return intake.text(from, limits::kCodeBytesMax, Place(at, name));
}

std::string readName(capnp::Text::Reader from, Intake& intake, const Place& at, const char* name) {
  return intake.text(from, limits::kNameBytesMax, Place(at, name));
}

std::string readCodeElement(capnp::Text::Reader from, Intake& intake, const Place& at) {
  return intake.text(from, limits::kCodeBytesMax, at);
}

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
}

PlanFeature readPlanFeature(wire::PlanFeature::Reader from, Intake& intake, const Place& at) {
  PlanFeature to;
  to.feature = readCode(from.getFeature(), intake, at, "feature");
  to.included = intake.decimal(from.getIncluded(), Place(at, "included"));
  to.unlimited = from.getUnlimited();
  to.overage = intake.enumerant(from.getOverage(), Place(at, "overage"));
  to.prices = intake.list(from.getPrices(), limits::kCurrenciesPerPlanMax, at, "prices", readPrice);
  to.credits_per_unit = intake.decimal(from.getCreditsPerUnit(), Place(at, "creditsPerUnit"));
  to.credits_per_money = intake.decimal(from.getCreditsPerMoney(), Place(at, "creditsPerMoney"));
  to.margin_percent = intake.decimal(from.getMarginPercent(), Place(at, "marginPercent"));
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
}

BasePrice readBasePrice(wire::BasePrice::Reader from, Intake& intake, const Place& at) {
  BasePrice to;
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.base = intake.decimal(from.getBase(), Place(at, "base"));
  to.included_balance =
      intake.optionalDecimal(from.getIncludedBalance(), Place(at, "includedBalance"));
  return to;
}

void writeBasePrice(wire::BasePrice::Builder to, const BasePrice& from) {
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setBase(DecimalText(from.base).reader());
  setOptional(from.included_balance, [&](auto value) { to.setIncludedBalance(value); });
}

PackPrice readPackPrice(wire::PackPrice::Reader from, Intake& intake, const Place& at) {
  PackPrice to;
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.price = intake.decimal(from.getPrice(), Place(at, "price"));
  return to;
}

void writePackPrice(wire::PackPrice::Builder to, const PackPrice& from) {
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setPrice(DecimalText(from.price).reader());
}

PriceBook readPriceBook(wire::PriceBook::Reader from, Intake& intake, const Place& at) {
  PriceBook to;
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.version = from.getVersion();
  to.effective = {from.getEffective()};
  to.models =
      intake.list(from.getModels(), limits::kModelsPerPriceBookMax, at, "models", readModelPrice);
  return to;
}

void writePriceBook(wire::PriceBook::Builder to, const PriceBook& from) {
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setVersion(from.version);
  to.setEffective(from.effective.ns);
  writeList(from.models, writeModelPrice, [&](auto size) { return to.initModels(size); });
}

}  // namespace

Feature readFeature(wire::Feature::Reader from, Intake& intake, const Place& at) {
  Feature to;
  to.code = readCode(from.getCode(), intake, at, "code");
  to.name = readName(from.getName(), intake, at, "name");
  to.type = intake.enumerant(from.getType(), Place(at, "type"));
  to.meter = intake.enumerant(from.getMeter(), Place(at, "meter"));
  return to;
}

void writeFeature(wire::Feature::Builder to, const Feature& from) {
  setText(from.code, [&](auto value) { to.setCode(value); });
  setText(from.name, [&](auto value) { to.setName(value); });
  to.setType(toWire<wire::FeatureType>(from.type));
  to.setMeter(toWire<wire::Meter>(from.meter));
}

Plan readPlan(wire::Plan::Reader from, Intake& intake, const Place& at) {
  Plan to;
  to.code = readCode(from.getCode(), intake, at, "code");
  to.version = from.getVersion();
  to.name = readName(from.getName(), intake, at, "name");
  to.model = intake.enumerant(from.getModel(), Place(at, "model"));
  to.interval = intake.enumerant(from.getInterval(), Place(at, "interval"));
  to.prices =
      intake.list(from.getPrices(), limits::kCurrenciesPerPlanMax, at, "prices", readBasePrice);
  to.features =
      intake.list(from.getFeatures(), limits::kFeaturesPerPlanMax, at, "features", readPlanFeature);
  to.credits = intake.decimal(from.getCredits(), Place(at, "credits"));
  to.grant_priority = from.getGrantPriority();
  to.at_zero = intake.enumerant(from.getAtZero(), Place(at, "atZero"));
  to.carry_top_ups = from.getCarryTopUps();
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
}

Pack readPack(wire::Pack::Reader from, Intake& intake, const Place& at) {
  Pack to;
  to.code = readCode(from.getCode(), intake, at, "code");
  to.version = from.getVersion();
  to.name = readName(from.getName(), intake, at, "name");
  to.credits = intake.decimal(from.getCredits(), Place(at, "credits"));
  to.prices =
      intake.list(from.getPrices(), limits::kCurrenciesPerPlanMax, at, "prices", readPackPrice);
  to.priority = from.getPriority();
  to.expires_after_days = from.getExpiresAfterDays();
  to.features =
      intake.list(from.getFeatures(), limits::kFeaturesMax, at, "features", readCodeElement);
  return to;
}

void writePack(wire::Pack::Builder to, const Pack& from) {
  setText(from.code, [&](auto value) { to.setCode(value); });
  to.setVersion(from.version);
  setText(from.name, [&](auto value) { to.setName(value); });
  to.setCredits(DecimalText(from.credits).reader());
  writeList(from.prices, writePackPrice, [&](auto size) { return to.initPrices(size); });
  to.setPriority(from.priority);
  to.setExpiresAfterDays(from.expires_after_days);
  if (from.features.empty()) return;
  auto features = to.initFeatures(listSize(from.features.size()));
  for (unsigned int i = 0; i < features.size(); ++i) features.set(i, textOf(from.features[i]));
}

ModelPrice readModelPrice(wire::ModelPrice::Reader from, Intake& intake, const Place& at) {
  ModelPrice to;
  to.provider = readName(from.getProvider(), intake, at, "provider");
  to.model = readName(from.getModel(), intake, at, "model");
  to.input = intake.decimal(from.getInput(), Place(at, "input"));
  to.output = intake.decimal(from.getOutput(), Place(at, "output"));
  to.cache_read = intake.decimal(from.getCacheRead(), Place(at, "cacheRead"));
  to.cache_write = intake.decimal(from.getCacheWrite(), Place(at, "cacheWrite"));
  to.retired = from.getRetired();
  return to;
}

void writeModelPrice(wire::ModelPrice::Builder to, const ModelPrice& from) {
  setText(from.provider, [&](auto value) { to.setProvider(value); });
  setText(from.model, [&](auto value) { to.setModel(value); });
  to.setInput(DecimalText(from.input).reader());
  to.setOutput(DecimalText(from.output).reader());
  to.setCacheRead(DecimalText(from.cache_read).reader());
  to.setCacheWrite(DecimalText(from.cache_write).reader());
  to.setRetired(from.retired);
}

Catalog readCatalog(wire::Catalog::Reader from, Intake& intake, const Place& at) {
  Catalog to;
  to.features = intake.list(from.getFeatures(), limits::kFeaturesMax, at, "features", readFeature);
  to.plans = intake.list(from.getPlans(), limits::kPlansMax, at, "plans", readPlan);
  to.packs = intake.list(from.getPacks(), limits::kPacksMax, at, "packs", readPack);
  to.price_books =
      intake.list(from.getPriceBooks(), limits::kPriceBooksMax, at, "priceBooks", readPriceBook);
  return to;
}

void writeCatalog(wire::Catalog::Builder to, const Catalog& from) {
  writeList(from.features, writeFeature, [&](auto size) { return to.initFeatures(size); });
  writeList(from.plans, writePlan, [&](auto size) { return to.initPlans(size); });
  writeList(from.packs, writePack, [&](auto size) { return to.initPacks(size); });
  writeList(from.price_books, writePriceBook, [&](auto size) { return to.initPriceBooks(size); });
}

}  // namespace daybook::protocol
