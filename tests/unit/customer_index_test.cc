#include "ledger/core/customer_index.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace daybook::core {
namespace {

CustomerNumber numberOf(std::size_t index) {
  return CustomerNumber(static_cast<std::uint32_t>(index + 1));
}

TEST_CASE("Every customer is found by its id, and nobody else") {
  std::vector<std::string> ids;
  CustomerIndex index;
  const auto find = [&](const std::string& id) {
    return index.find(id, [&](CustomerNumber number) { return ids[number.value - 1] == id; });
  };
  CHECK(find("").isNone());
  for (std::size_t i = 0; i < 50'000; ++i) {
    const std::string id = "customer-" + std::to_string(i);
    index.prefetch(id);
    if (!find(id).isNone()) FAIL("found before it is there: " << id);
    ids.push_back(id);
    index.insert(id, numberOf(i));
    if (find(id) != numberOf(i)) FAIL("not found: " << id);
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (find(ids[i]) != numberOf(i)) FAIL("not found after growing: " << ids[i]);
  }
  CHECK(find("customer-50000").isNone());
}

TEST_CASE("Customers with the same hash are told apart by what they are asked") {
  // The index does not know ids: two numbers under one id have one hash.
  CustomerIndex index;
  index.insert("acme", CustomerNumber(1));
  index.insert("acme", CustomerNumber(2));
  const auto find = [&](std::uint32_t wanted) {
    return index.find("acme", [wanted](CustomerNumber number) { return number.value == wanted; });
  };
  CHECK(find(1) == CustomerNumber(1));
  CHECK(find(2) == CustomerNumber(2));
  CHECK(find(3).isNone());
}

}  // namespace
}  // namespace daybook::core
