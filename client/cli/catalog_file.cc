#include "client/cli/catalog_file.h"

#include <capnp/message.h>
#include <fmt/format.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "client/cli/session.h"
#include "client/src/json_form.h"
#include "ledger/base/decimal.h"
#include "protocol/common.capnp.h"
#include "protocol/json.h"

namespace daybook::cli {
namespace {

using Json = nlohmann::ordered_json;
using Fields = std::map<std::string, std::string>;

// What names an item of a list, in the order of trying.
std::string identity(const Json& item) {
  static constexpr std::array kNames = {"code", "feature", "upTo", "model", "currency"};
  if (!item.is_object()) return item.is_string() ? item.get<std::string>() : item.dump();
  for (const char* name : kNames) {
    const auto found = item.find(name);
    if (found == item.end() || !found->is_string()) continue;
    const auto provider = item.find("provider");
    std::string text = found->get<std::string>();
    if (provider != item.end() && provider->is_string()) {
      text = provider->get<std::string>() + "/" + text;
    }
    return text;
  }
  return "";
}

std::string scalarText(const Json& value) {
  if (!value.is_string()) return value.dump();
  const std::string text = value.get<std::string>();
  const auto decimal = Decimal::parse(text);
  return decimal ? decimal->toString() : text;
}

// Flattens an item to "path -> value". Absent, empty and default values are one.
void flatten(const Json& value, const std::string& path, Fields& out) {
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) {
      if (path.empty() && (name == "version" || name == "effective")) continue;
      flatten(member, path.empty() ? name : path + "." + name, out);
    }
    return;
  }
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string name = identity(value[i]);
      const std::string place =
          fmt::format("{}[{}]", path, name.empty() ? fmt::format("{}", i + 1) : name);
      if (value[i].is_object()) {
        flatten(value[i], place, out);
      } else {
        out[place] = "yes";
      }
    }
    return;
  }
  const std::string text = scalarText(value);
  if (text.empty() || text == "false" || text == "null") return;
  out[path] = text;
}

Fields fieldsOfItem(const std::string& catalog, const std::string& list, const std::string& code) {
  Fields fields;
  const Json json = Json::parse(catalog);
  const auto items = json.find(list);
  if (items == json.end()) return fields;
  for (const auto& item : *items) {
    if (identity(item) == code) flatten(item, "", fields);
  }
  return fields;
}

bool isJson(const std::string& text, std::string_view path) {
  if (path.ends_with(".json")) return true;
  if (path.ends_with(".toml")) return false;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && text[first] == '{';
}

}  // namespace

std::string catalogFromText(const std::string& text, std::string_view path) {
  try {
    const std::string json = isJson(text, path) ? text : client::catalogJsonFromToml(text);
    capnp::MallocMessageBuilder message;
    auto catalog = message.initRoot<wire::Catalog>();
    client::readJson(json, catalog);
    return protocol::jsonOf(catalog.asReader());
  } catch (const client::Error& e) {
    throw UsageError(fmt::format("{}: {}", path, e.what()),
                     "Fields are those of Catalog in protocol/common.capnp.");
  }
}

std::string readCatalogFile(const std::string& path) {
  return catalogFromText(readFile(path), path);
}

std::vector<FieldChange> changesOfItem(const std::string& before_catalog,
                                       const std::string& after_catalog, const std::string& list,
                                       const std::string& code) {
  const Fields before = fieldsOfItem(before_catalog, list, code);
  const Fields after = fieldsOfItem(after_catalog, list, code);
  std::vector<FieldChange> changes;
  Fields all = before;
  all.insert(after.begin(), after.end());
  for (const auto& [field, value] : all) {
    const auto old_value = before.find(field);
    const auto new_value = after.find(field);
    FieldChange change{.field = field, .before = {}, .after = {}};
    if (old_value != before.end()) change.before = old_value->second;
    if (new_value != after.end()) change.after = new_value->second;
    if (change.before != change.after) changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace daybook::cli
