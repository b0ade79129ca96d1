// The text tables of this folder, taken apart: tests, and their lines as words.
//
// A file holds tests. Empty lines, lines that start with "#" and what follows " # " are for people.
// A line is words separated by spaces; "name=value" is an option; what follows "->" is expected.
// Indented lines belong to the line above. Errors throw with file and line.
#pragma once

#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "ledger/base/decimal.h"
#include "ledger/base/instant.h"

namespace daybook::conformance {

struct Words {
  std::vector<std::string> plain;
  std::map<std::string, std::string> options;

  bool has(const std::string& word) const {
    for (const std::string& candidate : plain) {
      if (candidate == word) return true;
    }
    return false;
  }
  std::optional<std::string> option(const std::string& name) const {
    const auto found = options.find(name);
    if (found == options.end()) return std::nullopt;
    return found->second;
  }
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
    if (index >= words.plain.size()) fail("word " + std::to_string(index + 1) + " is missing");
    return words.plain[index];
  }
  Decimal decimal(const std::string& value) const {
    const auto parsed = Decimal::parse(value);
    if (!parsed) fail("'" + value + "' is no decimal");
    return *parsed;
  }
  Instant instant(const std::string& value) const {
    if (value == "never") return Instant::never();
    const auto parsed = Instant::parse(value);
    if (!parsed) fail("'" + value + "' is no instant");
    return *parsed;
  }
};

struct Script {
  std::string title;
  std::vector<Line> lines;
};

inline Words wordsOf(const std::string& text) {
  Words words;
  std::istringstream in(text);
  std::string word;
  while (in >> word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      words.plain.push_back(word);
    } else {
      words.options[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }
  return words;
}

inline Line lineOf(std::string where, const std::string& text) {
  Line line;
  line.where = std::move(where);
  line.text = text;
  const std::size_t arrow = text.find("->");
  line.words = wordsOf(text.substr(0, arrow));
  if (arrow != std::string::npos) line.expected = wordsOf(text.substr(arrow + 2));
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
