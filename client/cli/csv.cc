#include "client/cli/csv.h"

#include <utility>

namespace daybook::cli {
namespace {

enum class Parsed { whole, openQuote, textAfterQuote };

// Splits one record, without its line end, into fields.
Parsed split(std::string_view raw, char delimiter, std::vector<std::string>& fields) {
  fields.clear();
  std::size_t at = 0;
  for (;;) {
    std::string field;
    if (at < raw.size() && raw[at] == '"') {
      for (++at;; ++at) {
        if (at == raw.size()) return Parsed::openQuote;
        if (raw[at] == '"') {
          if (at + 1 == raw.size() || raw[at + 1] != '"') break;
          ++at;  // a doubled quote
        }
        field += raw[at];
      }
      ++at;
      if (at < raw.size() && raw[at] != delimiter) return Parsed::textAfterQuote;
    } else {
      const std::size_t end = std::min(raw.find(delimiter, at), raw.size());
      field = raw.substr(at, end - at);
      at = end;
    }
    fields.push_back(std::move(field));
    if (at == raw.size()) return Parsed::whole;
    ++at;
  }
}

}  // namespace

bool CsvReader::nextLine(Line& line) {
  if (put_back_.empty()) return lines_.next(line);
  line = std::move(put_back_.front());
  put_back_.pop_front();
  return true;
}

bool CsvReader::next(CsvRecord& record) {
  record = {};
  Line first;
  do {
    if (!nextLine(first)) return false;
  } while (withoutLineEnd(first.text).empty());

  std::string text = first.text;
  std::deque<Line> more;  // lines of this record behind its first
  Parsed parsed = Parsed::openQuote;
  bool too_long = first.cut;
  while (!too_long) {
    parsed = split(withoutLineEnd(text), delimiter_, record.fields);
    if (parsed != Parsed::openQuote) break;
    Line line;
    if (!nextLine(line)) break;
    text += line.text;
    too_long = line.cut || text.size() > kRecordBytesMax;
    more.push_back(std::move(line));
  }
  if (!too_long && parsed == Parsed::whole) {
    record.raw = withoutLineEnd(text);
    return true;
  }
  record.fields.clear();
  record.raw = withoutLineEnd(first.text);
  if (first.cut) {
    record.problem = "the line is longer than 1 MiB";
  } else if (parsed == Parsed::textAfterQuote) {
    record.problem = "text follows a closing quote";
  } else {
    record.problem = "a quote is not closed";
  }
  put_back_.insert(put_back_.begin(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
  return true;
}

std::string csvField(std::string_view text, char delimiter) {
  const bool quote = text.find_first_of("\"\r\n") != std::string_view::npos ||
                     text.find(delimiter) != std::string_view::npos;
  if (!quote) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace daybook::cli
