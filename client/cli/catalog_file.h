// Catalog files, and the difference between two catalogs as people review it.
//
// Catalogs are in the standard JSON form of the schema's Catalog. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "client/cli/form_file.h"

namespace daybook::cli {

/// The catalog of a file as checked, complete JSON: with every default of the schema in it. Throws
/// UsageError that names item, field and line.
std::string catalogOf(const FormFile& file);

/// A changed field: where it is in the item ("features[chat].included"), and its values. An empty
/// value is the schema's default, or "not there".
struct FieldChange {
  std::string field;
  std::string before;
  std::string after;
  bool operator==(const FieldChange&) const = default;
};

/// The fields in which item `code` of `list` ("features", "plans", "packs", "priceBooks") differs,
/// in the schema's order, those that are gone last. Versions and dates that the ledger gives are
/// left out; list items are matched by their identity; decimals are compared by value. Of an item
/// that is new, all fields that are not the schema's default.
std::vector<FieldChange> changesOfItem(const std::string& before_catalog,
                                       const std::string& after_catalog, const std::string& list,
                                       const std::string& code);

}  // namespace daybook::cli
