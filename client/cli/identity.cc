#include "client/cli/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "ledger/base/decimal.h"

namespace daybook::cli {
namespace {

using Json = nlohmann::ordered_json;

// The fields that name an item, by the schema's name of its kind.
struct Identity {
  std::string_view kind;
  std::array<const char*, 4> fields;
};
constexpr std::array kIdentities = {
    Identity{"Feature", {"code"}},
    Identity{"Plan", {"code"}},
    Identity{"Pack", {"code"}},
    Identity{"PriceBook", {"currency"}},
    Identity{"ModelPrice", {"provider", "model"}},
    Identity{"PlanFeature", {"feature"}},
    Identity{"PriceVariant", {"value"}},
    Identity{"BasePrice", {"currency", "interval"}},
    Identity{"Price", {"currency", "interval"}},
    Identity{"PackPrice", {"currency"}},
    Identity{"Tier", {"upTo"}},
    Identity{"AlertRule", {"kind", "feature", "level", "percent"}},
    Identity{"SeatCount", {"feature"}},
    Identity{"OpeningUsage", {"feature", "variant"}},
};

std::vector<std::string> fieldsOf(capnp::StructSchema schema) {
  const std::string_view kind = schema.getShortDisplayName().cStr();
  std::vector<std::string> out;
  for (const Identity& identity : kIdentities) {
    if (identity.kind != kind) continue;
    for (const char* field : identity.fields) {
      if (field != nullptr) out.emplace_back(field);
    }
  }
  return out;
}

std::string textOf(const std::string& field, const Json& value) {
  if (value.is_boolean()) return field == "percent" && value.get<bool>() ? "%" : "";
  if (!value.is_string()) return value.is_number_integer() ? value.dump() : "";
  std::string text = value.get<std::string>();
  if (text == "absent") return "";
  if (field != "upTo" && field != "level") return text;
  const auto decimal = Decimal::parse(text);
  return decimal ? decimal->toString() : text;
}

}  // namespace

std::string identityOf(const Json& item, capnp::StructSchema schema) {
  if (!item.is_object()) return "";
  std::string out;
  for (const std::string& field : fieldsOf(schema)) {
    const auto found = item.find(field);
    const std::string text = found == item.end() ? "" : textOf(field, *found);
    if (!text.empty() && text != "%" && !out.empty()) out += '/';
    out += text;
  }
  return out;
}

bool isIdentity(const std::string& field, capnp::StructSchema schema) {
  const auto fields = fieldsOf(schema);
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

std::string namedPlace(const Json& root, capnp::StructSchema schema, std::string_view place) {
  std::string out;
  const Json* value = &root;
  while (!place.empty()) {
    const std::size_t open = place.find('[');
    if (open == std::string_view::npos) break;
    const std::size_t close = place.find(']', open);
    out += place.substr(0, open);
    std::size_t index = 0;
    std::from_chars(place.data() + open + 1, place.data() + close, index);
    // Down to the list, through the structs on the way.
    capnp::Type type = schema;
    std::string_view path = place.substr(0, open);
    while (!path.empty() && value != nullptr) {
      if (path.starts_with('.')) path.remove_prefix(1);
      const std::string name(path.substr(0, path.find('.')));
      path.remove_prefix(name.size());
      const auto found = value->is_object() ? value->find(name) : value->end();
      value = value->is_object() && found != value->end() ? &*found : nullptr;
      type = type.asStruct().getFieldByName(name).getType();
    }
    if (value == nullptr || !value->is_array() || index >= value->size()) return std::string(place);
    value = &(*value)[index];
    type = type.asList().getElementType();
    place.remove_prefix(close + 1);
    const std::string called = type.isStruct() ? identityOf(*value, type.asStruct()) : "";
    out += fmt::format("[{}]", called.empty() ? std::to_string(index + 1) : called);
    if (!type.isStruct()) break;
    schema = type.asStruct();
  }
  return out + std::string(place);
}

}  // namespace daybook::cli
