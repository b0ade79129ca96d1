// The file of refused rows, made when the first row is refused.
//
// For CSV it is the input's header with two more columns, the key and the reason; it can be mended
// and imported with the same mapping, and every row keeps its key. For JSON Lines it holds the
// lines, and a second file beside it, "<name>.reasons.csv", says why.
// Errors: UsageError when it cannot be written. Belongs to one thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "client/cli/row_source.h"

namespace daybook::cli {

/// "trace.rejected.csv" for "trace.csv".
std::string rejectsPathOf(const std::string& path, Format format);

class Rejects {
 public:
  /// The source must outlive this.
  Rejects(std::string path, const RowSource& source);

  void add(const Row& row, const std::string& outcome, const std::string& detail);
  /// Makes what was added safe from a crash of this program. Throws when anything was not written.
  void flush();
  std::uint64_t count() const { return count_; }
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Close>;
  static File open(const std::string& path);
  void write(const File& file, const std::string& line);

  std::string path_;
  const RowSource& source_;
  File rows_;
  File reasons_;  // JSON Lines only
  std::uint64_t count_ = 0;
};

}  // namespace daybook::cli
