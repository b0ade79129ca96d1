// Sessions: what a connection may do, as capabilities (protocol/daybook.capnp).
//
// login() gives a caller the capabilities of its roles; each capability is a small server over the
// one LedgerService. Nothing leaves before it is durable: every method answers behind
// CommitPipeline::durable(). All of it belongs to the loop thread.
#pragma once

#include <spdlog/logger.h>

#include <functional>
#include <string>

#include "daemon/access.h"
#include "daemon/admission.h"
#include "daemon/clock.h"
#include "daemon/commit_pipeline.h"
#include "daemon/config.h"
#include "daemon/hold_drops.h"
#include "daemon/snapshotter.h"
#include "daemon/ticker.h"
#include "daemon/uv_event_port.h"
#include "daemon/visitor.h"
#include "daemon/watches.h"
#include "daemon/worker_pool.h"
#include "ledger/model/codec.h"
#include "ledger/store/store.h"
#include "protocol/daybook.capnp.h"

namespace daybook::daemon {

/// What the capabilities work on. Outlives every session.
struct LedgerService {
  CommitPipeline& pipeline;
  Ticker& ticker;
  Snapshotter& snapshotter;
  Admission& admission;
  Clock& clock;
  const store::Store& store;
  const Codec& codec;
  const ZoneRules& zones;
  WorkerPool& pool;
  UvEventPort& loop;
  spdlog::logger& logger;
  std::string data_directory;
  std::function<std::uint32_t()> connections;
  kj::TimePoint started;
  HoldDrops& hold_drops;
  Watches& watches;
};

/// The bootstrap capability of one connection.
wire::Daybook::Client makeLogin(LedgerService& service, Access& access, kj::Own<Visitor> visitor);

/// What the capability of a customer stands for: its calls are answered from the log at
/// `min_position` or later, and unknownPosition when it has not come that far.
struct CustomerName {
  std::string id;
  Position min_position;
};

// One capability each. `roles` limits what Billing.submit may do.
wire::Recorder::Client makeRecorder(LedgerService& service);
/// What a Hold capability stands for.
struct HoldName {
  std::string customer;  // id
  std::string key;       // of the command that placed it
  Verdict refusal;       // ok, or what every call is answered
};
/// What happens to the hold when the capability is dropped: see CustomerRecorder.hold.
enum class DropPolicy { leave, release };
wire::Hold::Client makeHold(LedgerService& service, HoldName name, DropPolicy policy);
/// `watches` is of the connection.
wire::Reader::Client makeReader(LedgerService& service,
                                kj::Own<WatchCount> watches = kj::refcounted<WatchCount>());
wire::CustomerReader::Client makeCustomerReader(
    LedgerService& service, CustomerName name,
    kj::Own<WatchCount> watches = kj::refcounted<WatchCount>());
wire::Billing::Client makeBilling(LedgerService& service, Roles roles);
wire::CustomerBilling::Client makeCustomerBilling(LedgerService& service, CustomerName name);
wire::Auditor::Client makeAuditor(LedgerService& service);
wire::Admin::Client makeAdmin(LedgerService& service);

}  // namespace daybook::daemon
