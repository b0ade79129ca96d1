// The state machine: decide, then apply. Pure: no clock, file, socket, thread, random number or
// locale.
//
// decide() and decideDue() change nothing: they give a verdict and, if it is ok, the bodies of the
// events to record, in order. The caller seals each body (position, chain, recorded time), stores
// it, and applies it; live traffic, replay and the auditor run the same apply(). Nothing else may
// be recorded between the events of one decision, and they are never split over commits: they hold
// each other's invoice numbers and log positions.
//
// Order for one command of a customer: look up its key (outside: keys are looked up before every
// other check); then decideDue() and apply() until nothing is due for that customer; then decide()
// and apply(). CreateCustomer, PublishCatalog and MoveClock wait for nothing.
//
// Deciding a recorded event again needs the state before it, its recorded time as `now` (before a
// ClockMoved: the clock of that state) and RecordedBoundaries over the PeriodStarted of the same
// decision, if it has one.
//
// Errors: refused input is a Verdict. A broken invariant aborts. Belongs to one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/core/boundaries.h"
#include "ledger/core/state.h"
#include "ledger/model/command.h"
#include "ledger/model/event.h"
#include "ledger/model/outcome.h"

namespace daybook::core {

/// What decisions need from outside. `now` is never before the newest event's recorded time.
struct Context {
  Instant now;
  const Boundaries& boundaries;
};

/// The events of one decision, not yet sealed. Empty events with an ok verdict: nothing to record.
struct Decision {
  Verdict verdict;
  CustomerNumber customer;  // whose events these are; none: the ledger's
  std::size_t keyed = 0;    // index in `events` of the one that carries the command's key: the
                            // first, and of a publication the last
  std::vector<EventBody> events;
};

class Engine {
 public:
  /// An empty ledger: its first event must be LedgerCreated.
  Engine() = default;
  explicit Engine(State state) : state_(std::move(state)) {}

  const State& state() const { return state_; }

  /// What recording `command` would do. REQUIRES: nothing is due for its customer at context.now,
  /// its key is not in the log.
  Decision decide(const Command& command, const Context& context) const;
  /// The customer's next piece of work due at or before context.now; no events when nothing is.
  /// Throws Overflow only when boundaries leave the 64-bit instants, and what the Boundaries throw.
  Decision decideDue(CustomerNumber customer, const Context& context) const;
  /// The earliest due work of the ledger at or before `now`, in the order (time, kind, customer).
  std::optional<Due> due(Instant now) const;

  /// `body` as the next event of the log. `key` is the command's for the keyed event, else empty.
  /// A ClockMoved is recorded at the instant it moves to, whatever `recorded` is.
  Event seal(EventBody body, CustomerNumber customer, Instant recorded, std::string key) const;
  /// Folds the next event into the state. REQUIRES: it is the next one (position, chain, time):
  /// checked.
  void apply(const Event& event);

 private:
  void applyToLedger(const Event& event);
  void applyToCustomerOf(const Event& event);

  State state_;
};

}  // namespace daybook::core
