// The snapshotter: writes the state beside traffic, as of one position, without a pause.
//
// A snapshot begins at the end of a commit. Customers are serialised in slices on the loop thread
// and written by the worker pool; one that is about to change before its turn is serialised first,
// so that all of them are of the same position. The ledger's own state is serialised at the
// beginning. Old snapshots past `keep` are dropped. Failure is logged and changes nothing:
// snapshots are a cache. Belongs to the loop thread.
#pragma once

#include <kj/async.h>
#include <spdlog/logger.h>

#include <map>
#include <memory>
#include <optional>

#include "daemon/commit_pipeline.h"
#include "daemon/worker_pool.h"
#include "ledger/audit/leaf.h"
#include "ledger/model/codec.h"
#include "ledger/store/store.h"

namespace daybook::daemon {

struct SnapshotOptions {
  std::uint64_t every_events = 1'000'000;  // 0: only when told to and at a clean stop
  std::uint32_t keep = 2;
};

class Snapshotter final : private ApplyObserver {
 public:
  /// All outlive this object.
  Snapshotter(CommitPipeline& pipeline, store::Store& store, const Codec& codec, WorkerPool& pool,
              spdlog::logger& logger, SnapshotOptions options);
  ~Snapshotter() noexcept override;

  /// Writes one now, or waits for the one that is being written; its position. Throws what went
  /// wrong.
  kj::Promise<Position> write();
  /// Starts one when enough events have been recorded since the last.
  void writeWhenDue();
  /// The newest finished snapshot; none if there is none.
  Position newest() const { return newest_; }
  bool running() const { return run_ != nullptr; }

 private:
  struct Run;
  void beforeApply(const core::State& state, const Event& event) override;
  kj::Promise<Position> start();
  kj::Promise<void> writeSlices(std::shared_ptr<Run> run);
  static void finish(store::Store& store, std::size_t keep, Run& run);

  CommitPipeline& pipeline_;
  store::Store& store_;
  const Codec& codec_;
  WorkerPool& pool_;
  spdlog::logger& logger_;
  SnapshotOptions options_;
  Position newest_;
  std::shared_ptr<Run> run_;
  kj::Maybe<kj::ForkedPromise<Position>> result_;
  kj::Promise<void> background_ = kj::READY_NOW;
};

}  // namespace daybook::daemon
