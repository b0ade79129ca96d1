// Reading of messages from JSON that people wrote: the form of protocol/json.h, with places.
//
// Refuses what the codec lets pass or answers without a place: unknown fields, two members of a
// union or none, numbers with a fraction where the schema has exact text. Whole numbers are taken
// for text fields, and for 64-bit ones, to the last digit.
// Errors: Error(invalidArgument) that names the place ("plans[0].prices[1].base: ...").
// Pure functions.
#pragma once

#include <capnp/dynamic.h>

#include <string_view>

namespace daybook::client {

/// Fills `out`, which must be a fresh builder.
void readJson(std::string_view text, capnp::DynamicStruct::Builder out);

}  // namespace daybook::client
