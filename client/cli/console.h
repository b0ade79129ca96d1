// What the command line writes: results on standard output, everything else on standard error.
//
// Colours and progress are for terminals only; NO_COLOR and --no-color switch colours off. A reader
// that goes away (a pipe into head) ends the program quietly: writing throws OutputClosed.
// Belongs to one thread.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace daybook::cli {

/// Nobody reads standard output any more.
class OutputClosed {};

enum class Style { plain, heading, good, bad, faint };

class Console {
 public:
  Console(std::FILE* out, std::FILE* err);

  /// Result text as it is; line() adds the newline.
  void write(std::string_view text);
  void line(std::string_view text = {});
  /// Makes what was written visible now. Throws OutputClosed.
  void flush();

  /// A note on standard error: "daybook: what happened", then what to do.
  void error(std::string_view what, std::string_view advice = {});
  void note(std::string_view text);
  /// Replaces the line that the terminal shows below everything; empty text removes it.
  void showProgress(std::string_view text);

  /// `text` in a style, where standard output shows styles.
  std::string styled(std::string_view text, Style style) const;

  bool outIsTerminal() const { return out_is_terminal_; }
  bool errIsTerminal() const { return err_is_terminal_; }
  void disableColor() { color_ = false; }

 private:
  void clearProgress();

  std::FILE* out_;
  std::FILE* err_;
  bool out_is_terminal_;
  bool err_is_terminal_;
  bool color_;
  bool progress_shown_ = false;
};

}  // namespace daybook::cli
