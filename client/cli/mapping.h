// Which column of a CSV file is which part of a usage event, and what is the same for all rows.
//
// A mapping comes from flags, from a small TOML file, or both, flags winning:
//
//   delimiter = ";"                       # default: a comma, a tab for .tsv
//   [columns]                             # names in the header line
//   time = "TIMESTAMP"
//   totalInput = "ContextTokens"
//   output = "GeneratedTokens"
//   properties = { region = "REGION" }
//   [constants]                           # also where a column's cell is empty
//   customer = "acme"
//   feature = "chat"
//   onShortfall = "cap"
//
// Fields: customer, feature, quantity, time, key, provider, model, input, totalInput, output,
// cacheRead, cacheWrite; onShortfall only as a constant.
// Errors: UsageError.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daybook/types.h"

namespace daybook::cli {

enum class Field {
  customer,
  feature,
  quantity,
  time,
  key,
  provider,
  model,
  input,
  totalInput,
  output,
  cacheRead,
  cacheWrite,
};
inline constexpr std::size_t kFieldCount = 12;

/// The name in a mapping file ("totalInput").
const char* name(Field field);
/// The name in flags ("total-input").
std::string flagName(Field field);

struct Mapping {
  std::array<std::string, kFieldCount> columns;           // by Field; empty: none
  std::array<std::string, kFieldCount> constants;         // by Field; empty: none
  std::map<std::string, std::string> property_columns;    // property -> column
  std::map<std::string, std::string> property_constants;  // property -> value
  std::string on_shortfall;                               // empty: reject
  std::string delimiter;                                  // empty: by the file's ending

  std::string& column(Field field) { return columns[static_cast<std::size_t>(field)]; }
  std::string& constant(Field field) { return constants[static_cast<std::size_t>(field)]; }
  const std::string& column(Field field) const { return columns[static_cast<std::size_t>(field)]; }
  const std::string& constant(Field field) const {
    return constants[static_cast<std::size_t>(field)];
  }
};

/// `name` is for messages.
Mapping mappingFromToml(const std::string& text, std::string_view name);
/// What `over` sets replaces what `base` has.
Mapping merged(Mapping base, const Mapping& over);
/// Throws UsageError for what is none of reject, cap, overdraw. Empty: reject.
client::OnShortfall onShortfallOf(std::string_view text);

/// A column that a written-out list of refused rows has: a row that goes in again keeps its key.
inline constexpr char kKeyColumn[] = "daybook_key";
inline constexpr char kReasonColumn[] = "daybook_reason";

/// A mapping applied to one header.
class RowMapper {
 public:
  /// Throws UsageError when a column is missing or twice there, or when nothing says which customer
  /// or feature.
  RowMapper(const Mapping& mapping, const std::vector<std::string>& header);

  /// Makes a row an entry, with `default_key` where the row has none. What is wrong with the row is
  /// returned. REQUIRES: as many fields as the header has.
  std::optional<std::string> map(const std::vector<std::string>& fields,
                                 const std::string& default_key, client::UsageEntry& out) const;
  /// The key alone, for rows that cannot be mapped.
  std::string keyOf(const std::vector<std::string>& fields, const std::string& default_key) const;

 private:
  struct Source {
    std::optional<std::size_t> index;
    std::string column;
    std::string constant;
  };
  const Source& source(Field field) const { return sources_[static_cast<std::size_t>(field)]; }
  std::string_view text(Field field, const std::vector<std::string>& fields) const;
  std::optional<std::string> mapTokens(const std::vector<std::string>& fields,
                                       client::Usage& usage) const;

  std::array<Source, kFieldCount> sources_;
  std::vector<std::pair<std::string, Source>> properties_;
  client::OnShortfall on_shortfall_;
  bool has_tokens_ = false;
};

}  // namespace daybook::cli
