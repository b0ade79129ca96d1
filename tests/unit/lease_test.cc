// Leases against a ledger in service: nobody overspends, whatever is lost, late or away.
#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

#include "client/src/lease_engine.h"
#include "daybook/error.h"
#include "tests/support/served_ledger.h"

namespace daybook::client {
namespace {

using namespace std::chrono_literals;
using daybook::testing::RunningLedger;
using daybook::testing::ServedLedger;

constexpr auto kHung = 60s;

/// A clock that the test moves, and steps that it waits for.
class World final : public LeaseWorld {
 public:
  std::int64_t now() const override { return now_; }
  void reached(LeaseStep step) override {
    if (at_step) at_step(step);
    {
      const std::lock_guard lock(mutex_);
      ++counts_[static_cast<std::size_t>(step)];
    }
    changed_.notify_all();
  }

  /// Set before the lease is made.
  std::function<void(LeaseStep)> at_step;

  void advance(std::chrono::nanoseconds by) { now_ += by.count(); }
  /// Until the step was reached `count` times.
  void wait(LeaseStep step, int count = 1) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kHung,
                              [&] { return counts_[static_cast<std::size_t>(step)] >= count; }));
  }

 private:
  std::atomic<std::int64_t> now_{1'000'000'000'000};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<int, 10> counts_{};  // guarded by mutex_
};

RecorderOptions recording(const std::string& spool = {}) {
  RecorderOptions options;
  options.batch_age_max = 1ms;
  options.stamp = Stamp::whenDelivered;
  options.spool = spool;
  return options;
}

LeaseOptions leasing(const std::string& block, const std::string& file = {}) {
  LeaseOptions options{.customer = "acme", .feature = "work", .block = block};
  options.ttl = 30s;
  options.report_interval = 5ms;
  options.refused_wait = 1ms;
  options.call_timeout = std::chrono::milliseconds(kHung);
  options.stamp = Stamp::whenDelivered;  // the ledger's clock is set by hand
  options.file = file;
  return options;
}

/// "acme" has so many credits.
struct Service {
  explicit Service(std::int64_t credits) {
    ledger.run([credits](RunningLedger& running) { sellWork(running, "acme", credits); });
    client.emplace(Options{.address = ledger.address(), .token = {}});
  }

  /// Units used; credits available, held, owed.
  std::string account() {
    const auto balance = client->balance("acme").value;
    const CreditBalance& credits = *balance.credits;
    const std::string held = credits.held.empty() ? "0" : credits.held;
    return balance.features.at(0).used + " used, " + credits.available + " left, " + held +
           " held, " + credits.debt + " owed";
  }
  std::vector<std::string> holds() {
    std::vector<std::string> keys;
    for (const Hold& hold : client->holds("acme").value.items) keys.push_back(hold.key);
    return keys;
  }
  void moveClock(std::chrono::nanoseconds after_start) {
    REQUIRE(client->moveClock(newKey(), RunningLedger::kStart.ns + after_start.count()).ok());
  }

  ServedLedger ledger;
  std::optional<Client> client;
  World world;
  test::TemporaryDirectory files;
};

void consume(LeaseEngine& lease, int count) {
  for (int i = 0; i < count; ++i) REQUIRE(lease.tryConsume(1));
}

/// Until a call about a hold got no answer; the next comes when the clock is moved.
void waitForTrouble(LeaseEngine& lease) {
  while (lease.stats().trouble.empty()) std::this_thread::yield();
}

/// Until the ledger refused a block; the next is asked for when the clock is moved.
void waitForRefusal(LeaseEngine& lease) {
  while (lease.stats().refused == 0) std::this_thread::yield();
}

/// Consumes until the ledger gives no more. Gives how much.
std::int64_t consumeAll(LeaseEngine& lease) {
  std::int64_t consumed = 0;
  for (;;) {
    const bool is_last = lease.stats().refused > 0;
    while (lease.tryConsume(1)) ++consumed;
    if (is_last) return consumed;
    lease.waitForBlock(1ms);
  }
}

ErrorKind errorOf(const std::function<void()>& call, std::string* text = nullptr) {
  try {
    call();
  } catch (const Error& error) {
    if (text != nullptr) *text = error.what();
    return error.kind();
  }
  FAIL("nothing was thrown");
  return ErrorKind::failed;
}

}  // namespace

TEST_CASE("a lease consumes what it holds, reports it and gives back the rest") {
  Service service(1'000);
  Recorder recorder(*service.client, recording());
  {
    Lease lease(*service.client, recorder, leasing("100"));
    REQUIRE(lease.waitForBlock(kHung));
    CHECK(service.account() == "0 used, 900 left, 100 held, 0 owed");
    CHECK(lease.tryConsume(lease.steps("30")));
    CHECK_FALSE(lease.tryConsume(71));
    CHECK(lease.stats().taken >= 1);
  }
  CHECK(service.account() == "30 used, 970 left, 0 held, 0 owed");
  CHECK(service.holds().empty());
  CHECK(recorder.stats().past_hold == 0);
}

TEST_CASE("quantities are whole steps of the lease's digits") {
  Service service(1'000);
  Recorder recorder(*service.client, recording());
  {
    LeaseOptions options = leasing("1.5");
    options.digits = 2;
    LeaseEngine lease(*service.client, recorder, options, service.world);
    CHECK(lease.steps("0.25") == 25);
    CHECK(errorOf([&] { lease.steps("0.255"); }) == ErrorKind::invalidArgument);
    CHECK(errorOf([&] { lease.steps("-1"); }) == ErrorKind::invalidArgument);
    REQUIRE(lease.waitForBlock(kHung));
    CHECK(lease.tryConsume(lease.steps("0.25")));
  }
  CHECK(service.account() == "0.25 used, 999.75 left, 0 held, 0 owed");
}

TEST_CASE("the next block is there before this one runs dry") {
  Service service(1'000);
  Recorder recorder(*service.client, recording());
  LeaseOptions options = leasing("100");
  options.refill_below = "40";
  LeaseEngine lease(*service.client, recorder, options, service.world);
  for (int block = 1; block <= 5; ++block) {
    service.world.wait(LeaseStep::opened, block);
    consume(lease, block == 1 ? 61 : 100);
  }
  CHECK(lease.stats().refused == 0);
}

TEST_CASE("threads consume together what was granted, and no more") {
  Service service(250);
  Recorder recorder(*service.client, recording());
  std::atomic<std::int64_t> consumed = 0;
  {
    LeaseEngine lease(*service.client, recorder, leasing("40"), service.world);
    REQUIRE(lease.waitForBlock(kHung));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] { consumed += consumeAll(lease); });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(lease.stats().refused >= 1);
    CHECK(lease.stats().trouble == "insufficientCredits");
  }
  CHECK(consumed == 250);
  CHECK(service.account() == "250 used, 0 left, 0 held, 0 owed");
}

TEST_CASE("two leases never consume the same credit") {
  Service service(100);
  Recorder recorder(*service.client, recording());
  std::int64_t consumed = 0;
  {
    World other;
    LeaseEngine first(*service.client, recorder, leasing("70"), service.world);
    LeaseEngine second(*service.client, recorder, leasing("70"), other);
    REQUIRE(first.waitForBlock(kHung));
    REQUIRE(second.waitForBlock(kHung));
    consumed = consumeAll(first) + consumeAll(second);
  }
  CHECK(consumed == 100);
  CHECK(service.account() == "100 used, 0 left, 0 held, 0 owed");
}

TEST_CASE("nothing is consumed in the last 10 s before a hold ends") {
  Service service(1'000);
  Recorder recorder(*service.client, recording());
  {
    LeaseEngine lease(*service.client, recorder, leasing("100"), service.world);
    service.world.wait(LeaseStep::opened);
    service.ledger.stop();  // it cannot be extended
    service.world.advance(20s - 1ns);
    CHECK(lease.tryConsume(1));
    service.world.advance(1ns);
    CHECK_FALSE(lease.tryConsume(1));
    CHECK_FALSE(lease.tryConsume(0));
    service.world.wait(LeaseStep::ended);
    service.ledger.start();
  }
  CHECK(service.account() == "1 used, 999 left, 0 held, 0 owed");
}

TEST_CASE("an extended hold counts from before the extension was sent") {
  Service service(1'000);
  Recorder recorder(*service.client, recording());
  LeaseEngine lease(*service.client, recorder, leasing("100"), service.world);
  service.world.wait(LeaseStep::opened);
  service.world.advance(15s);
  service.world.wait(LeaseStep::extended);
  service.ledger.stop();
  service.world.advance(20s - 1ns);
  CHECK(lease.tryConsume(1));
  service.world.advance(1ns);
  CHECK_FALSE(lease.tryConsume(1));
  service.ledger.start();
}

TEST_CASE("a block is consumed without a daemon, and reported when it is back") {
  Service service(1'000);
  Recorder recorder(*service.client, recording());
  {
    LeaseEngine lease(*service.client, recorder, leasing("100"), service.world);
    service.world.wait(LeaseStep::opened);
    service.ledger.stop();
    consume(lease, 100);
    CHECK_FALSE(lease.tryConsume(1));
    waitForTrouble(lease);
    service.ledger.start();
    service.world.advance(1s);
    REQUIRE(lease.waitForBlock(kHung));
    consume(lease, 1);
  }
  CHECK(service.account() == "101 used, 899 left, 0 held, 0 owed");
  CHECK(recorder.stats().past_hold == 0);
}

TEST_CASE("a lease without a daemon ends in time, and its holds by themselves") {
  Service service(1'000);
  Recorder recorder(*service.client, [] {
    RecorderOptions options = recording();
    options.close_wait = 1ms;
    return options;
  }());
  {
    LeaseOptions options = leasing("100");
    options.call_timeout = 50ms;
    LeaseEngine lease(*service.client, recorder, options, service.world);
    service.world.wait(LeaseStep::opened);
    service.ledger.stop();
    consume(lease, 10);
  }
  service.ledger.start();
  service.moveClock(60s);
  CHECK(service.holds().empty());
}

TEST_CASE("a hold whose answer is lost is taken up by its key") {
  Service service(1'000);
  Recorder recorder(*service.client, recording());
  service.ledger.run([](RunningLedger& running) { running.hold(); });
  {
    LeaseEngine lease(*service.client, recorder, leasing("100"), service.world);
    bool is_decided = false;
    while (!is_decided) {
      service.ledger.run([&](RunningLedger& running) {
        is_decided = !running.pipeline().state().find("acme")->holds.empty();
      });
    }
    service.ledger.stop();
    waitForTrouble(lease);
    service.ledger.run([](RunningLedger& running) { running.release(); });
    service.ledger.start();
    service.world.advance(1s);
    REQUIRE(lease.waitForBlock(kHung));
    CHECK(service.holds().size() == 1);
    consume(lease, 1);
  }
  CHECK(service.account() == "1 used, 999 left, 0 held, 0 owed");
}

TEST_CASE("a block that is refused is halved down to the least that is wanted") {
  Service service(100);
  Recorder recorder(*service.client, recording());
  LeaseOptions options = leasing("400");
  options.block_min = "30";
  {
    LeaseEngine lease(*service.client, recorder, options, service.world);
    REQUIRE(lease.waitForBlock(kHung));
    CHECK(lease.stats().left == "100");
  }
  CHECK(service.client->record("acme", "k", {.feature = "work", .quantity = "75"}).ok());
  LeaseEngine lease(*service.client, recorder, options, service.world);
  waitForRefusal(lease);
  CHECK_FALSE(lease.waitForBlock(0ms));
  CHECK(lease.stats().trouble == "insufficientCredits");
}

TEST_CASE("a hold that somebody else ended is consumed no more once a report finds out") {
  Service service(1'000);
  Recorder recorder(*service.client, recording());
  {
    LeaseEngine lease(*service.client, recorder, leasing("100"), service.world);
    service.world.wait(LeaseStep::opened);
    REQUIRE(service.client->releaseHold("acme", "r", service.holds().at(0)).ok());
    consume(lease, 5);
    service.world.wait(LeaseStep::closed);
    CHECK(lease.stats().past_hold == 1);
    CHECK(lease.stats().not_counted == 0);
  }
  CHECK(service.account() == "5 used, 995 left, 0 held, 0 owed");
  CHECK(recorder.stats().past_hold == 1);
}

TEST_CASE("a hold that somebody else ended is consumed no more once it cannot be extended") {
  Service service(1'000);
  Recorder recorder(*service.client, recording());
  LeaseEngine lease(*service.client, recorder, leasing("100"), service.world);
  service.world.wait(LeaseStep::opened);
  REQUIRE(service.client->releaseHold("acme", "r", service.holds().at(0)).ok());
  service.world.advance(15s);
  service.world.wait(LeaseStep::ended);  // of the first block, without any report
  CHECK(lease.stats().past_hold == 0);
}

TEST_CASE("a hold as old as one may be gives way to the next before it ends") {
  Service service(1'000);
  Recorder recorder(*service.client, recording());
  LeaseOptions options = leasing("100");
  options.ttl = std::chrono::hours(24);
  LeaseEngine lease(*service.client, recorder, options, service.world);
  service.world.wait(LeaseStep::opened);
  service.moveClock(std::chrono::hours(12));
  service.world.advance(std::chrono::hours(12));
  service.world.wait(LeaseStep::opened, 2);
  CHECK(lease.stats().left == "200");
}

TEST_CASE("usage that is reported after its hold expired is recorded in full, and said so") {
  Service service(100);
  Recorder recorder(*service.client, recording());
  std::mutex mutex;
  std::vector<RecordResult> results;
  {
    LeaseOptions options = leasing("100");
    options.on_report = [&](const RecordResult& result) {
      const std::lock_guard lock(mutex);
      results.push_back(result);
    };
    LeaseEngine lease(*service.client, recorder, options, service.world);
    service.world.wait(LeaseStep::opened);
    service.ledger.stop();
    consume(lease, 40);
    service.ledger.run([](RunningLedger& running) {
      running.give("", MoveClock{RunningLedger::kStart + Duration::minutes(1)});
      RecordUsage usage;
      usage.feature = "work";
      usage.quantity = Decimal::fromInteger(90);
      running.give("acme", usage);
    });
    service.ledger.start();
  }
  CHECK(service.account() == "130 used, -30 left, 0 held, 30 owed");
  std::string sum = "0";
  REQUIRE_FALSE(results.empty());
  for (const RecordResult& result : results) {
    CHECK(result.status == RecordStatus::counted);
    CHECK(result.past_hold);
  }
  CHECK(recorder.stats().past_hold == results.size());
}

// The process before has reported what it consumed, as far as it could see: the reports are in its
// spool, and not sent when the next one opens the files.
TEST_CASE("the end of a hold waits for the reports that a dead process left in the spool") {
  Service service(100);
  const std::string spool = service.files.path("usage.spool");
  const std::string file = service.files.path("calls.lease");
  const std::string dead = service.files.path("dead");
  // The way to the ledger that dies with the first process.
  const std::string way = service.files.path("way.sock");
  const std::string ledger = service.ledger.address().substr(std::string("unix:").size());
  std::filesystem::create_symlink(ledger, way);
  Client first_client({.address = "unix:" + way, .token = {}});
  Recorder first_recorder(first_client, recording(spool));
  service.world.at_step = [&](LeaseStep step) {
    if (step != LeaseStep::reported) return;
    std::filesystem::copy_file(spool, dead + ".spool");
    std::filesystem::copy_file(file, dead + ".lease");
  };
  LeaseEngine first(first_client, first_recorder, leasing("100", file), service.world);
  service.world.wait(LeaseStep::opened);
  service.ledger.stop();
  std::filesystem::remove(way);
  REQUIRE(first.tryConsume(100));
  service.world.wait(LeaseStep::reported);
  service.ledger.start();

  RecorderOptions slow = recording(dead + ".spool");
  slow.batch_age_max = std::chrono::hours(1);
  Recorder recorder(*service.client, slow);
  {
    World world;
    LeaseEngine next(*service.client, recorder, leasing("100", dead + ".lease"), world);
    while (next.stats().refused < 3) {
      CHECK_FALSE(next.waitForBlock(1ms));
      world.advance(100ms);
    }
  }
  CHECK(service.account() == "100 used, 0 left, 0 held, 0 owed");
  CHECK(recorder.stats().past_hold == 0);
  CHECK(recorder.stats().counted >= 2);
  CHECK(service.holds().empty());
  // The first one's objects live: they find everything counted.
  std::filesystem::create_symlink(ledger, way);
}

TEST_CASE("a usage that an attempt before recorded past its hold is not refused") {
  Service service(100);
  REQUIRE(
      service.client->placeHold("acme", "hold", {.items = {{.feature = "work", .quantity = "10"}}})
          .ok());
  REQUIRE(service.client->releaseHold("acme", "end", "hold").ok());
  UsageEntry entry{
      .customer = "acme", .key = "hold:0", .usage = {.feature = "work", .quantity = "3"}};
  Recorder recorder(*service.client, recording());
  for (std::uint64_t time = 1; time <= 2; ++time) {
    std::promise<RecordResult> promise;
    REQUIRE(recorder.useHold("hold", entry, [&](const RecordResult& result) {
      promise.set_value(result);
    }) == Taken::yes);
    const RecordResult result = promise.get_future().get();
    CHECK(result.status == RecordStatus::counted);
    CHECK(result.past_hold);
    CHECK(recorder.stats().past_hold == time);
  }
  CHECK(service.account() == "3 used, 97 left, 0 held, 0 owed");
  // Other contents under the same key stay refused.
  entry.usage.quantity = "4";
  std::promise<RecordResult> promise;
  recorder.useHold("hold", entry, [&](const RecordResult& result) { promise.set_value(result); });
  const RecordResult result = promise.get_future().get();
  CHECK(result.status == RecordStatus::refused);
  CHECK(result.outcome.name == "keyReused");
}

TEST_CASE("a hold is released behind the usage out of it, in memory and in a spool") {
  for (const bool durable : {false, true}) {
    Service service(100);
    Recorder recorder(*service.client, recording(durable ? service.files.path("spool") : ""));
    REQUIRE(service.client
                ->placeHold("acme", "hold", {.items = {{.feature = "work", .quantity = "90"}}})
                .ok());
    service.ledger.stop();
    for (int i = 0; i < 9; ++i) {
      UsageEntry entry{.customer = "acme",
                       .key = "u" + std::to_string(i),
                       .usage = {.feature = "work", .quantity = "9"}};
      REQUIRE(recorder.useHold("hold", std::move(entry)) == Taken::yes);
      // Of no hold: not in the way of the order.
      UsageEntry other{.customer = "acme",
                       .key = "o" + std::to_string(i),
                       .usage = {.feature = "work", .quantity = "1"}};
      REQUIRE(recorder.record(std::move(other)) == Taken::yes);
    }
    REQUIRE(recorder.releaseHold("acme", "end", "hold") == Taken::yes);
    REQUIRE(recorder.releaseHold("acme", "again", "hold") == Taken::yes);
    service.ledger.start();
    REQUIRE(recorder.flush(kHung) == 0);
    CHECK(service.account() == "90 used, 10 left, 0 held, 0 owed");
    CHECK(recorder.stats().counted == 20);
    CHECK(recorder.stats().past_hold == 0);
  }
}

TEST_CASE("a lease's file belongs to one lease of one customer and feature, and shows damage") {
  Service service(1'000);
  const std::string path = service.files.path("calls.lease");
  Recorder recorder(*service.client, recording(service.files.path("usage.spool")));
  const auto open = [&](const LeaseOptions& options) {
    return errorOf([&] { LeaseEngine(*service.client, recorder, options, service.world); });
  };
  {
    LeaseEngine lease(*service.client, recorder, leasing("100", path), service.world);
    CHECK(open(leasing("100", path)) == ErrorKind::invalidArgument);
  }
  LeaseOptions other = leasing("100", path);
  other.properties = {{"region", "eu"}};
  CHECK(open(other) == ErrorKind::invalidArgument);
  other = leasing("100", path);
  other.digits = 1;
  CHECK(open(other) == ErrorKind::invalidArgument);
  CHECK(open(leasing("100", service.files.write("foreign", "no lease"))) ==
        ErrorKind::invalidArgument);
  {
    // A held block of which more is reported than was consumed.
    std::fstream damaged(path, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(65'536);
    const std::array<std::int64_t, 3> counts{90, 100, 11};
    damaged.write(reinterpret_cast<const char*>(counts.data()), sizeof counts);
    damaged.seekp(65'536 + 72);
    const std::int64_t held = 2;
    damaged.write(reinterpret_cast<const char*>(&held), sizeof held);
  }
  CHECK(open(leasing("100", path)) == ErrorKind::failed);
  Recorder in_memory(*service.client, recording());
  CHECK(errorOf([&] {
          Lease(*service.client, in_memory, leasing("100", service.files.path("new")));
        }) == ErrorKind::invalidArgument);
}

TEST_CASE("options out of range are refused") {
  Service service(1'000);
  Recorder recorder(*service.client, recording());
  const auto refuses = [&](auto change) {
    LeaseOptions options = leasing("100");
    change(options);
    return errorOf([&] { Lease(*service.client, recorder, options); }) ==
           ErrorKind::invalidArgument;
  };
  CHECK(refuses([](LeaseOptions& options) { options.block = "0"; }));
  CHECK(refuses([](LeaseOptions& options) { options.block = "1.5"; }));
  CHECK(refuses([](LeaseOptions& options) { options.block = "1000000000000000001"; }));
  CHECK(refuses([](LeaseOptions& options) { options.block_min = "101"; }));
  CHECK(refuses([](LeaseOptions& options) { options.block_min = "0"; }));
  CHECK(refuses([](LeaseOptions& options) { options.refill_below = "-1"; }));
  CHECK(refuses([](LeaseOptions& options) { options.digits = 13; }));
  CHECK(refuses([](LeaseOptions& options) { options.ttl = 29s; }));
  CHECK(refuses([](LeaseOptions& options) { options.ttl = std::chrono::hours(25); }));
  CHECK(refuses([](LeaseOptions& options) { options.report_interval = 0ms; }));
}

}  // namespace daybook::client
