#include "daemon/config_reader.h"

#include <algorithm>
#include <cstddef>

namespace daybook::daemon {
namespace {

std::string_view typeName(toml::node_type type) {
  switch (type) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time without quotes";
    case toml::node_type::none:
      break;
  }
  return "nothing";
}

// How many letters to insert, remove, replace or swap with their neighbour.
std::size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + differs});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
  constexpr std::size_t kWordMax = 64;
  if (word.size() > kWordMax) return std::nullopt;
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = editDistance(word, candidate);
    if (distance >= best_distance || distance >= candidate.size()) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

const toml::node* ConfigReader::take(std::string_view key) {
  known_.emplace_back(key);
  return table_.get(key);
}

std::optional<std::string> ConfigReader::string(std::string_view key, const toml::node& node) {
  const auto* text = node.as_string();
  if (text == nullptr) {
    wrongType(key, node, "a text in quotes");
    return std::nullopt;
  }
  const std::string& value = text->get();
  // They end up in paths and logs, where such a thing is never meant.
  if (std::any_of(value.begin(), value.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    fail(node, fmt::format("{}{}: holds a control character", path_, key));
    return std::nullopt;
  }
  return value;
}

void ConfigReader::text(std::string_view key, std::string& value) {
  const toml::node* node = take(key);
  if (node == nullptr) return;
  std::optional<std::string> text = string(key, *node);
  if (text) value = std::move(*text);
}

void ConfigReader::integer(std::string_view key, IntegerRange range,
                           const std::function<void(std::int64_t)>& use) {
  const toml::node* node = take(key);
  if (node == nullptr) return;
  const auto* number = node->as_integer();
  if (number == nullptr) {
    wrongType(key, *node, "a whole number");
    return;
  }
  const std::int64_t value = number->get();
  if (value < range.from || value > range.to) {
    fail(*node,
         fmt::format("{}{}: {} is not from {} to {}", path_, key, value, range.from, range.to));
    return;
  }
  use(value);
}

void ConfigReader::duration(std::string_view key, DurationRange range, Duration& value) {
  const toml::node* node = take(key);
  if (node == nullptr) return;
  const std::optional<std::string> text = string(key, *node);
  if (!text) return;
  const std::optional<Duration> result = Duration::parse(*text);
  if (!result) {
    fail(*node, fmt::format("{}{}: \"{}\" is not a length of time: write a whole number and one of"
                            " ns, us, ms, s, m, h, d, as in \"90s\"",
                            path_, key, *text));
    return;
  }
  if (*result < range.from || *result > range.to) {
    fail(*node, fmt::format("{}{}: {} is not from {} to {}", path_, key, *text,
                            range.from.toString(), range.to.toString()));
    return;
  }
  value = *result;
}

void ConfigReader::texts(std::string_view key, std::vector<std::string>& values) {
  const toml::node* node = take(key);
  if (node == nullptr) return;
  const toml::array* list = node->as_array();
  if (list == nullptr) {
    wrongType(key, *node, "a list of texts");
    return;
  }
  values.clear();
  for (const toml::node& element : *list) {
    std::optional<std::string> text = string(key, element);
    if (text) values.push_back(std::move(*text));
  }
}

void ConfigReader::table(std::string_view key, const std::function<void(ConfigReader&)>& read) {
  const toml::node* node = take(key);
  if (node == nullptr) return;
  const toml::table* table = node->as_table();
  if (table == nullptr) {
    wrongType(key, *node, "a table");
    return;
  }
  ConfigReader reader(*table, fmt::format("{}{}.", path_, key), name_, errors_);
  read(reader);
  reader.finish();
}

bool ConfigReader::tables(std::string_view key, std::size_t count_max,
                          const std::function<void(ConfigReader&)>& read) {
  const toml::node* node = take(key);
  if (node == nullptr) return false;
  const toml::array* list = node->as_array();
  if (list == nullptr) {
    wrongType(key, *node, "a list of tables");
    return true;
  }
  if (list->size() > count_max) {
    fail(*node, fmt::format("{}{}: has {} entries, at most {} are allowed", path_, key,
                            list->size(), count_max));
    return true;
  }
  for (const toml::node& element : *list) {
    const toml::table* table = element.as_table();
    if (table == nullptr) {
      wrongType(key, element, "a table");
      continue;
    }
    ConfigReader reader(*table, fmt::format("{}{}.", path_, key), name_, errors_);
    read(reader);
    reader.finish();
  }
  return true;
}

void ConfigReader::finish() {
  for (const auto& [key, node] : table_) {
    if (std::find(known_.begin(), known_.end(), key.str()) != known_.end()) continue;
    std::string message = fmt::format("unknown key {}{}", path_, key.str());
    const std::optional<std::string> hint = nearest(key.str(), known_);
    if (hint) message += fmt::format(": did you mean {}{}?", path_, *hint);
    fail(key.source(), message);
  }
}

void ConfigReader::fail(const toml::node& node, const std::string& message) {
  fail(node.source(), message);
}

void ConfigReader::fail(const toml::source_region& source, const std::string& message) {
  errors_.push_back(
      fmt::format("{}:{}:{}: {}", name_, source.begin.line, source.begin.column, message));
}

void ConfigReader::wrongType(std::string_view key, const toml::node& node,
                             std::string_view expected) {
  fail(node, fmt::format("{}{}: is {}, must be {}", path_, key, typeName(node.type()), expected));
}

}  // namespace daybook::daemon
