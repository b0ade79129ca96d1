// The state that belongs to no customer: settings, the published catalog with the history that open
// periods need, counters.
//
// Plain values with ==; owned by core's State, serialised by protocol.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/model/catalog.h"
#include "ledger/model/event.h"

namespace daybook {

/// One price of one model: in force from `effective` until the next entry of the same provider,
/// model and currency.
struct ModelPriceVersion {
  std::string currency;
  std::uint32_t book_version = 0;
  Instant effective;
  ModelPrice price;
  bool operator==(const ModelPriceVersion&) const = default;
};

struct LedgerState {
  LedgerCreated ledger;
  // Every version, in order of publication; the newest of a code is the last one with that code.
  std::vector<Feature> features;  // index = FeatureNumber - 1; holds the newest form of each
  std::vector<Plan> plans;
  std::vector<Instant> plan_published;  // index as in plans: when each version became visible
  std::vector<Pack> packs;
  std::vector<ModelPriceVersion> model_prices;
  std::vector<EventBody> staged;  // items published since the last CatalogPublished
  // Counters of the log.
  std::uint64_t events = 0;  // of the ledger itself: the last one's chain number
  Position last_of_ledger;   // its newest event
  Position last;             // newest event of all
  Instant recorded;          // of that one
  Instant clock;             // the manual clock
  bool operator==(const LedgerState&) const = default;
};

}  // namespace daybook
