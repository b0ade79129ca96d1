// A catalog with one good item of every kind and model, and what validation says about changes to
// it: for tests of the catalog's rules.
#pragma once

#include <catch2/catch.hpp>

#include <functional>
#include <string>
#include <utility>

#include "ledger/core/catalog_rules.h"
#include "tests/support/terms.h"

namespace daybook::testing {

inline Feature boolean(std::string code) {
  Feature feature = metered(std::move(code));
  feature.type = FeatureType::boolean;
  return feature;
}

inline PlanFeature forCredits(std::string code, std::string_view credits_per_unit) {
  PlanFeature feature;
  feature.feature = std::move(code);
  feature.credits_per_unit = dec(credits_per_unit);
  return feature;
}

/// One good item of every kind and model.
inline Catalog goodCatalog() {
  Catalog catalog;
  catalog.features = {metered("calls", "API calls"), metered("llm"), boolean("sso")};
  PlanFeature sso;
  sso.feature = "sso";
  Plan pro = planFor("pro", ConsumptionModel::metered, "99",
                     {sold("calls", "10000", perUnit("0.01")), sso});
  Plan credits = planFor("studio", ConsumptionModel::credits, "20", {forCredits("calls", "2")});
  credits.credits = dec("1000");
  credits.features.push_back(sso);
  credits.features.push_back({});
  credits.features.back().feature = "llm";
  credits.features.back().credits_per_money = dec("100");
  credits.features.back().margin_percent = dec("20");
  Plan balance = planFor("pay", ConsumptionModel::balance, "10",
                         {sold("calls", "0", perUnit("0.02")), sold("llm", "0", byTokens("20"))});
  balance.prices[0].included_balance = dec("5");
  balance.carry_top_ups = true;
  catalog.plans = {pro, credits, balance};
  Pack pack;
  pack.code = "small";
  pack.credits = dec("500");
  pack.prices = {{"USD", dec("5")}};
  pack.features = {"calls"};
  catalog.packs = {pack};
  PriceBook book;
  book.currency = "USD";
  book.models = {{"openai", "gpt", dec("3"), dec("15"), dec("0.3"), dec("3.75"), false}};
  catalog.price_books = {book};
  return catalog;
}

inline void publish(LedgerState& ledger, const Catalog& catalog) {
  for (const EventBody& body : core::publicationEvents(ledger, catalog, "digest")) {
    core::applyCatalogEvent(ledger, body, when("2026-01-01"));
  }
}

/// What validation says about the good catalog after `change`, on a ledger where nothing, or the
/// good catalog itself, is published.
inline std::string problem(const std::function<void(Catalog&)>& change) {
  Catalog catalog = goodCatalog();
  change(catalog);
  const Verdict verdict = core::validateCatalog(LedgerState(), catalog);
  if (verdict.isOk()) return "ok";
  CHECK(verdict.outcome == Outcome::invalidCatalog);
  return verdict.detail;
}

inline std::string nextProblem(const std::function<void(Catalog&)>& change) {
  LedgerState ledger;
  publish(ledger, goodCatalog());
  Catalog catalog = goodCatalog();
  change(catalog);
  const Verdict verdict = core::validateCatalog(ledger, catalog);
  return verdict.isOk() ? "ok" : verdict.detail;
}

}  // namespace daybook::testing
