// TOML files whose keys are the schema's field names, as JSON that remembers its lines.
//
// Errors: Error(invalidArgument) that opens with the line. A value; safe to read from any thread.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace daybook::client {

/// What a date or a time in the file is.
enum class Dates {
  refused,   // there is no place for them
  instants,  // nanoseconds; a date is its midnight in UTC
};

class TomlForm {
 public:
  /// Throws Error. Numbers are integers or, with a fraction, text.
  TomlForm(const std::string& text, Dates dates);

  const std::string& json() const { return json_; }
  /// The line of what lies at a place as json_form.h names it ("plans[0].prices[1].base"), or of
  /// the last thing on the way there. 0: of nothing.
  std::uint32_t lineOf(std::string_view place) const;

 private:
  toml::table table_;
  std::string json_;
};

}  // namespace daybook::client
