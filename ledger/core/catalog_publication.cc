// What publishing a set changes: comparison with what is published, events, and folding them in.
#include <algorithm>
#include <type_traits>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/catalog_rules.h"
#include "ledger/core/fit_checks.h"

namespace daybook::core {
namespace {

/// Equal but for the version, which is the ledger's to give.
template <typename Item>
bool sameTerms(const Item& published, Item asked) {
  asked.version = published.version;
  return asked == published;
}

/// The newest version of a book; nullopt when none was published.
std::optional<PriceBook> newestBook(const LedgerState& ledger, std::string_view currency) {
  PriceBook book;
  book.currency = currency;
  for (const ModelPriceVersion& version : ledger.model_prices) {
    if (version.currency != currency) continue;
    book.version = version.book_version;
    book.effective = version.effective;
    const auto older =
        std::find_if(book.models.begin(), book.models.end(), [&version](const ModelPrice& price) {
          return price.provider == version.price.provider && price.model == version.price.model;
        });
    if (older == book.models.end()) {
      book.models.push_back(version.price);
    } else {
      *older = version.price;
    }
  }
  if (book.version == 0) return std::nullopt;
  return book;
}

const ModelPrice* findModel(const PriceBook& book, const ModelPrice& model) {
  const auto found =
      std::find_if(book.models.begin(), book.models.end(), [&model](const ModelPrice& other) {
        return other.provider == model.provider && other.model == model.model;
      });
  return found == book.models.end() ? nullptr : &*found;
}

/// Model prices that differ, those that left the book as retired ones.
std::vector<ModelPrice> changedModels(const PriceBook& published, const PriceBook& asked) {
  std::vector<ModelPrice> changed;
  for (const ModelPrice& model : asked.models) {
    const ModelPrice* before = findModel(published, model);
    if (before == nullptr || *before != model) changed.push_back(model);
  }
  for (const ModelPrice& model : published.models) {
    if (model.retired || findModel(asked, model) != nullptr) continue;
    changed.push_back(model);
    changed.back().retired = true;
  }
  return changed;
}

template <typename Item>
CatalogChange changeOf(ItemKind kind, const Item* published, const Item& asked) {
  if (published == nullptr) return {kind, asked.code, ChangeAction::added, 1};
  if (sameTerms(*published, asked)) {
    return {kind, asked.code, ChangeAction::unchanged, published->version};
  }
  return {kind, asked.code, ChangeAction::changed, published->version + 1};
}

CatalogChange changeOf(const LedgerState& ledger, const Feature& asked) {
  CatalogChange change{ItemKind::feature, asked.code, ChangeAction::added, 0};
  const FeatureNumber number = featureNumber(ledger, asked.code);
  if (!number.isNone()) {
    change.action =
        featureOf(ledger, number) == asked ? ChangeAction::unchanged : ChangeAction::changed;
  }
  return change;
}

CatalogChange changeOf(const LedgerState& ledger, const PriceBook& asked) {
  const std::optional<PriceBook> published = newestBook(ledger, asked.currency);
  if (!published) return {ItemKind::priceBook, asked.currency, ChangeAction::added, 1};
  if (changedModels(*published, asked).empty()) {
    return {ItemKind::priceBook, asked.currency, ChangeAction::unchanged, published->version};
  }
  return {ItemKind::priceBook, asked.currency, ChangeAction::changed, published->version + 1};
}

void addBookEvents(std::vector<EventBody>& events, const LedgerState& ledger,
                   const PriceBook& asked) {
  const PriceBook published = newestBook(ledger, asked.currency).value_or(PriceBook{});
  for (ModelPrice& price : changedModels(published, asked)) {
    events.push_back(ModelPricePublished{asked.currency, published.version + 1, std::move(price)});
  }
}

void fold(LedgerState& ledger, const FeaturePublished& item, Instant) {
  const std::size_t index = item.number.value - 1;
  require(index <= ledger.features.size(), "features are numbered in order of publication");
  if (index == ledger.features.size()) {
    require(featureNumber(ledger, item.feature.code).isNone(), "a feature has one number");
    ledger.features.push_back(item.feature);
    return;
  }
  Feature& feature = ledger.features[index];
  require(feature.code == item.feature.code, "a feature keeps its number");
  require(feature.type == item.feature.type && feature.meter == item.feature.meter &&
              feature.unique_property == item.feature.unique_property,
          "a feature keeps its type and meter");
  feature = item.feature;
}

void fold(LedgerState& ledger, const PlanPublished& item, Instant published) {
  const Plan* before = newestPlan(ledger, item.plan.code);
  requireNextVersion(before, item.plan);
  for (const PlanFeature& sold : item.plan.features) {
    require(!featureNumber(ledger, sold.feature).isNone(), "a plan sells published features");
  }
  ledger.plans.push_back(item.plan);
  ledger.plan_published.push_back(published);
}

void fold(LedgerState& ledger, const PackPublished& item, Instant) {
  const Pack* before = newestPack(ledger, item.pack.code);
  require(item.pack.version == (before ? before->version : 0) + 1,
          "pack versions follow each other");
  ledger.packs.push_back(item.pack);
}

void fold(LedgerState& ledger, const ModelPricePublished& item, Instant effective) {
  ledger.model_prices.push_back({item.currency, item.book_version, effective, item.price});
}

template <typename Body>
inline constexpr bool kIsItem =
    std::is_same_v<Body, FeaturePublished> || std::is_same_v<Body, PlanPublished> ||
    std::is_same_v<Body, PackPublished> || std::is_same_v<Body, ModelPricePublished>;

}  // namespace

std::vector<CatalogChange> catalogChanges(const LedgerState& ledger, const Catalog& catalog) {
  std::vector<CatalogChange> changes;
  for (const Feature& feature : catalog.features) changes.push_back(changeOf(ledger, feature));
  for (const Plan& plan : catalog.plans) {
    changes.push_back(changeOf(ItemKind::plan, newestPlan(ledger, plan.code), plan));
  }
  for (const Pack& pack : catalog.packs) {
    changes.push_back(changeOf(ItemKind::pack, newestPack(ledger, pack.code), pack));
  }
  for (const PriceBook& book : catalog.price_books) changes.push_back(changeOf(ledger, book));
  return changes;
}

std::vector<EventBody> publicationEvents(const LedgerState& ledger, const Catalog& catalog,
                                         const std::string& digest) {
  CHECK(ledger.staged.empty(), "the last publication is complete");
  std::vector<EventBody> events;
  std::size_t features = ledger.features.size();
  for (const Feature& feature : catalog.features) {
    if (changeOf(ledger, feature).action == ChangeAction::unchanged) continue;
    FeatureNumber number = featureNumber(ledger, feature.code);
    if (number.isNone()) number = FeatureNumber(static_cast<std::uint32_t>(++features));
    events.push_back(FeaturePublished{number, feature});
  }
  for (const Plan& plan : catalog.plans) {
    const auto change = changeOf(ItemKind::plan, newestPlan(ledger, plan.code), plan);
    if (change.action == ChangeAction::unchanged) continue;
    events.push_back(PlanPublished{plan});
    std::get<PlanPublished>(events.back()).plan.version = change.version;
  }
  for (const Pack& pack : catalog.packs) {
    const auto change = changeOf(ItemKind::pack, newestPack(ledger, pack.code), pack);
    if (change.action == ChangeAction::unchanged) continue;
    events.push_back(PackPublished{pack});
    std::get<PackPublished>(events.back()).pack.version = change.version;
  }
  for (const PriceBook& book : catalog.price_books) addBookEvents(events, ledger, book);
  const auto items = static_cast<std::uint32_t>(events.size());
  events.push_back(CatalogPublished{digest, items});
  return events;
}

void applyCatalogEvent(LedgerState& ledger, const EventBody& body, Instant recorded) {
  const auto stage = [&ledger, &body](const auto& item) {
    if constexpr (kIsItem<std::decay_t<decltype(item)>>) ledger.staged.push_back(body);
  };
  std::visit(stage, body);
  const auto* published = std::get_if<CatalogPublished>(&body);
  if (published == nullptr) return;
  require(ledger.staged.size() == published->items, "a publication closes the items before it");
  const std::vector<EventBody> staged = std::exchange(ledger.staged, {});
  for (const EventBody& item : staged) {
    const auto fold_in = [&ledger, recorded](const auto& event) {
      if constexpr (kIsItem<std::decay_t<decltype(event)>>) fold(ledger, event, recorded);
    };
    std::visit(fold_in, item);
  }
}

Catalog newestCatalog(const LedgerState& ledger) {
  Catalog catalog;
  catalog.features = ledger.features;
  for (const Plan& plan : ledger.plans) {
    if (plan.version == 1) catalog.plans.push_back(*newestPlan(ledger, plan.code));
  }
  for (const Pack& pack : ledger.packs) {
    if (pack.version == 1) catalog.packs.push_back(*newestPack(ledger, pack.code));
  }
  for (const ModelPriceVersion& price : ledger.model_prices) {
    const auto& books = catalog.price_books;
    const bool is_known = std::any_of(books.begin(), books.end(), [&price](const PriceBook& book) {
      return book.currency == price.currency;
    });
    if (!is_known) catalog.price_books.push_back(*newestBook(ledger, price.currency));
  }
  return catalog;
}

}  // namespace daybook::core
