// Verification: the whole log, decided again and compared (DESIGN.md: what an auditor runs).
//
// Every commit: its structure, leaf hashes from the stored bytes, the root of the tree. Every
// event: position, chain, recorded time, one key once in its scope, and that deciding again what
// was asked gives the very same bytes, closed invoices and credit notes and their numbers among
// them; boundaries looked up in time-zone data are taken as recorded and must increase. Every
// snapshot: equal to the state replayed to its position. The persisted key runs: the keys of the
// log and no others. Reads only; beside a writer it verifies what was there when it began. Bytes on
// disk are input: nothing in them aborts.
// Errors: what is wrong with the data is reported; store::StoreError when it cannot be read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "ledger/audit/leaf.h"
#include "ledger/base/ids.h"
#include "ledger/base/instant.h"
#include "ledger/model/codec.h"
#include "ledger/store/store.h"

namespace daybook::replay {

struct VerifyOptions {
  std::function<void(Position done, Position total)> progress;  // every few thousand events
};

/// What was verified, and the first thing that is wrong.
struct Report {
  /// the first position that is wrong; none: nothing is, or it is not of one event
  Position position;
  std::string problem;  // what is wrong, expected and found; empty: all is right
  // Verified before that:
  std::uint64_t events = 0;
  std::uint64_t commits = 0;
  std::uint64_t customers = 0;
  std::uint64_t invoices = 0;
  std::uint64_t credit_notes = 0;
  std::uint64_t snapshots = 0;
  audit::Digest root;  // of the tree of `events` events
  Instant recorded;    // of the last of them
  bool isOk() const { return problem.empty(); }
};

Report verify(const store::Store& store, const Codec& codec, const VerifyOptions& options);

}  // namespace daybook::replay
