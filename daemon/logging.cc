#include "daemon/logging.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/common.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace daybook::daemon {
namespace {

enum class Colour { never, always };

std::string_view levelName(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::info:
      return "info";
    case spdlog::level::warn:
      return "warning";
    default:
      return "error";
  }
}

std::string_view levelColour(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::info:
      return "\x1b[32m";
    case spdlog::level::warn:
      return "\x1b[33m";
    case spdlog::level::err:
    case spdlog::level::critical:
      return "\x1b[31m";
    default:
      return "\x1b[2m";
  }
}

spdlog::level::level_enum spdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

void appendTime(std::string& line, spdlog::log_clock::time_point time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since - seconds).count();
  const std::time_t whole = seconds.count();
  std::tm utc{};
  ::gmtime_r(&whole, &utc);
  fmt::format_to(std::back_inserter(line), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                 utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
                 utc.tm_sec, ms);
}

// The length of the valid UTF-8 character that `text` begins with, or 0.
std::size_t characterLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  std::size_t length = 0;
  unsigned second_from = 0x80;
  unsigned second_to = 0xbf;
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3;
    if (lead == 0xe0) second_from = 0xa0;  // longer than needed
    if (lead == 0xed) second_to = 0x9f;    // half of a surrogate pair
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4;
    if (lead == 0xf0) second_from = 0x90;
    if (lead == 0xf4) second_to = 0x8f;  // past the last character
  } else {
    return 0;
  }
  if (text.size() < length || byte(1) < second_from || byte(1) > second_to) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
  }
  return length;
}

// Control characters escaped as in JSON; quotes and backslashes only where JSON asks for it.
void appendSafe(std::string& line, std::string_view text, LogFormat format) {
  while (!text.empty()) {
    const std::size_t length = characterLength(text);
    const char c = text.front();
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ||
                         (length == 2 && c == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0);
    if (length == 0) {
      line += "\xef\xbf\xbd";  // the replacement character
    } else if (c == '\n') {
      line += "\\n";
    } else if (c == '\t') {
      line += "\\t";
    } else if (control) {
      const unsigned code = static_cast<unsigned char>(length == 2 ? text[1] : c);
      fmt::format_to(std::back_inserter(line), "\\u{:04x}", code);
    } else if (format == LogFormat::json && (c == '"' || c == '\\')) {
      line += '\\';
      line += c;
    } else {
      line += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

std::string formatLine(const spdlog::details::log_msg& message, LogFormat format, Colour colour) {
  const std::string_view payload(message.payload.data(), message.payload.size());
  const std::string_view level = levelName(message.level);
  std::string line;
  line.reserve(payload.size() + 80);
  if (format == LogFormat::json) {
    line += "{\"time\":\"";
    appendTime(line, message.time);
    fmt::format_to(std::back_inserter(line), "\",\"level\":\"{}\",\"message\":\"", level);
    appendSafe(line, payload, format);
    line += "\"}\n";
    return line;
  }
  appendTime(line, message.time);
  if (colour == Colour::always) {
    fmt::format_to(std::back_inserter(line), " {}{:<7}\x1b[0m ", levelColour(message.level), level);
  } else {
    fmt::format_to(std::back_inserter(line), " {:<7} ", level);
  }
  appendSafe(line, payload, format);
  line += '\n';
  return line;
}

int openFile(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

Colour chooseColour(const LogConfig& config) {
  const bool wanted = config.file.empty() && config.format == LogFormat::text &&
                      ::isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  return wanted ? Colour::always : Colour::never;
}

}  // namespace

// Every line is one write(2), so that lines of several processes do not mix.
class Logging::Sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit Sink(const LogConfig& config)
      : path_(config.file), format_(config.format), colour_(chooseColour(config)) {
    if (path_.empty()) return;
    fd_ = openFile(path_);
    if (fd_ < 0) {
      throw std::runtime_error(
          fmt::format("cannot open the log file {}: {}", path_, std::strerror(errno)));
    }
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() override {
    if (!path_.empty()) ::close(fd_);
  }

  // 0, or what is wrong.
  int reopen() {
    if (path_.empty()) return 0;
    const int fd = openFile(path_);
    if (fd < 0) return errno;
    const std::lock_guard lock(mutex_);
    ::close(fd_);
    fd_ = fd;
    return 0;
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (dropped_ > 0) {
      const std::string text = fmt::format("{} lines of the log could not be written", dropped_);
      const spdlog::details::log_msg note("", spdlog::level::warn, text);
      if (!writeLine(formatLine(note, format_, colour_))) {
        ++dropped_;
        return;
      }
      dropped_ = 0;
    }
    if (!writeLine(formatLine(message, format_, colour_))) ++dropped_;
  }
  void flush_() override {}

 private:
  bool writeLine(std::string_view line) {
    while (!line.empty()) {
      const ssize_t count = ::write(fd_, line.data(), line.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      line.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  std::string path_;
  LogFormat format_;
  Colour colour_;
  int fd_ = STDERR_FILENO;
  std::uint64_t dropped_ = 0;
};

Logging::Logging(const LogConfig& config)
    : sink_(std::make_shared<Sink>(config)),
      logger_(std::make_shared<spdlog::logger>("daybookd", sink_)) {
  logger_->set_level(spdlogLevel(config.level));
  // What goes wrong while a line is formatted has nowhere to be told.
  logger_->set_error_handler([](const std::string&) {});
}

Logging::~Logging() noexcept = default;

void Logging::reopen() noexcept {
  const int error = sink_->reopen();
  if (error == 0) return;
  logger_->error("cannot open the log file again: {}; the old one stays in use",
                 std::strerror(error));
}

}  // namespace daybook::daemon
