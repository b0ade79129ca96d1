// Lines of a file of any size, one at a time, in bounded memory.
//
// Errors: UsageError when the file cannot be opened or read. Owns its file; standard input ("-") is
// left open. Belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace daybook::cli {

/// Longer lines are cut, and marked so.
inline constexpr std::size_t kLineBytesMax = 1u << 20;

struct Line {
  std::string text;  // with its line end, as in the file; the last line may have none
  bool cut = false;
};

/// Without the line end, be it LF or CRLF.
std::string_view withoutLineEnd(std::string_view line);

class LineReader {
 public:
  explicit LineReader(const std::string& path);

  /// False at the end. A byte order mark at the start of the file is left out.
  bool next(Line& line);

  std::uint64_t bytesRead() const { return bytes_read_; }
  /// 0 when not known: a pipe.
  std::uint64_t bytesTotal() const { return bytes_total_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const;
  };
  bool fill();

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::unique_ptr<char[]> buffer_;
  std::size_t begin_ = 0;  // of what is left in the buffer
  std::size_t end_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_total_ = 0;
};

}  // namespace daybook::cli
