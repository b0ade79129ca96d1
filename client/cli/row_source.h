// Rows of a file to import, one at a time: usage, another command, or what is wrong with the row.
//
// A row's number is its place in the data: the line's number in JSON Lines, the record's number
// without the header in CSV. Its key, where the data has none, is "<source>:<number>": renaming the
// file changes it, unless a source is named. Belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "client/cli/mapping.h"
#include "daybook/types.h"

namespace daybook::cli {

/// A Command that is not usage, in the standard JSON form, with its key.
struct OtherCommand {
  std::string json;
};

struct Unreadable {
  std::string problem;
};

struct Row {
  std::uint64_t number = 0;
  std::string key;
  std::string rejected;  // as it goes into the file of refused rows, without a line end
  std::variant<client::UsageEntry, OtherCommand, Unreadable> content;
};

class RowSource {
 public:
  virtual ~RowSource() = default;

  /// False at the end.
  virtual bool next(Row& row) = 0;
  virtual std::uint64_t bytesRead() const = 0;
  /// 0 when not known.
  virtual std::uint64_t bytesTotal() const = 0;
  /// The line that the file of refused rows opens with; empty: none.
  virtual std::string rejectsHeader() const = 0;
  /// The line of a refused row there.
  virtual std::string rejectsLine(const Row& row, const std::string& reason) const = 0;
};

enum class Format { jsonLines, csv };

/// By the ending of its name: .csv and .tsv are CSV, all else JSON Lines.
Format formatOf(const std::string& path);
/// The name that keys derive from: the last part of the path; "stdin" for "-".
std::string sourceOf(const std::string& path);

/// Throw UsageError.
std::unique_ptr<RowSource> openJsonLines(const std::string& path, const std::string& source);
std::unique_ptr<RowSource> openCsv(const std::string& path, const std::string& source,
                                   const Mapping& mapping);

}  // namespace daybook::cli
