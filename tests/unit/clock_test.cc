#include "daemon/clock.h"

#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

namespace daybook::daemon {
namespace {

constexpr Instant kStart{1'700'000'000'000'000'000};

Instant at(Duration after) { return {kStart.ns + after.ns}; }

// A machine whose clocks the test sets.
struct Machine {
  Instant wall = kStart;
  Duration boot = Duration::hours(5);
  std::ostringstream text;
  spdlog::logger logger{"test", std::make_shared<spdlog::sinks::ostream_sink_st>(text, true)};

  ClockSources sources() {
    return {[this]() { return wall; }, [this]() { return boot; }};
  }
  /// Both clocks go on.
  void pass(Duration time) {
    wall.ns += time.ns;
    boot.ns += time.ns;
  }
  /// Somebody sets the wall clock.
  void set(Duration by) { wall.ns += by.ns; }
};

TEST_CASE("The ledger's time follows the machine's") {
  Machine machine;
  Clock clock(machine.sources(), {}, machine.logger);
  CHECK(clock.now() == kStart);
  machine.pass(Duration::seconds(10));
  CHECK(clock.now() == at(Duration::seconds(10)));
  machine.pass(Duration::days(3));
  CHECK(clock.now() == at(Duration::seconds(3 * 86'400 + 10)));
  CHECK_FALSE(clock.jumped());
  CHECK(machine.text.str().empty());
}

TEST_CASE("It stands still while the machine is behind, says so once, and goes on") {
  Machine machine;
  Clock clock(machine.sources(), at(Duration::minutes(5)), machine.logger);
  CHECK(clock.now() == at(Duration::minutes(5)));
  machine.pass(Duration::minutes(1));
  CHECK(clock.now() == at(Duration::minutes(5)));
  CHECK_THAT(machine.text.str(), Catch::Contains("clock is behind"));
  const std::size_t said = machine.text.str().size();
  clock.now();
  CHECK(machine.text.str().size() == said);
  machine.pass(Duration{Duration::minutes(4).ns + 1});
  CHECK(clock.now() == at(Duration{Duration::minutes(5).ns + 1}));
  CHECK_THAT(machine.text.str(), Catch::Contains("caught up"));
  CHECK_FALSE(clock.jumped());
}

TEST_CASE("A small step back is kept quiet") {
  Machine machine;
  Clock clock(machine.sources(), {}, machine.logger);
  clock.now();
  machine.set(Duration{-500'000'000});
  CHECK(clock.now() == kStart);
  CHECK(machine.text.str().empty());
}

TEST_CASE("A jump of more than an hour stops it until it is confirmed") {
  Machine machine;
  Clock clock(machine.sources(), {}, machine.logger);
  clock.now();
  machine.pass(Duration::seconds(10));
  machine.set(Duration{Duration::hours(1).ns + 1});
  CHECK(clock.now() == kStart);
  CHECK(clock.jumped());
  CHECK_THAT(machine.text.str(), Catch::Contains("jumped"));
  machine.pass(Duration::minutes(10));
  CHECK(clock.now() == kStart);
  // Setting it back does not clear it: somebody has to look.
  machine.set(Duration::hours(-1));
  CHECK(clock.now() == kStart);
  CHECK(clock.jumped());
  const Instant wall = machine.wall;
  CHECK(clock.confirm() == wall);
  CHECK_FALSE(clock.jumped());
  machine.pass(Duration::minutes(1));
  CHECK(clock.now() == machine.wall);
}

TEST_CASE("A jump of an hour sharp, and one beside time that has passed, are none") {
  Machine machine;
  Clock clock(machine.sources(), {}, machine.logger);
  clock.now();
  machine.set(Duration::hours(1));
  CHECK(clock.now() == machine.wall);
  // Nobody read the clock over a weekend.
  machine.pass(Duration::days(3));
  machine.set(Duration::minutes(59));
  CHECK(clock.now() == machine.wall);
  CHECK_FALSE(clock.jumped());
}

TEST_CASE("Setting the clock back and right again is no jump") {
  Machine machine;
  Clock clock(machine.sources(), {}, machine.logger);
  clock.now();
  machine.set(Duration::hours(-5));
  machine.pass(Duration::hours(1));
  CHECK(clock.now() == kStart);
  machine.set(Duration::hours(5));
  CHECK(clock.now() == at(Duration::hours(1)));
  CHECK_FALSE(clock.jumped());
}

TEST_CASE("A start after months is no jump, also when the clock was behind at first") {
  Machine machine;
  machine.set(Duration::days(100));
  Clock clock(machine.sources(), kStart, machine.logger);
  CHECK(clock.now() == at(Duration::days(100)));
  CHECK_FALSE(clock.jumped());
}

TEST_CASE("Confirming a clock that is behind does not turn the ledger's time back") {
  Machine machine;
  Clock clock(machine.sources(), {}, machine.logger);
  clock.now();
  machine.set(Duration::hours(2));
  clock.now();
  REQUIRE(clock.jumped());
  machine.set(Duration::hours(-4));
  CHECK(clock.confirm() == kStart);
  CHECK(clock.now() == kStart);
  CHECK_FALSE(clock.jumped());
}

TEST_CASE("The machine's own clocks are read in nanoseconds") {
  const ClockSources sources = ClockSources::system();
  CHECK(sources.wall() > kStart);
  const Duration before = sources.since_boot();
  CHECK(before > Duration{0});
  CHECK(sources.since_boot() >= before);
}

}  // namespace
}  // namespace daybook::daemon
