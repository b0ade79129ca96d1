// An application server for the crash tests: it uses the ledger until it is killed.
//
//   app record ADDRESS SPOOL CUSTOMER FEATURE FROM TO
//     records one unit with each of the keys e-FROM to e-TO (excluded), through a spool, and prints
//     each number when the recorder has taken it; then waits until everything has its answer and
//     prints "done COUNTED REFUSED".
//
//   app lease ADDRESS SPOOL CUSTOMER FEATURE BLOCK FILE [STEP SIGNAL SPEED]
//     consumes single units from a lease until the ledger gives no further block, and prints each
//     one's number after it; then "dry". Units that the ledger counted after their hold had ended
//     are printed as "past KEY UNITS", what the ledger did not count as "lost". At the step with
//     that number (LeaseStep) it sends itself the signal; its lease's clock is SPEED times as fast.
//
//   app hold ADDRESS CUSTOMER FEATURE SEED
//     holds units and settles, uses, extends, releases or forgets what it holds, until the ledger
//     has refused it many times in a row, and prints the key of each command that was recorded;
//     then "dry". What has no answer is sent again with the same key.
//
// Exits with 1 when something fails.
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <future>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "client/src/lease_engine.h"
#include "daybook/client.h"
#include "daybook/lease.h"
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

/// Ends or stops this process at one step of the lease.
class StoppingWorld final : public db::LeaseWorld {
 public:
  StoppingWorld(int step, int signal, std::int64_t speed)
      : step_(step), signal_(signal), speed_(speed) {}
  std::int64_t now() const override { return speed_ * LeaseWorld::now(); }
  void reached(db::LeaseStep step) override {
    if (static_cast<int>(step) != step_ || is_done_.exchange(true)) return;
    ::raise(signal_);  // of this thread: it goes no further
    is_done_.notify_all();
  }
  void waitUntilDone() const { is_done_.wait(false); }

 private:
  const int step_;
  const int signal_;
  const std::int64_t speed_;
  std::atomic<bool> is_done_{false};
};

void lease(const std::vector<std::string>& words) {
  db::Client ledger({.address = words.at(1), .token = {}});
  db::RecorderOptions recording;
  recording.batch_age_max = 1ms;
  recording.call_timeout = 2s;
  recording.close_wait = kHung;
  recording.spool = words.at(2);
  recording.on_result = [](const db::RecordResult& result) {
    if (result.status == db::RecordStatus::counted && result.past_hold) {
      std::printf("past %s %s\n", result.entry.key.c_str(), result.entry.usage.quantity.c_str());
    } else if (result.status != db::RecordStatus::counted) {
      std::printf("lost %s %s\n", db::name(result.status), result.outcome.name.c_str());
    }
  };
  db::Recorder recorder(ledger, recording);
  db::LeaseOptions options;
  options.customer = words.at(3);
  options.feature = words.at(4);
  options.block = words.at(5);
  options.report_interval = 5ms;
  options.refused_wait = 50ms;
  options.call_timeout = kHung;
  // The ledger's clock is set by hand.
  options.stamp = db::Stamp::whenDelivered;
  if (words.at(6) != "-") options.file = words.at(6);
  const bool stops = words.size() > 7;
  StoppingWorld world(stops ? std::stoi(words.at(7)) : -1, stops ? std::stoi(words.at(8)) : 0,
                      stops ? std::stoi(words.at(9)) : 1);
  {
    db::LeaseEngine block(ledger, recorder, options, world);
    // What is consumed needs no longer time.
    if (stops && static_cast<db::LeaseStep>(std::stoi(words.at(7))) == db::LeaseStep::extended) {
      world.waitUntilDone();
    }
    std::uint64_t consumed = 0;
    while (block.waitForBlock(kHung)) {
      while (block.tryConsume(1)) {
        std::printf("%llu\n", static_cast<unsigned long long>(++consumed));
        std::fflush(stdout);
      }
    }
  }
  std::printf("dry\n");
  std::fflush(stdout);
}

/// One caller of `app hold`.
class Holder {
 public:
  Holder(db::Client& ledger, std::string customer, std::string feature, std::uint64_t seed)
      : ledger_(ledger),
        customer_(std::move(customer)),
        feature_(std::move(feature)),
        random_(seed) {}

  void run() {
    for (int refused = 0; refused < kRefusedMax;) refused = holdOnce() ? 0 : refused + 1;
  }

 private:
  static constexpr int kRefusedMax = 15;

  std::uint64_t upTo(std::uint64_t most) { return random_() % (most + 1); }

  /// Asks until there is an answer. True: recorded.
  template <typename Start>
  bool isRecorded(const std::string& key, Start start) {
    for (;;) {
      try {
        if (!start().ok()) return false;
        std::printf("%s\n", key.c_str());
        std::fflush(stdout);
        return true;
      } catch (const db::Error& e) {
        if (e.kind() == db::ErrorKind::failed || e.kind() == db::ErrorKind::invalidArgument) throw;
      }
    }
  }
  void require(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
  }

  bool holdOnce() {
    const std::string hold = db::newKey();
    const std::uint64_t units = upTo(3) == 0 ? 1 + upTo(39) : 1 + upTo(1);
    if (!isRecorded(hold,
                    [&] { return ledger_.placeHold(customer_, hold, {.items = {item(units)}}); })) {
      return false;
    }
    const std::uint64_t choice = upTo(99);
    if (choice < 25) {
      require(settle(hold, upTo(std::min<std::uint64_t>(units - 1, 2))), "not settled for less");
    } else if (choice < 35 && units <= 2) {
      require(settle(hold, units), "not settled");
    } else if (choice < 45 && units <= 2) {
      require(settle(hold, units + 1 + upTo(2)), "not settled for more");
    } else if (choice < 60) {
      require(use(hold), "not used");
      require(extend(hold), "not extended");
      require(release(hold), "not released after its use");
    } else if (choice < 75) {
      settleAndRelease(hold);
    } else if (choice < 95) {
      require(release(hold), "not released");
      require(!settle(hold, 1), "settled after its release");
    }
    return true;
  }

  db::HoldItem item(std::uint64_t units) {
    db::HoldItem item;
    item.feature = feature_;
    item.quantity = std::to_string(units);
    return item;
  }
  bool settle(const std::string& hold, std::uint64_t units) {
    const std::string key = db::newKey();
    return isRecorded(key, [&] {
      return ledger_.settleHold(customer_, key, {.hold = hold, .items = {item(units)}});
    });
  }
  bool release(const std::string& hold) {
    const std::string key = db::newKey();
    return isRecorded(key, [&] { return ledger_.releaseHold(customer_, key, hold); });
  }
  bool extend(const std::string& hold) {
    const std::string key = db::newKey();
    return isRecorded(key, [&] { return ledger_.extendHold(customer_, key, {.hold = hold}); });
  }
  bool use(const std::string& hold) {
    const std::string key = db::newKey();
    db::UseHold use{.hold = hold, .usage = {}};
    use.usage.feature = feature_;
    return isRecorded(key, [&] { return ledger_.useHold(customer_, key, use); });
  }
  /// Both at once, from two threads: one of them comes first.
  void settleAndRelease(const std::string& hold) {
    auto released = std::async(std::launch::async, [&] { return release(hold); });
    const bool is_settled = settle(hold, 1);
    require(is_settled != released.get(), "a hold did not end once");
  }

  db::Client& ledger_;
  const std::string customer_;
  const std::string feature_;
  std::mt19937_64 random_;
};

void hold(const std::vector<std::string>& words) {
  db::Client ledger({.address = words.at(1), .token = {}, .timeout = 2s});
  Holder(ledger, words.at(2), words.at(3), std::stoull(words.at(4))).run();
  std::printf("dry\n");
  std::fflush(stdout);
}

void run(const std::vector<std::string>& words) {
  if (words.at(0) == "record") {
    record(words);
  } else if (words.at(0) == "lease") {
    lease(words);
  } else if (words.at(0) == "hold") {
    hold(words);
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
