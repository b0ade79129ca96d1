// What KJ and Cap'n Proto have to say goes to the daemon's log instead of standard error, and their
// exceptions carry no stack traces: making one costs more than the call that failed, and a client
// can make calls fail.
//
// Ownership: lives on the stack of the thread that it is for, outside of everything that uses KJ.
// Threads: one each.
#pragma once

#include <kj/exception.h>
#include <spdlog/logger.h>

namespace daybook::daemon {

class KjLog final : public kj::ExceptionCallback {
 public:
  explicit KjLog(spdlog::logger& log) : log_(log) {}

  void logMessage(kj::LogSeverity severity, const char* file, int line, int context_depth,
                  kj::String&& text) override;
  StackTraceMode stackTraceMode() override { return StackTraceMode::NONE; }

 private:
  spdlog::logger& log_;
};

}  // namespace daybook::daemon
