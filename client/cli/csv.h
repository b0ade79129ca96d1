// CSV as of RFC 4180: quoted fields with doubled quotes and line breaks in them, LF or CRLF, with
// or without a last line end. A quote inside of an unquoted field is a character like any other.
//
// A record that is not CSV does not spoil what follows it: it ends at its first line's end, and
// reading goes on behind that. Memory is bounded by kRecordBytesMax. Belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "client/cli/line_reader.h"

namespace daybook::cli {

inline constexpr std::size_t kRecordBytesMax = 1u << 20;

struct CsvRecord {
  std::vector<std::string> fields;
  std::string raw;      // as in the file, without its line end
  std::string problem;  // not empty: what is wrong; then there are no fields
};

class CsvReader {
 public:
  /// The reader of lines must outlive this.
  CsvReader(LineReader& lines, char delimiter) : lines_(lines), delimiter_(delimiter) {}

  /// False at the end. Empty lines are no records.
  bool next(CsvRecord& record);

 private:
  bool nextLine(Line& line);

  LineReader& lines_;
  char delimiter_;
  std::deque<Line> put_back_;
};

/// A field as it is written: quoted where it has to be.
std::string csvField(std::string_view text, char delimiter);

}  // namespace daybook::cli
