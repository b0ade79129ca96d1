#include "daemon/kj_log.h"

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

}  // namespace

void KjLog::logMessage(kj::LogSeverity severity, const char* file, int line, int,
                       kj::String&& text) {
  std::string_view message(text.begin(), text.size());
  while (!message.empty() && message.back() == '\n') message.remove_suffix(1);
  log_.log(levelOf(severity), "{} ({}:{})", message, file, line);
}

}  // namespace daybook::daemon
