#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "ledger/base/stable_vector.h"

namespace daybook {
namespace {

using Texts = StableVector<std::string>;

std::string textOf(std::size_t i) { return "text " + std::to_string(i); }

Texts textsUpTo(std::size_t count) {
  Texts texts;
  for (std::size_t i = 0; i < count; ++i) texts.push_back(textOf(i));
  return texts;
}

}  // namespace

TEST_CASE("Elements stay where they are while a stable vector grows") {
  Texts texts;
  std::vector<const std::string*> places;
  for (std::size_t i = 0; i < 3 * Texts::kChunk + 7; ++i) {
    places.push_back(&texts.emplace_back(textOf(i)));
  }
  REQUIRE(texts.size() == places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    REQUIRE(&texts[i] == places[i]);
    REQUIRE(texts[i] == textOf(i));
  }
  CHECK(&texts.back() == places.back());
}

TEST_CASE("A copy of a stable vector is equal, apart, and as stable") {
  for (const std::size_t count :
       {std::size_t{0}, std::size_t{5}, Texts::kChunk, 2 * Texts::kChunk + 1}) {
    const Texts texts = textsUpTo(count);
    Texts copy = texts;
    CHECK(copy == texts);
    const std::string* const first = &copy.emplace_back("more");
    CHECK_FALSE(copy == texts);
    for (std::size_t i = 0; i < Texts::kChunk; ++i) copy.push_back(textOf(i));
    CHECK(&copy[count] == first);
    CHECK(texts.size() == count);
    copy = texts;
    CHECK(copy == texts);
  }
}

TEST_CASE("A stable vector that was moved from is empty") {
  Texts texts = textsUpTo(3);
  const std::string* const first = &texts[0];
  const Texts moved = std::move(texts);
  CHECK(&moved[0] == first);
  CHECK(texts.empty());  // NOLINT(bugprone-use-after-move): what is tested
}

TEST_CASE("A stable vector is gone through in order") {
  std::size_t next = 0;
  for (const std::string& text : textsUpTo(Texts::kChunk + 3)) CHECK(text == textOf(next++));
  CHECK(next == Texts::kChunk + 3);
}

}  // namespace daybook
