// Admission: when the ledger takes nothing new, and why.
//
// Writes are refused while the daemon stops (unavailable), after a jump of the wall clock
// (clockJumped) and while less than limits::kStorageReserveBytes can still be written
// (storageFull); reads and repeated keys are answered all the same. Belongs to the loop thread.
#pragma once

#include <memory>

#include <spdlog/logger.h>

#include "daemon/clock.h"
#include "daemon/commit_pipeline.h"
#include "ledger/store/store.h"

namespace daybook::daemon {

class Admission {
 public:
  /// All outlive this object.
  Admission(CommitPipeline& pipeline, const store::Store& store, const Clock& clock,
            spdlog::logger& logger)
      : pipeline_(pipeline), store_(store), clock_(clock), logger_(logger) {}

  /// Looks at clock and disk, and tells the pipeline. Logs what changes.
  void update();
  /// From now on nothing is recorded.
  void stop();

  bool storageFull() const { return storage_full_; }
  std::uint64_t freeBytes() const { return free_bytes_; }

 private:
  CommitPipeline& pipeline_;
  const store::Store& store_;
  const Clock& clock_;
  spdlog::logger& logger_;
  bool stopping_ = false;
  bool storage_full_ = false;
  bool clock_jumped_ = false;
  std::uint64_t free_bytes_ = 0;
};

}  // namespace daybook::daemon
