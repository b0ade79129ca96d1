// One watch: tells a watcher what happens, from the log (protocol/daybook.capnp, Watcher).
//
// The log is the queue: a watch keeps a position, and of what comes next only places in the log, at
// most some ten thousand. It looks for what to tell on the worker pool, in slices: along the chain
// of one customer, or along the log for all. Balances are those of the state when they are told;
// the call waits until they are durable. One call is outstanding at a time, and only this watch
// waits for it.
//
// Belongs to the loop thread.
#pragma once

#include <kj/async.h>

#include "daemon/session.h"
#include "ledger/base/ids.h"
#include "ledger/model/outcome.h"
#include "protocol/convert_reply.h"
#include "protocol/daybook.capnp.h"

namespace daybook::daemon {

struct WatchOrder {
  CustomerNumber customer;  // none: all
  bool balances = true;
  bool alerts = true;
  bool invoices = true;
  Position from;  // none: from now on
};

/// Why a watch ended. The verdict's detail says more.
struct WatchEnding {
  Verdict verdict;
  wire::WatchEnd end = wire::WatchEnd::REFUSED;
  Position next;
};

WatchOrder readWatch(wire::Watch::Reader from, CustomerNumber customer);

/// Watches until there is an end. Dropping the promise ends it, too.
kj::Promise<WatchEnding> watch(LedgerService& service, const WatchOrder& order,
                               wire::Watcher::Client watcher, kj::Own<WatchCount> count);

/// Answers a call of watch() for one customer, or with none for all.
template <typename Context>
kj::Promise<void> answerWatch(LedgerService& service, Context context, CustomerNumber customer,
                              kj::Own<WatchCount> count) {
  auto params = context.getParams();
  const WatchOrder order = readWatch(params.getWhat(), customer);
  wire::Watcher::Client watcher = params.getWatcher();
  context.releaseParams();
  // A lost connection ends it.
  context.allowCancellation();
  return watch(service, order, kj::mv(watcher), kj::mv(count))
      .then([context](WatchEnding&& ending) mutable {
        auto ended = context.getResults().initEnded();
        protocol::writeVerdict(ended, ending.verdict);
        ended.setEnd(ending.end);
        ended.setNext(ending.next.value);
      });
}

}  // namespace daybook::daemon
