#include "protocol/convert_catalog.h"

#include "ledger/base/limits.h"

namespace daybook::protocol {
namespace {

std::string readName(capnp::Text::Reader from, Intake& intake, const Place& at, const char* name) {
  return intake.text(from, limits::kNameBytesMax, Place(at, name));
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
  to.unique_property = intake.text(from.getUniqueProperty(), limits::kPropertyNameBytesMax,
                                   Place(at, "uniqueProperty"));
  return to;
}

void writeFeature(wire::Feature::Builder to, const Feature& from) {
  setText(from.code, [&](auto value) { to.setCode(value); });
  setText(from.name, [&](auto value) { to.setName(value); });
  to.setType(toWire<wire::FeatureType>(from.type));
  to.setMeter(toWire<wire::Meter>(from.meter));
  setText(from.unique_property, [&](auto value) { to.setUniqueProperty(value); });
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
  writeCodes(from.features, [&](auto size) { return to.initFeatures(size); });
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
