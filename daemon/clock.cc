#include "daemon/clock.h"

#include <ctime>
#include <utility>

#include "ledger/base/check.h"

namespace daybook::daemon {
namespace {

std::int64_t readNs(clockid_t clock) {
  timespec time{};
  CHECK(::clock_gettime(clock, &time) == 0, "the kernel has this clock");
  return Duration::seconds(time.tv_sec).ns + time.tv_nsec;
}

}  // namespace

ClockSources ClockSources::system() {
  return {[]() { return Instant{readNs(CLOCK_REALTIME)}; },
          []() { return Duration{readNs(CLOCK_BOOTTIME)}; }};
}

Clock::Clock(ClockSources sources, Instant recorded, spdlog::logger& log)
    : sources_(std::move(sources)), log_(log), now_(recorded), since_boot_(sources_.since_boot()) {}

Instant Clock::now() {
  if (jumped_) return now_;
  const Instant wall = sources_.wall();
  const Duration since_boot = sources_.since_boot();
  if (wall <= now_) {
    noteBehind(wall);
    return now_;
  }
  const Duration ahead = {(wall - now_).ns - (since_boot.ns - since_boot_.ns)};
  if (started_ && ahead > kJumpLimit) {
    jumped_ = true;
    log_.error(
        "the clock jumped from {} to {}, {} more than has passed: nothing is decided until"
        " the clock is confirmed",
        now_.toString(), wall.toString(), ahead.toString());
    return now_;
  }
  if (behind_) {
    behind_ = false;
    log_.info("the clock has caught up with the ledger: it is {}", wall.toString());
  }
  started_ = true;
  now_ = wall;
  since_boot_ = since_boot;
  return now_;
}

void Clock::noteBehind(Instant wall) {
  if (behind_ || now_ - wall < kBehindLimit) return;
  behind_ = true;
  log_.warn(
      "the clock is behind: it says {}, and the ledger is at {}; its time stands still until"
      " then",
      wall.toString(), now_.toString());
}

Instant Clock::confirm() {
  const Instant wall = sources_.wall();
  if (jumped_) log_.warn("the clock was confirmed: it is {}", wall.toString());
  jumped_ = false;
  started_ = true;
  if (wall > now_) {
    now_ = wall;
    since_boot_ = sources_.since_boot();
  }
  return now_;
}

}  // namespace daybook::daemon
