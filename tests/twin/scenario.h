// Random lives of a few customers: plans of every kind, and commands at awkward instants.
//
// A scenario is a list of small numbers, so that a failing one shrinks; what they stand for is
// decided here. 0 is always the plainest choice.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ledger/model/balance.h"
#include "ledger/model/command.h"
#include "ledger/model/event.h"

namespace daybook::twin {

/// One step: time passes by `gap`, then somebody (`who`) asks for something (`what`); the rest
/// chooses the details.
struct Step {
  int gap = 0;
  int who = 0;
  int what = 0;
  int a = 0;
  int b = 0;
  int c = 0;
};
inline constexpr int kCustomers = 3;
inline constexpr int kNumbersBelow = 1'000;  // every number of a step is below it

struct Scenario {
  int settings = 0;
  int plans = 0;   // seed of the first catalog
  int moving = 0;  // seed of what the last customer brings along; 0: nothing
  std::vector<Step> steps;
};

std::string customerId(int who);
LedgerSettings settingsOf(int choice);
Instant startOf(const Scenario& scenario);
/// All features, packs, price books, and every plan in its form `seed`.
Catalog catalogOf(int seed);

/// What a customer may bring along.
Opening openingOf(int seed, const Catalog& catalog, Instant now);

/// A hold that was placed.
struct PlacedHold {
  std::string key;
  PlaceHold asked;
  Instant expiry;
  bool ended = false;  // by a command
};

/// What a step may ask of the state so far, to hit its edges.
struct View {
  Instant now;
  const LedgerSettings& settings;
  /// Boundaries of the customer: period_from, period_to, billing_to.
  Balance balance;
  std::vector<std::string> usage_keys;  // of accepted usage, oldest first
  std::vector<PlacedHold> holds;        // oldest first
  std::vector<Instant> hold_ends;       // of anybody's open holds
  std::size_t grants = 0;               // given so far
  std::vector<InvoiceNumber> invoices;  // as the ledger numbers them
  int catalog_seed = 0;
};

/// The instant that the step moves the clock to.
Instant momentOf(const Step& step, const View& view);
/// What it asks. PublishCatalog gets the next form of one plan.
CommandBody commandOf(const Step& step, const View& view);

/// "record calls 5 cap at=..." for people.
std::string describe(const CommandBody& body);
std::string describe(const Plan& plan);

}  // namespace daybook::twin
