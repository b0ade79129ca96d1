// Reads one table of a TOML file key by key, and collects what is wrong with a place and a hint.
//
// The keys that are asked for are the keys that exist: finish() reports every other one, with the
// nearest known key.
//
// Ownership: refers to the table, the name and the list of errors, which outlive it.
// Threads: none of its own.
#pragma once

#include <fmt/format.h>
#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/instant.h"

namespace daybook::daemon {

struct IntegerRange {
  std::int64_t from;
  std::int64_t to;  // inclusive
};
struct DurationRange {
  Duration from;
  Duration to;  // inclusive
};

class ConfigReader final {
 public:
  /// `path` names the table in messages: empty for the root, else with a point at its end.
  ConfigReader(const toml::table& table, std::string path, std::string_view name,
               std::vector<std::string>& errors)
      : table_(table), path_(std::move(path)), name_(name), errors_(errors) {}

  /// The key's value, or null when it is absent. Every key is to be asked for once.
  const toml::node* take(std::string_view key);

  void text(std::string_view key, std::string& value);
  void integer(std::string_view key, IntegerRange range,
               const std::function<void(std::int64_t)>& use);
  void duration(std::string_view key, DurationRange range, Duration& value);
  void texts(std::string_view key, std::vector<std::string>& values);
  /// A text that `parse` understands; `expected` says what that would be.
  template <typename T>
  void parsed(std::string_view key, T& value, std::string_view expected,
              const std::function<std::optional<T>(std::string_view)>& parse) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const std::optional<std::string> text = string(key, *node);
    if (!text) return;
    const std::optional<T> result = parse(*text);
    if (!result) {
      fail(*node, fmt::format("{}{}: \"{}\" is not {}", path_, key, *text, expected));
      return;
    }
    value = *result;
  }
  /// The table under the key, read by `read`.
  void table(std::string_view key, const std::function<void(ConfigReader&)>& read);
  /// Each table of the list under the key. Returns whether the key is there.
  bool tables(std::string_view key, std::size_t count_max,
              const std::function<void(ConfigReader&)>& read);
  /// Reports the keys that nobody asked for.
  void finish();

  /// The node's text; reports another type.
  std::optional<std::string> string(std::string_view key, const toml::node& node);
  void fail(const toml::node& node, const std::string& message);
  /// Reports at the place of the table itself.
  void failHere(const std::string& message) { fail(table_, message); }
  const std::string& path() const { return path_; }

 private:
  void fail(const toml::source_region& source, const std::string& message);
  void wrongType(std::string_view key, const toml::node& node, std::string_view expected);

  const toml::table& table_;
  std::string path_;
  std::string_view name_;
  std::vector<std::string>& errors_;
  std::vector<std::string> known_;
};

/// The candidate that differs least from `word`, if one is near enough to be meant.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

}  // namespace daybook::daemon
