// Which models a feature's tokens went to.
#include "ledger/core/model_usage.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "ledger/base/limits.h"
#include "ledger/core/unfit_event.h"
#include "tests/support/terms.h"

namespace daybook::core {
namespace {

using namespace daybook::testing;

ModelUsage call(const std::string& model, std::uint64_t input, std::string_view cost) {
  return {"acme", model, {input, 0, 0, 0}, dec(cost)};
}

TokenTotals sumOf(const std::vector<ModelUsage>& models) {
  TokenTotals sum;
  for (const ModelUsage& usage : models) sum.input += usage.tokens.input;
  return sum;
}

TEST_CASE("calls of one model add up, of two providers' models of one name apart") {
  std::vector<ModelUsage> models;
  addModel(models, call("large", 10, "1"));
  addModel(models, {"other", "large", {5, 1, 2, 3}, dec("0.5")});
  addModel(models, {"acme", "large", {10, 7, 0, 0}, dec("2")});
  CHECK(models == std::vector<ModelUsage>{{"acme", "large", {20, 7, 0, 0}, dec("3")},
                                          {"other", "large", {5, 1, 2, 3}, dec("0.5")}});
}

TEST_CASE("a call that is taken back leaves what was before, and one of no tokens nothing") {
  std::vector<ModelUsage> models;
  addModel(models, call("large", 0, "0"));
  CHECK(models.empty());
  addModel(models, call("large", 10, "1"));
  const std::vector<ModelUsage> before = models;
  addModel(models, call("small", 5, "0.1"));
  addModel(models, call("large", 3, "0.3"));
  removeModel(models, call("large", 3, "0.3"));
  removeModel(models, call("small", 5, "0.1"));
  CHECK(models == before);
  CHECK_THROWS_AS(removeModel(models, call("large", 11, "1.1")), UnfitEvent);
  CHECK_THROWS_AS(removeModel(models, call("small", 5, "0.1")), UnfitEvent);
  CHECK(models == before);
}

TEST_CASE("past their limit models are counted together, and taken back from there") {
  std::vector<ModelUsage> models;
  for (std::size_t i = 0; i < limits::kUsageModelsMax + 3; ++i) {
    addModel(models, call("m" + std::to_string(i), 1, "1"));
  }
  REQUIRE(models.size() == limits::kUsageModelsMax + 1);
  CHECK(models.back() == ModelUsage{"", "", {3, 0, 0, 0}, dec("3")});
  removeModel(models, call("m0", 1, "1"));
  addModel(models, call("m65", 1, "1"));
  CHECK(models.back().cost == dec("4"));
  removeModel(models, call("m65", 1, "1"));
  removeModel(models, call("m65", 1, "1"));
  CHECK(models.back().cost == dec("2"));
  CHECK(sumOf(models).input == limits::kUsageModelsMax + 1);
}

TEST_CASE("a line shows the dearest models, then by name, and the others together at the end") {
  std::vector<ModelUsage> models;
  for (std::size_t i = 0; i < limits::kLineModelsMax; ++i) {
    addModel(models, call("m" + std::to_string(i), i + 1, std::to_string(i / 2)));
  }
  std::vector<ModelUsage> shown = modelsOfLine(models);
  REQUIRE(shown.size() == limits::kLineModelsMax);
  CHECK(shown.front() == call("m4", 5, "2"));
  CHECK(shown.back() == call("m1", 2, "0"));

  addModel(models, call("m6", 100, "3"));
  shown = modelsOfLine(models);
  REQUIRE(shown.size() == limits::kLineModelsMax);
  CHECK(shown.front() == call("m6", 100, "3"));
  CHECK(shown.back() == ModelUsage{"", "", {3, 0, 0, 0}, dec("0")});
  CHECK(sumOf(shown) == sumOf(models));
}

TEST_CASE("what was counted together stays the last of a line, however dear") {
  std::vector<ModelUsage> models;
  for (std::size_t i = 0; i <= limits::kUsageModelsMax; ++i) {
    addModel(models, call("m" + std::to_string(i), 1, i == limits::kUsageModelsMax ? "99" : "1"));
  }
  const std::vector<ModelUsage> shown = modelsOfLine(models);
  REQUIRE(shown.size() == limits::kLineModelsMax);
  CHECK(shown.back().model.empty());
  CHECK(sumOf(shown) == sumOf(models));
}

}  // namespace
}  // namespace daybook::core
