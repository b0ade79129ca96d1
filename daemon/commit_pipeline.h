// The commit pipeline: the one way into the log, on the loop thread.
//
// submit() looks up the key, records what is due for the customer, decides, applies and queues;
// queued events are handed to the store thread whenever it is free, so that one commit takes all
// that came while the last one was syncing. Nothing that submit() or the state answers may leave
// the process before durable() of the position it depends on is fulfilled: that is the gate.
//
// Errors: refused input is a Verdict; a queue past limits::kPipelineBytesMax throws an OVERLOADED
// kj::Exception, before anything is decided. Belongs to the loop thread.
#pragma once

#include <kj/async.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/store_thread.h"
#include "ledger/core/boundaries.h"
#include "ledger/core/engine.h"
#include "ledger/model/codec.h"
#include "ledger/model/receipt.h"
#include "ledger/store/key_index.h"
#include "ledger/store/store.h"

namespace daybook::daemon {

/// An answer and the position that must be durable before it may be given.
struct Submitted {
  Answer answer;
  Position wait_for;
};

/// A command that comes soon; the views live until then.
struct Upcoming {
  std::string_view customer;
  std::string_view key;
  // What prefetch() finds out.
  CustomerNumber number;          // none: no such customer yet
  std::uint64_t fingerprint = 0;  // of the key, were it that customer's
};

/// A ledger as opened from its directory: state, keys and tree of the durable log.
struct OpenedLedger {
  core::Engine engine;
  std::unique_ptr<store::KeyIndex> keys;
  store::KeySeed key_seed;
  audit::CompactRange tree;
  std::vector<store::KeyEntry> unsaved_keys;  // of events after the last persisted run
};

/// Sees a customer just before an event changes it, and the ledger's own events.
class ApplyObserver {
 public:
  virtual ~ApplyObserver() = default;
  virtual void beforeApply(const core::State& state, const Event& event) = 0;
};

class CommitPipeline {
 public:
  /// The time by the wall, for ledgers whose clock is not manual: never before a recorded one.
  using WallNow = std::function<Instant()>;

  struct Parts {
    const store::Store& store;  // reads only
    const Codec& codec;
    const core::Boundaries& boundaries;
    WallNow wall_now;
  };

  CommitPipeline(OpenedLedger ledger, Parts parts);
  ~CommitPipeline() noexcept(false);
  CommitPipeline(const CommitPipeline&) = delete;
  CommitPipeline& operator=(const CommitPipeline&) = delete;

  /// Starts handing chunks to `store_thread`, which outlives the use. Its results come back through
  /// onDurable().
  void connect(StoreThread& store_thread) { store_thread_ = &store_thread; }

  /// `expected`, of this very command and after prefetch(), spares looking up the same again.
  Submitted submit(Command&& command, const Upcoming& expected = {});
  /// Fetches into the cache what submit() of these will touch, in steps over all of them, so that
  /// the memory's answers overlap. Changes nothing. Good for a dozen or so.
  void prefetch(std::span<Upcoming> upcoming) const;
  /// Records the first event of an empty log.
  Position create(const LedgerCreated& ledger, Instant at);
  /// Records what is due for this customer now, unless writing is refused. For reads, which show it
  /// as done in any case.
  void catchUp(CustomerNumber customer);
  /// Records at most `slice` pieces of due work of the ledger, oldest first; true when more is due.
  bool workDue(std::size_t slice);

  /// Fulfilled when the event at `position` is on disk; at once for none.
  kj::Promise<void> durable(Position position);
  /// Everything recorded so far is on disk.
  kj::Promise<void> allDurable() { return durable(state().ledger.last); }

  /// Fulfilled when the next commit is on disk.
  kj::Promise<void> nextCommit() { return next_commit_.addBranch(); }

  const core::State& state() const { return engine_.state(); }
  core::Context context() const { return {now(), boundaries_}; }
  /// The ledger's time: the manual clock, or the wall's, never before the newest event.
  Instant now() const;
  bool isManual() const { return state().ledger.ledger.settings.clock == ClockKind::manual; }
  /// One event's bytes, queued ones included; nullopt past the log's end.
  std::optional<Bytes> read(Position position) const;

  /// Why writes are refused now, if they are.
  const std::optional<Verdict>& refusal() const { return refusal_; }
  /// Refuses everything that would record, with this outcome; duplicates are still answered.
  void refuse(Verdict verdict) { refusal_ = std::move(verdict); }
  void accept() { refusal_.reset(); }

  /// To be called on the loop thread for each commit, in order.
  void onDurable(CommitResult result);

  const CommitResult& durableTip() const { return durable_; }
  std::uint64_t commits() const { return commits_; }
  std::size_t queuedBytes() const { return queued_bytes_; }
  std::uint64_t keyCount() const { return keys_->size(); }

  /// Calls `take` with the commit that ends at `position`: at once if it is the newest durable one,
  /// else when it becomes durable. REQUIRES: a commit ends there or will, see sealChunk(). At most
  /// one is waited for.
  void takeCommit(Position position, std::function<void(const CommitResult&)> take);

  /// At most one; null to remove it.
  void observe(ApplyObserver* observer) { observer_ = observer; }
  /// Closes the chunk that is being filled, so that everything recorded so far ends a commit.
  void sealChunk();
  /// Keys recorded since they were last taken, up to the newest event. Put back what could not be
  /// persisted.
  std::vector<store::KeyEntry> takeUnsavedKeys() { return std::exchange(unsaved_keys_, {}); }
  void putBackUnsavedKeys(std::vector<store::KeyEntry> keys);

 private:
  struct Queued {
    std::shared_ptr<Chunk> chunk;
    kj::Own<kj::PromiseFulfiller<void>> fulfiller;
    kj::ForkedPromise<void> durable;
  };

  const Customer* customerOf(const std::string& id, const Upcoming& expected) const;
  std::optional<Submitted> repeated(const Command& command, CustomerNumber scope,
                                    std::uint64_t fingerprint) const;
  /// The event that the command is about, when deciding needs it.
  std::optional<Event> subjectOf(const Command& command, CustomerNumber customer) const;
  std::optional<Event> findKeyed(CustomerNumber scope, const std::string& key,
                                 std::uint64_t fingerprint) const;
  std::uint64_t fingerprintOf(CustomerNumber scope, std::string_view key) const {
    return store::KeyIndex::fingerprint(key_seed_, scope, key);
  }
  /// Seals, queues and applies a decision's events. A refusal, for their size, changes nothing;
  /// else the receipt of the keyed event, if there is one.
  /// `fingerprint` is the key's, if there is one.
  Answer record(core::Decision decision, Instant recorded, std::string key = {},
                std::uint64_t fingerprint = 0);
  Verdict checkSizes(const core::Decision& decision, Instant recorded,
                     const std::string& key) const;
  void queue(const Event& event, std::uint64_t fingerprint, BytesView bytes);
  Queued& openChunk();
  void handOver();
  bool recordDueOf(CustomerNumber customer, Instant now);

  core::Engine engine_;
  std::unique_ptr<store::KeyIndex> keys_;
  store::KeySeed key_seed_;
  std::vector<store::KeyEntry> unsaved_keys_;
  const store::Store& store_;
  const Codec& codec_;
  const core::Boundaries& boundaries_;
  WallNow wall_now_;
  StoreThread* store_thread_ = nullptr;
  ApplyObserver* observer_ = nullptr;
  std::optional<Verdict> refusal_;

  std::deque<Queued> queue_;     // oldest first; the last one may still be filled
  std::size_t handed_over_ = 0;  // of them, with the store thread
  bool last_sealed_ = true;      // the last one takes no more events
  std::size_t queued_bytes_ = 0;
  std::shared_ptr<Chunk> spare_;  // durable and emptied: its memory, for the next one; or null
  Bytes encoded_;                 // the event that is being recorded
  bool hand_over_scheduled_ = false;
  kj::Promise<void> hand_over_ = kj::READY_NOW;
  CommitResult durable_;
  kj::PromiseFulfillerPair<void> next_commit_pair_ = kj::newPromiseAndFulfiller<void>();
  kj::ForkedPromise<void> next_commit_ = next_commit_pair_.promise.fork();
  Position take_at_;
  std::function<void(const CommitResult&)> take_;
  std::uint64_t commits_ = 0;
};

}  // namespace daybook::daemon
