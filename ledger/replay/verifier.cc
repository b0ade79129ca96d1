#include "ledger/replay/verifier.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "ledger/replay/commit_check.h"
#include "ledger/replay/redecider.h"
#include "ledger/replay/snapshot.h"

namespace daybook::replay {
namespace {

constexpr std::uint64_t kProgressEvents = 4'096;

/// A set of key entries, whatever their order: their number and the sum of their hashes.
class KeySet {
 public:
  void add(const store::KeyEntry& entry) {
    ++count_;
    sum_ += mixed(mixed(entry.fingerprint) + entry.position.value);
  }
  bool operator==(const KeySet&) const = default;

 private:
  /// A bijection that spreads every bit (the finalizer of SplitMix64).
  static std::uint64_t mixed(std::uint64_t word) {
    word += 0x9e3779b97f4a7c15;
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
    word = (word ^ word >> 27) * 0x94d049bb133111eb;
    return word ^ word >> 31;
  }

  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
};

/// Compares a snapshot's records with those of the state it was taken of.
class SnapshotComparison {
 public:
  SnapshotComparison(const Codec& codec, const core::State& state, const audit::CompactRange& tree)
      : codec_(codec), state_(state), tree_(tree) {}

  void take(BytesView record) {
    const std::uint64_t index = records_++;
    if (!problem_.empty()) return;
    if (index == 0) return compare(record, encodePeaks(tree_), "the peaks of its tree");
    hash_.update(record);
    if (index == 1) return compare(record, codec_.encode(state_.ledger), "the ledger's state");
    const std::uint64_t customer = index - 1;
    if (customer > state_.customers.size()) {
      problem_ = "it has more customers than the log";
      return;
    }
    const Customer& expected = state_.customers[customer - 1];
    compare(record, codec_.encode(expected), "customer \"" + expected.id + '"');
  }

  /// What is wrong with the whole; empty: nothing.
  std::string finish(const store::SnapshotInfo& info) {
    if (!problem_.empty()) return problem_;
    if (records_ != state_.customers.size() + 2 || records_ != info.records) {
      return "it has " + std::to_string(records_) + " records, the log gives " +
             std::to_string(state_.customers.size() + 2);
    }
    if (hash_.finish().bytes != info.digest) return "its digest is not that of its records";
    return {};
  }

 private:
  void compare(BytesView record, const Bytes& expected, const std::string& what) {
    if (!std::ranges::equal(record, expected)) {
      problem_ = what + " is not what the log gives at its position";
    }
  }

  const Codec& codec_;
  const core::State& state_;
  const audit::CompactRange& tree_;
  audit::Sha256 hash_;
  std::uint64_t records_ = 0;
  std::string problem_;
};

class Verification {
 public:
  Verification(const store::Store& store, const Codec& codec, const VerifyOptions& options)
      : store_(store),
        codec_(codec),
        options_(options),
        // In this order: snapshots and runs are of positions that were durable before them.
        snapshots_(store.snapshots()),
        keys_through_(store.keyRunsThrough()),
        seed_(store.keySeed()),
        end_(store.tip()),
        check_(audit::CompactRange()),
        redecider_(store, codec) {}

  Report run() {
    try {
      store_.checkStructure();
      store_.scan(Position(), [this](const store::StoredCommit& commit) {
        take(commit);
        const bool goes_on = report_.isOk() && commit.tip.position < end_.position;
        return goes_on ? store::ScanStep::proceed : store::ScanStep::stop;
      });
      if (report_.isOk()) checkEnd();
      if (report_.isOk()) checkKeyRuns();
    } catch (const store::DamageError& error) {
      fail(error.position(), error.what());
    }
    return report_;
  }

 private:
  void fail(Position position, const std::string& problem) {
    if (!report_.isOk()) return;
    report_.position = position;
    report_.problem = problem;
  }

  void take(const store::StoredCommit& commit) {
    check_.take(commit);
    const auto events = decoded(commit);
    if (!events) return;
    if (const auto problem = redecider_.take(*events, commit.events)) {
      return fail(problem->position, problem->text);
    }
    if (commit.tip.recorded != events->back().recorded) {
      return fail(commit.tip.position,
                  "its commit was stored with the recorded time " + commit.tip.recorded.toString());
    }
    for (const Event& event : *events) addKey(event);
    count(commit);
    checkSnapshotsAt(commit.tip);
  }

  /// nullopt when one is malformed.
  std::optional<std::vector<Event>> decoded(const store::StoredCommit& commit) {
    std::vector<Event> events;
    events.reserve(commit.events.size());
    for (const BytesView bytes : commit.events) {
      try {
        events.push_back(codec_.decodeEvent(bytes));
      } catch (const DecodeError& error) {
        fail(Position(commit.first.value + events.size()), error.what());
        return std::nullopt;
      }
    }
    return events;
  }

  void addKey(const Event& event) {
    if (event.key.empty() || event.position > keys_through_) return;
    keys_of_log_.add(
        {store::KeyIndex::fingerprint(seed_, keyScope(event), event.key), event.position});
  }

  void count(const store::StoredCommit& commit) {
    const core::State& state = redecider_.state();
    const std::uint64_t before = report_.events;
    report_.events = check_.tree().size();
    report_.commits += 1;
    report_.customers = state.customers.size();
    report_.invoices = state.invoices.size();
    report_.credit_notes = state.credit_notes.size();
    report_.root = audit::Digest{commit.tip.root};
    report_.recorded = commit.tip.recorded;
    const bool is_due = before / kProgressEvents != report_.events / kProgressEvents ||
                        commit.tip.position == end_.position;
    if (options_.progress && is_due) options_.progress(commit.tip.position, end_.position);
  }

  void checkSnapshotsAt(const store::Tip& tip) {
    while (next_snapshot_ < snapshots_.size() && report_.isOk()) {
      const store::SnapshotInfo& info = snapshots_[next_snapshot_];
      if (info.tip.position > tip.position) return;
      checkSnapshot(info, tip);
      ++next_snapshot_;
    }
  }

  void checkSnapshot(const store::SnapshotInfo& info, const store::Tip& tip) {
    const std::string name = "the snapshot of this position: ";
    if (info.tip != tip) {
      return fail(info.tip.position, name + "the log's commit there has another root, time or end");
    }
    SnapshotComparison comparison(codec_, redecider_.state(), check_.tree());
    try {
      store_.readSnapshot(info.tip.position,
                          [&comparison](BytesView record) { comparison.take(record); });
    } catch (const store::DamageError&) {
      throw;
    } catch (const store::StoreError&) {
      // A writer beside us may have dropped it meanwhile.
      if (isListed(info)) throw;
      return;
    }
    const std::string problem = comparison.finish(info);
    if (!problem.empty()) return fail(info.tip.position, name + problem);
    report_.snapshots += 1;
  }

  bool isListed(const store::SnapshotInfo& info) const {
    const auto listed = store_.snapshots();
    return std::find(listed.begin(), listed.end(), info) != listed.end();
  }

  void checkEnd() {
    const Position last(check_.tree().size());
    if (last < end_.position) {
      return fail(last.next(), "missing: the log ends before its newest position " +
                                   std::to_string(end_.position.value));
    }
    if (next_snapshot_ < snapshots_.size()) {
      fail(snapshots_[next_snapshot_].tip.position,
           "the snapshot of this position: the log ends before it");
    }
  }

  void checkKeyRuns() {
    if (keys_through_ > end_.position) {
      return fail(keys_through_, "the persisted keys reach past the log's end");
    }
    KeySet persisted;
    store_.readKeyRuns([&](const store::KeyEntry& entry) {
      if (entry.position <= keys_through_) persisted.add(entry);
    });
    if (persisted != keys_of_log_) {
      fail(Position(), "the persisted keys up to position " + std::to_string(keys_through_.value) +
                           " are not those of the log");
    }
  }

  const store::Store& store_;
  const Codec& codec_;
  const VerifyOptions& options_;
  const std::vector<store::SnapshotInfo> snapshots_;
  const Position keys_through_;
  const store::KeySeed seed_;
  const store::Tip end_;
  CommitCheck check_;
  Redecider redecider_;
  KeySet keys_of_log_;
  std::size_t next_snapshot_ = 0;
  Report report_;
};

}  // namespace

Report verify(const store::Store& store, const Codec& codec, const VerifyOptions& options) {
  try {
    return Verification(store, codec, options).run();
  } catch (const store::DamageError& error) {
    // Of what is kept beside the log, before any of it was read.
    Report report;
    report.position = error.position();
    report.problem = error.what();
    return report;
  }
}

}  // namespace daybook::replay
