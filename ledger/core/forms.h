// The form of commands: what is wrong whatever the ledger holds.
//
// Text, numbers within their limits, times that contradict each other, repeated entries; enumerants
// are known ones: whoever decodes a command checks that. Pure; usable from any thread.
#pragma once

#include <string_view>

#include "ledger/model/command.h"
#include "ledger/model/outcome.h"

namespace daybook::core {

/// The first thing wrong with the form of a command, its key last. A detail names the field.
Verdict formOf(const Command& command);
/// The same of a usage alone, which `check` has without a key.
Verdict formOf(const RecordUsage& usage);

/// What is wrong with an alert by itself, as "level must be above 0"; empty: nothing.
std::string_view problemOf(const AlertRule& rule);

}  // namespace daybook::core
