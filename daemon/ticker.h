// The ticker: works off what time alone causes, in slices, so that a million customers due at one
// midnight do not stop the rest.
//
// Belongs to the loop thread.
#pragma once

#include <kj/async.h>

#include "daemon/admission.h"
#include "daemon/commit_pipeline.h"
#include "daemon/uv_event_port.h"

namespace daybook::daemon {

class Ticker {
 public:
  /// All outlive this object.
  Ticker(CommitPipeline& pipeline, Admission& admission, UvEventPort& loop)
      : pipeline_(pipeline), admission_(admission), loop_(loop) {}

  /// Ticks until it is dropped: due work at its time, admission once a second.
  kj::Promise<void> run();
  /// Everything due at the ledger's present time is recorded, or writing is refused.
  kj::Promise<void> catchUp();

 private:
  kj::Duration untilNext() const;

  CommitPipeline& pipeline_;
  Admission& admission_;
  UvEventPort& loop_;
};

}  // namespace daybook::daemon
