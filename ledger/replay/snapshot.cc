#include "ledger/replay/snapshot.h"

#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/replay/commit_check.h"
#include "ledger/replay/state_check.h"

namespace daybook::replay {
namespace {

using audit::CompactRange;
using audit::Digest;

[[noreturn]] void throwBadSnapshot(const store::SnapshotInfo& info, const std::string& problem) {
  const Position position = info.tip.position;
  throw store::DamageError(
      "the snapshot of position " + std::to_string(position.value) + ": " + problem, position);
}

CompactRange decodePeaks(const store::SnapshotInfo& info, BytesView record) {
  if (record.size() % Digest::kBytes != 0) throwBadSnapshot(info, "its peaks are cut");
  std::vector<Digest> peaks(record.size() / Digest::kBytes);
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    std::memcpy(peaks[i].bytes.data(), record.data() + i * Digest::kBytes, Digest::kBytes);
  }
  const auto tree = CompactRange::fromPeaks(info.tip.position.value, peaks);
  if (!tree) throwBadSnapshot(info, "its peaks are not those of a tree of its size");
  if (tree->root().bytes != info.tip.root) throwBadSnapshot(info, "its peaks give another root");
  return *tree;
}

/// The commit that ends where the snapshot was taken.
void requireCommit(const store::Store& store, const store::SnapshotInfo& info) {
  std::optional<store::Tip> tip;
  store.scan(info.tip.position, [&tip](const store::StoredCommit& commit) {
    tip = commit.tip;
    return store::ScanStep::stop;
  });
  if (!tip) throwBadSnapshot(info, "the log ends before it");
  if (*tip != info.tip) throwBadSnapshot(info, "the log's commit there has another root or time");
}

/// Collects the records as they come.
class Loader {
 public:
  Loader(const Codec& codec, const store::SnapshotInfo& info) : codec_(codec), info_(info) {}

  void take(BytesView record) {
    switch (records_++) {
      case 0:
        tree_ = decodePeaks(info_, record);
        return;
      case 1:
        ledger_ = codec_.decodeLedgerState(record);
        break;
      default:
        customers_.push_back(codec_.decodeCustomer(record));
        break;
    }
    hash_.update(record);
  }

  Replayed finish() {
    if (records_ < 2 || records_ != info_.records) throwBadSnapshot(info_, "records are missing");
    const Digest digest = hash_.finish();
    if (digest.bytes != info_.digest) {
      throwBadSnapshot(info_, "its records have the digest " + digest.hex() +
                                  ", stored with them is " + Digest{info_.digest}.hex());
    }
    if (ledger_.last != info_.tip.position || ledger_.recorded != info_.tip.recorded) {
      throwBadSnapshot(info_,
                       "it holds the state of position " + std::to_string(ledger_.last.value));
    }
    if (const auto problem = partsProblem(ledger_, customers_)) throwBadSnapshot(info_, *problem);
    core::State state(std::move(ledger_), std::move(customers_));
    if (const auto problem = stateProblem(state)) throwBadSnapshot(info_, *problem);
    return {core::Engine(std::move(state)), tree_};
  }

 private:
  const Codec& codec_;
  const store::SnapshotInfo& info_;
  audit::Sha256 hash_;
  std::uint64_t records_ = 0;
  CompactRange tree_;
  LedgerState ledger_;
  StableVector<Customer> customers_;
};

}  // namespace

Bytes encodePeaks(const CompactRange& tree) {
  const std::vector<Digest> peaks = tree.peaks();
  Bytes record(peaks.size() * Digest::kBytes);
  for (std::size_t i = 0; i < peaks.size(); ++i) {
    std::memcpy(record.data() + i * Digest::kBytes, peaks[i].bytes.data(), Digest::kBytes);
  }
  return record;
}

Replayed loadSnapshot(const store::Store& store, const Codec& codec,
                      const store::SnapshotInfo& info) {
  requireCommit(store, info);
  Loader loader(codec, info);
  try {
    store.readSnapshot(info.tip.position, [&loader](BytesView record) { loader.take(record); });
    return loader.finish();
  } catch (const DecodeError& error) {
    throwBadSnapshot(info, error.what());
  } catch (const Overflow& error) {
    throwBadSnapshot(info, error.what());
  }
}

void writeSnapshot(store::Store& store, const Codec& codec, const Replayed& ledger) {
  const core::State& state = ledger.engine.state();
  CHECK(ledger.tree.size() == state.ledger.last.value, "tree and state are of one position");
  const auto writer = store.startSnapshot();
  writer->put(encodePeaks(ledger.tree));
  writer->put(codec.encode(state.ledger));
  for (const Customer& customer : state.customers) writer->put(codec.encode(customer));
  writer->finish({state.ledger.last, ledger.tree.root().bytes, state.ledger.recorded},
                 stateDigest(state, codec));
}

store::Hash stateDigest(const core::State& state, const Codec& codec) {
  audit::Sha256 hash;
  hash.update(codec.encode(state.ledger));
  for (const Customer& customer : state.customers) hash.update(codec.encode(customer));
  return hash.finish().bytes;
}

}  // namespace daybook::replay
