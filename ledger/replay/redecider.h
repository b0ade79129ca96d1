// Decides the log again: what each command asked, and what time caused, from the state before it.
//
// Commit by commit, since a decision's events are never split. Every event has to be, byte for
// byte, what the rules make of the state before it, of what was asked, of its recorded time and of
// the boundaries that were looked up then. Only what comes from outside is taken as recorded: the
// ledger's settings, commands and keys, times, boundaries. Nothing recorded aborts.
// Belongs to one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/core/engine.h"
#include "ledger/model/codec.h"
#include "ledger/model/event.h"
#include "ledger/store/key_index.h"
#include "ledger/store/store.h"

namespace daybook::replay {

class Redecider {
 public:
  struct Problem {
    Position position;
    std::string text;
  };

  /// `store` is asked for events whose keys look alike, and for usage that is voided. Both outlive
  /// it.
  Redecider(const store::Store& store, const Codec& codec);

  /// The state after what was taken.
  const core::State& state() const { return engine_.state(); }

  /// Takes the next commit: `stored` are the bytes of `events`. After a problem nothing may follow.
  std::optional<Problem> take(std::span<const Event> events, std::span<const BytesView> stored);

 private:
  /// A decision to be compared with the events from `first` on, or why it cannot be made.
  struct Attempt {
    std::string problem;  // empty: none
    core::Decision decision;
    Position position;  // of the problem; none: the decision's first event
  };
  struct Commit {
    std::span<const Event> events;
    std::span<const BytesView> stored;
  };
  /// The event of a decision that carries its command's key.
  struct Keyed {
    std::size_t index = 0;
    CommandBody asked;
  };

  std::optional<Problem> takeDecision(const Commit& commit, std::size_t& first);
  std::optional<Problem> compare(const Commit& commit, std::size_t first, core::Decision decision);
  Attempt decideAgain(std::span<const Event> events) const;
  Attempt decideLedger(const Event& created) const;
  Attempt decidePublication(std::span<const Event> events) const;
  Attempt decideForCustomer(std::span<const Event> events) const;
  Attempt decideCommand(std::span<const Event> events, Keyed keyed) const;
  Attempt decideDue(std::span<const Event> events, const core::Due& due) const;
  static std::optional<Keyed> keyedOf(std::span<const Event> events);
  std::optional<Event> voidedBy(const Event& voiding, const UsageVoided& voided) const;
  std::string keyProblem(const Event& event);

  const store::Store& store_;
  const Codec& codec_;
  core::Engine engine_;
  store::KeySeed seed_;
  store::KeyIndex keys_;
};

}  // namespace daybook::replay
