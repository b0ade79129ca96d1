#include "ledger/model/outcome.h"

#include <catch2/catch.hpp>

#include <set>
#include <string>

namespace daybook {
namespace {

constexpr std::uint16_t kLast = static_cast<std::uint16_t>(Outcome::tooManyWatches);

TEST_CASE("every outcome has a name of its own that leads back to it") {
  std::set<std::string_view> names;
  for (std::uint16_t number = 0; number <= kLast; ++number) {
    const auto outcome = static_cast<Outcome>(number);
    INFO("outcome " << number);
    const std::string_view name = outcomeName(outcome);
    CHECK(name != "unknown");
    CHECK(names.insert(name).second);
    CHECK(outcomeFromName(name) == outcome);
  }
}

TEST_CASE("outcomes have the numbers that clients have stored") {
  CHECK(static_cast<int>(Outcome::ok) == 0);
  CHECK(static_cast<int>(Outcome::keyReused) == 10);
  CHECK(static_cast<int>(Outcome::unknownModel) == 16);
  CHECK(static_cast<int>(Outcome::noSubscription) == 26);
  CHECK(static_cast<int>(Outcome::insufficientCredits) == 39);
  CHECK(static_cast<int>(Outcome::invalidCatalog) == 41);
  CHECK(static_cast<int>(Outcome::unavailable) == 47);
  CHECK(kLast == 71);
  CHECK(outcomeName(Outcome::insufficientCredits) == "insufficientCredits");
}

TEST_CASE("a number or name of a newer version is not taken for another outcome") {
  const auto newer = static_cast<Outcome>(kLast + 1);
  CHECK(outcomeName(newer) == "unknown");
  CHECK_FALSE(outcomeText(newer).empty());
  CHECK_FALSE(outcomeFromName("unknown").has_value());
  CHECK_FALSE(outcomeFromName("").has_value());
  CHECK_FALSE(outcomeFromName("OK").has_value());
}

TEST_CASE("every outcome is explained in one sentence or two for people") {
  for (std::uint16_t number = 0; number <= kLast; ++number) {
    const std::string_view text = outcomeText(static_cast<Outcome>(number));
    INFO(text);
    REQUIRE(text.size() > 3);
    CHECK(text.back() == '.');
    CHECK((text.front() >= 'A' && text.front() <= 'Z'));
  }
}

TEST_CASE("only the verdict ok is ok") {
  CHECK(Verdict{}.isOk());
  CHECK_FALSE((Verdict{Outcome::tooOld, ""}).isOk());
}

}  // namespace
}  // namespace daybook
