// Reads: balances, checks and upcoming invoices, from (state, now) alone.
//
// They show what is due at `now` as done, on a copy of the customer, and change nothing (BILLING.md
// sections 6, 8, 9). The customer is one of the state's. Belongs to the state's thread.
#pragma once

#include <optional>
#include <vector>

#include "ledger/core/engine.h"
#include "ledger/model/balance.h"
#include "ledger/model/invoice.h"

namespace daybook::core {

/// The customer as it will be once everything due at or before context.now is recorded. Positions
/// and invoice numbers in it are as if nothing else were recorded meanwhile.
Customer projected(const State& state, const Customer& customer, const Context& context);

Balance balanceOf(const State& state, const Customer& customer, const Context& context);

/// What `usage` would meet now. Malformed usage is a verdict, too. Boolean features are allowed
/// when they are in the plan, whatever the quantity.
CheckAnswer check(const State& state, const Customer& customer, const RecordUsage& usage,
                  const Context& context);

/// The invoice of the running usage period as it would close with what is recorded now, with what
/// its end brings in advance: not numbered, not recorded. Of a trial the first one after it.
/// nullopt without a running period, or when there is nothing to charge.
std::optional<Invoice> upcoming(const State& state, const Customer& customer,
                                const Context& context);

/// What the change of plan would do now, and the invoice that it would close.
ChangePreview previewChange(const State& state, const Customer& customer, const ChangePlan& change,
                            const Context& context);

/// How `catalog` differs from what is published, item by item in the order given; or why it cannot
/// be published, and then `changes` stays as it is.
Verdict compareCatalog(const State& state, const Catalog& catalog,
                       std::vector<CatalogChange>& changes);

/// The newest version of everything published, retired model prices included.
Catalog publishedCatalog(const State& state);

}  // namespace daybook::core
