#include <catch2/catch.hpp>

#include "ledger/core/catalog_lookup.h"
#include "ledger/core/catalog_rules.h"
#include "tests/support/terms.h"

namespace daybook::core {
namespace {

using namespace daybook::testing;

ModelPrice model(std::string provider, std::string name, std::string_view input) {
  ModelPrice price;
  price.provider = std::move(provider);
  price.model = std::move(name);
  price.input = dec(input);
  return price;
}

PriceBook book(std::vector<ModelPrice> models, std::string currency = "USD") {
  PriceBook result;
  result.currency = std::move(currency);
  result.models = std::move(models);
  return result;
}

Pack pack(std::string code, std::string_view credits) {
  Pack result;
  result.code = std::move(code);
  result.credits = dec(credits);
  result.prices = {{"USD", dec("5")}};
  return result;
}

Catalog someCatalog() {
  Catalog catalog;
  catalog.features = {metered("calls", "API calls"), metered("llm")};
  catalog.plans = {
      planFor("pro", ConsumptionModel::metered, "99", {sold("calls", "10000", perUnit("0.01"))})};
  catalog.packs = {pack("small", "500")};
  catalog.price_books = {book({model("openai", "gpt", "3"), model("meta", "llama", "1")})};
  return catalog;
}

std::vector<std::string> kinds(const std::vector<EventBody>& events) {
  std::vector<std::string> names;
  for (const EventBody& body : events) names.emplace_back(eventName(body));
  return names;
}

void publish(LedgerState& ledger, const Catalog& catalog, std::string_view at = "2026-01-01") {
  for (const EventBody& body : publicationEvents(ledger, catalog, "digest")) {
    applyCatalogEvent(ledger, body, when(at));
  }
}

const std::vector<std::string> kNothingChanged = {"catalogPublished"};

TEST_CASE("a first publication records every item, then closes the set") {
  LedgerState ledger;
  const std::vector<EventBody> events = publicationEvents(ledger, someCatalog(), "abc");
  CHECK(kinds(events) == std::vector<std::string>{"featurePublished", "featurePublished",
                                                  "planPublished", "packPublished",
                                                  "modelPricePublished", "modelPricePublished",
                                                  "catalogPublished"});
  CHECK(std::get<FeaturePublished>(events[1]).number == FeatureNumber(2));
  CHECK(std::get<PlanPublished>(events[2]).plan.version == 1);
  CHECK(std::get<PackPublished>(events[3]).pack.version == 1);
  CHECK(std::get<ModelPricePublished>(events[4]).book_version == 1);
  CHECK(std::get<CatalogPublished>(events[6]) == CatalogPublished{"abc", 6});
}

TEST_CASE("items are visible only once the set is closed, and in force from then") {
  LedgerState ledger;
  const std::vector<EventBody> events = publicationEvents(ledger, someCatalog(), "abc");
  for (std::size_t i = 0; i + 1 < events.size(); ++i) {
    applyCatalogEvent(ledger, events[i], when("2026-01-01"));
    CHECK(ledger.staged.size() == i + 1);
    CHECK(newestCatalog(ledger) == Catalog{});
  }
  applyCatalogEvent(ledger, events.back(), when("2026-01-02"));
  CHECK(ledger.staged.empty());
  CHECK(ledger.features.size() == 2);
  CHECK(newestPlan(ledger, "pro")->version == 1);
  CHECK(ledger.plan_published == std::vector<Instant>{when("2026-01-02")});
  CHECK(ledger.model_prices[0].effective == when("2026-01-02"));
  CHECK(priceBookVersion(ledger, "USD", when("2026-01-01")) == 0);
  CHECK(priceBookVersion(ledger, "USD", when("2026-01-02")) == 1);
}

TEST_CASE("publishing the same set again changes nothing") {
  LedgerState ledger;
  publish(ledger, someCatalog());
  const LedgerState before = ledger;
  CHECK(kinds(publicationEvents(ledger, someCatalog(), "abc")) == kNothingChanged);
  publish(ledger, someCatalog(), "2026-02-01");
  CHECK(ledger == before);
  CHECK(kinds(publicationEvents(ledger, newestCatalog(ledger), "abc")) == kNothingChanged);
}

TEST_CASE("versions, effective dates, order and the spelling of decimals are no differences") {
  LedgerState ledger;
  publish(ledger, someCatalog());
  Catalog again = someCatalog();
  again.plans[0].version = 9;
  again.packs[0].version = 9;
  again.price_books[0].version = 9;
  again.price_books[0].effective = when("2020-01-01");
  std::swap(again.price_books[0].models[0], again.price_books[0].models[1]);
  std::swap(again.features[0], again.features[1]);
  again.plans[0].prices[0].base = dec("99.00");
  CHECK(kinds(publicationEvents(ledger, again, "abc")) == kNothingChanged);
}

TEST_CASE("only what changed is published, as the next version; the rest stays untouched") {
  LedgerState ledger;
  publish(ledger, someCatalog());
  Catalog change;
  change.plans = someCatalog().plans;
  change.plans[0].prices[0].base = dec("120");
  change.plans.push_back(planFor("basic", ConsumptionModel::metered, "9", {}));
  change.packs = {pack("small", "600")};
  change.features = {metered("calls", "Calls"), metered("images")};
  publish(ledger, change, "2026-02-01");
  CHECK(ledger.plans.size() == 3);
  CHECK(newestPlan(ledger, "pro")->version == 2);
  CHECK(newestPlan(ledger, "pro")->prices[0].base == dec("120"));
  CHECK(core::planOf(ledger, {"pro", 1, "USD"}).prices[0].base == dec("99"));
  CHECK(newestPlan(ledger, "basic")->version == 1);
  CHECK(ledger.plan_published ==
        std::vector<Instant>{when("2026-01-01"), when("2026-02-01"), when("2026-02-01")});
  CHECK(newestPack(ledger, "small")->version == 2);
  CHECK(newestPack(ledger, "small")->credits == dec("600"));
  CHECK(featureNumber(ledger, "calls") == FeatureNumber(1));
  CHECK(featureNumber(ledger, "llm") == FeatureNumber(2));
  CHECK(featureNumber(ledger, "images") == FeatureNumber(3));
  CHECK(featureOf(ledger, FeatureNumber(1)).name == "Calls");
  CHECK(priceBookVersion(ledger, "USD", when("2026-02-01")) == 1);
}

TEST_CASE("a changed price book publishes its changed models as one next version") {
  LedgerState ledger;
  publish(ledger, someCatalog());
  Catalog change;
  change.price_books = {book(
      {model("openai", "gpt", "2"), model("meta", "llama", "1"), model("openai", "mini", "0.5")})};
  const std::vector<EventBody> events = publicationEvents(ledger, change, "abc");
  REQUIRE(events.size() == 3);
  CHECK(std::get<ModelPricePublished>(events[0]) ==
        ModelPricePublished{"USD", 2, model("openai", "gpt", "2")});
  CHECK(std::get<ModelPricePublished>(events[1]) ==
        ModelPricePublished{"USD", 2, model("openai", "mini", "0.5")});
}

TEST_CASE("a model that left a book is retired at its last prices, once, and may come back") {
  LedgerState ledger;
  publish(ledger, someCatalog());
  Catalog smaller;
  smaller.price_books = {book({model("openai", "gpt", "3")})};
  publish(ledger, smaller, "2026-02-01");
  ModelPrice retired = model("meta", "llama", "1");
  retired.retired = true;
  const PriceBook now = newestCatalog(ledger).price_books[0];
  CHECK(now.version == 2);
  CHECK(now.effective == when("2026-02-01"));
  CHECK(now.models == std::vector<ModelPrice>{model("openai", "gpt", "3"), retired});
  CHECK(kinds(publicationEvents(ledger, smaller, "abc")) == kNothingChanged);
  publish(ledger, someCatalog(), "2026-03-01");
  CHECK(newestCatalog(ledger).price_books[0].models[1] == model("meta", "llama", "1"));
  CHECK(priceBookVersion(ledger, "USD", when("2026-03-01")) == 3);
}

TEST_CASE("an empty version of a published book retires all of it") {
  LedgerState ledger;
  publish(ledger, someCatalog());
  Catalog none;
  none.price_books = {book({})};
  publish(ledger, none, "2026-02-01");
  const PriceBook now = newestCatalog(ledger).price_books[0];
  CHECK(now.models.size() == 2);
  for (const ModelPrice& price : now.models) CHECK(price.retired);
}

TEST_CASE("books of different currencies have versions of their own") {
  LedgerState ledger;
  publish(ledger, someCatalog());
  Catalog euro;
  euro.price_books = {book({model("openai", "gpt", "2.8")}, "EUR")};
  publish(ledger, euro, "2026-02-01");
  euro.price_books[0].models[0].input = dec("2.7");
  publish(ledger, euro, "2026-03-01");
  CHECK(priceBookVersion(ledger, "EUR", when("2026-03-01")) == 2);
  CHECK(priceBookVersion(ledger, "USD", when("2026-03-01")) == 1);
  CHECK(newestCatalog(ledger).price_books.size() == 2);
}

TEST_CASE("the comparison names each item of the set in order, with its version to be") {
  LedgerState ledger;
  publish(ledger, someCatalog());
  Catalog set = someCatalog();
  set.features[1].name = "Models";
  set.features.push_back(metered("images"));
  set.plans[0].credits = dec("0.0");
  set.plans.push_back(planFor("basic", ConsumptionModel::metered, "9", {}));
  set.packs[0].credits = dec("501");
  set.price_books.push_back(book({model("openai", "gpt", "2.8")}, "EUR"));
  set.price_books[0].models.pop_back();
  const std::vector<CatalogChange> expected = {
      {ItemKind::feature, "calls", ChangeAction::unchanged, 0},
      {ItemKind::feature, "llm", ChangeAction::changed, 0},
      {ItemKind::feature, "images", ChangeAction::added, 0},
      {ItemKind::plan, "pro", ChangeAction::unchanged, 1},
      {ItemKind::plan, "basic", ChangeAction::added, 1},
      {ItemKind::pack, "small", ChangeAction::changed, 2},
      {ItemKind::priceBook, "USD", ChangeAction::changed, 2},
      {ItemKind::priceBook, "EUR", ChangeAction::added, 1}};
  CHECK(catalogChanges(ledger, set) == expected);
}

TEST_CASE("events of other kinds leave the catalog alone") {
  LedgerState ledger;
  applyCatalogEvent(ledger, CustomerCreated{}, when("2026-01-01"));
  CHECK(ledger == LedgerState{});
}

}  // namespace
}  // namespace daybook::core
