// Which models a feature's tokens went to: unrounded details of an invoice line (BILLING.md
// sections 2 and 3). Pure.
#pragma once

#include <vector>

#include "ledger/model/event.h"
#include "ledger/model/invoice.h"

namespace daybook::core {

/// What one usage adds to its model. REQUIRES: it is of tokens.
ModelUsage modelCall(const UsageRecorded& usage);

/// Adds one call to its model's entry. Past limits::kUsageModelsMax models it goes to one entry
/// without a name.
void addModel(std::vector<ModelUsage>& models, const ModelUsage& call);

/// Takes a call back. REQUIRES (else it throws, see require()): it was added.
void removeModel(std::vector<ModelUsage>& models, const ModelUsage& call);

/// What an invoice line shows: dearest first, then by name; the cheapest of more than
/// limits::kLineModelsMax are the last entry, together and without a name.
std::vector<ModelUsage> modelsOfLine(std::vector<ModelUsage> models);

}  // namespace daybook::core
