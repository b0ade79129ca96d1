// Whether an event from disk may be folded into a state: everything that Engine::apply() relies on
// and would abort over.
//
// The log is input. Its hashes tell what was changed since it was written, not what was written
// wrongly. Pure; usable from any thread.
#pragma once

#include <optional>
#include <string>

#include "ledger/core/state.h"
#include "ledger/model/event.h"

namespace daybook::replay {

/// What is wrong with `event` as the one that follows `state`; nullopt when apply() takes it.
/// (Amounts past their range still throw Overflow there.)
std::optional<std::string> eventProblem(const core::State& state, const Event& event);

/// The head alone: position, recorded time, owner and chain.
std::optional<std::string> headProblem(const core::State& state, const Event& event);

/// Boundaries that were looked up in time-zone data are taken as given, but have to increase.
std::optional<std::string> boundariesProblem(const PeriodStarted& started);

/// The same of a usage period of a subscription with this billing interval and anchor: what is
/// counted from the anchor has to meet it.
std::optional<std::string> anchorProblem(const PeriodStarted& started, Interval billing_interval,
                                         Instant anchor);

}  // namespace daybook::replay
