// Whether a state that was read from a snapshot is one that the log can give, as far as core's
// functions rely on it: they would abort over anything else. Pure; usable from any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/model/customer.h"
#include "ledger/model/ledger_state.h"

namespace daybook::replay {

/// What is wrong; nullopt when nothing is.
std::optional<std::string> stateProblem(const LedgerState& ledger,
                                        const std::vector<Customer>& customers);

}  // namespace daybook::replay
