#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

#include "ledger/core/draw.h"
#include "tests/support/terms.h"

using daybook::Decimal;
using daybook::Draw;
using daybook::Duration;
using daybook::FeatureNumber;
using daybook::Grant;
using daybook::GrantKind;
using daybook::GrantNumber;
using daybook::Instant;
using daybook::core::coversInstant;
using daybook::core::drawable;
using daybook::core::drawFrom;
using daybook::core::drawnBefore;
using daybook::core::DrawScope;
using daybook::core::mayPay;
using daybook::core::putBack;
using daybook::testing::dec;
using daybook::testing::when;

namespace {

const FeatureNumber kImages(1);
const FeatureNumber kVideos(2);
const Instant kNow = when("2026-01-15");

Grant grant(std::uint32_t number, std::string_view remaining = "10") {
  Grant grant;
  grant.number = GrantNumber(number);
  grant.kind = GrantKind::purchased;
  grant.credits = dec(remaining);
  grant.remaining = dec(remaining);
  grant.effective = when("2026-01-01");
  return grant;
}

/// Each pair of neighbours differs in one thing that decides.
std::vector<Grant> inDrawOrder() {
  std::vector<Grant> grants;
  Grant next = grant(9);
  next.priority = 10;
  grants.push_back(next);
  next = grant(8);
  next.expiry = when("2026-02-01");
  next.kind = GrantKind::plan;
  grants.push_back(next);
  next.number = GrantNumber(7);
  next.kind = GrantKind::promotional;
  grants.push_back(next);
  next.number = GrantNumber(6);
  next.kind = GrantKind::purchased;
  next.effective = when("2025-12-01");
  grants.push_back(next);
  next.number = GrantNumber(5);
  next.effective = when("2026-01-01");
  next.features = {kImages};
  grants.push_back(next);
  next.number = GrantNumber(4);
  next.features = {kImages, kVideos};
  grants.push_back(next);
  next.number = GrantNumber(2);
  next.features = {};
  grants.push_back(next);
  next.number = GrantNumber(3);
  grants.push_back(next);
  grants.push_back(grant(1));  // never expires
  return grants;
}

}  // namespace

TEST_CASE("grants go by priority, expiry, kind, effect, narrowness, number") {
  const std::vector<Grant> grants = inDrawOrder();
  for (std::size_t i = 0; i < grants.size(); ++i) {
    for (std::size_t j = 0; j < grants.size(); ++j) {
      CAPTURE(grants[i].number.value, grants[j].number.value);
      CHECK(drawnBefore(grants[i], grants[j]) == (i < j));
    }
  }
}

TEST_CASE("a plan grant covers its period, another one from its effect to its expiry") {
  Grant one = grant(1);
  one.effective = when("2026-01-10");
  one.expiry = when("2026-01-20");
  // What happened before is paid, too, once it is there.
  CHECK(coversInstant(one, when("2026-01-09"), when("2026-01-10")));
  CHECK_FALSE(coversInstant(one, when("2026-01-09"), when("2026-01-09")));
  CHECK(coversInstant(one, when("2026-01-19"), when("2026-01-21")));
  CHECK_FALSE(coversInstant(one, when("2026-01-20"), when("2026-01-21")));
  one.kind = GrantKind::plan;
  CHECK_FALSE(coversInstant(one, when("2026-01-09"), when("2026-01-15")));
  CHECK(coversInstant(one, when("2026-01-10"), when("2026-01-25")));
  CHECK_FALSE(coversInstant(one, when("2026-01-20"), when("2026-01-25")));
}

TEST_CASE("a limited grant pays for its features only") {
  Grant one = grant(1);
  one.features = {kImages};
  CHECK(mayPay(one, {kImages, kNow, kNow}));
  CHECK_FALSE(mayPay(one, {kVideos, kNow, kNow}));
  one.remaining = Decimal();
  CHECK_FALSE(mayPay(one, {kImages, kNow, kNow}));
}

TEST_CASE("late usage is paid by what is not of a plan and unexpired when it is recorded") {
  const Instant later = kNow + Duration::days(10);
  Grant one = grant(1);
  one.expiry = later;
  CHECK(mayPay(one, {kImages, kNow, later - Duration::seconds(1), true}));
  CHECK_FALSE(mayPay(one, {kImages, kNow, later, true}));
  CHECK(mayPay(one, {kImages, kNow, later, false}));
  one.kind = GrantKind::plan;
  CHECK_FALSE(mayPay(one, {kImages, kNow, kNow, true}));
}

TEST_CASE("what is put back fills the grants in reverse, as far as something was taken") {
  std::vector<Grant> grants = {grant(1), grant(2), grant(3)};
  grants[0].remaining = dec(4);
  grants[1].remaining = dec(7);
  grants[2].remaining = dec(1);
  grants[2].expired = true;
  const DrawScope scope{kImages, kNow, kNow};
  const std::vector<Draw> some = {{GrantNumber(2), dec(-3)}, {GrantNumber(1), dec(-2)}};
  CHECK(putBack(grants, scope, Instant{}, dec(5)) == some);
  const std::vector<Draw> all = {{GrantNumber(2), dec(-3)}, {GrantNumber(1), dec(-6)}};
  CHECK(putBack(grants, scope, Instant{}, dec(50)) == all);
  CHECK(putBack(grants, scope, Instant{}, Decimal()).empty());
}

TEST_CASE("a draw empties grants in order and stops where it is paid") {
  std::vector<Grant> grants = inDrawOrder();
  std::reverse(grants.begin(), grants.end());
  CHECK(drawable(grants, {kImages, kNow, kNow}) == dec(90));
  CHECK(drawable(grants, {kVideos, kNow, kNow}) == dec(80));
  const std::vector<Draw> draws = drawFrom(grants, {kVideos, kNow, kNow}, dec("42.5"));
  const std::vector<Draw> expected = {{GrantNumber(9), dec(10)},
                                      {GrantNumber(8), dec(10)},
                                      {GrantNumber(7), dec(10)},
                                      {GrantNumber(6), dec(10)},
                                      {GrantNumber(4), dec("2.5")}};
  CHECK(draws == expected);
  CHECK(drawFrom(grants, {kVideos, kNow, kNow}, Decimal()).empty());
}
