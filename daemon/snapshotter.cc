#include "daemon/snapshotter.h"

#include <kj/debug.h>

#include <utility>
#include <vector>

#include "ledger/base/check.h"
#include "ledger/replay/snapshot.h"

namespace daybook::daemon {

namespace {
// A slice is serialised without yielding: about a millisecond's work, whatever the customers hold.
constexpr std::size_t kSliceCustomers = 512;
constexpr std::size_t kSliceBytes = 512u << 10;
}  // namespace

/// One snapshot being written. Shared with the worker that writes a slice; the two never touch the
/// same member at one time.
struct Snapshotter::Run {
  std::unique_ptr<store::SnapshotWriter> writer;
  audit::Sha256 hash;
  Position position;
  std::uint32_t customers = 0;           // of the state at `position`
  std::uint32_t next = 1;                // the next customer to serialise
  std::map<std::uint32_t, Bytes> early;  // serialised before their turn
  std::vector<Bytes> slice;
  std::vector<store::KeyEntry> keys;
  CommitResult commit;  // the one that ends at `position`
};

Snapshotter::Snapshotter(CommitPipeline& pipeline, store::Store& store, const Codec& codec,
                         WorkerPool& pool, spdlog::logger& logger, SnapshotOptions options)
    : pipeline_(pipeline),
      store_(store),
      codec_(codec),
      pool_(pool),
      logger_(logger),
      options_(options) {
  const auto finished = store_.snapshots();
  if (!finished.empty()) newest_ = finished.back().tip.position;
}

Snapshotter::~Snapshotter() noexcept { pipeline_.observe(nullptr); }

void Snapshotter::writeWhenDue() {
  if (options_.every_events == 0 || running()) return;
  if (pipeline_.state().ledger.last.value - newest_.value < options_.every_events) return;
  background_ = write().ignoreResult().eagerlyEvaluate([this](kj::Exception&& error) {
    logger_.error("snapshot failed: {}", error.getDescription().cStr());
  });
}

kj::Promise<Position> Snapshotter::write() {
  KJ_IF_MAYBE (result, result_) {
    return result->addBranch();
  }
  auto fork = start()
                  .then(
                      [this](Position position) {
                        result_ = nullptr;
                        return position;
                      },
                      [this](kj::Exception&& error) -> Position {
                        pipeline_.observe(nullptr);
                        if (run_ != nullptr) pipeline_.putBackUnsavedKeys(std::move(run_->keys));
                        run_ = nullptr;
                        result_ = nullptr;
                        kj::throwFatalException(kj::mv(error));
                      })
                  .fork();
  auto branch = fork.addBranch();
  result_ = kj::mv(fork);
  return branch;
}

kj::Promise<Position> Snapshotter::start() {
  const core::State& state = pipeline_.state();
  if (state.ledger.last.isNone() || state.ledger.last == newest_) return newest_;
  pipeline_.sealChunk();
  auto run = std::make_shared<Run>();
  run->position = state.ledger.last;
  run->customers = static_cast<std::uint32_t>(state.customers.size());
  run->slice.push_back(codec_.encode(state.ledger));
  run->keys = pipeline_.takeUnsavedKeys();
  run_ = run;
  pipeline_.observe(this);
  pipeline_.takeCommit(run->position, [run](const CommitResult& commit) { run->commit = commit; });
  return pipeline_.durable(run->position)
      .then([this, run] {
        return pool_.run([&store = store_, run] {
          run->writer = store.startSnapshot();
          run->writer->put(replay::encodePeaks(run->commit.tree));
        });
      })
      .then([this, run] { return writeSlices(run); })
      .then([this, run] {
        return pool_.run(
            [&store = store_, keep = options_.keep, run] { finish(store, keep, *run); });
      })
      .then([this, run] {
        newest_ = run->position;
        run_ = nullptr;
        logger_.info("snapshot written at position {}", run->position.value);
        return run->position;
      });
}

kj::Promise<void> Snapshotter::writeSlices(std::shared_ptr<Run> run) {
  const core::State& state = pipeline_.state();
  std::size_t bytes = 0;
  while (run->next <= run->customers && run->slice.size() < kSliceCustomers &&
         bytes < kSliceBytes) {
    const auto early = run->early.find(run->next);
    if (early == run->early.end()) {
      run->slice.push_back(codec_.encode(state.customer(CustomerNumber(run->next))));
    } else {
      run->slice.push_back(std::move(early->second));
      run->early.erase(early);
    }
    bytes += run->slice.back().size();
    ++run->next;
  }
  const bool last = run->next > run->customers;
  if (last) pipeline_.observe(nullptr);
  auto written = pool_.run([run] {
    for (const Bytes& record : run->slice) {
      run->hash.update(record);
      run->writer->put(record);
    }
    run->slice.clear();
  });
  if (last) return written;
  return written.then([this, run] { return writeSlices(run); });
}

void Snapshotter::finish(store::Store& store, std::size_t keep, Run& run) {
  if (run.position > store.keyRunsThrough()) store.appendKeyRun(run.position, run.keys);
  run.keys.clear();
  run.writer->finish(run.commit.tip, run.hash.finish().bytes);
  auto finished = store.snapshots();
  for (std::size_t i = 0; i + keep < finished.size(); ++i) {
    store.dropSnapshot(finished[i].tip.position);
  }
}

void Snapshotter::beforeApply(const core::State& state, const Event& event) {
  const std::uint32_t number = event.customer.value;
  Run& run = *run_;
  if (number < run.next || number > run.customers) return;
  if (run.early.contains(number)) return;
  run.early.emplace(number, codec_.encode(state.customer(event.customer)));
}

}  // namespace daybook::daemon
