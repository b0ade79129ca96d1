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
// ClockMoved: the clock of that state), RecordedBoundaries over the period that the same decision
// starts, if it has one, and the event that it reverses, if it does.
//
// Errors: refused input is a Verdict. A broken invariant aborts. An event of a log from outside
// that does not fit is an UnfitEvent. Belongs to one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/core/boundaries.h"
#include "ledger/core/state.h"
#include "ledger/core/unfit_event.h"
#include "ledger/model/command.h"
#include "ledger/model/event.h"
#include "ledger/model/outcome.h"

namespace daybook::core {

/// What decisions need from outside. `now` is never before the newest event's recorded time.
struct Context {
  Instant now;
  const Boundaries& boundaries;
  /// VoidUsage: the event of the customer that carries the key it names; nullptr: there is none. A
  /// command about a hold that is neither open nor among the expired ones: in the same way.
  const Event* subject = nullptr;
};

/// The key of the customer's event that is Context::subject of the command; nullptr: it needs none.
const std::string* subjectKey(const Customer& customer, const CommandBody& body);

/// The events of one decision, not yet sealed. Empty events with an ok verdict: nothing to record.
struct Decision {
  Verdict verdict;
  CustomerNumber customer;  // whose events these are; none: the ledger's
  std::size_t keyed = 0;    // index in `events` of the one that carries the command's key
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
  /// Folds an event into the state that decide made of it and seal sealed. REQUIRES: it fits:
  /// checked.
  void apply(const Event& event) noexcept;
  /// The same with the next event of a log from outside. Throws UnfitEvent when it does not fit,
  /// and Overflow: the state is unusable then. Nothing in the event aborts.
  void fold(const Event& event);
  /// Whether it is the next event by its head: position, recorded time, owner, chain. Throws
  /// UnfitEvent.
  void requireNext(const Event& event) const;

 private:
  void foldOfLedger(const Event& event);
  void foldPublication(const Event& event);
  void improve(const Plan& plan);
  void foldOfCustomer(const Event& event);
  static bool mayMoveDue(const Customer& customer, const EventBody& body);

  State state_;
};

}  // namespace daybook::core
