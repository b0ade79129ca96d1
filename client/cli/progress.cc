#include "client/cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "client/cli/format.h"

namespace daybook::cli {
namespace {

constexpr std::chrono::milliseconds kBarInterval{100};
constexpr std::chrono::milliseconds kLineInterval{5'000};
constexpr std::uint64_t kBarCells = 20;

std::uint64_t msBetween(std::chrono::steady_clock::time_point from,
                        std::chrono::steady_clock::time_point to) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count());
}

}  // namespace

std::string progressLine(const std::string& name, const ProgressValues& values, std::uint64_t ms,
                         std::uint64_t file_ms) {
  std::string line = name;
  if (values.bytes_total > 0) {
    const std::uint64_t read = std::min(values.bytes_read, values.bytes_total);
    const std::uint64_t cells = read * kBarCells / values.bytes_total;
    line += fmt::format(" [{}{}] {:3}%", std::string(cells, '#'),
                        std::string(kBarCells - cells, '-'), read * 100 / values.bytes_total);
  }
  line += fmt::format("  {} rows", countText(values.rows));
  if (ms > 0) line += fmt::format("  {} rows/s", countText(values.rows * 1'000 / ms));
  if (values.bytes_total > 0 && values.bytes_read > 0) {
    const std::uint64_t left = values.bytes_total - std::min(values.bytes_read, values.bytes_total);
    line += fmt::format("  ETA {}", lengthText(left * file_ms / values.bytes_read));
  }
  if (values.refused > 0) line += fmt::format("  {} refused", countText(values.refused));
  return line;
}

Progress::Progress(Console& console, Show show)
    : console_(console), show_(show), start_(Clock::now()), file_start_(start_), shown_(start_) {}

void Progress::begin(std::string name) {
  name_ = std::move(name);
  file_start_ = Clock::now();
}

void Progress::update(const ProgressValues& values) {
  const bool bar = console_.errIsTerminal();
  if (show_ == Show::never || (show_ == Show::onTerminal && !bar)) return;
  const Clock::time_point now = Clock::now();
  if (now - shown_ < (bar ? kBarInterval : kLineInterval)) return;
  shown_ = now;
  const std::string line =
      progressLine(name_, values, msBetween(start_, now), msBetween(file_start_, now));
  if (bar) {
    console_.showProgress(line);
  } else {
    console_.note(line);
  }
}

void Progress::clear() { console_.showProgress(""); }

std::uint64_t Progress::elapsedMs() const { return msBetween(start_, Clock::now()); }

}  // namespace daybook::cli
