// How far an import is: a bar on a terminal, a line every few seconds elsewhere.
//
// Belongs to one thread. Reads the steady clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "client/cli/console.h"

namespace daybook::cli {

struct ProgressValues {
  std::uint64_t rows = 0;
  std::uint64_t refused = 0;
  std::uint64_t bytes_read = 0;   // of the file
  std::uint64_t bytes_total = 0;  // 0: not known
};

/// "trace.csv [####----]  42%  12 345 rows  98 000 rows/s  ETA 3s". `ms` is since the start,
/// `file_ms` since the start of the file.
std::string progressLine(const std::string& name, const ProgressValues& values, std::uint64_t ms,
                         std::uint64_t file_ms);

class Progress {
 public:
  enum class Show { never, onTerminal, always };

  Progress(Console& console, Show show);

  /// A new file.
  void begin(std::string name);
  void update(const ProgressValues& values);
  void clear();
  std::uint64_t elapsedMs() const;

 private:
  using Clock = std::chrono::steady_clock;

  Console& console_;
  Show show_;
  std::string name_;
  Clock::time_point start_;
  Clock::time_point file_start_;
  Clock::time_point shown_;
};

}  // namespace daybook::cli
