// A ledger in service, in this process: the daemon's own parts on a MemoryStore and a manual clock.
//
// Commits can be held back, so that a test sees what may not leave before they are on disk.
#pragma once

#include <capnp/capability.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/null_sink.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cross_thread.h"
#include "daemon/ledger_opener.h"
#include "daemon/session.h"
#include "daemon/store_thread.h"
#include "ledger/store/memory_store.h"
#include "protocol/codec.h"
#include "tests/support/fixed_zones.h"

namespace daybook::testing {

class RunningLedger {
 public:
  static constexpr Instant kStart{1'767'225'600'000'000'000};  // 2026-01-01T00:00:00Z

  /// Within `watcher_timeout` a watcher has to return a call.
  explicit RunningLedger(kj::Duration watcher_timeout = 60 * kj::SECONDS)
      : loop_(port_),
        scope_(loop_),
        boundaries_(zones_),
        logger_("test", std::make_shared<spdlog::sinks::null_sink_mt>()),
        pipeline_(daemon::openLedger(store_, codec_, logger_),
                  {store_, codec_, boundaries_, [] { return kStart; }}),
        commits_(port_,
                 [this](std::vector<daemon::CommitResult> results) {
                   for (auto& result : results) pipeline_.onDurable(std::move(result));
                 }),
        pool_(port_),
        clock_(daemon::ClockSources::system(), kStart, logger_),
        store_thread_(
            store_, {}, [this](daemon::CommitResult result) { deliver(std::move(result)); },
            [](const std::string&) { std::abort(); }),
        admission_(pipeline_, store_, clock_, logger_),
        ticker_(pipeline_, admission_, port_),
        snapshotter_(pipeline_, store_, codec_, pool_, logger_, {0, 2}),
        watches_(watcher_timeout),
        service_{pipeline_,
                 ticker_,
                 snapshotter_,
                 admission_,
                 clock_,
                 store_,
                 codec_,
                 zones_,
                 pool_,
                 port_,
                 logger_,
                 "memory",
                 [] { return 0U; },
                 port_.timer().now(),
                 hold_drops_,
                 watches_} {
    pipeline_.connect(store_thread_);
    LedgerCreated created;
    created.ledger_id = std::string(32, '0');
    created.settings.clock = ClockKind::manual;
    pipeline_.create(created, kStart);
    wait(pipeline_.allDurable());
  }

  template <typename T>
  T wait(kj::Promise<T> promise) {
    return promise.wait(scope_);
  }
  /// Whether it is fulfilled after all that can happen now has happened.
  bool isFulfilled(kj::Promise<void>& promise) { return promise.poll(scope_); }

  /// The store thread commits, but the loop does not learn of it until release().
  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    for (auto& result : waiting_) commits_.push(std::move(result));
    waiting_.clear();
  }

  /// Submits and waits until the answer may be given.
  Answer give(const std::string& customer, CommandBody body, std::string key = {}) {
    if (key.empty()) key = "key-" + std::to_string(++keys_);
    daemon::Submitted done = pipeline_.submit({std::move(key), customer, std::move(body)});
    wait(pipeline_.durable(done.wait_for));
    return done.answer;
  }

  daemon::CommitPipeline& pipeline() { return pipeline_; }
  daemon::Admission& admission() { return admission_; }
  daemon::Ticker& ticker() { return ticker_; }
  daemon::Snapshotter& snapshotter() { return snapshotter_; }
  daemon::LedgerService& service() { return service_; }
  store::MemoryStore& store() { return store_; }
  const protocol::CapnpCodec& codec() const { return codec_; }
  spdlog::logger& logger() { return logger_; }
  kj::WaitScope& scope() { return scope_; }

 private:
  void deliver(daemon::CommitResult result) {
    const std::lock_guard lock(mutex_);
    if (held_) {
      waiting_.push_back(std::move(result));
    } else {
      commits_.push(std::move(result));
    }
  }

  daemon::UvEventPort port_;
  kj::EventLoop loop_;
  kj::WaitScope scope_;
  store::MemoryStore store_;
  protocol::CapnpCodec codec_;
  FixedZones zones_;
  core::ZoneBoundaries boundaries_;
  spdlog::logger logger_;
  std::mutex mutex_;
  bool held_ = false;
  std::vector<daemon::CommitResult> waiting_;
  std::uint64_t keys_ = 0;
  daemon::CommitPipeline pipeline_;
  daemon::CrossThreadQueue<daemon::CommitResult> commits_;
  daemon::WorkerPool pool_;
  daemon::Clock clock_;
  daemon::StoreThread store_thread_;
  daemon::Admission admission_;
  daemon::Ticker ticker_;
  daemon::Snapshotter snapshotter_;
  daemon::HoldDrops hold_drops_;
  daemon::Watches watches_;
  daemon::LedgerService service_;
};

/// A metered plan "pro": calls at 0.01, 10 000 included, no alerts; published, and `customers`
/// subscribed to it.
inline void sellCalls(RunningLedger& ledger, const std::vector<std::string>& customers) {
  Catalog catalog;
  catalog.features.push_back({"calls", "Calls", FeatureType::metered, Meter::sum});
  Plan plan;
  plan.code = "pro";
  plan.prices.push_back({.currency = "USD", .base = Decimal::fromInteger(99)});
  PlanFeature calls;
  calls.feature = "calls";
  calls.included = Decimal::fromInteger(10'000);
  Price price;
  price.currency = "USD";
  price.unit_price = *Decimal::parse("0.01");
  calls.prices.push_back(price);
  plan.features.push_back(calls);
  plan.alerts.emplace();
  catalog.plans.push_back(plan);
  ledger.give("", PublishCatalog{catalog, "digest"});
  for (const std::string& customer : customers) {
    ledger.give(customer, CreateCustomer{});
    ledger.give(customer, Subscribe{"pro", "", std::nullopt});
  }
}

inline RecordUsage calls(std::int64_t count) {
  RecordUsage usage;
  usage.feature = "calls";
  usage.quantity = Decimal::fromInteger(count);
  return usage;
}

}  // namespace daybook::testing
