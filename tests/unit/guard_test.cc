// The guard: the ledger's answer when there is one, else the policy's, and nothing let through
// unseen.
#include <catch2/catch.hpp>
#include <thread>

#include "daybook/guard.h"
#include "tests/support/fake_daemon.h"
#include "tests/support/temporary_directory.h"

namespace daybook::client {
namespace {

using namespace std::chrono_literals;
using test::FakeDaemon;

constexpr auto kHung = 60s;

Usage usage(const std::string& feature, const std::string& quantity) {
  Usage out;
  out.feature = feature;
  out.quantity = quantity;
  return out;
}

GuardOptions options() {
  return {.policies = {{"calls", WhenUnreachable::failOpen, "10"},
                       {"images", WhenUnreachable::failClosed, ""}},
          .timeout = 10s,
          .ask_again_after = 0ms};
}

TEST_CASE("the ledger's answer counts when there is one") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  Recorder recorder(client, {});
  Guard guard(client, recorder, options());
  CHECK(guard.check("acme", usage("calls", "1000")).allowed());
  const Decision no = guard.check("nobody", usage("calls", "1"));
  CHECK_FALSE(no.allowed());
  CHECK(no.reason().name == "unknownCustomer");
  CHECK_FALSE(no.byPolicy());
  CHECK(guard.stats().asked == 2);
  CHECK(guard.record("acme", "k1", usage("calls", "3"), guard.check("acme", usage("calls", "1"))) ==
        Taken::yes);
  CHECK(recorder.flush(kHung) == 0);
  CHECK(daemon.ledger().events().size() == 1);
  CHECK(guard.stats().let_through == 0);
}

TEST_CASE("without a daemon a feature fails closed unless a policy says otherwise") {
  FakeDaemon daemon;
  daemon.stop();
  Client client({.address = daemon.address()});
  Recorder recorder(client, {.close_wait = 1ms});
  Guard guard(client, recorder, options());
  for (const char* feature : {"images", "unheard-of"}) {
    const Decision no = guard.check("acme", usage(feature, "1"));
    CHECK_FALSE(no.allowed());
    CHECK(no.byPolicy());
    CHECK(no.reason().name == "unreachable");
    CHECK_FALSE(no.trouble().empty());
  }
  CHECK(guard.check("acme", usage("calls", "1")).allowed());
  CHECK(guard.stats().failed_closed == 2);
}

TEST_CASE("what is let through stays below the cap, customer by customer") {
  FakeDaemon daemon;
  daemon.stop();
  Client client({.address = daemon.address()});
  Recorder recorder(client, {.close_wait = 1ms});
  Guard guard(client, recorder, options());
  auto first = guard.check("acme", usage("calls", "6.5"));
  CHECK(first.allowed());
  CHECK_FALSE(guard.check("acme", usage("calls", "3.500000000001")).allowed());
  CHECK(guard.check("acme", usage("calls", "3.5")).allowed());  // given up at once
  CHECK(guard.check("globex", usage("calls", "10")).allowed());
  CHECK_FALSE(guard.check("globex", usage("calls", "10.1")).allowed());
  // More than was asked for: recorded, and it takes from the cap.
  CHECK(guard.record("acme", "k1", usage("calls", "9"), std::move(first)) == Taken::yes);
  CHECK_FALSE(guard.check("acme", usage("calls", "2")).allowed());
  CHECK(guard.check("acme", usage("calls", "1")).allowed());
  CHECK_THROWS_AS(guard.check("acme", usage("calls", "many")), Error);
}

TEST_CASE("what was let through is recorded afterwards, reported, and frees the cap") {
  FakeDaemon daemon;
  daemon.stop();
  Client client({.address = daemon.address()});
  Recorder recorder(client, {});
  std::vector<LetThrough> reported;
  GuardOptions guarded = options();
  guarded.on_let_through = [&](const LetThrough& one) { reported.push_back(one); };
  Guard guard(client, recorder, guarded);
  for (const char* customer : {"acme", "nobody"}) {
    guard.record(customer, "k1", usage("calls", "10"), guard.check(customer, usage("calls", "10")));
    CHECK_FALSE(guard.check(customer, usage("calls", "1")).allowed());
  }
  daemon.start();
  CHECK(recorder.flush(kHung) == 0);
  REQUIRE(reported.size() == 2);
  CHECK(reported[0].status == RecordStatus::counted);
  CHECK(reported[0].key == "k1");
  CHECK(reported[0].usage.on_shortfall == OnShortfall::overdraw);
  CHECK(reported[1].status == RecordStatus::refused);
  CHECK(reported[1].outcome.name == "unknownCustomer");
  CHECK(guard.stats().let_through == 2);
  CHECK(guard.stats().let_through_counted == 1);
  CHECK(guard.stats().let_through_not_counted == 1);
  daemon.stop();
  CHECK(guard.check("acme", usage("calls", "10")).allowed());
}

TEST_CASE("usage that the recorder has no room for is reported too") {
  FakeDaemon daemon;
  daemon.stop();
  Client client({.address = daemon.address()});
  Recorder recorder(client, {.queue_entries_max = 1, .close_wait = 1ms});
  std::vector<LetThrough> reported;
  GuardOptions guarded = options();
  guarded.on_let_through = [&](const LetThrough& one) { reported.push_back(one); };
  {
    Guard guard(client, recorder, guarded);
    recorder.record({"acme", "other", usage("calls", "1")});
    auto may = guard.check("acme", usage("calls", "10"));
    CHECK(guard.record("acme", "k1", usage("calls", "10"), std::move(may)) == Taken::full);
    CHECK(guard.stats().let_through_not_counted == 1);
    CHECK(guard.check("acme", usage("calls", "10")).allowed());
  }
  REQUIRE(reported.size() == 1);
  CHECK(reported[0].status == RecordStatus::notTaken);
}

TEST_CASE("tokens count as their sum") {
  FakeDaemon daemon;
  daemon.stop();
  Client client({.address = daemon.address()});
  Recorder recorder(client, {});
  Guard guard(client, recorder, options());
  Usage tokens = usage("calls", "");
  tokens.tokens = Tokens{.model = "m", .total_input = 6, .output = 4, .cache_read = 5};
  CHECK(guard.check("acme", tokens).allowed());
  tokens.tokens = Tokens{.model = "m", .input = 6, .output = 4, .cache_read = 1};
  CHECK_FALSE(guard.check("acme", tokens).allowed());
}

TEST_CASE("a cap that is no decimal is refused") {
  FakeDaemon daemon;
  Client client({.address = daemon.address()});
  Recorder recorder(client, {});
  for (const char* cap : {"", "-1", "1e3"}) {
    CHECK_THROWS_AS(
        Guard(client, recorder, {.policies = {{"calls", WhenUnreachable::failOpen, cap}}}), Error);
  }
}

}  // namespace
}  // namespace daybook::client
