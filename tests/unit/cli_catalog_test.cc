// Catalog files: TOML and JSON to the schema's form, mistakes with their place, differences.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "client/cli/catalog_file.h"
#include "client/cli/session.h"
#include "daybook/client.h"

namespace daybook::cli {
namespace {

constexpr char kToml[] = R"(
[[features]]
code = "calls"

[[plans]]
code = "pro"
model = "metered"
prices = [{ currency = "USD", base = 99 }]
[[plans.features]]
feature = "calls"
included = 10000
prices = [{ currency = "USD", scheme = "perUnit", unitPrice = "0.01" }]
)";

std::string errorOf(const std::string& text, std::string_view path) {
  try {
    return catalogFromText(text, path);
  } catch (const UsageError& e) {
    return e.what();
  }
}

TEST_CASE("TOML and JSON with the schema's names give one catalog") {
  const std::string toml = catalogFromText(kToml, "plans.toml");
  CHECK(toml.find("\"base\":\"99\"") != std::string::npos);
  CHECK(toml.find("\"included\":\"10000\"") != std::string::npos);
  CHECK(toml.find("\"interval\":\"month\"") != std::string::npos);  // the schema's default
  CHECK(toml.find("\"grantPriority\":50") != std::string::npos);
  CHECK(catalogFromText(client::catalogJsonFromToml(kToml), "plans.json") == toml);
  CHECK(catalogFromText(client::catalogJsonFromToml(kToml), "-") == toml);
  CHECK(catalogFromText(toml, "shown.json") == toml);
}

TEST_CASE("small numbers may be text as well as numbers") {
  const std::string catalog =
      catalogFromText(R"({"packs":[{"code":"p","priority":"7","expiresAfterDays":30}]})", "c.json");
  CHECK(catalog.find("\"priority\":7") != std::string::npos);
  CHECK(catalog.find("\"expiresAfterDays\":30") != std::string::npos);
}

TEST_CASE("a mistake in a catalog file is named with its place") {
  CHECK(
      errorOf("[[plans]]\ncode = \"a\"\nbase = 1.5", "p.toml") ==
      "p.toml: line 3: write numbers with a fraction as text, in quotes, so that they stay exact");
  CHECK(errorOf("[[plans]\n", "p.toml").find("p.toml: line 1: ") == 0);
  CHECK(errorOf("[[plans]]\nstart = 2026-01-01", "p.toml") ==
        "p.toml: line 2: dates and times have no place in a catalog");
  CHECK(errorOf("[[plans]]\ncode = \"a\"\nprice = 3", "p.toml")
            .find("p.toml: plans[0].price: unknown field; known are code, version, name") == 0);
  CHECK(errorOf("[[plans]]\nmodel = \"prepaid\"", "p.toml") ==
        "p.toml: plans[0].model: one of metered, credits, balance is due, not \"prepaid\"");
  CHECK(errorOf("{\"plans\": [{\"carryTopUps\": \"yes\"}]}", "p.json") ==
        "p.json: plans[0].carryTopUps: true or false is due, not \"yes\"");
  CHECK(errorOf("{\"plans\": [{\"grantPriority\": 3000000000}]}", "p.json")
            .find("p.json: plans[0].grantPriority: a whole number from -2147483648 to ") == 0);
  CHECK(errorOf("{\"plans\": {}}", "p.json") == "p.json: plans: a list is due, not {}");
}

TEST_CASE("the difference of an item names each field with its old and new value") {
  const std::string before = catalogFromText(kToml, "plans.toml");
  std::string changed = kToml;
  changed.replace(changed.find("10000"), 5, "20000");
  changed.replace(changed.find("\"0.01\""), 6, "\"0.0100\"");  // the same number
  changed.insert(changed.find("model = "), "name = \"Pro\"\n");
  const std::string after = catalogFromText(changed, "plans.toml");
  CHECK(changesOfItem(before, after, "plans", "pro") ==
        std::vector<FieldChange>{{"name", "", "Pro"},
                                 {"features[calls].included", "10000", "20000"}});
  CHECK(changesOfItem(before, after, "features", "calls").empty());
  CHECK(changesOfItem(before, before, "plans", "pro").empty());

  std::string fewer = kToml;
  fewer.erase(fewer.find("included"), 16);
  fewer.replace(fewer.find("model = "), 8, "interval = \"year\"\nmodel = ");
  CHECK(changesOfItem(before, catalogFromText(fewer, "plans.toml"), "plans", "pro") ==
        std::vector<FieldChange>{{"interval", "", "year"},
                                 {"features[calls].included", "10000", ""}});
}

TEST_CASE("an absent number is 0, but where its absence means something else") {
  const auto plan = [](const char* fields) {
    return catalogFromText(R"({"plans":[{"code":"p",)" + std::string(fields) + "}]}", "c.json");
  };
  const std::string zero = plan(
      R"("credits":"0","prices":[{"currency":"USD"}],
         "features":[{"feature":"f","included":"0.0"}])");
  const std::string absent =
      plan(R"("features":[{"feature":"f"}],"prices":[{"currency":"USD","includedBalance":"0"}])");
  CHECK(changesOfItem(zero, absent, "plans", "p") ==
        std::vector<FieldChange>{{"prices[USD].includedBalance", "", "0"}});
}

TEST_CASE("a new item shows its fields, but for defaults and what the ledger gives") {
  const auto changes =
      changesOfItem("{}",
                    R"({"priceBooks":[{"currency":"USD","version":4,"effective":"17",
          "models":[{"provider":"p","model":"m","input":"3","retired":false}]}]})",
                    "priceBooks", "USD");
  CHECK(changes == std::vector<FieldChange>{{"models[p/m].input", "", "3"}});
  CHECK(changesOfItem("{}", catalogFromText(kToml, "plans.toml"), "plans", "pro") ==
        std::vector<FieldChange>{{"prices[USD].base", "", "99"},
                                 {"features[calls].included", "", "10000"},
                                 {"features[calls].prices[USD].unitPrice", "", "0.01"}});
}

}  // namespace
}  // namespace daybook::cli
