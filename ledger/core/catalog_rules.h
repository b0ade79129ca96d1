// Catalog: what may be published, and what publishing changes (BILLING.md sections 1, 3, 4, 7).
//
// Pure. Sets are compared with the newest published versions by value; versions, effective dates
// and the order of items in a set mean nothing. Items that a set does not mention stay as they are;
// a model that left a price book which is published again is retired. Belongs to one thread.
#pragma once

#include <string>
#include <vector>

#include "ledger/model/catalog.h"
#include "ledger/model/event.h"
#include "ledger/model/ledger_state.h"
#include "ledger/model/outcome.h"

namespace daybook::core {

/// Whether every item is well formed by itself and against what is published or comes with it:
/// codes, currencies, contiguous tiers, prices for each currency of the plan, limits. What open
/// subscriptions stand on cannot change under a published code: a feature's type and meter, a
/// plan's model, and the currencies and intervals it is sold in. The first problem is the verdict;
/// its detail names item, field and rule: `plan "pro", feature "calls": tiers overlap at 100`.
Verdict validateCatalog(const LedgerState& ledger, const Catalog& catalog);

/// Item by item in the order features, plans, packs, price books: added, changed (next version) or
/// unchanged. REQUIRES: validateCatalog() is ok.
std::vector<CatalogChange> catalogChanges(const LedgerState& ledger, const Catalog& catalog);

/// The events that publish what differs: items, then CatalogPublished; only CatalogPublished when
/// nothing differs. REQUIRES: validateCatalog() is ok, nothing is staged.
std::vector<EventBody> publicationEvents(const LedgerState& ledger, const Catalog& catalog,
                                         const std::string& digest);

/// Folds one of the catalog's events into the ledger's state; other bodies are ignored. Items are
/// visible once CatalogPublished is applied; a price-book version is in force from `recorded` of
/// that event. Throws UnfitEvent when a publication does not fit, which its end shows.
void applyCatalogEvent(LedgerState& ledger, const EventBody& body, Instant recorded);

/// The newest version of everything published, in order of first publication; models that are
/// retired are among those of their book.
Catalog newestCatalog(const LedgerState& ledger);

}  // namespace daybook::core
