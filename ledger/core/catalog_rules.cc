#include "ledger/core/catalog_rules.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "ledger/base/limits.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/catalog_report.h"
#include "ledger/model/text.h"

namespace daybook::core {
namespace {

// ---- features, packs, price books

void checkFeature(Report& report, const LedgerState& ledger, const Feature& feature) {
  report.about("feature", feature.code);
  requireCode(report, feature.code, "code");
  requireName(report, feature.name);
  report.require(isKnown(feature.type, FeatureType::seats), "unknown type");
  report.require(isKnown(feature.meter, Meter::unique), "unknown meter");
  report.require(feature.type == FeatureType::metered || feature.meter == Meter::sum,
                 "a feature without usage has no meter");
  if (feature.meter == Meter::unique) {
    report.require(isText(feature.unique_property, limits::kPropertyNameBytesMax),
                   "the meter unique needs uniqueProperty, the name of a property");
  } else {
    report.require(feature.unique_property.empty(), "uniqueProperty belongs to the meter unique");
  }
  const FeatureNumber number = featureNumber(ledger, feature.code);
  if (number.isNone()) return;
  const Feature& published = featureOf(ledger, number);
  report.require(feature.type == published.type, "the type of a published feature cannot change");
  report.require(feature.meter == published.meter,
                 "the meter of a published feature cannot change");
  report.require(feature.unique_property == published.unique_property,
                 "the uniqueProperty of a published feature cannot change");
}

void checkPack(Report& report, const Pack& pack, const KnownFeatures& features) {
  report.about("pack", pack.code);
  requireCode(report, pack.code, "code");
  requireName(report, pack.name);
  report.require(pack.credits.isPositive(), "credits must be above 0");
  requireQuantity(report, pack.credits, "credits");
  requireAtMost(report, pack.expires_after_days, limits::kPackExpiryDaysMax,
                " days in expiresAfterDays");
  report.require(!pack.prices.empty(), "needs a price in one currency at least");
  requireAtMost(report, pack.prices.size(), limits::kCurrenciesPerPlanMax, " currencies in a pack");
  std::set<std::string_view> currencies;
  for (const PackPrice& price : pack.prices) {
    requireCurrency(report, price.currency);
    report.require(currencies.insert(price.currency).second, "has two prices in ", price.currency);
    requireMoney(report, price.price, "price");
  }
  requireAtMost(report, pack.features.size(), limits::kFeaturesPerPlanMax, " features in a pack");
  std::set<std::string_view> codes;
  for (const std::string& code : pack.features) {
    report.aboutPart("feature", code);
    report.require(codes.insert(code).second, "appears twice");
    const Feature* feature = features.find(code);
    report.require(feature != nullptr, "unknown feature");
    report.require(feature == nullptr || feature->type == FeatureType::metered,
                   "only metered features draw credits");
  }
}

void checkModel(Report& report, const ModelPrice& model) {
  report.aboutPart("model", model.provider + "/" + model.model);
  requireCode(report, model.provider, "provider");
  report.require(model.provider.find('/') == std::string::npos,
                 "the provider must not contain a slash");
  requireCode(report, model.model, "model");
  requireMoney(report, model.input, "input");
  requireMoney(report, model.output, "output");
  requireMoney(report, model.cache_read, "cacheRead");
  requireMoney(report, model.cache_write, "cacheWrite");
}

void checkPriceBook(Report& report, const LedgerState& ledger, const PriceBook& book) {
  report.about("price book", book.currency);
  requireCurrency(report, book.currency);
  report.require(
      !book.models.empty() || priceBookVersion(ledger, book.currency, Instant::never()) > 0,
      "the first version needs a model");
  const auto live = std::count_if(book.models.begin(), book.models.end(),
                                  [](const ModelPrice& model) { return !model.retired; });
  requireAtMost(report, static_cast<std::size_t>(live), limits::kModelsPerPriceBookMax,
                " live models in a price book");
  std::set<std::pair<std::string_view, std::string_view>> models;
  for (const ModelPrice& model : book.models) {
    checkModel(report, model);
    report.require(models.insert({model.provider, model.model}).second, "appears twice");
  }
}

// ---- the set

template <typename Item, typename Code>
void requireUnique(Report& report, const std::vector<Item>& items, std::string_view kind,
                   Code code) {
  std::set<std::string_view> codes;
  for (const Item& item : items) {
    report.about(kind, code(item));
    report.require(codes.insert(code(item)).second, "appears twice in the set");
  }
}

/// How many there are once those of the set are published, too.
template <typename Item>
std::size_t countAfter(const std::vector<Item>& published, const std::vector<Item>& asked) {
  std::set<std::string_view> codes;
  for (const Item& item : published) codes.insert(item.code);
  for (const Item& item : asked) codes.insert(item.code);
  return codes.size();
}

std::size_t booksAfter(const LedgerState& ledger, const Catalog& catalog) {
  std::set<std::string_view> currencies;
  for (const ModelPriceVersion& price : ledger.model_prices) currencies.insert(price.currency);
  for (const PriceBook& book : catalog.price_books) currencies.insert(book.currency);
  return currencies.size();
}

void checkSet(Report& report, const LedgerState& ledger, const Catalog& catalog,
              const KnownFeatures& features) {
  const auto code = [](const auto& item) -> const std::string& { return item.code; };
  requireUnique(report, catalog.features, "feature", code);
  requireUnique(report, catalog.plans, "plan", code);
  requireUnique(report, catalog.packs, "pack", code);
  requireUnique(report, catalog.price_books, "price book",
                [](const PriceBook& book) -> const std::string& { return book.currency; });
  std::size_t items = catalog.features.size() + catalog.plans.size() + catalog.packs.size();
  for (const PriceBook& book : catalog.price_books) items += book.models.size();
  report.about("the set", {});
  requireAtMost(report, items, limits::kItemsPerPublishMax, " items in one set");
  report.about("the catalog", {});
  requireAtMost(report, features.size(), limits::kFeaturesMax, " features");
  requireAtMost(report, countAfter(ledger.plans, catalog.plans), limits::kPlansMax, " plans");
  requireAtMost(report, countAfter(ledger.packs, catalog.packs), limits::kPacksMax, " packs");
  requireAtMost(report, booksAfter(ledger, catalog), limits::kPriceBooksMax, " price books");
}

}  // namespace

Verdict validateCatalog(const LedgerState& ledger, const Catalog& catalog) {
  Report report;
  const KnownFeatures features(ledger, catalog);
  checkSet(report, ledger, catalog, features);
  if (!report.isOk()) return report.verdict();  // before work grows with the set
  for (const Feature& feature : catalog.features) checkFeature(report, ledger, feature);
  for (const Plan& plan : catalog.plans) checkPlan(report, ledger, plan, features);
  for (const Pack& pack : catalog.packs) checkPack(report, pack, features);
  for (const PriceBook& book : catalog.price_books) checkPriceBook(report, ledger, book);
  return report.verdict();
}

}  // namespace daybook::core
