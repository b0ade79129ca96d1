// JSON: the one form that the standard Cap'n Proto JSON codec gives any message.
//
// 64-bit integers are strings, enumerants their names, absent pointers are left out. Reading
// refuses names that the schema does not know. Functions; usable from any thread. Errors: JsonError
// says what is wrong with a text.
#pragma once

#include <capnp/dynamic.h>
#include <capnp/message.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace daybook::protocol {

class JsonError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class JsonLayout {
  compact,  // on one line
  pretty,   // for people
};

/// Of the reader of any struct: jsonOf(invoice).
std::string jsonOf(capnp::DynamicStruct::Reader message, JsonLayout layout = JsonLayout::compact);

/// Fills the builder of any struct: fromJson(text, message.initRoot<wire::Command>()). What the
/// text does not name keeps its default. Throws JsonError; the builder's contents are undefined
/// then.
void fromJson(std::string_view text, capnp::DynamicStruct::Builder message);

}  // namespace daybook::protocol
