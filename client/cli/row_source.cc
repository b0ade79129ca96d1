#include "client/cli/row_source.h"

#include <capnp/message.h>
#include <fmt/format.h>

#include "client/cli/csv.h"
#include "client/cli/line_reader.h"
#include "client/cli/session.h"
#include "client/src/convert.h"
#include "client/src/json_form.h"
#include "protocol/common.capnp.h"
#include "protocol/json.h"

namespace daybook::cli {
namespace {

std::string keyOf(const std::string& source, std::uint64_t number) {
  return fmt::format("{}:{}", source, number);
}

class JsonLines final : public RowSource {
 public:
  JsonLines(const std::string& path, std::string source)
      : lines_(path), source_(std::move(source)) {}

  bool next(Row& row) override {
    Line line;
    do {
      if (!lines_.next(line)) return false;
      ++number_;
    } while (isBlank(line.text));
    row.number = number_;
    row.rejected = withoutLineEnd(line.text);
    row.key = keyOf(source_, number_);
    if (line.cut) {
      row.content = Unreadable{"the line is longer than 1 MiB"};
      return true;
    }
    try {
      readCommand(row);
    } catch (const client::Error& e) {
      row.content = Unreadable{e.what()};
    }
    return true;
  }

  std::uint64_t bytesRead() const override { return lines_.bytesRead(); }
  std::uint64_t bytesTotal() const override { return lines_.bytesTotal(); }
  std::string rejectsHeader() const override { return ""; }
  std::string rejectsLine(const Row& row, const std::string& /*reason*/) const override {
    return row.rejected;
  }

 private:
  static bool isBlank(std::string_view line) {
    return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
  }

  static void readCommand(Row& row) {
    capnp::MallocMessageBuilder message;
    auto command = message.initRoot<wire::Command>();
    client::readJson(row.rejected, command);
    if (!command.hasKey()) {
      command.setKey(row.key);
      // A refused row keeps its key wherever it goes.
      row.rejected.insert(row.rejected.find('{') + 1, fmt::format("\"key\":{},", quoted(row.key)));
    } else {
      row.key = client::toString(command.getKey());
    }
    if (command.isRecordUsage()) {
      row.content = client::UsageEntry{.customer = client::toString(command.getCustomer()),
                                       .key = row.key,
                                       .usage = client::fromWire(command.getRecordUsage())};
    } else {
      row.content = OtherCommand{protocol::jsonOf(command.asReader())};
    }
  }

  // REQUIRES: no control characters.
  static std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + '"';
  }

  LineReader lines_;
  std::string source_;
  std::uint64_t number_ = 0;
};

class Csv final : public RowSource {
 public:
  Csv(const std::string& path, std::string source, const Mapping& mapping)
      : delimiter_(delimiterOf(path, mapping)),
        lines_(path),
        records_(lines_, delimiter_),
        source_(std::move(source)) {
    if (!records_.next(header_)) {
      throw UsageError(fmt::format("{} is empty", path), "Its first line names the columns.");
    }
    if (!header_.problem.empty()) {
      throw UsageError(fmt::format("{}: header: {}", path, header_.problem));
    }
    mapper_ = std::make_unique<RowMapper>(mapping, header_.fields);
    const std::size_t count = header_.fields.size();
    was_rejected_ = count > 2 && header_.fields[count - 2] == kKeyColumn &&
                    header_.fields[count - 1] == kReasonColumn;
  }

  bool next(Row& row) override {
    CsvRecord record;
    if (!records_.next(record)) return false;
    row.number = ++number_;
    const std::string default_key = keyOf(source_, number_);
    row.key = mapper_->keyOf(record.fields, default_key);
    row.rejected = rejectedCells(record);
    const std::size_t columns = header_.fields.size();
    if (!record.problem.empty()) {
      row.content = Unreadable{record.problem};
    } else if (record.fields.size() != columns) {
      row.content = Unreadable{
          fmt::format("{} fields where the header has {}", record.fields.size(), columns)};
    } else {
      client::UsageEntry entry;
      auto problem = mapper_->map(record.fields, default_key, entry);
      if (problem) {
        row.content = Unreadable{std::move(*problem)};
      } else {
        row.content = std::move(entry);
      }
    }
    return true;
  }

  std::uint64_t bytesRead() const override { return lines_.bytesRead(); }
  std::uint64_t bytesTotal() const override { return lines_.bytesTotal(); }
  std::string rejectsHeader() const override {
    if (was_rejected_) return header_.raw;
    return fmt::format("{}{}{}{}{}", header_.raw, delimiter_, kKeyColumn, delimiter_,
                       kReasonColumn);
  }
  std::string rejectsLine(const Row& row, const std::string& reason) const override {
    return fmt::format("{}{}{}{}{}", row.rejected, delimiter_, csvField(row.key, delimiter_),
                       delimiter_, csvField(reason, delimiter_));
  }

 private:
  static char delimiterOf(const std::string& path, const Mapping& mapping) {
    if (mapping.delimiter == "\\t") return '\t';
    if (mapping.delimiter.size() == 1) return mapping.delimiter[0];
    if (mapping.delimiter.empty()) return path.ends_with(".tsv") ? '\t' : ',';
    throw UsageError(fmt::format("'{}' is no delimiter", mapping.delimiter),
                     "Give one character, or \\t for a tab.");
  }

  // The row as it came, without what an earlier import appended. A row that cannot be read, or has
  // another number of fields, becomes its first field: what follows it can be read.
  std::string rejectedCells(const CsvRecord& record) const {
    const std::size_t own = header_.fields.size() - (was_rejected_ ? 2 : 0);
    if (!record.problem.empty() || record.fields.size() != header_.fields.size()) {
      return csvField(record.raw, delimiter_) + std::string(own - 1, delimiter_);
    }
    if (!was_rejected_) return record.raw;
    std::string out;
    for (std::size_t i = 0; i < own; ++i) {
      if (i > 0) out += delimiter_;
      out += csvField(record.fields[i], delimiter_);
    }
    return out;
  }

  char delimiter_;
  LineReader lines_;
  CsvReader records_;
  std::string source_;
  CsvRecord header_;
  std::unique_ptr<RowMapper> mapper_;
  bool was_rejected_ = false;
  std::uint64_t number_ = 0;
};

}  // namespace

Format formatOf(const std::string& path) {
  return path.ends_with(".csv") || path.ends_with(".tsv") ? Format::csv : Format::jsonLines;
}

std::string sourceOf(const std::string& path) {
  if (path == "-") return "stdin";
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::unique_ptr<RowSource> openJsonLines(const std::string& path, const std::string& source) {
  return std::make_unique<JsonLines>(path, source);
}

std::unique_ptr<RowSource> openCsv(const std::string& path, const std::string& source,
                                   const Mapping& mapping) {
  return std::make_unique<Csv>(path, source, mapping);
}

}  // namespace daybook::cli
