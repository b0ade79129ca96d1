#include "daemon/store_thread.h"

#include <utility>

#include "ledger/audit/leaf.h"
#include "ledger/base/check.h"

namespace daybook::daemon {

StoreThread::StoreThread(store::Store& store, audit::CompactRange tree, OnDurable on_durable,
                         OnFailure on_failure)
    : store_(store),
      tree_(std::move(tree)),
      on_durable_(std::move(on_durable)),
      on_failure_(std::move(on_failure)) {
  CHECK(tree_.size() == store_.tip().position.value, "the tree is the log's");
  thread_ = std::thread([this] { run(); });
}

StoreThread::~StoreThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void StoreThread::handOver(std::shared_ptr<Chunk> chunk) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(chunk));
  }
  wake_.notify_one();
}

void StoreThread::run() {
  while (true) {
    std::shared_ptr<Chunk> chunk;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      chunk = std::move(queue_.front());
      queue_.pop_front();
    }
    try {
      on_durable_(commit(*chunk));
    } catch (const std::exception& error) {
      on_failure_(error.what());
      CHECK(false, "a failed commit ends the process");
    }
  }
}

CommitResult StoreThread::commit(Chunk& chunk) {
  store::Batch& batch = chunk.batch;
  batch.leaves.reserve(batch.events.size());
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    const audit::Digest leaf = audit::leafHash(batch.events[i]);
    tree_.append(leaf);
    batch.leaves.push_back(leaf.bytes);
  }
  batch.tip.position = chunk.last();
  batch.tip.root = tree_.root().bytes;
  CHECK(tree_.size() == batch.tip.position.value, "positions and leaves go together");
  store_.append(batch);
  return {batch.tip, tree_};
}

}  // namespace daybook::daemon
