// UsageStream: batches go to the loop thread, results come back through a queue that write() and
// finish() empty on the caller's thread.
#include <kj/async.h>
#include <kj/memory.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

#include "client/src/client_impl.h"
#include "daybook/client.h"
#include "ledger/base/check.h"

namespace daybook::client {
namespace {

// What the two threads share.
struct Progress {
  std::mutex mutex;
  std::condition_variable changed;
  // All guarded by mutex.
  std::deque<BatchResult> results;  // not yet delivered
  std::uint64_t answered = 0;       // results that came
  std::optional<Error> error;
  std::optional<std::uint64_t> finished;  // newest position

  void fail(const Error& why) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (!error) error = why;
    changed.notify_all();
  }
};

class Sink final : public wire::BatchSink::Server {
 public:
  explicit Sink(std::shared_ptr<Progress> progress) : progress_(std::move(progress)) {}

  kj::Promise<void> results(ResultsContext context) override {
    auto params = context.getParams();
    BatchResult result = fromWire(params.getResult());
    const std::lock_guard<std::mutex> lock(progress_->mutex);
    KJ_REQUIRE(params.getBatch() == progress_->answered, "results of batches come in order");
    ++progress_->answered;
    progress_->results.push_back(std::move(result));
    progress_->changed.notify_all();
    return kj::READY_NOW;
  }

 private:
  std::shared_ptr<Progress> progress_;
};

// The half that lives on the loop thread.
class LoopSide final : private kj::TaskSet::ErrorHandler {
 public:
  LoopSide(kj::Own<Connection> connection, std::shared_ptr<Progress> progress)
      : connection_(kj::mv(connection)), progress_(std::move(progress)), tasks_(*this) {}
  KJ_DISALLOW_COPY(LoopSide);

  kj::Promise<void> open(std::uint64_t min_position) {
    auto request = connection_->recorder().openStreamRequest();
    request.setMinPosition(min_position);
    request.setSink(kj::heap<Sink>(progress_));
    // A broken connection is noticed although no call may be waiting.
    tasks_.add(connection_->onDisconnect().then([]() -> void {
      kj::throwFatalException(KJ_EXCEPTION(DISCONNECTED, "the daemon closed the connection"));
    }));
    return request.send().then([this](auto&& response) { stream_ = response.getStream(); });
  }

  void write(const std::vector<UsageEntry>& batch) {
    auto request = opened().writeRequest(sizeHint(batch));
    toWire(batch, request.initEntries(static_cast<unsigned>(batch.size())));
    tasks_.add(request.send());
  }

  void finish() {
    tasks_.add(opened().finishRequest().send().then([this](auto&& response) {
      const std::lock_guard<std::mutex> lock(progress_->mutex);
      progress_->finished = response.getPosition();
      progress_->changed.notify_all();
    }));
  }

 private:
  // REQUIRES: open() has resolved.
  wire::UsageStream::Client& opened() {
    KJ_IF_MAYBE (stream, stream_) {
      return *stream;
    }
    KJ_FAIL_REQUIRE("the stream is not open");
  }

  void taskFailed(kj::Exception&& exception) override {
    progress_->fail(errorOf(exception, Effect::command));
  }

  kj::Own<Connection> connection_;
  std::shared_ptr<Progress> progress_;
  kj::Maybe<wire::UsageStream::Client> stream_;
  kj::TaskSet tasks_;
};

// Carries the loop's half through other threads without touching it.
struct LoopSideHolder {
  kj::Own<LoopSide> side;
};

}  // namespace

class UsageStream::Impl {
 public:
  Impl(Client::Impl& client, std::shared_ptr<LoopSideHolder> holder,
       std::shared_ptr<Progress> progress, OnResult on_result, const StreamOptions& options)
      : client_(client),
        holder_(std::move(holder)),
        progress_(std::move(progress)),
        on_result_(std::move(on_result)),
        in_flight_max_(std::max(options.in_flight_max, 1u)),
        timeout_(options.timeout.value_or(client.options().timeout)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    client_.post([holder = std::move(holder_)](Connector&) { holder->side = nullptr; });
  }

  void write(std::vector<UsageEntry> batch) {
    CHECK(!finishing_, "nothing is written after finish()");
    waitUntil([this] { return written_ - progress_->answered < in_flight_max_; });
    ++written_;
    client_.post(
        [holder = holder_, batch = std::move(batch)](Connector&) { holder->side->write(batch); });
  }

  std::uint64_t finish() {
    CHECK(!finishing_, "a stream is finished once");
    finishing_ = true;
    client_.post([holder = holder_](Connector&) { holder->side->finish(); });
    waitUntil([this] { return progress_->finished && progress_->answered == written_; });
    return *progress_->finished;
  }

 private:
  // Delivers results until `reached`, which is called under the lock.
  template <typename Reached>
  void waitUntil(Reached reached) {
    std::unique_lock<std::mutex> lock(progress_->mutex);
    for (;;) {
      while (!progress_->results.empty()) {
        const BatchResult result = std::move(progress_->results.front());
        progress_->results.pop_front();
        lock.unlock();
        if (on_result_) on_result_(delivered_, result);
        ++delivered_;
        lock.lock();
      }
      if (reached()) return;
      if (progress_->error) throw Error(*progress_->error);
      if (progress_->finished) {
        throw Error(ErrorKind::failed, "the daemon ended the stream without all of its results");
      }
      const std::uint64_t seen = progress_->answered;
      const auto news = [&] {
        return progress_->answered != seen || progress_->error || progress_->finished;
      };
      if (timeout_.count() <= 0) {
        progress_->changed.wait(lock, news);
      } else if (!progress_->changed.wait_for(lock, timeout_, news)) {
        throw Error(ErrorKind::unknownOutcome,
                    "no results came within the deadline; what has none may be recorded or not: "
                    "send it again with the same keys");
      }
    }
  }

  Client::Impl& client_;
  std::shared_ptr<LoopSideHolder> holder_;
  std::shared_ptr<Progress> progress_;
  OnResult on_result_;
  std::uint64_t in_flight_max_;
  std::chrono::milliseconds timeout_;
  std::uint64_t written_ = 0;
  std::uint64_t delivered_ = 0;
  bool finishing_ = false;
};

UsageStream::UsageStream() = default;
UsageStream::UsageStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
UsageStream::UsageStream(UsageStream&&) noexcept = default;
UsageStream& UsageStream::operator=(UsageStream&&) noexcept = default;
UsageStream::~UsageStream() = default;

void UsageStream::write(std::vector<UsageEntry> batch) {
  CHECK(impl_ != nullptr, "the stream is open");
  impl_->write(std::move(batch));
}

std::uint64_t UsageStream::finish() {
  CHECK(impl_ != nullptr, "the stream is open");
  return impl_->finish();
}

Reply<UsageStream> Client::openStream(UsageStream::OnResult on_result,
                                      const StreamOptions& options) {
  auto progress = std::make_shared<Progress>();
  auto opened = impl_->call<std::shared_ptr<LoopSideHolder>>(
      Role::recorder, Effect::read, {.timeout = options.timeout},
      [progress, min_position = options.min_position](Connection& connection) {
        auto side = kj::heap<LoopSide>(connection.addRef(), progress);
        auto open = side->open(min_position);
        return open.then([side = kj::mv(side)]() mutable {
          auto holder = std::make_shared<LoopSideHolder>();
          holder->side = kj::mv(side);
          return Reply<std::shared_ptr<LoopSideHolder>>{
              .outcome = {}, .detail = {}, .value = std::move(holder), .json = {}};
        });
      });
  auto reply = opened.get();
  Reply<UsageStream> out{
      .outcome = reply.outcome, .detail = reply.detail, .value = {}, .json = reply.json};
  if (reply.ok()) {
    out.value = UsageStream(std::make_unique<UsageStream::Impl>(
        *impl_, std::move(reply.value), std::move(progress), std::move(on_result), options));
  }
  return out;
}

}  // namespace daybook::client
