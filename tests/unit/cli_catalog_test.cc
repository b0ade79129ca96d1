// Catalog files: TOML and JSON to the schema's form, mistakes with their place, differences.
#include <capnp/schema.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "client/cli/catalog_file.h"
#include "client/cli/session.h"
#include "client/cli/topics.h"
#include "daybook/client.h"
#include "protocol/common.capnp.h"

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

std::string catalogFromText(const std::string& text, std::string_view path) {
  return catalogOf(FormFile(text, path, client::Dates::refused));
}

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

TEST_CASE("a mistake in a catalog file is named with its line, item and field") {
  CHECK(
      errorOf("[[plans]]\ncode = \"a\"\nbase = 1.5", "p.toml") ==
      "p.toml: line 3: write numbers with a fraction as text, in quotes, so that they stay exact");
  CHECK(errorOf("[[plans]\n", "p.toml").find("p.toml: line 1: ") == 0);
  CHECK(errorOf("[[plans]]\nstart = 2026-01-01", "p.toml") ==
        "p.toml: line 2: dates and times have no place here");
  CHECK(errorOf("[[plans]]\ncode = \"a\"\nprice = 3", "p.toml")
            .find("p.toml: line 3: plans[a].price: unknown field; known are code, version, name") ==
        0);
  CHECK(errorOf("[[plans]]\n\nmodel = \"prepaid\"", "p.toml") ==
        "p.toml: line 3: plans[1].model: one of metered, credits, balance is due, not \"prepaid\"");
  // JSON has no lines to name.
  CHECK(errorOf("{\"plans\": [{\"code\": \"a\", \"carryTopUps\": \"yes\"}]}", "p.json") ==
        "p.json: plans[a].carryTopUps: true or false is due, not \"yes\"");
  CHECK(errorOf("{\"plans\": [{\"grantPriority\": 3000000000}]}", "p.json")
            .find("p.json: plans[1].grantPriority: a whole number from -2147483648 to ") == 0);
  CHECK(errorOf("{\"plans\": {}}", "p.json") == "p.json: plans: a list is due, not {}");
  CHECK(errorOf("{", "p.json").find("p.json: not JSON: ") == 0);
}

constexpr char kDeep[] = R"([[features]]
code = "calls"

[[plans]]
code = "basic"

[[plans]]
code = "pro"
[[plans.prices]]
currency = "USD"
interval = "year"
base = 9
[[plans.features]]
feature = "calls"
dimension = "region"
[[plans.features.variants]]
value = "eu"
prices = [
  { currency = "USD", unitPrice = "0.01" },
  { currency = "EUR", unitPrize = "0.01" },
]
)";

TEST_CASE("deep in a file, items go by their identities and lines stay right") {
  CHECK(errorOf(kDeep, "p.toml")
            .find("p.toml: line 20: plans[pro].features[calls].variants[eu].prices[EUR].unitPrize: "
                  "unknown field") == 0);
  std::string other = kDeep;
  other.replace(other.find("unitPrize"), 9, "unitPrice");
  other.replace(other.find("base = 9"), 8, "base = [9]");
  CHECK(errorOf(other, "p.toml") ==
        "p.toml: line 12: plans[pro].prices[USD/year].base: text is due, not [9]");
}

TEST_CASE("what the ledger says of an item is found in the file") {
  const FormFile file(kDeep, "p.toml", client::Dates::refused);
  CHECK(file.placeOfItem(R"(feature "calls": unknown type)") == "p.toml, line 1");
  CHECK(file.placeOfItem(R"(plan "pro": needs a price)") == "p.toml, line 7");
  CHECK(file.placeOfItem(R"(plan "pro", feature "calls": unknown feature)") == "p.toml, line 13");
  CHECK(file.placeOfItem(R"(plan "pro", feature "calls", variant "eu": has two prices in USD)") ==
        "p.toml, line 16");
  // As far as it is known.
  CHECK(file.placeOfItem(R"(plan "pro", feature "gone": unknown feature)") == "p.toml, line 7");
  CHECK(file.placeOfItem(R"(plan "gone": needs a price)").empty());
  CHECK(file.placeOfItem("the set: at most 2048 items").empty());
  CHECK(FormFile("{}", "p.json", client::Dates::refused).placeOfItem(R"(plan "a": b)").empty());
}

TEST_CASE("times in a TOML form are instants where they have a place") {
  const auto json = [](const std::string& text) {
    return client::TomlForm(text, client::Dates::instants).json();
  };
  CHECK(json("anchor = 2026-01-31") == R"({"anchor":1769817600000000000})");
  CHECK(json("anchor = 2026-01-31T01:00:00+01:00") == R"({"anchor":1769817600000000000})");
  CHECK(json("anchor = 2026-01-30T18:30:00.5-05:30") == R"({"anchor":1769817600500000000})");
  CHECK_THROWS_WITH(json("a = 1\nanchor = 2026-01-31T00:00:00"),
                    "line 2: a time needs its offset from UTC, like 2026-01-31T12:00:00Z");
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

std::vector<FieldChange> changesOfPlan(const std::string& before, const std::string& after) {
  const auto catalog = [](const std::string& fields) {
    return catalogFromText(R"({"plans":[{"code":"p")" + fields + "}]}", "c.json");
  };
  return changesOfItem(catalog(before), catalog(after), "plans", "p");
}

TEST_CASE("prices of one currency are told apart by their interval") {
  CHECK(changesOfPlan(R"(,"prices":[{"currency":"USD","base":9}])",
                      R"(,"prices":[{"currency":"USD","base":9},
                                    {"currency":"USD","interval":"year","base":90}])") ==
        std::vector<FieldChange>{{"prices[USD/year].base", "", "90"}});
  CHECK(changesOfPlan(R"(,"prices":[{"currency":"USD","interval":"year","base":90}])",
                      R"(,"prices":[{"currency":"USD","interval":"year","base":"90.0"}])")
            .empty());
}

TEST_CASE("what belongs to a struct that may be absent is named within it") {
  CHECK(changesOfPlan("", R"(,"rollover":{"maximum":"40","periods":3})") ==
        std::vector<FieldChange>{{"rollover.maximum", "", "40"}, {"rollover.periods", "", "3"}});
  CHECK(changesOfPlan("", R"(,"rollover":{})") ==
        std::vector<FieldChange>{{"rollover", "", "yes"}});
  CHECK(changesOfPlan(R"(,"rollover":{"maximum":"40"})", "") ==
        std::vector<FieldChange>{{"rollover.maximum", "40", ""}});
}

TEST_CASE("alerts go by what they say, and none at all is another thing than the default ones") {
  CHECK(changesOfPlan("", R"(,"alerts":{"rules":[{"level":80},
                              {"kind":"balance","level":"5.0","percent":false}]})") ==
        std::vector<FieldChange>{{"alerts.rules[usage/80%]", "", "yes"},
                                 {"alerts.rules[balance/5]", "", "yes"}});
  CHECK(changesOfPlan("", R"(,"alerts":{"rules":[]})") ==
        std::vector<FieldChange>{{"alerts", "", "none"}});
}

TEST_CASE("variants, ranks and the least and most of a price are part of the difference") {
  CHECK(changesOfPlan(
            R"(,"features":[{"feature":"f","dimension":"d","variants":[{"value":"eu"}]}])",
            R"(,"rank":0,"features":[{"feature":"f","dimension":"d","variants":[{"value":"eu",
                 "prices":[{"currency":"USD","scheme":"percentage","eventMinimum":"0"}]}]}])") ==
        std::vector<FieldChange>{{"features[f].variants[eu].prices[USD].scheme", "", "percentage"},
                                 {"features[f].variants[eu].prices[USD].eventMinimum", "", "0"},
                                 {"rank", "", "0"}});
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

// Appends the fields of the schema's structs that `value` does not use anywhere.
void collectUnused(const std::vector<nlohmann::json>& values, capnp::StructSchema schema,
                   std::vector<std::string>& out) {
  for (auto field : schema.getFields()) {
    const std::string name = field.getProto().getName().cStr();
    if (name == "version" || name == "effective") continue;  // the ledger gives them
    std::vector<nlohmann::json> used;
    for (const nlohmann::json& value : values) {
      if (!value.contains(name)) continue;
      if (value[name].is_array()) {
        used.insert(used.end(), value[name].begin(), value[name].end());
      } else {
        used.push_back(value[name]);
      }
    }
    const std::string shown = schema.getShortDisplayName().cStr();
    if (used.empty()) out.push_back(shown + "." + name);
    const auto type = field.getType();
    if (type.isStruct()) collectUnused(used, type.asStruct(), out);
    if (type.isList() && type.asList().getElementType().isStruct()) {
      collectUnused(used, type.asList().getStructElementType(), out);
    }
  }
}

TEST_CASE("the reference catalog shows every field that there is") {
  const client::TomlForm form(kCatalogReference, client::Dates::refused);
  CHECK_NOTHROW(catalogFromText(kCatalogReference, "reference.toml"));
  std::vector<std::string> unused;
  collectUnused({nlohmann::json::parse(form.json())}, capnp::Schema::from<wire::Catalog>(), unused);
  // Variants have prices and credits; not every field of a price stands in each list of them.
  std::vector<std::string> nowhere;
  for (const std::string& field : unused) {
    if (field.starts_with("Price.") || field.starts_with("Tier.")) continue;
    nowhere.push_back(field);
  }
  CHECK(nowhere == std::vector<std::string>{});
  for (const char* field : {"tiers", "packageSize", "packagePrice", "marginPercent", "ratePercent",
                            "feePerEvent", "eventMinimum", "eventMaximum", "minimumCharge",
                            "maximumCharge", "interval", "upTo", "unitPrice", "flatFee"}) {
    CAPTURE(field);
    CHECK(form.json().find("\"" + std::string(field) + "\":") != std::string::npos);
  }
}

}  // namespace
}  // namespace daybook::cli
