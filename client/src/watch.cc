// Watch: the daemon's calls come on the loop thread, which hands them to the thread that is in
// run() and answers them when it is done.
#include "daybook/watch.h"

#include <kj/async.h>
#include <kj/memory.h>
#include <kj/refcount.h>

#include <fmt/format.h>
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "client/src/client_impl.h"
#include "client/src/convert.h"
#include "ledger/base/check.h"

namespace daybook::client {
namespace {

// Before another attempt where the connection did not break.
constexpr auto kPause = 200 * kj::MILLISECONDS;

Notice noticeOf(wire::Notice::Reader in, WantJson want) {
  Notice out;
  out.position = in.getPosition();
  out.recorded_ns = in.getRecorded();
  out.customer = toString(in.getCustomer());
  if (in.isBalance()) {
    out.balance = fromWire(in.getBalance());
  } else if (in.isAlert()) {
    auto alert = in.getAlert();
    out.alert = Alert{.rule = fromWire(alert.getRule()),
                      .period_from_ns = alert.getPeriodFrom(),
                      .value = toString(alert.getValue()),
                      .threshold = toString(alert.getThreshold())};
  } else if (in.isInvoice()) {
    out.invoice = fromWire(in.getInvoice());
  }
  if (want == WantJson::yes) out.json = protocol::jsonOf(in);
  return out;
}

WatchEnd endOf(wire::WatchEnded::Reader ended) {
  const WatchEndKind kind = ended.getEnd() == wire::WatchEnd::REFUSED ? WatchEndKind::refused
                            : ended.getEnd() == wire::WatchEnd::SLOW  ? WatchEndKind::slow
                                                                      : WatchEndKind::failed;
  return {kind, fromWire(ended.getOutcome()), toString(ended.getDetail())};
}

// The notices of one call.
struct Batch {
  std::vector<Notice> notices;
  std::uint64_t next = 0;
};

// What the loop thread and the one in run() share.
struct Desk {
  std::mutex mutex;
  std::condition_variable changed;
  // All guarded by mutex.
  std::optional<Batch> batch;  // to be taken
  std::deque<WatchTrouble> troubles;
  std::optional<WatchEnd> end;
  bool closed = false;
  std::uint64_t next = 0;

  std::uint64_t from() {
    const std::lock_guard<std::mutex> lock(mutex);
    return next;
  }
  template <typename Change>
  void change(Change change_it) {
    const std::lock_guard<std::mutex> lock(mutex);
    change_it(*this);
    changed.notify_all();
  }
};

// The half of one run() that lives on the loop thread.
class WatchSide final : public kj::Refcounted {
 public:
  WatchSide(Connector& connector, const WatchOptions& options, std::shared_ptr<Desk> desk)
      : connector_(connector), options_(options), desk_(std::move(desk)) {}
  KJ_DISALLOW_COPY(WatchSide);

  void start() {
    running_ = run().eagerlyEvaluate(
        [this](kj::Exception&& exception) { fail(exception.getDescription().cStr()); });
  }
  // Ends the daemon's watch, too.
  void stop() {
    stopped_ = true;
    running_ = nullptr;
    taken_ = nullptr;
    busy_ = nullptr;
  }

  kj::Promise<void> take(wire::Watcher::NoticesParams::Reader params) {
    if (stopped_) return KJ_EXCEPTION(FAILED, "the watch has ended");
    KJ_REQUIRE(busy_ == nullptr, "one call at a time");
    Batch batch{{}, params.getNext()};
    for (auto notice : params.getNotices()) {
      batch.notices.push_back(noticeOf(notice, options_.json));
    }
    began_ = true;
    auto paf = kj::newPromiseAndFulfiller<void>();
    taken_ = kj::mv(paf.fulfiller);
    busy_ = paf.promise.fork();
    desk_->change([&](Desk& desk) { desk.batch = std::move(batch); });
    return branch();
  }
  // The batch was taken, and the desk's `next` says so.
  void taken() {
    KJ_IF_MAYBE (fulfiller, taken_) (*fulfiller)->fulfill();
    taken_ = nullptr;
    busy_ = nullptr;
  }

 private:
  class Server;

  kj::Promise<void> branch() {
    KJ_IF_MAYBE (busy, busy_) {
      return busy->addBranch();
    }
    return kj::READY_NOW;
  }

  // A batch that the last connection brought is taken before `next` is asked for.
  kj::Promise<void> run() {
    return branch()
        .then([this] { return connector_.connection(); })
        .then([this](kj::Own<Connection>&& connection) { return watch(kj::mv(connection)); },
              [this](kj::Exception&& exception) -> kj::Promise<void> {
                trouble_ =
                    fmt::format("cannot reach the daemon: {}", exception.getDescription().cStr());
                return kj::READY_NOW;
              })
        .then([this]() -> kj::Promise<void> {
          if (trouble_.empty()) return kj::READY_NOW;
          desk_->change([&](Desk& desk) {
            desk.troubles.push_back({std::exchange(trouble_, {}), began_});
          });
          return connector_.timer().afterDelay(kPause).then([this] { return run(); });
        });
  }

  // Resolves when that watch is over: with trouble, or for good.
  kj::Promise<void> watch(kj::Own<Connection> connection);

  void ended(wire::WatchEnded::Reader ended) {
    if (ended.getEnd() == wire::WatchEnd::STOPPING) {
      trouble_ = "the daemon stops";
    } else {
      end(endOf(ended));
    }
  }
  void broke(const kj::Exception& exception) {
    const Error error = errorOf(exception, Effect::read);
    if (error.kind() == ErrorKind::failed) {
      fail(error.what());
    } else {
      trouble_ = error.what();
    }
  }
  void end(WatchEnd why) {
    desk_->change([&](Desk& desk) { desk.end = std::move(why); });
  }

  void fail(const char* why) {
    WatchEnd failed;
    failed.kind = WatchEndKind::failed;
    failed.detail = why;
    end(std::move(failed));
  }

  Connector& connector_;
  WatchOptions options_;
  std::shared_ptr<Desk> desk_;
  std::string trouble_;  // why to try again; empty: the watch has ended
  bool began_ = false;
  bool stopped_ = false;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> taken_;  // of the batch that is being taken
  kj::Maybe<kj::ForkedPromise<void>> busy_;
  kj::Promise<void> running_ = nullptr;
};

class WatchSide::Server final : public wire::Watcher::Server {
 public:
  explicit Server(kj::Own<WatchSide> side) : side_(kj::mv(side)) {}

  kj::Promise<void> notices(NoticesContext context) override {
    return side_->take(context.getParams());
  }

 private:
  kj::Own<WatchSide> side_;
};

kj::Promise<void> WatchSide::watch(kj::Own<Connection> connection) {
  const Outcome missing = connection->missing(Role::reader);
  if (!missing.ok()) {
    const std::string& detail = connection->missingDetail();
    end({WatchEndKind::refused, missing, detail.empty() ? name(Role::reader) : detail});
    return kj::READY_NOW;
  }
  const auto send = [&](auto&& request) {
    auto what = request.initWhat();
    what.setBalances(options_.balances);
    what.setAlerts(options_.alerts);
    what.setInvoices(options_.invoices);
    what.setFrom(desk_->from());
    request.setWatcher(kj::heap<Server>(kj::addRef(*this)));
    return request.send()
        .then([this](auto&& response) { ended(response.getEnded()); },
              [this](kj::Exception&& exception) { broke(exception); })
        .attach(kj::mv(connection));
  };
  if (options_.customer.empty()) return send(connection->reader().watchRequest());
  return send(customerReader(*connection, options_.customer, {}).watchRequest());
}

// Carries the loop's half through other threads without touching it.
struct WatchSideHolder {
  kj::Own<WatchSide> side;
};

}  // namespace

const char* name(WatchEndKind kind) {
  switch (kind) {
    case WatchEndKind::closed:
      return "closed";
    case WatchEndKind::refused:
      return "refused";
    case WatchEndKind::slow:
      return "slow";
    case WatchEndKind::failed:
      return "failed";
  }
  return "unknown";
}

class Watch::Impl {
 public:
  Impl(Client::Impl& client, WatchOptions options)
      : client_(client), options_(std::move(options)), desk_(std::make_shared<Desk>()) {
    CHECK(options_.balances || options_.alerts || options_.invoices, "something is watched");
    desk_->next = options_.from;
  }

  WatchEnd run(const OnNotice& on_notice) {
    const std::shared_ptr<Desk> desk = newDesk();
    auto holder = std::make_shared<WatchSideHolder>();
    client_.post([holder, options = options_, desk](Connector& connector) {
      holder->side = kj::refcounted<WatchSide>(connector, options, desk);
      holder->side->start();
    });
    const Stop stop{client_, holder};
    std::unique_lock<std::mutex> lock(desk->mutex);
    for (;;) {
      desk->changed.wait(lock, [&] {
        return desk->closed || desk->batch || !desk->troubles.empty() || desk->end;
      });
      if (desk->closed) return {};
      if (desk->batch) {
        const Batch batch = *std::exchange(desk->batch, std::nullopt);
        take(*desk, batch, on_notice, lock);
        client_.post([holder](Connector&) { holder->side->taken(); });
      } else if (!desk->troubles.empty()) {
        const WatchTrouble trouble = std::move(desk->troubles.front());
        desk->troubles.pop_front();
        lock.unlock();
        if (options_.on_trouble) options_.on_trouble(trouble);
        lock.lock();
      } else {
        return *desk->end;
      }
    }
  }

  void close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    desk_->change([](Desk& desk) { desk.closed = true; });
  }
  std::uint64_t next() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return desk_->from();
  }

 private:
  // However run() ends.
  struct Stop {
    Client::Impl& client;
    std::shared_ptr<WatchSideHolder> holder;
    ~Stop() {
      client.post([holder = holder](Connector&) {
        holder->side->stop();
        holder->side = nullptr;
      });
    }
  };

  // What comes late from the last run() stays on the desk of that one.
  std::shared_ptr<Desk> newDesk() {
    auto made = std::make_shared<Desk>();
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::lock_guard<std::mutex> desk_lock(desk_->mutex);
    made->next = desk_->next;
    made->closed = desk_->closed;
    desk_ = made;
    return made;
  }

  static void take(Desk& desk, const Batch& batch, const OnNotice& on_notice,
                   std::unique_lock<std::mutex>& lock) {
    for (const Notice& notice : batch.notices) {
      if (desk.closed) return;
      desk.next = std::max(desk.next, notice.position);
      lock.unlock();
      on_notice(notice);
      lock.lock();
    }
    if (!desk.closed) desk.next = std::max(desk.next, batch.next);
  }

  Client::Impl& client_;
  const WatchOptions options_;
  mutable std::mutex mutex_;
  std::shared_ptr<Desk> desk_;  // of the newest run(); guarded by mutex_
};

Watch::Watch(Client& client, WatchOptions options)
    : impl_(std::make_unique<Impl>(*client.impl_, std::move(options))) {}
Watch::~Watch() = default;

WatchEnd Watch::run(const OnNotice& on_notice) { return impl_->run(on_notice); }
void Watch::close() { impl_->close(); }
std::uint64_t Watch::next() const { return impl_->next(); }

}  // namespace daybook::client
