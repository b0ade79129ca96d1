#include "daemon/kj_log.h"

#include <kj/exception.h>

#include <string_view>

namespace daybook::daemon {
namespace {

spdlog::level::level_enum levelOf(kj::LogSeverity severity) {
  switch (severity) {
    case kj::LogSeverity::DBG:
    case kj::LogSeverity::INFO:
      return spdlog::level::debug;
    case kj::LogSeverity::WARNING:
      return spdlog::level::warn;
    case kj::LogSeverity::ERROR:
    case kj::LogSeverity::FATAL:
      break;
  }
  return spdlog::level::err;
}

class KjLog final : public kj::ExceptionCallback {
 public:
  explicit KjLog(spdlog::logger& log) : log_(log) {}

  void logMessage(kj::LogSeverity severity, const char* file, int line, int,
                  kj::String&& text) override {
    std::string_view message(text.begin(), text.size());
    while (!message.empty() && message.back() == '\n') message.remove_suffix(1);
    log_.log(levelOf(severity), "{} ({}:{})", message, file, line);
  }
  StackTraceMode stackTraceMode() override { return StackTraceMode::NONE; }

 private:
  spdlog::logger& log_;
};

}  // namespace

// KJ insists on a callback on the stack; the address sanitizer keeps instrumented locals elsewhere.
__attribute__((noinline, no_sanitize("address"))) void runWithKjLog(
    spdlog::logger& log, kj::FunctionParam<void()> body) {
  const KjLog callback(log);
  body();
}

}  // namespace daybook::daemon
