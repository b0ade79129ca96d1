#include "client/src/toml_form.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "daybook/client.h"
#include "daybook/error.h"
#include "ledger/base/instant.h"

namespace daybook::client {
namespace {

// Members in the order of the file, for messages and differences that read like it.
using Json = nlohmann::ordered_json;

[[noreturn]] void refuse(const toml::source_region& where, const std::string& problem) {
  throw Error(ErrorKind::invalidArgument, fmt::format("line {}: {}", where.begin.line, problem));
}

std::int64_t instantOf(const toml::node& node) {
  std::string text;
  if (const auto* date = node.as_date()) {
    text = fmt::format("{:04}-{:02}-{:02}", date->get().year, date->get().month, date->get().day);
  } else if (const auto* time = node.as_date_time(); time != nullptr && time->get().offset) {
    const toml::date_time& at = time->get();
    const int minutes = at.offset->minutes;
    const int size = minutes < 0 ? -minutes : minutes;
    text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}{}{:02}:{:02}", at.date.year,
                       at.date.month, at.date.day, at.time.hour, at.time.minute, at.time.second,
                       at.time.nanosecond, minutes < 0 ? '-' : '+', size / 60, size % 60);
  }
  const auto instant = Instant::parse(text);
  if (!instant) {
    refuse(node.source(), "a time needs its offset from UTC, like 2026-01-31T12:00:00Z");
  }
  return instant->ns;
}

Json fromToml(const toml::node& node, Dates dates) {
  if (const auto* table = node.as_table()) {
    Json object = Json::object();
    for (const auto& [key, value] : *table) {
      object[std::string(key.str())] = fromToml(value, dates);
    }
    return object;
  }
  if (const auto* array = node.as_array()) {
    Json list = Json::array();
    for (const auto& value : *array) list.push_back(fromToml(value, dates));
    return list;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return std::int64_t{integer->get()};
  if (const auto* boolean = node.as_boolean()) return boolean->get();
  if (node.is_floating_point()) {
    refuse(node.source(),
           "write numbers with a fraction as text, in quotes, so that they stay exact");
  }
  if (dates == Dates::refused) refuse(node.source(), "dates and times have no place here");
  return instantOf(node);
}

toml::table parsed(const std::string& text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& e) {
    refuse(e.source(), std::string(e.description()));
  }
}

// Takes the first step off a place: a name, or "[3]".
std::string_view takeStep(std::string_view& place) {
  if (place.starts_with('.')) place.remove_prefix(1);
  const std::size_t end = place.starts_with('[') ? place.find(']') + 1 : place.find_first_of(".[");
  const std::string_view step = place.substr(0, end);
  place.remove_prefix(step.size());
  return step;
}

}  // namespace

TomlForm::TomlForm(const std::string& text, Dates dates)
    : table_(parsed(text)), json_(fromToml(table_, dates).dump()) {}

std::uint32_t TomlForm::lineOf(std::string_view place) const {
  const toml::node* node = &table_;
  std::uint32_t line = 0;
  while (!place.empty()) {
    const std::string_view step = takeStep(place);
    if (const auto* array = node->as_array()) {
      std::size_t index = 0;
      std::from_chars(step.data() + 1, step.data() + step.size(), index);
      node = array->get(index);
    } else if (const auto* table = node->as_table()) {
      const auto found = table->find(step);
      if (found == table->end()) break;
      line = found->first.source().begin.line;
      node = &found->second;
      continue;
    } else {
      break;
    }
    if (node == nullptr) break;
    line = node->source().begin.line;
  }
  return line;
}

std::string catalogJsonFromToml(const std::string& toml) {
  return TomlForm(toml, Dates::refused).json();
}

}  // namespace daybook::client
