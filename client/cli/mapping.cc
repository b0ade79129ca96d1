#include "client/cli/mapping.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>

#include "client/cli/session.h"
#include "ledger/base/check.h"
#include "ledger/base/instant.h"

namespace daybook::cli {
namespace {

constexpr std::array<const char*, kFieldCount> kNames = {
    "customer", "feature", "quantity",   "time",   "key",       "provider",
    "model",    "input",   "totalInput", "output", "cacheRead", "cacheWrite"};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<Field> fieldNamed(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (text == kNames[i]) return static_cast<Field>(i);
  }
  return std::nullopt;
}

// Reads a mapping file, naming lines.
class TomlMapping {
 public:
  TomlMapping(const toml::table& table, std::string_view file) : file_(file) {
    for (const auto& [key, value] : table) {
      if (key == "delimiter") {
        mapping_.delimiter = textOf(key, value);
      } else if (key == "columns") {
        readColumns(tableOf(key, value));
      } else if (key == "constants") {
        readConstants(tableOf(key, value));
      } else {
        fail(value,
             fmt::format("unknown '{}'; known are delimiter, columns, constants", key.str()));
      }
    }
  }

  Mapping take() { return std::move(mapping_); }

 private:
  [[noreturn]] void fail(const toml::node& node, const std::string& problem) const {
    throw UsageError(fmt::format("{}: line {}: {}", file_, node.source().begin.line, problem));
  }
  const toml::table& tableOf(const toml::key& key, const toml::node& node) const {
    const toml::table* table = node.as_table();
    if (table == nullptr) fail(node, fmt::format("'{}' is a table", key.str()));
    return *table;
  }
  std::string textOf(const toml::key& key, const toml::node& node) const {
    if (const auto* integer = node.as_integer()) return fmt::format("{}", integer->get());
    const auto* text = node.as_string();
    if (text == nullptr) fail(node, fmt::format("'{}' is text, in quotes", key.str()));
    return text->get();
  }
  Field fieldOf(const toml::key& key, const toml::node& node) const {
    const auto field = fieldNamed(key.str());
    if (!field) {
      fail(node, fmt::format("unknown field '{}'; known are {}, properties", key.str(),
                             fmt::join(kNames, ", ")));
    }
    return *field;
  }
  void readColumns(const toml::table& table) {
    for (const auto& [key, value] : table) {
      if (key == "properties") {
        for (const auto& [name, column] : tableOf(key, value)) {
          mapping_.property_columns[std::string(name.str())] = textOf(name, column);
        }
      } else {
        mapping_.column(fieldOf(key, value)) = textOf(key, value);
      }
    }
  }
  void readConstants(const toml::table& table) {
    for (const auto& [key, value] : table) {
      if (key == "properties") {
        for (const auto& [name, text] : tableOf(key, value)) {
          mapping_.property_constants[std::string(name.str())] = textOf(name, text);
        }
      } else if (key == "onShortfall") {
        mapping_.on_shortfall = textOf(key, value);
      } else {
        const Field field = fieldOf(key, value);
        if (field == Field::key) fail(value, "a key that is the same for all rows is none");
        mapping_.constant(field) = textOf(key, value);
      }
    }
  }

  std::string_view file_;
  Mapping mapping_;
};

}  // namespace

const char* name(Field field) { return kNames[static_cast<std::size_t>(field)]; }

std::string flagName(Field field) {
  std::string out;
  for (const char* c = name(field); *c != '\0'; ++c) {
    if (*c >= 'A' && *c <= 'Z') {
      out += '-';
      out += static_cast<char>(*c - 'A' + 'a');
    } else {
      out += *c;
    }
  }
  return out;
}

Mapping mappingFromToml(const std::string& text, std::string_view name) {
  try {
    const toml::table table = toml::parse(text);
    return TomlMapping(table, name).take();
  } catch (const toml::parse_error& e) {
    throw UsageError(fmt::format("{}: line {}: {}", name, e.source().begin.line, e.description()));
  }
}

Mapping merged(Mapping base, const Mapping& over) {
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    if (!over.columns[i].empty()) base.columns[i] = over.columns[i];
    if (!over.constants[i].empty()) base.constants[i] = over.constants[i];
  }
  for (const auto& [name, column] : over.property_columns) base.property_columns[name] = column;
  for (const auto& [name, value] : over.property_constants) base.property_constants[name] = value;
  if (!over.on_shortfall.empty()) base.on_shortfall = over.on_shortfall;
  if (!over.delimiter.empty()) base.delimiter = over.delimiter;
  return base;
}

client::OnShortfall onShortfallOf(std::string_view text) {
  if (text.empty() || text == "reject") return client::OnShortfall::reject;
  if (text == "cap") return client::OnShortfall::cap;
  if (text == "overdraw") return client::OnShortfall::overdraw;
  throw UsageError(fmt::format("onShortfall: '{}' is none of reject, cap, overdraw", text));
}

RowMapper::RowMapper(const Mapping& mapping, const std::vector<std::string>& header)
    : on_shortfall_(onShortfallOf(mapping.on_shortfall)) {
  const auto find = [&](const std::string& column) -> std::optional<std::size_t> {
    if (column.empty()) return std::nullopt;
    const auto found = std::find(header.begin(), header.end(), column);
    if (found == header.end()) {
      throw UsageError(fmt::format("there is no column '{}'", column),
                       fmt::format("The header has: {}", fmt::join(header, ", ")));
    }
    if (std::find(found + 1, header.end(), column) != header.end()) {
      throw UsageError(fmt::format("the header has the column '{}' more than once", column));
    }
    return static_cast<std::size_t>(found - header.begin());
  };
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    sources_[i] = {find(mapping.columns[i]), mapping.columns[i], mapping.constants[i]};
  }
  Source& key = sources_[static_cast<std::size_t>(Field::key)];
  if (!key.index && std::find(header.begin(), header.end(), kKeyColumn) != header.end()) {
    key = {find(kKeyColumn), kKeyColumn, {}};
  }
  for (const auto& [property, column] : mapping.property_columns) {
    const auto constant = mapping.property_constants.find(property);
    properties_.emplace_back(
        property, Source{find(column), column,
                         constant == mapping.property_constants.end() ? "" : constant->second});
  }
  for (const auto& [property, value] : mapping.property_constants) {
    if (mapping.property_columns.contains(property)) continue;
    properties_.emplace_back(property, Source{std::nullopt, "", value});
  }
  for (const Field field : {Field::customer, Field::feature}) {
    if (source(field).index || !source(field).constant.empty()) continue;
    throw UsageError(fmt::format("nothing says which {} a row is for", name(field)),
                     fmt::format("Give --{0}-column COLUMN or --{0} TEXT; the header has: {1}",
                                 flagName(field), fmt::join(header, ", ")));
  }
  for (const Field field : {Field::provider, Field::model, Field::input, Field::totalInput,
                            Field::output, Field::cacheRead, Field::cacheWrite}) {
    has_tokens_ = has_tokens_ || source(field).index || !source(field).constant.empty();
  }
}

std::string_view RowMapper::text(Field field, const std::vector<std::string>& fields) const {
  const Source& from = source(field);
  if (from.index && !fields[*from.index].empty()) return fields[*from.index];
  return from.constant;
}

std::string RowMapper::keyOf(const std::vector<std::string>& fields,
                             const std::string& default_key) const {
  const Source& key = source(Field::key);
  if (!key.index || *key.index >= fields.size() || fields[*key.index].empty()) return default_key;
  return fields[*key.index];
}

std::optional<std::string> RowMapper::mapTokens(const std::vector<std::string>& fields,
                                                client::Usage& usage) const {
  client::Tokens tokens;
  tokens.provider = text(Field::provider, fields);
  tokens.model = text(Field::model, fields);
  std::optional<std::string> problem;
  const auto count = [&](Field field) -> std::optional<std::int64_t> {
    const std::string_view digits = trimmed(text(field, fields));
    if (digits.empty()) return std::nullopt;
    std::int64_t value = 0;
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || rest != digits.data() + digits.size() || value < 0) {
      problem = fmt::format("{}: '{}' is not a whole number of tokens", name(field), digits);
      return std::nullopt;
    }
    return value;
  };
  tokens.input = count(Field::input);
  tokens.total_input = count(Field::totalInput);
  tokens.output = count(Field::output);
  tokens.cache_read = static_cast<std::uint64_t>(count(Field::cacheRead).value_or(0));
  tokens.cache_write = static_cast<std::uint64_t>(count(Field::cacheWrite).value_or(0));
  if (problem) return problem;
  if (tokens != client::Tokens{}) usage.tokens = std::move(tokens);
  return std::nullopt;
}

std::optional<std::string> RowMapper::map(const std::vector<std::string>& fields,
                                          const std::string& default_key,
                                          client::UsageEntry& out) const {
  out = {};
  out.customer = text(Field::customer, fields);
  out.key = keyOf(fields, default_key);
  client::Usage& usage = out.usage;
  usage.feature = text(Field::feature, fields);
  usage.quantity = trimmed(text(Field::quantity, fields));
  usage.on_shortfall = on_shortfall_;
  const std::string_view time = trimmed(text(Field::time, fields));
  if (!time.empty()) {
    const auto instant = Instant::parse(time);
    if (!instant) return fmt::format("time: '{}' is not a time", time);
    usage.at_ns = instant->ns;
  }
  for (const auto& [property, from] : properties_) {
    const std::string& cell =
        from.index && !fields[*from.index].empty() ? fields[*from.index] : from.constant;
    if (!cell.empty()) usage.properties.push_back({.name = property, .value = cell});
  }
  return has_tokens_ ? mapTokens(fields, usage) : std::nullopt;
}

}  // namespace daybook::cli
