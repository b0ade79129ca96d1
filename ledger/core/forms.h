// The form of commands: what is wrong whatever the ledger holds.
#pragma once

#include "ledger/model/command.h"
#include "ledger/model/outcome.h"

namespace daybook::core {

/// The first thing wrong with the form of a command, its key last. A detail names the field.
Verdict formOf(const Command& command);
/// The same of a usage alone, which `check` has without a key.
Verdict formOf(const RecordUsage& usage);

}  // namespace daybook::core
