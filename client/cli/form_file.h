// Files in TOML or JSON whose fields are those of a message of the schema: catalogs, openings.
//
// Mistakes are UsageErrors that name the file, the line (of TOML), the item and the field:
// "plans.toml: line 7: plans[pro].price: unknown field; known are …". A value.
#pragma once

#include <capnp/dynamic.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/src/toml_form.h"

namespace daybook::cli {

class FormFile {
 public:
  /// The text of the file at `path`: TOML or JSON, by its ending, else JSON if it opens with a
  /// brace.
  FormFile(const std::string& text, std::string_view path, client::Dates dates);

  /// Fills `out`, which must be a fresh builder. `message` is its name, for advice.
  void read(capnp::DynamicStruct::Builder out, std::string_view message) const;

  /// "plans.toml, line 7" for what a daemon says of an item of a catalog (`plan "pro", feature
  /// "calls": …`); empty where the line is not known.
  std::string placeOfItem(std::string_view report) const;

 private:
  std::string path_;
  std::optional<client::TomlForm> toml_;
  std::string json_;
};

}  // namespace daybook::cli
