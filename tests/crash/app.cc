// An application server for the crash tests: it uses the ledger until it is killed.
//
//   app record ADDRESS SPOOL CUSTOMER FEATURE FROM TO
//     records one unit with each of the keys e-FROM to e-TO (excluded), through a spool, and prints
//     each number when the recorder has taken it; then waits until everything has its answer and
//     prints "done COUNTED REFUSED".
//
// Exits with 1 when something fails.
#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "daybook/client.h"
#include "daybook/recorder.h"

namespace {

using namespace std::chrono_literals;
namespace db = daybook::client;

// What takes longer has hung.
constexpr auto kHung = 120s;

void record(const std::vector<std::string>& words) {
  db::Client ledger({.address = words.at(1), .token = {}});
  db::RecorderOptions options;
  options.batch_entries_max = 200;
  options.batch_age_max = 1ms;
  options.full_wait = kHung;
  options.call_timeout = 2s;
  // The ledger's clock is set by hand.
  options.stamp = db::Stamp::whenDelivered;
  options.spool = words.at(2);
  db::Recorder recorder(ledger, options);
  const std::uint64_t to = std::stoull(words.at(6));
  for (std::uint64_t i = std::stoull(words.at(5)); i < to; ++i) {
    db::UsageEntry entry;
    entry.customer = words.at(3);
    entry.key = "e-" + std::to_string(i);
    entry.usage.feature = words.at(4);
    if (recorder.record(std::move(entry)) != db::Taken::yes) {
      throw std::runtime_error("the recorder does not take what it has room for");
    }
    std::printf("%llu\n", static_cast<unsigned long long>(i));
    std::fflush(stdout);
  }
  if (recorder.flush(kHung) != 0) {
    throw std::runtime_error("no answer: " + recorder.stats().trouble);
  }
  const db::RecorderStats stats = recorder.stats();
  std::printf("done %llu %llu\n", static_cast<unsigned long long>(stats.counted),
              static_cast<unsigned long long>(stats.refused + stats.failed));
}

void run(const std::vector<std::string>& words) {
  if (words.at(0) == "record") {
    record(words);
  } else {
    throw std::runtime_error("no such use: " + words.at(0));
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(std::vector<std::string>(argv + 1, argv + argc));
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "app: %s\n", e.what());
    return 1;
  }
}
