// Usage of one customer by local day, feature and price variant, from its events.
//
// Usage counts on the day of its `at`, which is never after its record; what was voided is taken
// off that day. Prices are kept by the terms of the usage period that they were made at: whether
// they are money or credits is for the plan to say. Sums are exact; one that does not fit throws
// Overflow (decimal.h). What it holds is bounded by the page that is asked for.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/customer_history.h"
#include "ledger/base/calendar.h"
#include "ledger/base/decimal.h"
#include "ledger/model/event.h"

namespace daybook::daemon {

/// What one sum is of, in the order in which they are given.
struct UsageKey {
  std::int64_t day = 0;  // since 1970-01-01, in the customer's zone
  FeatureNumber feature;
  std::string variant;
  auto operator<=>(const UsageKey&) const = default;
};

struct UsageSum {
  std::int64_t events = 0;
  Decimal quantity;
  Decimal unpaid;
  TokenTotals tokens;
  struct Part {
    Terms terms;
    Decimal price;
    bool operator==(const Part&) const = default;
  };
  std::vector<Part> prices;  // one for each terms
  bool operator==(const UsageSum&) const = default;
};

class UsageByDay final : public HistoryVisitor {
 public:
  struct Query {
    std::string zone;
    Instant from;  // of `at`: [from, to)
    Instant to = Instant::never();
    std::optional<UsageKey> after;  // sums that follow this one
    std::size_t limit = 0;          // at most so many
  };

  /// `zones` outlives the object. REQUIRES: it knows the zone.
  UsageByDay(const ZoneRules& zones, Query query);

  HistoryStep take(const Event& event) override;

  /// The sums of the page in order, those among them of which everything was voided too. Once all
  /// events were taken.
  const std::map<UsageKey, UsageSum>& sums() const { return sums_; }
  /// Whether there are more after them.
  bool hasMore() const { return has_more_; }

 private:
  std::int64_t dayOf(Instant at) const;
  /// nullptr when it is not of this page.
  UsageSum* sumOf(const UsageKey& key);
  void add(const UsageRecorded& usage, Instant recorded);
  void takeOff(const UsageVoided& voided);
  void addPrice(const UsageKey& key, Instant period_from, Decimal price);
  void settle(const PeriodStarted& period);
  bool isBeforePage(Instant recorded) const;

  const ZoneRules& zones_;
  Query query_;
  std::map<UsageKey, UsageSum> sums_;
  bool has_more_ = false;
  // Prices of periods whose start was not met yet, by that start.
  std::map<Instant, std::map<UsageKey, Decimal>> unsettled_;
};

/// "2026-01-31".
std::string dayText(std::int64_t day);

}  // namespace daybook::daemon
