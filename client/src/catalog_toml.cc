// Catalog files in TOML, as JSON.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "daybook/client.h"
#include "daybook/error.h"

namespace daybook::client {
namespace {

// Members in the order of the file, for messages and differences that read like it.
using Json = nlohmann::ordered_json;

[[noreturn]] void refuse(const toml::source_region& where, const std::string& problem) {
  throw Error(ErrorKind::invalidArgument, fmt::format("line {}: {}", where.begin.line, problem));
}

Json fromToml(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    Json object = Json::object();
    for (const auto& [key, value] : *table) object[std::string(key.str())] = fromToml(value);
    return object;
  }
  if (const auto* array = node.as_array()) {
    Json list = Json::array();
    for (const auto& value : *array) list.push_back(fromToml(value));
    return list;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return std::int64_t{integer->get()};
  if (const auto* boolean = node.as_boolean()) return boolean->get();
  if (node.is_floating_point()) {
    refuse(node.source(),
           "write numbers with a fraction as text, in quotes, so that they stay exact");
  }
  refuse(node.source(), "dates and times have no place in a catalog");
}

}  // namespace

std::string catalogJsonFromToml(const std::string& text) {
  try {
    const toml::table table = toml::parse(text);
    return fromToml(table).dump();
  } catch (const toml::parse_error& e) {
    refuse(e.source(), std::string(e.description()));
  }
}

}  // namespace daybook::client
