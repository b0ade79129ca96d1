// What people call the items of a list in a message: "plans[pro].prices[USD/year].base".
//
// Items are in the standard JSON form; what is wrong with it is no trouble here: such an item goes
// by its number, from 1. Pure functions.
#pragma once

#include <capnp/schema.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace daybook::cli {

/// The identity of an item in its list: its code, its currency and interval, … Empty: it has none.
std::string identityOf(const nlohmann::ordered_json& item, capnp::StructSchema schema);
/// Whether a field is part of the identity.
bool isIdentity(const std::string& field, capnp::StructSchema schema);

/// A place as client/src/json_form.h names it ("plans[0].name"), with the items' identities.
std::string namedPlace(const nlohmann::ordered_json& root, capnp::StructSchema schema,
                       std::string_view place);

}  // namespace daybook::cli
