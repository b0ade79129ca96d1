// The core against its naive twin (tests/twin), over random lives of a few customers.
//
// DAYBOOK_TWIN_COMMANDS says how many commands are compared, about: a million in the nightly run.
#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/twin/laws.h"
#include "tests/twin/race.h"

namespace rc {

template <>
struct Arbitrary<daybook::twin::Step> {
  static Gen<daybook::twin::Step> arbitrary() {
    using daybook::twin::Step;
    const auto number = [](int below) { return gen::resize(kNominalSize, gen::inRange(0, below)); };
    const int below = daybook::twin::kNumbersBelow;
    return gen::build<Step>(gen::set(&Step::gap, number(below)),
                            gen::set(&Step::who, number(daybook::twin::kCustomers)),
                            gen::set(&Step::what, number(100)), gen::set(&Step::a, number(below)),
                            gen::set(&Step::b, number(below)), gen::set(&Step::c, number(below)));
  }
};

template <>
struct Arbitrary<daybook::twin::Scenario> {
  static Gen<daybook::twin::Scenario> arbitrary() {
    using daybook::twin::Scenario;
    using daybook::twin::Step;
    const auto number = [](int below) { return gen::resize(kNominalSize, gen::inRange(0, below)); };
    return gen::build<Scenario>(
        gen::set(&Scenario::settings, number(24)), gen::set(&Scenario::plans, number(5'000)),
        gen::set(&Scenario::moving, number(5'000)),
        gen::set(&Scenario::steps,
                 gen::scale(3.0, gen::container<std::vector<Step>>(gen::arbitrary<Step>()))));
  }
};

}  // namespace rc

namespace daybook::twin {

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << "{" << step.gap << ", " << step.who << ", " << step.what << ", " << step.a << ", "
             << step.b << ", " << step.c << "}";
}
std::ostream& operator<<(std::ostream& out, const Scenario& scenario) {
  out << "{" << scenario.settings << ", " << scenario.plans << ", " << scenario.moving << ", {";
  for (const Step& step : scenario.steps) out << step << ", ";
  return out << "}}";
}

}  // namespace daybook::twin

namespace {

using daybook::twin::brokenLaw;
using daybook::twin::Race;
using daybook::twin::Scenario;

/// Steps in a scenario on the average: RapidCheck grows them from none to three hundred.
constexpr int kStepsInMiddle = 75;

int scenarios() {
  const char* commands = std::getenv("DAYBOOK_TWIN_COMMANDS");
  const int wanted = commands == nullptr ? 15'000 : std::atoi(commands);
  return std::max(1, wanted / kStepsInMiddle);
}

std::string raced(const Race& race, std::string difference) {
  return race.story() + "\nDIFFERENCE: " + difference;
}

/// What the child tells its parent when an invariant breaks.
const Race* running_race = nullptr;
int pipe_to_parent = -1;

void tell(const std::string& text) {
  std::size_t told = 0;
  while (told < text.size()) {
    const ssize_t written = write(pipe_to_parent, text.data() + told, text.size() - told);
    if (written <= 0) return;
    told += static_cast<std::size_t>(written);
  }
}

void onAbort(int) {
  if (running_race != nullptr) tell(raced(*running_race, "aborted in the step after these"));
  _exit(1);
}

std::string race(const Scenario& scenario) {
  Race race(scenario);
  running_race = &race;
  if (race.begun()) return raced(race, *race.begun());
  int taken = 0;
  for (const daybook::twin::Step& step : scenario.steps) {
    auto difference = race.take(step);
    ++taken;
    const bool look = taken % 5 == 0 || taken == static_cast<int>(scenario.steps.size());
    if (!difference && look) difference = race.compareAll();
    if (difference) return raced(race, *difference);
  }
  if (const auto law = brokenLaw(race.ledger())) return raced(race, *law);
  return {};
}

/// The difference, or nothing. In a process of its own, so that a scenario that breaks an invariant
/// shrinks as any other does.
std::string raceApart(const Scenario& scenario) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    pipe_to_parent = ends[1];
    std::signal(SIGABRT, onAbort);
    try {
      tell(race(scenario));
    } catch (const std::exception& trouble) {
      tell(std::string("an exception: ") + trouble.what());
    }
    _exit(0);
  }
  close(ends[1]);
  std::string told;
  char buffer[4096];
  for (ssize_t count = 0; (count = read(ends[0], buffer, sizeof buffer)) > 0;) {
    told.append(buffer, static_cast<std::size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0 && told.empty()) return "the process ended with status " + std::to_string(status);
  return told;
}

}  // namespace

TEST_CASE("the core answers as its naive twin does, and keeps the laws") {
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.maxSuccess = scenarios();
  const auto result = rc::detail::checkTestable(
      [](const Scenario& scenario) {
        const std::string difference = raceApart(scenario);
        if (!difference.empty()) RC_FAIL(difference);
      },
      rc::detail::TestMetadata(), params);
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  INFO(text.str());
  CHECK(result.is<rc::detail::SuccessResult>());
}
