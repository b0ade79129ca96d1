// Replay: state and tree rebuilt from the log, from empty or from a snapshot.
//
// Every event that is replayed is checked as it comes: its leaf hash (unless the stored ones are
// trusted), the root of its commit, its position, chain and recorded time, and that it fits the
// state. Bytes on disk are input: what is wrong is a store::DamageError with the first position
// that cannot be trusted, never an abort.
// Decisions are not made again; that is the verifier's work.
// Functions; usable from any thread, beside appends.
#pragma once

#include <functional>
#include <optional>

#include "ledger/model/codec.h"
#include "ledger/replay/commit_check.h"
#include "ledger/replay/snapshot.h"
#include "ledger/store/store.h"

namespace daybook::replay {

struct ReplayOptions {
  Hashes hashes = Hashes::verified;
  /// The last event to fold; none: all that is in the log when replay begins.
  std::optional<Position> to;
  std::function<void(const Event&)> on_event;                   // after it is applied
  std::function<void(Position done, Position total)> progress;  // every few thousand events
};

/// Folds the log onto `start`: a loaded snapshot, or the empty ledger. With `to` inside a commit
/// the result's tree is the one of the events up to `to`.
/// REQUIRES: `to` is not before `start` and not past the log's end.
Replayed replay(const store::Store& store, const Codec& codec, const ReplayOptions& options,
                Replayed start = {});

/// The newest event recorded at or before `at`; none if there is none.
Position positionAt(const store::Store& store, const Codec& codec, Instant at);

}  // namespace daybook::replay
