// Where periods begin and end: the one door through which decisions reach the time-zone data.
//
// Live decisions look boundaries up in the time-zone database (ZoneBoundaries). What was looked up
// is recorded in PeriodStarted; whoever decides again takes it from there (RecordedBoundaries), so
// that a newer time-zone database changes nothing that is recorded. Const; usable from any thread.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string_view>

#include "ledger/base/calendar.h"
#include "ledger/base/instant.h"
#include "ledger/model/event.h"

namespace daybook::core {

/// The zone is a known one, here and below: checked when a customer gets it. Throws Overflow when
/// an instant does not fit.
class Boundaries {
 public:
  virtual ~Boundaries() = default;
  virtual bool isKnown(std::string_view zone) const = 0;
  /// anchor + n x interval in `zone` (calendar.h).
  virtual Instant boundary(std::string_view zone, Instant anchor, Interval interval,
                           std::int64_t n) const = 0;
  /// The n with boundary(n) <= at < boundary(n + 1).
  virtual std::int64_t periodIndex(std::string_view zone, Instant anchor, Interval interval,
                                   Instant at) const = 0;
};

/// Looks up in time-zone rules, which outlive it.
class ZoneBoundaries final : public Boundaries {
 public:
  explicit ZoneBoundaries(const ZoneRules& zones) : zones_(zones) {}
  bool isKnown(std::string_view zone) const override;
  Instant boundary(std::string_view zone, Instant anchor, Interval interval,
                   std::int64_t n) const override;
  std::int64_t periodIndex(std::string_view zone, Instant anchor, Interval interval,
                           Instant at) const override;

 private:
  const ZoneRules& zones_;
};

/// A decision asked for a boundary that its events do not hold: they are not what this decision
/// gives.
class UnrecordedBoundary : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Answers from the events of one decision. Every zone is known: it was when it was recorded.
class RecordedBoundaries final : public Boundaries {
 public:
  /// Of a decision that starts no period.
  RecordedBoundaries() = default;
  /// Of the decision that `started`, in a subscription with this billing interval, belongs to.
  /// `started` outlives it.
  RecordedBoundaries(const PeriodStarted& started, Interval billing_interval)
      : started_(&started), billing_interval_(billing_interval) {}

  bool isKnown(std::string_view zone) const override;
  /// Throws UnrecordedBoundary.
  Instant boundary(std::string_view zone, Instant anchor, Interval interval,
                   std::int64_t n) const override;
  /// Throws UnrecordedBoundary.
  std::int64_t periodIndex(std::string_view zone, Instant anchor, Interval interval,
                           Instant at) const override;

 private:
  const PeriodStarted* started_ = nullptr;
  Interval billing_interval_ = Interval::month;
};

/// What one allowance lasts for: a week for weekly plans, else a month.
Interval usageInterval(Interval billing);
/// How many usage periods make a billing period.
std::int64_t usagePeriodsPer(Interval billing);
/// The n of the billing period that the usage period with this index lies in.
std::int64_t billingIndex(Interval billing, std::int64_t usage_index);

}  // namespace daybook::core
