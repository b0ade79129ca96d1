#include "ledger/replay/publication.h"

#include <algorithm>
#include <utility>

#include "ledger/core/catalog_rules.h"

namespace daybook::replay {
namespace {

using Models = std::vector<ModelPrice>;

bool isSameModel(const ModelPrice& a, const ModelPrice& b) {
  return a.provider == b.provider && a.model == b.model;
}

Models::const_iterator findModel(const Models& models, const ModelPrice& model) {
  return std::find_if(models.begin(), models.end(),
                      [&model](const ModelPrice& other) { return isSameModel(other, model); });
}

/// Where the models begin at the end of `changed` that left the book: published as retired, with
/// the prices and in the order that they had.
std::size_t leftBookFrom(const Models& published, const Models& changed) {
  std::size_t from = changed.size();
  auto before = published.end();
  while (from > 0) {
    ModelPrice live = changed[from - 1];
    if (!live.retired) break;
    live.retired = false;
    const auto found = std::find(published.begin(), before, live);
    if (found == before) break;
    before = found;
    --from;
  }
  return from;
}

/// The book that was sent: what changed in it, and what did not.
void completeBook(PriceBook& book, const Models& published) {
  const Models changed = std::exchange(book.models, {});
  const auto asked = static_cast<std::ptrdiff_t>(leftBookFrom(published, changed));
  book.models.assign(changed.begin(), changed.begin() + asked);
  for (const ModelPrice& model : published) {
    if (model.retired || findModel(changed, model) != changed.end()) continue;
    book.models.push_back(model);
  }
}

PriceBook& bookOf(Catalog& catalog, const std::string& currency) {
  for (PriceBook& book : catalog.price_books) {
    if (book.currency == currency) return book;
  }
  catalog.price_books.emplace_back().currency = currency;
  return catalog.price_books.back();
}

}  // namespace

bool isItem(const EventBody& body) {
  return std::holds_alternative<FeaturePublished>(body) ||
         std::holds_alternative<PlanPublished>(body) ||
         std::holds_alternative<PackPublished>(body) ||
         std::holds_alternative<ModelPricePublished>(body);
}

Catalog catalogOf(const LedgerState& ledger, std::span<const Event> items) {
  Catalog catalog;
  for (const Event& item : items) {
    if (const auto* feature = std::get_if<FeaturePublished>(&item.body)) {
      catalog.features.push_back(feature->feature);
    } else if (const auto* plan = std::get_if<PlanPublished>(&item.body)) {
      catalog.plans.push_back(plan->plan);
    } else if (const auto* pack = std::get_if<PackPublished>(&item.body)) {
      catalog.packs.push_back(pack->pack);
    } else if (const auto* price = std::get_if<ModelPricePublished>(&item.body)) {
      bookOf(catalog, price->currency).models.push_back(price->price);
    }
  }
  if (catalog.price_books.empty()) return catalog;
  const Catalog published = core::newestCatalog(ledger);
  for (PriceBook& book : catalog.price_books) {
    const auto before =
        std::find_if(published.price_books.begin(), published.price_books.end(),
                     [&book](const PriceBook& other) { return other.currency == book.currency; });
    completeBook(book, before == published.price_books.end() ? Models() : before->models);
  }
  return catalog;
}

}  // namespace daybook::replay
