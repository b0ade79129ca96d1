#include "client/cli/catalog_file.h"

#include <capnp/dynamic.h>
#include <capnp/message.h>
#include <capnp/schema.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/cli/identity.h"
#include "ledger/base/decimal.h"
#include "protocol/common.capnp.h"
#include "protocol/json.h"

namespace daybook::cli {
namespace {

using Json = nlohmann::ordered_json;

// Fields of an item by their places, in the order of the schema.
using Fields = std::vector<std::pair<std::string, std::string>>;

const std::string* find(const Fields& fields, const std::string& place) {
  for (const auto& [field, value] : fields) {
    if (field == place) return &value;
  }
  return nullptr;
}

// A field that the place of the item says already, or that the ledger gives.
bool isSaid(const std::string& name, capnp::StructSchema schema) {
  return name == "version" || name == "effective" || isIdentity(name, schema);
}

// Empty where the value is what an absent field means.
std::string scalarText(const std::string& name, const Json& value) {
  // An empty text is 0 but for these, where it means another amount, or none.
  static constexpr std::array kNamedDefaults = {"includedBalance", "minimumCharge", "maximumCharge",
                                                "eventMinimum",    "eventMaximum",  "maximum"};
  if (!value.is_string()) return value.dump();
  const std::string text = value.get<std::string>();
  const auto decimal = Decimal::parse(text);
  if (!decimal) return text;
  const bool zero_is_absent =
      std::find(kNamedDefaults.begin(), kNamedDefaults.end(), name) == kNamedDefaults.end();
  return decimal->isZero() && zero_is_absent ? "" : decimal->toString();
}

Json defaultsOf(capnp::StructSchema schema) {
  capnp::MallocMessageBuilder message;
  return Json::parse(protocol::jsonOf(message.initRoot<capnp::DynamicStruct>(schema).asReader()));
}

// Appends the fields of a struct, but for those that have the schema's default.
void flatten(const Json& item, capnp::StructSchema schema, const std::string& place, Fields& out) {
  const Json defaults = defaultsOf(schema);
  for (const auto& [name, value] : item.items()) {
    if (isSaid(name, schema)) continue;
    const std::string below = place.empty() ? name : place + "." + name;
    const capnp::Type type = schema.getFieldByName(name).getType();
    const std::size_t before = out.size();
    if (value.is_object()) {
      flatten(value, type.asStruct(), below, out);
      // There, with nothing in it.
      if (out.size() == before) out.emplace_back(below, name == "alerts" ? "none" : "yes");
      continue;
    }
    if (!value.is_array()) {
      const auto standard = defaults.find(name);
      const std::string text = scalarText(name, value);
      if (!text.empty() && (standard == defaults.end() || *standard != value)) {
        out.emplace_back(below, text);
      }
      continue;
    }
    const capnp::Type element = type.asList().getElementType();
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Json& each = value[i];
      const std::string called =
          element.isStruct() ? identityOf(each, element.asStruct()) : each.get<std::string>();
      const std::string at =
          fmt::format("{}[{}]", below, called.empty() ? fmt::format("{}", i + 1) : called);
      const std::size_t before_item = out.size();
      if (element.isStruct()) flatten(each, element.asStruct(), at, out);
      if (out.size() == before_item) out.emplace_back(at, "yes");  // there is no more to it
    }
  }
}

Fields fieldsOfItem(const std::string& catalog, const std::string& list, const std::string& code) {
  Fields fields;
  const Json json = Json::parse(catalog);
  const auto items = json.find(list);
  if (items == json.end()) return fields;
  const auto schema = capnp::Schema::from<wire::Catalog>()
                          .getFieldByName(list)
                          .getType()
                          .asList()
                          .getStructElementType();
  for (const auto& item : *items) {
    if (identityOf(item, schema) == code) flatten(item, schema, "", fields);
  }
  return fields;
}

// Whether the fields have the element itself, or something in it.
bool has(const Fields& fields, const std::string& field) {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& entry) {
    return entry.first == field || entry.first.starts_with(field + ".");
  });
}

}  // namespace

std::string catalogOf(const FormFile& file) {
  capnp::MallocMessageBuilder message;
  auto catalog = message.initRoot<wire::Catalog>();
  file.read(catalog, "Catalog");
  return protocol::jsonOf(catalog.asReader());
}

std::vector<FieldChange> changesOfItem(const std::string& before_catalog,
                                       const std::string& after_catalog, const std::string& list,
                                       const std::string& code) {
  const Fields before = fieldsOfItem(before_catalog, list, code);
  const Fields after = fieldsOfItem(after_catalog, list, code);
  std::vector<FieldChange> changes;
  for (const auto& [field, value] : after) {
    const std::string* old_value = find(before, field);
    if (old_value != nullptr ? *old_value == value : has(before, field)) continue;
    changes.push_back({.field = field, .before = old_value ? *old_value : "", .after = value});
  }
  for (const auto& [field, value] : before) {
    if (!has(after, field)) {
      changes.push_back({.field = field, .before = value, .after = {}});
    }
  }
  return changes;
}

}  // namespace daybook::cli
