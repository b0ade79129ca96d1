// What the recorded boundaries of a usage period have to be before it is decided again with them.
//
// They were looked up in time-zone data and are taken as recorded. Deciding relies on their order
// and on what they are counted from, so that is checked first. Each function throws
// core::UnfitEvent. Pure; usable from any thread.
#pragma once

#include "ledger/base/calendar.h"
#include "ledger/base/instant.h"
#include "ledger/core/periods.h"
#include "ledger/model/event.h"

namespace daybook::replay {

/// The first usage period of a subscription that begins, changes its plan or goes on at `now`, with
/// an anchor at `now` or ahead.
void requireFirstPeriod(const PeriodStarted& started, Interval billing_interval, Instant anchor,
                        Instant now);

/// The usage period that runs at `now` under an anchor in the past.
void requireRunningPeriod(const PeriodStarted& started, Interval billing_interval, Instant anchor,
                          Instant now);

/// The usage period that time starts.
void requireFollowingPeriod(const PeriodStarted& started, const core::NextPeriod& next);

}  // namespace daybook::replay
