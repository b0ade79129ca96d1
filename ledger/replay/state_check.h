// Whether a state that was read from a snapshot is one that the log can give, as far as core's
// functions rely on it: they would abort over anything else. Pure; usable from any thread.
//
// Errors: throws Overflow when amounts leave their range.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/core/state.h"
#include "ledger/model/customer.h"
#include "ledger/model/ledger_state.h"

namespace daybook::replay {

/// What is wrong with the parts of a state before it is built; nullopt when nothing is.
std::optional<std::string> partsProblem(const LedgerState& ledger,
                                        const StableVector<Customer>& customers);

/// What is wrong with the whole; nullopt when nothing is.
std::optional<std::string> stateProblem(const core::State& state);

}  // namespace daybook::replay
