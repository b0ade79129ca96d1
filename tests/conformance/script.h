// The text tables of this folder, taken apart: tests, and their lines as words.
//
// A file holds tests. Empty lines, lines that start with "#" and what follows " # " are for people.
// A line is words separated by spaces; "name=value" is an option; what follows "->" is expected.
// Indented lines belong to the line above. Errors throw with file and line. What no reader asked
// for is an error, too: a misspelt word never passes unseen.
#pragma once

#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "ledger/base/decimal.h"
#include "ledger/base/instant.h"

namespace daybook::conformance {

inline std::vector<std::string> splitAt(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  std::string part;
  while (std::getline(in, part, separator)) parts.push_back(part);
  return parts;
}

/// Words in order and options by name; remembers which of them were asked for.
class Words {
 public:
  explicit Words(const std::string& text = {}) {
    std::istringstream in(text);
    std::string word;
    while (in >> word) {
      const std::size_t equals = word.find('=');
      if (equals == std::string::npos || equals == 0) {
        plain_.push_back(word);
      } else {
        options_[word.substr(0, equals)] = word.substr(equals + 1);
      }
    }
  }

  std::size_t size() const { return plain_.size(); }
  const std::string* at(std::size_t index) const {
    if (index >= plain_.size()) return nullptr;
    read_.insert(plain_[index]);
    return &plain_[index];
  }
  bool has(const std::string& word) const {
    read_.insert(word);
    for (const std::string& candidate : plain_) {
      if (candidate == word) return true;
    }
    return false;
  }
  const std::vector<std::string>& all() const {
    read_.insert(plain_.begin(), plain_.end());
    return plain_;
  }
  std::optional<std::string> option(const std::string& name) const {
    const auto found = options_.find(name);
    if (found == options_.end()) return std::nullopt;
    read_.insert(name + "=");
    return found->second;
  }
  /// By name; all of them count as read.
  const std::map<std::string, std::string>& options() const {
    for (const auto& [name, value] : options_) read_.insert(name + "=");
    return options_;
  }
  /// The options whose names begin with `prefix` and a dot, without both.
  std::map<std::string, std::string> optionsOf(const std::string& prefix) const {
    std::map<std::string, std::string> found;
    for (const auto& [name, value] : options_) {
      if (name.rfind(prefix + ".", 0) != 0) continue;
      read_.insert(name + "=");
      found[name.substr(prefix.size() + 1)] = value;
    }
    return found;
  }
  /// The first word or option that nothing has asked for; empty when there is none.
  std::string unread() const {
    for (const std::string& word : plain_) {
      if (read_.count(word) == 0) return word;
    }
    for (const auto& [name, value] : options_) {
      if (read_.count(name + "=") == 0) return name + "=" + value;
    }
    return {};
  }

 private:
  std::vector<std::string> plain_;
  std::map<std::string, std::string> options_;
  mutable std::set<std::string> read_;
};

struct Line {
  std::string where;  // file:line
  std::string text;
  Words words;
  std::optional<Words> expected;
  std::vector<Line> below;  // indented lines

  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(where + ": " + why + "\n  " + text);
  }
  const std::string& word(std::size_t index) const {
    const std::string* word = words.at(index);
    if (word == nullptr) fail("word " + std::to_string(index + 1) + " is missing");
    return *word;
  }
  std::string wordOr(std::size_t index, const std::string& otherwise) const {
    const std::string* word = words.at(index);
    return word == nullptr ? otherwise : *word;
  }
  std::string option(const std::string& name, const std::string& otherwise) const {
    return words.option(name).value_or(otherwise);
  }
  Decimal decimal(const std::string& value) const {
    const auto parsed = Decimal::parse(value);
    if (!parsed) fail("'" + value + "' is no decimal");
    return *parsed;
  }
  Decimal decimalOption(const std::string& name) const { return decimal(option(name, "0")); }
  Instant instant(const std::string& value) const {
    if (value == "never") return Instant::never();
    const auto parsed = Instant::parse(value);
    if (!parsed) fail("'" + value + "' is no instant");
    return *parsed;
  }
  std::optional<Instant> instantOption(const std::string& name) const {
    const auto value = words.option(name);
    if (!value) return std::nullopt;
    return instant(*value);
  }
  std::uint64_t number(const std::string& value) const {
    if (value.empty() || value.find_first_not_of("0123456789") != std::string::npos) {
      fail("'" + value + "' is no whole number");
    }
    return std::stoull(value);
  }
  std::uint32_t smallNumber(const std::string& value) const {
    return static_cast<std::uint32_t>(number(value));
  }
  std::int32_t priority() const {
    return static_cast<std::int32_t>(number(option("priority", "50")));
  }

  void expectAllRead() const {
    std::string unread = words.unread();
    if (unread.empty() && expected) unread = expected->unread();
    if (!unread.empty()) fail("'" + unread + "' means nothing here");
    for (const Line& line : below) line.expectAllRead();
  }
};

struct Script {
  std::string title;
  std::vector<Line> lines;
};

inline Line lineOf(std::string where, const std::string& text) {
  Line line;
  line.where = std::move(where);
  line.text = text;
  const std::size_t arrow = text.find("->");
  line.words = Words(text.substr(0, arrow));
  if (arrow != std::string::npos) line.expected = Words(text.substr(arrow + 2));
  return line;
}

inline std::vector<Script> readScripts(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<Script> scripts;
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    const std::size_t comment = text.rfind('#', 0) == 0 ? 0 : text.find(" # ");
    if (comment != std::string::npos) text.erase(comment);
    if (text.find_first_not_of(' ') == std::string::npos) continue;
    const std::string where = path + ":" + std::to_string(number);
    if (text.rfind("test ", 0) == 0) {
      scripts.push_back({text.substr(5), {}});
      continue;
    }
    if (scripts.empty()) throw std::runtime_error(where + ": a file begins with a test");
    std::vector<Line>& lines = scripts.back().lines;
    if (text.front() != ' ') {
      lines.push_back(lineOf(where, text));
    } else if (lines.empty()) {
      throw std::runtime_error(where + ": an indented line belongs to one above");
    } else {
      lines.back().below.push_back(lineOf(where, text));
    }
  }
  return scripts;
}

}  // namespace daybook::conformance
