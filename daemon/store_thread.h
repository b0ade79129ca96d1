// The store thread: hashes queued events, grows the Merkle tree and commits, one LMDB transaction
// per chunk.
//
// The loop thread hands over chunks in order; each is one commit. When a chunk is durable its
// result is handed to `on_durable` on the store thread, which passes it to the loop. A commit that
// fails ends the process, with its message and status 74 (EX_IOERR): whether the chunk is there is
// unknown, and the next commit would succeed over a hole.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "ledger/audit/merkle.h"
#include "ledger/model/codec.h"
#include "ledger/store/store.h"

namespace daybook::daemon {

/// Events on their way to the disk. The loop thread fills in the events and their recorded time;
/// once handed over, those are read-only, and leaves, position and root are the store thread's.
struct Chunk {
  store::Batch batch;

  std::size_t sizeBytes() const { return batch.events.bytes().size(); }
  Position last() const { return Position(batch.first.value + batch.events.size() - 1); }
};

/// What a commit made of the log.
struct CommitResult {
  store::Tip tip;
  audit::CompactRange tree;
};

class StoreThread {
 public:
  using OnDurable = std::function<void(CommitResult)>;
  /// Called on the store thread with the error's message; must not return.
  using OnFailure = std::function<void(const std::string&)>;

  /// `store` outlives this object. `tree` is the log's tree as it is.
  StoreThread(store::Store& store, audit::CompactRange tree, OnDurable on_durable,
              OnFailure on_failure);
  /// Commits what is queued, then stops.
  ~StoreThread();
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  void handOver(std::shared_ptr<Chunk> chunk);

 private:
  void run();
  CommitResult commit(Chunk& chunk);

  store::Store& store_;
  audit::CompactRange tree_;
  OnDurable on_durable_;
  OnFailure on_failure_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Chunk>> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace daybook::daemon
