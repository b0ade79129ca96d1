#include "client/cli/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace daybook::cli {
namespace {

bool wantsColor() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return (no_color == nullptr || *no_color == '\0') &&
         (term == nullptr || std::string_view(term) != "dumb");
}

std::string_view escape(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::heading:
      return "\x1b[1m";
    case Style::good:
      return "\x1b[32m";
    case Style::bad:
      return "\x1b[31m";
    case Style::faint:
      return "\x1b[2m";
  }
  return "";
}

}  // namespace

Console::Console(std::FILE* out, std::FILE* err)
    : out_(out),
      err_(err),
      out_is_terminal_(::isatty(::fileno(out)) == 1),
      err_is_terminal_(::isatty(::fileno(err)) == 1),
      color_(out_is_terminal_ && wantsColor()) {}

void Console::write(std::string_view text) {
  if (text.empty()) return;
  if (std::fwrite(text.data(), 1, text.size(), out_) != text.size()) throw OutputClosed();
}

void Console::line(std::string_view text) {
  write(text);
  write("\n");
}

void Console::flush() {
  if (std::fflush(out_) != 0) throw OutputClosed();
}

void Console::error(std::string_view what, std::string_view advice) {
  clearProgress();
  fmt::print(err_, "daybook: {}\n", what);
  if (!advice.empty()) fmt::print(err_, "         {}\n", advice);
}

void Console::note(std::string_view text) {
  clearProgress();
  fmt::print(err_, "{}\n", text);
}

void Console::showProgress(std::string_view text) {
  clearProgress();
  if (text.empty()) return;
  fmt::print(err_, "{}", text);
  std::fflush(err_);
  progress_shown_ = true;
}

void Console::clearProgress() {
  if (!progress_shown_) return;
  fmt::print(err_, "\r\x1b[K");
  std::fflush(err_);
  progress_shown_ = false;
}

std::string Console::styled(std::string_view text, Style style) const {
  if (!color_ || style == Style::plain) return std::string(text);
  return fmt::format("{}{}\x1b[0m", escape(style), text);
}

}  // namespace daybook::cli
