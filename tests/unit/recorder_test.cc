// The recorder against a daemon that knows no billing: batches, retries, bounds, results.
#include <algorithm>
#include <catch2/catch.hpp>
#include <mutex>
#include <numeric>
#include <thread>

#include "daybook/recorder.h"
#include "tests/support/fake_daemon.h"
#include "tests/support/temporary_directory.h"

namespace daybook::client {
namespace {

using namespace std::chrono_literals;
using test::FakeDaemon;
using test::TemporaryDirectory;

// What takes longer has hung.
constexpr auto kHung = 60s;

UsageEntry entry(const std::string& key, const std::string& customer = "acme") {
  UsageEntry out{.customer = customer, .key = key, .usage = {}};
  out.usage.feature = "calls";
  return out;
}

/// Results as they come, from the recorder's thread.
class Results {
 public:
  Recorder::OnResult taker() {
    return [this](const RecordResult& result) {
      const std::lock_guard<std::mutex> lock(mutex_);
      results_.push_back(result);
    };
  }
  std::vector<RecordResult> all() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return results_;
  }
  std::size_t count(RecordStatus status) const {
    const auto results = all();
    return static_cast<std::size_t>(std::ranges::count_if(
        results, [status](const RecordResult& result) { return result.status == status; }));
  }

 private:
  mutable std::mutex mutex_;
  std::vector<RecordResult> results_;
};

TEST_CASE("entries are sent in their order, in batches of at most the asked count") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  Results results;
  {
    Recorder recorder(client,
                      {.batch_entries_max = 10, .batch_age_max = 1h, .on_result = results.taker()});
    for (int i = 0; i < 25; ++i) CHECK(recorder.record(entry(std::to_string(i))) == Taken::yes);
    CHECK(recorder.flush(kHung) == 0);
    CHECK(recorder.stats().counted == 25);
    CHECK(recorder.stats().waiting == 0);
  }
  const auto events = daemon.ledger().events();
  REQUIRE(events.size() == 25);
  const auto all = results.all();
  REQUIRE(all.size() == 25);
  for (std::size_t i = 0; i < 25; ++i) {
    CHECK(events[i].key == std::to_string(i));
    CHECK(all[i].entry.key == std::to_string(i));
    CHECK(all[i].status == RecordStatus::counted);
  }
  for (const std::size_t batch : daemon.ledger().batches()) CHECK(batch <= 10);
}

TEST_CASE("a batch is sent when it is old, and when it has the asked bytes") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  Recorder by_age(client, {.batch_age_max = 1ms});
  CHECK(by_age.recordAsync(entry("age")).get().status == RecordStatus::counted);

  Recorder by_bytes(client, {.batch_bytes_max = 400, .batch_age_max = 1h});
  auto first = by_bytes.recordAsync(entry("b1"));
  for (int i = 2; i < 10; ++i) by_bytes.record(entry("b" + std::to_string(i)));
  CHECK(first.get().status == RecordStatus::counted);
}

TEST_CASE("a refusal is reported with its outcome, and the others of the batch count") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  Recorder recorder(client, {});
  auto good = recorder.recordAsync(entry("k1"));
  auto refused = recorder.recordAsync(entry("k2", "nobody"));
  auto last = recorder.recordAsync(entry("k3"));
  CHECK(good.get().status == RecordStatus::counted);
  const RecordResult result = refused.get();
  CHECK(result.status == RecordStatus::refused);
  CHECK(result.outcome.name == "unknownCustomer");
  CHECK(result.detail == "customer");
  CHECK(result.entry.customer == "nobody");
  CHECK(last.get().status == RecordStatus::counted);
  recorder.flush(kHung);
  CHECK(recorder.stats().refused == 1);
}

TEST_CASE("an entry without a key gets one of its own") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  Recorder recorder(client, {});
  recorder.record(entry(""));
  recorder.record(entry(""));
  CHECK(recorder.flush(kHung) == 0);
  const auto events = daemon.ledger().events();
  REQUIRE(events.size() == 2);
  CHECK(events[0].key.size() == 32);
  CHECK(events[0].key != events[1].key);
}

TEST_CASE("what breaks before the answer is sent again with its key and counts once") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  daemon.ledger().behave({.break_at = 1});
  Recorder recorder(client, {});
  auto result = recorder.recordAsync(entry("k1"));
  while (daemon.ledger().batches().size() < 2) std::this_thread::yield();
  daemon.ledger().behave({});
  CHECK(result.get().status == RecordStatus::counted);
  CHECK(daemon.ledger().events().size() == 1);
  CHECK(recorder.stats().retries >= 1);
}

TEST_CASE("overload, silence and a full storage are waited out") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  const test::FakeBehaviour behaviour =
      GENERATE(test::FakeBehaviour{.overloaded = true}, test::FakeBehaviour{.storage_full = true},
               test::FakeBehaviour{.silent = true});
  daemon.ledger().behave(behaviour);
  Recorder recorder(client, {.call_timeout = behaviour.silent ? 20ms : 10'000ms});
  auto result = recorder.recordAsync(entry("k1"));
  while (daemon.ledger().batches().size() < 2) std::this_thread::yield();
  CHECK_FALSE(recorder.stats().trouble.empty());
  daemon.ledger().behave({});
  CHECK(result.get().status == RecordStatus::counted);
  CHECK(daemon.ledger().events().size() == 1);
  CHECK(recorder.stats().trouble.empty());
}

TEST_CASE("an entry that the daemon cannot understand fails alone") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  Results results;
  Recorder recorder(client, {.batch_age_max = 1h, .on_result = results.taker()});
  for (int i = 0; i < 4; ++i) recorder.record(entry(std::to_string(i)));
  UsageEntry poison = entry("poison");
  poison.usage.feature = "poison";
  recorder.record(poison);
  CHECK(recorder.flush(kHung) == 0);
  CHECK(results.count(RecordStatus::counted) == 4);
  CHECK(results.count(RecordStatus::failed) == 1);
  CHECK(daemon.ledger().events().size() == 4);
}

TEST_CASE("a full queue says so, and takes entries again when there is room") {
  FakeDaemon daemon;
  daemon.ledger().behave({.storage_full = true});
  Client client({.address = daemon.address()});
  Recorder recorder(client, {.queue_entries_max = 3});
  for (int i = 0; i < 3; ++i) CHECK(recorder.record(entry(std::to_string(i))) == Taken::yes);
  CHECK(recorder.record(entry("3")) == Taken::full);
  CHECK(recorder.recordAsync(entry("4")).get().status == RecordStatus::notTaken);
  CHECK(recorder.stats().full == 2);
  CHECK(recorder.flush(1ms) == 3);
  daemon.ledger().behave({});
  CHECK(recorder.flush(kHung) == 0);
  CHECK(recorder.record(entry("5")) == Taken::yes);
}

TEST_CASE("record waits for room as long as it is told to") {
  FakeDaemon daemon;
  daemon.ledger().behave({.storage_full = true});
  Client client({.address = daemon.address()});
  Recorder recorder(client, {.queue_entries_max = 1, .full_wait = kHung});
  CHECK(recorder.record(entry("0")) == Taken::yes);
  Taken second = Taken::closing;
  std::thread waiting([&] { second = recorder.record(entry("1")); });
  daemon.ledger().behave({});
  waiting.join();
  CHECK(second == Taken::yes);
  CHECK(recorder.flush(kHung) == 0);
}

TEST_CASE("without an answer until the deadline an entry ends as unanswered") {
  FakeDaemon daemon;
  daemon.stop();
  Client client({.address = daemon.address()});
  Recorder recorder(client, {.deadline = 1ms});
  auto first = recorder.recordAsync(entry("k1"));
  const RecordResult result = first.get();
  CHECK(result.status == RecordStatus::unanswered);
  CHECK(result.detail.find("unreachable") != std::string::npos);
  CHECK(recorder.flush(kHung) == 0);
  CHECK(recorder.stats().unanswered == 1);
}

TEST_CASE("closing ends what has no answer, each entry once") {
  FakeDaemon daemon;
  daemon.stop();
  Client client({.address = daemon.address()});
  Results results;
  {
    Recorder recorder(client,
                      {.batch_entries_max = 2, .close_wait = 1ms, .on_result = results.taker()});
    for (int i = 0; i < 5; ++i) recorder.record(entry(std::to_string(i)));
  }
  CHECK(results.count(RecordStatus::unanswered) == 5);
  CHECK(results.all().size() == 5);
}

TEST_CASE("options out of range are refused by name") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  CHECK_THROWS_AS(Recorder(client, {.batch_entries_max = 0}), Error);
  CHECK_THROWS_AS(Recorder(client, {.batch_entries_max = 16'385}), Error);
  CHECK_THROWS_AS(Recorder(client, {.queue_entries_max = 0}), Error);
  CHECK_THROWS_AS(Recorder(client, {.call_timeout = 0ms}), Error);
  CHECK_THROWS_AS(Recorder(client, {.spool = "x", .spool_bytes_max = 1}), Error);
}

TEST_CASE("many threads record, and each entry counts once") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  const TemporaryDirectory folder;
  const bool spooled = GENERATE(false, true);
  const auto sync = GENERATE(SpoolSync::everyRecord, SpoolSync::interval);
  RecorderOptions options{.batch_entries_max = 50, .batch_age_max = 1ms};
  if (spooled) options.spool = folder.path("usage.spool");
  options.spool_sync = sync;
  constexpr int kThreads = 4;
  constexpr int kEach = 300;
  {
    Recorder recorder(client, options);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&recorder, t] {
        for (int i = 0; i < kEach; ++i) {
          recorder.record(entry(std::to_string(t) + "-" + std::to_string(i)));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(recorder.flush(kHung) == 0);
    CHECK(recorder.stats().counted == kThreads * kEach);
  }
  CHECK(daemon.ledger().events().size() == kThreads * kEach);
}

// ---- With a spool

TEST_CASE("what is spooled while there is no daemon is counted by the next recorder, in order") {
  FakeDaemon daemon;
  daemon.stop();
  Client client({.address = daemon.address()});
  const TemporaryDirectory folder;
  const std::string path = folder.path("usage.spool");
  Results before;
  {
    Recorder recorder(
        client, {.deadline = 1ms, .close_wait = 1ms, .on_result = before.taker(), .spool = path});
    for (int i = 0; i < 20; ++i) recorder.record(entry(std::to_string(i)));
  }
  CHECK(before.count(RecordStatus::spooled) == 20);
  daemon.start();
  Results after;
  Recorder recorder(client, {.batch_entries_max = 7, .on_result = after.taker(), .spool = path});
  recorder.record(entry("20"));
  CHECK(recorder.flush(kHung) == 0);
  CHECK(after.count(RecordStatus::counted) == 21);
  const auto events = daemon.ledger().events();
  REQUIRE(events.size() == 21);
  for (std::size_t i = 0; i < 21; ++i) CHECK(events[i].key == std::to_string(i));
}

TEST_CASE("what was answered is not sent again") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  const TemporaryDirectory folder;
  const RecorderOptions options{.spool = folder.path("usage.spool")};
  {
    Recorder recorder(client, options);
    recorder.record(entry("k1"));
    CHECK(recorder.flush(kHung) == 0);
  }
  const std::size_t batches = daemon.ledger().batches().size();
  Recorder recorder(client, options);
  CHECK(recorder.stats().waiting == 0);
  CHECK(recorder.flush(kHung) == 0);
  CHECK(daemon.ledger().batches().size() == batches);
}

TEST_CASE("everything of an entry survives the spool") {
  FakeDaemon daemon;
  daemon.stop();
  Client client({.address = daemon.address()});
  const TemporaryDirectory folder;
  UsageEntry all = entry("k1");
  all.usage.quantity = "1.5";
  all.usage.tokens = Tokens{.provider = "acme-ai", .model = "m", .total_input = 3, .output = 4};
  all.usage.at_ns = 1'234;
  all.usage.properties = {{"region", "eu"}, {"tier", ""}};
  all.usage.on_shortfall = OnShortfall::overdraw;
  all.usage.set = true;
  const RecorderOptions options{.close_wait = 1ms, .spool = folder.path("usage.spool")};
  { Recorder(client, options).record(all); }
  daemon.start();
  Results results;
  RecorderOptions again = options;
  again.on_result = results.taker();
  Recorder recorder(client, again);
  CHECK(recorder.flush(kHung) == 0);
  REQUIRE(results.all().size() == 1);
  CHECK(results.all()[0].entry == all);
}

TEST_CASE("usage without a time is stamped when it is taken, unless told otherwise") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  Recorder stamped(client, {});
  CHECK(stamped.recordAsync(entry("k1")).get().entry.usage.at_ns > 0);
  Recorder plain(client, {.stamp = Stamp::whenDelivered});
  CHECK(plain.recordAsync(entry("k2")).get().entry.usage.at_ns == 0);
}

}  // namespace
}  // namespace daybook::client
