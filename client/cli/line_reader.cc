#include "client/cli/line_reader.h"

#include <errno.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>

#include "client/cli/session.h"

namespace daybook::cli {
namespace {

constexpr std::size_t kBufferBytes = 256u << 10;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

[[noreturn]] void failRead(const std::string& path, const char* why) {
  throw UsageError(fmt::format("cannot read {}: {}", path, why));
}

}  // namespace

std::string_view withoutLineEnd(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void LineReader::Close::operator()(std::FILE* file) const {
  if (file != stdin) std::fclose(file);
}

LineReader::LineReader(const std::string& path)
    : path_(path),
      file_(path == "-" ? stdin : std::fopen(path.c_str(), "rb")),
      buffer_(new char[kBufferBytes]) {
  if (!file_) failRead(path, std::strerror(errno));
  struct stat about {};
  if (::fstat(::fileno(file_.get()), &about) == 0) {
    if (S_ISDIR(about.st_mode)) failRead(path, "it is a directory");
    if (S_ISREG(about.st_mode)) bytes_total_ = static_cast<std::uint64_t>(about.st_size);
  }
}

bool LineReader::fill() {
  begin_ = 0;
  end_ = std::fread(buffer_.get(), 1, kBufferBytes, file_.get());
  if (end_ == 0 && std::ferror(file_.get()) != 0) failRead(path_, std::strerror(errno));
  if (bytes_read_ == 0 && std::string_view(buffer_.get(), end_).starts_with(kByteOrderMark)) {
    begin_ = kByteOrderMark.size();
    bytes_read_ = begin_;
  }
  return end_ > 0;
}

bool LineReader::next(Line& line) {
  line.text.clear();
  line.cut = false;
  bool any = false;
  for (;;) {
    if (begin_ == end_ && !fill()) return any;
    if (begin_ == end_) continue;  // nothing but a byte order mark
    any = true;
    const char* const from = buffer_.get() + begin_;
    const void* const newline = std::memchr(from, '\n', end_ - begin_);
    const std::size_t count =
        newline == nullptr ? end_ - begin_
                           : static_cast<std::size_t>(static_cast<const char*>(newline) - from) + 1;
    begin_ += count;
    bytes_read_ += count;
    const std::size_t room = kLineBytesMax - line.text.size();
    line.text.append(from, std::min(count, room));
    if (count > room) line.cut = true;
    if (newline != nullptr) return true;
  }
}

}  // namespace daybook::cli
