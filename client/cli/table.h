// Tables for people: aligned columns with a heading, numbers to the right; and lists of facts.
//
// Column names are stable, so that scripts may rely on them (better: on --json). Widths count code
// points. Control characters in cells are shown as "?", so that data cannot command the terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/console.h"

namespace daybook::cli {

enum class Align { left, right };

struct Column {
  std::string name;
  Align align = Align::left;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// REQUIRES: one cell for each column. An empty cell is shown as "-".
  void add(std::vector<std::string> cells);
  /// Prints the rows added since the last time, under a heading the first time. Columns never get
  /// narrower, so that a long list can be printed page by page.
  void print(Console& console);

 private:
  std::vector<Column> columns_;
  std::vector<std::size_t> widths_;  // empty before the first print()
  std::vector<std::vector<std::string>> rows_;
};

/// "name  value" lines, aligned. Facts with an empty value are left out.
class Facts {
 public:
  void add(std::string name, std::string value, Style style = Style::plain);
  void print(Console& console) const;

 private:
  struct Fact {
    std::string name;
    std::string value;
    Style style;
  };
  std::vector<Fact> facts_;
};

/// For a terminal: no control characters.
std::string printable(std::string_view text);

}  // namespace daybook::cli
