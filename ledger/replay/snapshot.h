// Snapshots of the state: their records, and loading them.
//
// Records, in order: the peaks of the Merkle tree at the snapshot's position (32 bytes each, none
// for an empty tree), the LedgerState, then every customer in order of number.
// SnapshotInfo::digest is stateDigest(): SHA-256 over all records but the peaks, which the root in
// SnapshotInfo::tip proves. Snapshots are a cache: a bad one is dropped, never trusted.
// Functions; usable from any thread.
#pragma once

#include "ledger/audit/merkle.h"
#include "ledger/core/engine.h"
#include "ledger/model/codec.h"
#include "ledger/store/store.h"

namespace daybook::replay {

/// The first record of a snapshot.
Bytes encodePeaks(const audit::CompactRange& tree);

/// A ledger's state and tree as of one position.
struct Replayed {
  core::Engine engine;
  audit::CompactRange tree;
};

/// Loads and verifies: digest, peaks against the root, the root against the log's commit that ends
/// at that position, the state's position. Throws store::DamageError that says what does not fit.
Replayed loadSnapshot(const store::Store& store, const Codec& codec,
                      const store::SnapshotInfo& info);

/// Writes and finishes a whole snapshot of what does not change meanwhile. REQUIRES: a commit ends
/// at the state's position.
void writeSnapshot(store::Store& store, const Codec& codec, const Replayed& ledger);

/// SHA-256 over the canonical bytes of the LedgerState, then of every customer in order of number:
/// equal for equal states on any machine.
store::Hash stateDigest(const core::State& state, const Codec& codec);

}  // namespace daybook::replay
