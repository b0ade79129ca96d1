// A ledger in service on a Unix socket, in a thread of this process: what RunningLedger is, for
// tests of the client. Its clock is set by hand; it can be away for a while.
//
// Threads: every method is the test's; tasks run on the ledger's thread.
#pragma once

#include <unistd.h>

#include <deque>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <utility>

#include "daemon/access.h"
#include "daemon/rpc_server.h"
#include "daemon/signals.h"
#include "daemon/uv_listener.h"
#include "tests/support/running_ledger.h"
#include "tests/support/temporary_directory.h"

namespace daybook::testing {

class ServedLedger {
 public:
  using Task = std::function<void(RunningLedger&)>;

  /// Within `watcher_timeout` a watcher has to return a call.
  explicit ServedLedger(kj::Duration watcher_timeout = 60 * kj::SECONDS)
      : watcher_timeout_(watcher_timeout) {
    daemon::ignoreWriteSignals();
    std::promise<void> ready;
    auto is_ready = ready.get_future();
    thread_ = std::thread([this, &ready] { serve(ready); });
    is_ready.get();
    start();
  }
  ~ServedLedger() {
    stop();
    run([this](RunningLedger&) { ends_ = true; });
    thread_.join();
  }
  ServedLedger(const ServedLedger&) = delete;
  ServedLedger& operator=(const ServedLedger&) = delete;

  std::string address() const { return "unix:" + path(); }

  /// Runs a task to its end. It may wait for promises.
  void run(Task task) {
    Posted posted{std::move(task), {}};
    auto done = posted.done.get_future();
    tasks_->push(&posted);
    done.get();
  }

  /// Drops every connection, and listens no more. What the ledger holds stays.
  void stop() {
    run([this](RunningLedger&) { server_ = nullptr; });
  }
  void start() {
    run([this](RunningLedger& ledger) {
      access_ = kj::heap<daemon::Access>(
          daemon::AccessConfig(), ::geteuid(), [] { return RunningLedger::kStart; },
          ledger.logger());
      server_ = kj::heap<daemon::RpcServer>(
          ledger.service().loop.timer(), ledger.logger(),
          [this, &ledger](kj::Own<daemon::Visitor> visitor) -> capnp::Capability::Client {
            return daemon::makeLogin(ledger.service(), *access_, kj::mv(visitor));
          },
          daemon::RpcServerOptions());
      server_->listen(
          daemon::UvListener::listenUnix(ledger.service().loop, ledger.logger(), {path(), 0600}));
    });
  }

 private:
  struct Posted {
    Task task;
    std::promise<void> done;
  };

  std::string path() const { return folder_.path("daybook.sock"); }

  void serve(std::promise<void>& ready) {
    RunningLedger ledger(watcher_timeout_);
    std::deque<Posted*> waiting;
    kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> awaited;
    tasks_ = kj::heap<daemon::CrossThreadQueue<Posted*>>(
        ledger.service().loop, [&](std::vector<Posted*> tasks) {
          waiting.insert(waiting.end(), tasks.begin(), tasks.end());
          KJ_IF_MAYBE (fulfiller, awaited) (*fulfiller)->fulfill();
        });
    ready.set_value();
    while (!ends_) {
      if (waiting.empty()) {
        auto paf = kj::newPromiseAndFulfiller<void>();
        awaited = kj::mv(paf.fulfiller);
        ledger.wait(kj::mv(paf.promise));
        awaited = nullptr;
        continue;
      }
      Posted* const next = waiting.front();
      waiting.pop_front();
      next->task(ledger);
      next->done.set_value();
    }
    tasks_ = nullptr;
  }

  const kj::Duration watcher_timeout_;
  test::TemporaryDirectory folder_;
  kj::Own<daemon::CrossThreadQueue<Posted*>> tasks_;  // made and ended by the thread
  kj::Own<daemon::Access> access_;                    // the thread's
  kj::Own<daemon::RpcServer> server_;                 // the thread's
  bool ends_ = false;                                 // the thread's
  std::thread thread_;
};

/// A credits plan without credits, "credits": one unit of "work" costs one. `customer` is
/// subscribed to it and is granted some.
inline void sellWork(RunningLedger& ledger, const std::string& customer, std::int64_t credits) {
  Catalog catalog;
  catalog.features.push_back({"work", "Work", FeatureType::metered, Meter::sum});
  Plan plan;
  plan.code = "credits";
  plan.model = ConsumptionModel::credits;
  plan.prices.push_back({.currency = "USD", .base = Decimal::fromInteger(10)});
  PlanFeature work;
  work.feature = "work";
  work.credits_per_unit = Decimal::fromInteger(1);
  plan.features.push_back(work);
  plan.alerts.emplace();
  catalog.plans.push_back(plan);
  ledger.give("", PublishCatalog{catalog, "digest"});
  ledger.give(customer, CreateCustomer{});
  ledger.give(customer, Subscribe{"credits", "", std::nullopt});
  GrantCredits grant;
  grant.credits = Decimal::fromInteger(credits);
  ledger.give(customer, grant);
}

}  // namespace daybook::testing
