// A customer's events, newest first, as the log has them: what statements and usage by day are made
// of.
//
// The events are read on the worker pool, in slices, so that a long history holds up neither the
// loop nor a stop; a call that is dropped ends with its slice. The log only grows, so a walk from a
// fixed position sees the same whenever it runs. Belongs to the loop thread.
#pragma once

#include <kj/async.h>

#include <memory>

#include "daemon/session.h"
#include "ledger/base/ids.h"
#include "ledger/model/event.h"

namespace daybook::daemon {

enum class HistoryStep { proceed, stop };

/// Takes the events of one customer, newest first. Called on one thread at a time, not always the
/// same.
class HistoryVisitor {
 public:
  virtual ~HistoryVisitor() = default;
  virtual HistoryStep take(const Event& event) = 0;
};

/// Shows `visitor` the customer's events from `newest` back, once that one is durable. REQUIRES:
/// `newest` is a position of the customer, or none.
kj::Promise<void> walkBack(LedgerService& service, Position newest,
                           std::shared_ptr<HistoryVisitor> visitor);

}  // namespace daybook::daemon
