// The set of catalog items that a publication's events came from, so that it can be decided again.
//
// Pure; usable from any thread.
#pragma once

#include <span>

#include "ledger/model/catalog.h"
#include "ledger/model/event.h"
#include "ledger/model/ledger_state.h"

namespace daybook::replay {

/// Whether the event is an item of a publication that CatalogPublished closes.
bool isItem(const EventBody& body);

/// A smallest set that, published on `ledger`, gives these items in this order, if any set does.
/// What the original set held beside it changed nothing and is not recorded.
Catalog catalogOf(const LedgerState& ledger, std::span<const Event> items);

}  // namespace daybook::replay
