#include "client/cli/table.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "ledger/base/check.h"

namespace daybook::cli {
namespace {

std::size_t width(std::string_view text) {
  // Continuation bytes of UTF-8 take no place.
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string padded(std::string_view text, std::size_t to, Align align) {
  const std::string blanks(to - std::min(to, width(text)), ' ');
  return align == Align::left ? std::string(text) + blanks : blanks + std::string(text);
}

void trimRight(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

void Table::add(std::vector<std::string> cells) {
  CHECK(cells.size() == columns_.size(), "a table's row has a cell for each column");
  for (std::string& cell : cells) cell = cell.empty() ? "-" : printable(cell);
  rows_.push_back(std::move(cells));
}

void Table::print(Console& console) {
  const bool first = widths_.empty();
  widths_.resize(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths_[i] = std::max(widths_[i], width(columns_[i].name));
    for (const auto& row : rows_) widths_[i] = std::max(widths_[i], width(row[i]));
  }
  const auto join = [&](auto cell) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line += "  ";
      line += padded(cell(i), widths_[i], columns_[i].align);
    }
    trimRight(line);
    return line;
  };
  if (first) {
    const std::string heading = join([&](std::size_t i) { return columns_[i].name; });
    console.line(console.styled(heading, Style::heading));
  }
  for (const auto& row : rows_) console.line(join([&](std::size_t i) { return row[i]; }));
  rows_.clear();
}

void Facts::add(std::string name, std::string value, Style style) {
  if (value.empty()) return;
  facts_.push_back({std::move(name), printable(value), style});
}

void Facts::print(Console& console) const {
  std::size_t name_width = 0;
  for (const Fact& fact : facts_) name_width = std::max(name_width, width(fact.name));
  for (const Fact& fact : facts_) {
    console.line(console.styled(padded(fact.name, name_width, Align::left), Style::heading) + "  " +
                 console.styled(fact.value, fact.style));
  }
}

}  // namespace daybook::cli
