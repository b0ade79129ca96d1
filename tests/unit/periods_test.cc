// Boundaries as decisions see them: looked up live, or taken from what was recorded.
#include <catch2/catch.hpp>

#include "ledger/core/boundaries.h"
#include "ledger/core/spending.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/fixed_zones.h"
#include "tests/support/terms.h"

using daybook::Decimal;
using daybook::FeatureNumber;
using daybook::Instant;
using daybook::Interval;
using daybook::PeriodStarted;
using daybook::SpendingBalance;
using daybook::core::billingIndex;
using daybook::core::carriedTopUps;
using daybook::core::deduct;
using daybook::core::RecordedBoundaries;
using daybook::core::topUp;
using daybook::core::UnrecordedBoundary;
using daybook::core::usageInterval;
using daybook::core::usagePeriodsPer;
using daybook::core::ZoneBoundaries;
using daybook::testing::dec;
using daybook::testing::FixedZones;
using daybook::testing::when;

TEST_CASE("a usage period is a month, and a week for weekly plans") {
  CHECK(usageInterval(Interval::week) == Interval::week);
  CHECK(usageInterval(Interval::month) == Interval::month);
  CHECK(usageInterval(Interval::quarter) == Interval::month);
  CHECK(usageInterval(Interval::year) == Interval::month);
  CHECK(usagePeriodsPer(Interval::week) == 1);
  CHECK(usagePeriodsPer(Interval::year) == 12);
}

TEST_CASE("usage periods before the anchor lie in negative billing periods") {
  CHECK(billingIndex(Interval::month, -1) == -1);
  CHECK(billingIndex(Interval::quarter, -3) == -1);
  CHECK(billingIndex(Interval::quarter, -1) == -1);
  CHECK(billingIndex(Interval::quarter, 0) == 0);
  CHECK(billingIndex(Interval::quarter, 2) == 0);
  CHECK(billingIndex(Interval::quarter, 3) == 1);
  CHECK(billingIndex(Interval::year, -12) == -1);
  CHECK(billingIndex(Interval::year, 23) == 1);
}

TEST_CASE("live boundaries follow the zone's rules") {
  const FixedZones zones;
  const ZoneBoundaries boundaries(zones);
  CHECK(boundaries.isKnown("Test/Summer"));
  CHECK_FALSE(boundaries.isKnown("Test/Nowhere"));
  const Instant anchor = when("2026-02-15T11:00:00Z");  // 12:00 local
  CHECK(boundaries.boundary("Test/Summer", anchor, Interval::month, 1) ==
        when("2026-03-15T10:00:00Z"));
  CHECK(boundaries.periodIndex("Test/Summer", anchor, Interval::month,
                               when("2026-03-15T09:59:59Z")) == 0);
  CHECK(boundaries.periodIndex("Test/Summer", anchor, Interval::month,
                               when("2026-03-15T10:00:00Z")) == 1);
}

TEST_CASE("recorded boundaries are those of the period, and nothing else is asked") {
  PeriodStarted started;
  started.index = -2;
  started.span = {when("2026-01-20"), when("2026-02-01"), when("2026-01-01"), when("2026-02-01")};
  started.billing_to = when("2026-03-01");
  started.billing = {when("2026-01-20"), when("2026-03-01"), when("2025-12-01"),
                     when("2026-03-01")};
  const Instant anchor = when("2026-03-01");
  const RecordedBoundaries recorded(started, Interval::quarter);
  CHECK(recorded.isKnown("anything"));
  CHECK(recorded.boundary("", anchor, Interval::month, -2) == when("2026-01-01"));
  CHECK(recorded.boundary("", anchor, Interval::month, -1) == when("2026-02-01"));
  CHECK(recorded.boundary("", anchor, Interval::month, 0) == anchor);
  CHECK(recorded.boundary("", anchor, Interval::quarter, -1) == when("2025-12-01"));
  CHECK(recorded.boundary("", anchor, Interval::quarter, 0) == anchor);
  CHECK(recorded.periodIndex("", anchor, Interval::month, when("2026-01-20")) == -2);
  CHECK_THROWS_AS(recorded.boundary("", anchor, Interval::month, 1), UnrecordedBoundary);
  CHECK_THROWS_AS(recorded.boundary("", anchor, Interval::quarter, 1), UnrecordedBoundary);
  CHECK_THROWS_AS(RecordedBoundaries().boundary("", anchor, Interval::month, 1),
                  UnrecordedBoundary);
}

TEST_CASE("overage belongs to the features that caused it, in the order they last deducted") {
  const FeatureNumber calls(1);
  const FeatureNumber images(2);
  SpendingBalance balance;
  balance.included = dec(10);
  balance.amount = dec(10);
  deduct(balance, calls, dec(12));
  deduct(balance, images, dec(3));
  CHECK(balance.amount == dec(-5));
  REQUIRE(balance.overage.size() == 2);
  CHECK(balance.overage[0].feature == calls);
  CHECK(balance.overage[1].amount == dec(3));

  SECTION("a top-up reduces the most recently deducted feature first") {
    topUp(balance, dec(4));
    REQUIRE(balance.overage.size() == 1);
    CHECK(balance.overage[0].feature == calls);
    CHECK(balance.overage[0].amount == dec(1));
    topUp(balance, dec(4));
    CHECK(balance.overage.empty());
    CHECK(balance.amount == dec(3));
    CHECK(balance.top_ups == dec(8));
  }
  SECTION("a deduction moves its feature to the back") {
    deduct(balance, calls, dec(1));
    CHECK(balance.overage[0].feature == images);
    CHECK(balance.overage[1].amount == dec(3));
  }
  SECTION("a negative price gives back, of the most recently deducted feature first") {
    deduct(balance, calls, dec("-3.5"));
    REQUIRE(balance.overage.size() == 1);
    CHECK(balance.overage[0].feature == calls);
    CHECK(balance.overage[0].amount == dec("1.5"));
    deduct(balance, images, dec(-5));
    CHECK(balance.overage.empty());
    CHECK(balance.amount == dec("3.5"));
  }
  SECTION("usage that costs nothing deducts nothing") {
    deduct(balance, calls, Decimal());
    CHECK(balance.overage[1].feature == images);
  }
}

TEST_CASE("what is carried is the top-ups as far as they are left") {
  SpendingBalance balance;
  balance.included = dec(10);
  balance.top_ups = dec(20);
  balance.amount = dec(25);
  CHECK(carriedTopUps(balance) == dec(20));
  balance.amount = dec(5);
  CHECK(carriedTopUps(balance) == dec(5));
  balance.amount = dec(-5);
  CHECK(carriedTopUps(balance) == Decimal());
}
