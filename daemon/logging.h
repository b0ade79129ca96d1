// The daemon's log: lines of text or JSON to standard error or a file.
//
// Text: "2026-01-31T10:00:00.123Z info  message", coloured on a terminal only (and not when
// NO_COLOR is set). JSON: one object a line with time, level and message. Control characters and
// bytes that are no UTF-8 never reach the output as they are, whoever wrote them: a line is a line.
//
// Errors: opening a file throws std::runtime_error. Afterwards nothing does: a line that cannot be
// written is dropped and counted, and the count is logged when writing works again.
// Threads: logger and reopen() from any thread. There is no global logger.
#pragma once

#include <spdlog/logger.h>

#include <memory>

#include "daemon/config.h"

namespace daybook::daemon {

class Logging final {
 public:
  explicit Logging(const LogConfig& config);
  ~Logging() noexcept;
  Logging(const Logging&) = delete;
  Logging& operator=(const Logging&) = delete;

  /// Lives as long as this object or whoever shares it.
  std::shared_ptr<spdlog::logger> logger() { return logger_; }
  /// Opens the file anew, after logrotate has moved it. On failure the old one stays, and the log
  /// says so. Does nothing for standard error.
  void reopen() noexcept;

 private:
  class Sink;

  std::shared_ptr<Sink> sink_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace daybook::daemon
