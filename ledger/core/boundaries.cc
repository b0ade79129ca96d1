#include "ledger/core/boundaries.h"

namespace daybook::core {

bool ZoneBoundaries::isKnown(std::string_view zone) const { return zones_.isKnown(zone); }

Instant ZoneBoundaries::boundary(std::string_view zone, Instant anchor, Interval interval,
                                 std::int64_t n) const {
  return daybook::boundary(zones_, zone, anchor, interval, n);
}

std::int64_t ZoneBoundaries::periodIndex(std::string_view zone, Instant anchor, Interval interval,
                                         Instant at) const {
  return daybook::periodIndex(zones_, zone, anchor, interval, at);
}

bool RecordedBoundaries::isKnown(std::string_view /*zone*/) const { return true; }

Instant RecordedBoundaries::boundary(std::string_view /*zone*/, Instant anchor, Interval interval,
                                     std::int64_t n) const {
  if (n == 0) return anchor;
  if (started_ == nullptr) throw UnrecordedBoundary("no period starts in these events");
  if (interval == billing_interval_) {
    const std::int64_t billing = billingIndex(billing_interval_, started_->index);
    if (n == billing + 1) return started_->billing_to;
    if (n == billing && started_->billing) return started_->billing->full_from;
  }
  if (interval == usageInterval(billing_interval_)) {
    if (n == started_->index) return started_->span.full_from;
    if (n == started_->index + 1) return started_->span.full_to;
  }
  throw UnrecordedBoundary("boundary " + std::to_string(n) + " is not in these events");
}

std::int64_t RecordedBoundaries::periodIndex(std::string_view /*zone*/, Instant /*anchor*/,
                                             Interval /*interval*/, Instant /*at*/) const {
  if (started_ == nullptr) throw UnrecordedBoundary("no period starts in these events");
  return started_->index;
}

Interval usageInterval(Interval billing) {
  return billing == Interval::week ? Interval::week : Interval::month;
}

std::int64_t usagePeriodsPer(Interval billing) {
  if (billing == Interval::year) return 12;
  return billing == Interval::quarter ? 3 : 1;
}

std::int64_t billingIndex(Interval billing, std::int64_t usage_index) {
  const std::int64_t length = usagePeriodsPer(billing);
  const std::int64_t quotient = usage_index / length;
  return usage_index % length < 0 ? quotient - 1 : quotient;
}

}  // namespace daybook::core
