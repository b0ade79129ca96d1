// Reading of messages from JSON that people wrote: the form of protocol/json.h, with places.
//
// Refuses what the codec lets pass or answers without a place: unknown fields, two members of a
// union or none, numbers with a fraction where the schema has exact text. Whole numbers are taken
// for text fields, and for 64-bit ones, to the last digit.
// Errors: FormError that names the place ("plans[0].prices[1].base: ...").
// Pure functions.
#pragma once

#include <capnp/dynamic.h>

#include <string>
#include <string_view>

#include "daybook/error.h"

namespace daybook::client {

/// Of kind invalidArgument: `problem` at `place`, which is empty for the text as a whole.
class FormError : public Error {
 public:
  FormError(std::string place, std::string problem);
  const std::string& place() const { return place_; }
  const std::string& problem() const { return problem_; }

 private:
  std::string place_;
  std::string problem_;
};

/// Fills `out`, which must be a fresh builder.
void readJson(std::string_view text, capnp::DynamicStruct::Builder out);

}  // namespace daybook::client
