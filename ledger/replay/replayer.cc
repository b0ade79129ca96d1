#include "ledger/replay/replayer.h"

#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/replay/commit_check.h"

namespace daybook::replay {
namespace {

constexpr std::uint64_t kProgressEvents = 4'096;
constexpr std::size_t kWindowEvents = 32;

/// Folds commits up to one position.
class Folding {
 public:
  Folding(const Codec& codec, const ReplayOptions& options, Replayed& ledger, Position to)
      : codec_(codec), options_(options), ledger_(ledger), to_(to) {}

  store::ScanStep take(const store::StoredCommit& commit) {
    CommitCheck check(ledger_.tree, options_.hashes);
    check.take(commit);
    while (last() < to_ && last() < commit.tip.position) {
      const std::uint64_t left = std::min(to_, commit.tip.position).value - last().value;
      foldWindow(commit, std::min<std::uint64_t>(left, kWindowEvents));
    }
    if (last() == commit.tip.position) {
      if (ledger_.engine.state().ledger.recorded != commit.tip.recorded) {
        throwDamaged(last(), "its commit was stored with another recorded time");
      }
      ledger_.tree = check.tree();
    } else {
      growTree(commit);
    }
    return last() < to_ ? store::ScanStep::proceed : store::ScanStep::stop;
  }

 private:
  Position last() const { return ledger_.engine.state().ledger.last; }

  /// Customers are scattered over memory: all of a window's are on their way to the cache before
  /// the first event is folded.
  void foldWindow(const store::StoredCommit& commit, std::uint64_t count) {
    const core::State& state = ledger_.engine.state();
    const Position first = last().next();
    std::exception_ptr malformed;
    std::size_t decoded = 0;
    for (; decoded < count; ++decoded) {
      const std::size_t index = first.value + decoded - commit.first.value;
      try {
        window_[decoded] = codec_.decodeEvent(commit.events[index]);
      } catch (const DecodeError&) {
        malformed = std::current_exception();
        break;
      }
      state.prefetch(window_[decoded].customer);
    }
    for (std::size_t i = 0; i < decoded; ++i) state.prefetchAccount(window_[i].customer);
    for (std::size_t i = 0; i < decoded; ++i) fold(Position(first.value + i), window_[i]);
    if (!malformed) return;
    try {
      std::rethrow_exception(malformed);
    } catch (const DecodeError& error) {
      throwDamaged(Position(first.value + decoded), error.what());
    }
  }

  void fold(Position position, const Event& event) {
    try {
      ledger_.engine.fold(event);
    } catch (const core::UnfitEvent& error) {
      throwDamaged(position, error.text());
    } catch (const Overflow& error) {
      throwDamaged(position, error.what());
    }
    if (options_.on_event) options_.on_event(event);
    const bool is_due = position == to_ || position.value % kProgressEvents == 0;
    if (options_.progress && is_due) options_.progress(position, to_);
  }

  /// By the events of a commit that were folded, the last ones left out.
  void growTree(const store::StoredCommit& commit) {
    for (std::uint64_t index = ledger_.tree.size(); index < last().value; ++index) {
      ledger_.tree.append(audit::Digest{commit.leaves[index + 1 - commit.first.value]});
    }
  }

  const Codec& codec_;
  const ReplayOptions& options_;
  Replayed& ledger_;
  Position to_;
  std::array<Event, kWindowEvents> window_;
};

}  // namespace

Replayed replay(const store::Store& store, const Codec& codec, const ReplayOptions& options,
                Replayed start) {
  Replayed ledger = std::move(start);
  const LedgerState& state = ledger.engine.state().ledger;
  const Position end = store.tip().position;
  const Position to = options.to.value_or(end);
  CHECK(ledger.tree.size() == state.last.value, "tree and state are of one position");
  CHECK(!options.to || (state.last <= to && to <= end), "the log leads from the start to its end");
  if (state.last < to) {
    Folding folding(codec, options, ledger, to);
    store.scan(state.last.next(),
               [&folding](const store::StoredCommit& commit) { return folding.take(commit); });
  }
  if (state.last != to) {
    throwDamaged(state.last.next(),
                 "missing: the log ends before its newest position " + std::to_string(to.value));
  }
  return ledger;
}

Position positionAt(const store::Store& store, const Codec& codec, Instant at) {
  return store.positionAt(at,
                          [&codec](BytesView event) { return codec.decodeEvent(event).recorded; });
}

}  // namespace daybook::replay
