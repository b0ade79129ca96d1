// A daemon that speaks the protocol and knows no billing: it remembers keys and does what a test
// tells it to, such as to be silent or to break the connection. For tests of the client.
//
// It runs in its own thread on a Unix socket in a temporary directory. Requests are counted and
// kept under a mutex: the test's thread reads them through the accessors.
#pragma once

#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>
#include <kj/debug.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "protocol/daybook.capnp.h"

namespace daybook::test {

/// What the daemon does to the next calls that record.
struct FakeBehaviour {
  bool silent = false;              // take commands, record them, never answer
  bool overloaded = false;          // answer OVERLOADED
  bool storage_full = false;        // refuse whole batches
  std::uint64_t break_at = 0;       // close the connection at this batch of a stream; 0: never
  std::uint64_t withhold_from = 0;  // give no results from this batch of a stream on; 0: give all
};

/// One usage event as it came.
struct FakeEvent {
  std::string customer;
  std::string key;
  std::string feature;
  bool operator==(const FakeEvent&) const = default;
};

/// Shared between the test and the daemon's thread.
class FakeLedger {
 public:
  void behave(FakeBehaviour behaviour) {
    const std::lock_guard<std::mutex> lock(mutex_);
    behaviour_ = behaviour;
  }
  FakeBehaviour behaviour() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return behaviour_;
  }
  std::vector<FakeEvent> events() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return events_;
  }
  /// The kinds of commands that submit took, and "usage" for events, in order.
  std::vector<std::string> order() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return order_;
  }
  std::uint32_t logins() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return logins_;
  }

  enum class Taken { recorded, duplicate, refused };
  /// Customer "nobody" is unknown.
  Taken take(const FakeEvent& event, const std::string& kind) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (event.customer == "nobody") return Taken::refused;
    if (!keys_.emplace(event.customer + "\n" + event.key, events_.size() + 1).second) {
      return Taken::duplicate;
    }
    events_.push_back(event);
    order_.push_back(kind);
    return Taken::recorded;
  }
  std::uint64_t position() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return events_.size();
  }
  void countBatch(std::size_t entries) {
    const std::lock_guard<std::mutex> lock(mutex_);
    batches_.push_back(entries);
  }
  /// Sizes of the batches that came, answered or not.
  std::vector<std::size_t> batches() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return batches_;
  }
  void countLogin() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++logins_;
  }

 private:
  mutable std::mutex mutex_;
  FakeBehaviour behaviour_;
  std::map<std::string, std::uint64_t> keys_;
  std::vector<FakeEvent> events_;
  std::vector<std::string> order_;
  std::vector<std::size_t> batches_;
  std::uint32_t logins_ = 0;
};

/// A connection's means to break itself.
using BreakConnection = kj::Function<void()>;

inline std::string fakeText(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

inline FakeLedger::Taken takeUsage(FakeLedger& ledger, capnp::Text::Reader customer,
                                   capnp::Text::Reader key, wire::RecordUsage::Reader usage) {
  return ledger.take({.customer = fakeText(customer),
                      .key = fakeText(key),
                      .feature = fakeText(usage.getFeature())},
                     "usage");
}

inline void answer(FakeLedger& ledger, FakeLedger::Taken taken, wire::Receipt::Builder out) {
  if (taken == FakeLedger::Taken::refused) {
    out.setOutcome(wire::Outcome::UNKNOWN_CUSTOMER);
    out.setDetail("customer");
    return;
  }
  out.setPosition(ledger.position());
  out.setDuplicate(taken == FakeLedger::Taken::duplicate);
}

inline void takeBatch(FakeLedger& ledger, capnp::List<wire::UsageEntry>::Reader entries,
                      wire::BatchResult::Builder result) {
  std::vector<unsigned> refused;
  unsigned index = 0;
  for (auto entry : entries) {
    switch (takeUsage(ledger, entry.getCustomer(), entry.getKey(), entry.getUsage())) {
      case FakeLedger::Taken::recorded:
        result.setRecorded(result.getRecorded() + 1);
        break;
      case FakeLedger::Taken::duplicate:
        result.setDuplicates(result.getDuplicates() + 1);
        break;
      case FakeLedger::Taken::refused:
        refused.push_back(index);
        break;
    }
    ++index;
  }
  auto refusals = result.initRefusals(static_cast<unsigned>(refused.size()));
  for (unsigned i = 0; i < refusals.size(); ++i) {
    refusals[i].setIndex(refused[i]);
    refusals[i].setOutcome(wire::Outcome::UNKNOWN_CUSTOMER);
    refusals[i].setDetail("customer");
  }
  result.setPosition(ledger.position());
}

class FakeStream final : public wire::UsageStream::Server {
 public:
  FakeStream(FakeLedger& ledger, BreakConnection& break_connection, wire::BatchSink::Client sink)
      : ledger_(ledger), break_connection_(break_connection), sink_(kj::mv(sink)) {}

  kj::Promise<void> write(WriteContext context) override {
    const FakeBehaviour behaviour = ledger_.behaviour();
    const std::uint64_t batch = batches_++;
    if (behaviour.break_at != 0 && batch == behaviour.break_at) {
      break_connection_();
      return kj::NEVER_DONE;
    }
    auto request = sink_.resultsRequest();
    request.setBatch(batch);
    takeBatch(ledger_, context.getParams().getEntries(), request.initResult());
    if (behaviour.withhold_from != 0 && batch >= behaviour.withhold_from) return kj::READY_NOW;
    return request.send();
  }

  kj::Promise<void> finish(FinishContext context) override {
    context.getResults().setPosition(ledger_.position());
    return kj::READY_NOW;
  }

 private:
  FakeLedger& ledger_;
  BreakConnection& break_connection_;
  wire::BatchSink::Client sink_;
  std::uint64_t batches_ = 0;
};

class FakeCustomerRecorder final : public wire::CustomerRecorder::Server {
 public:
  FakeCustomerRecorder(FakeLedger& ledger, BreakConnection& break_connection, std::string id)
      : ledger_(ledger), break_connection_(break_connection), id_(std::move(id)) {}

  kj::Promise<void> record(RecordContext context) override {
    const FakeBehaviour behaviour = ledger_.behaviour();
    if (behaviour.overloaded) {
      kj::throwFatalException(KJ_EXCEPTION(OVERLOADED, "the queue is full"));
    }
    auto params = context.getParams();
    const auto taken = takeUsage(ledger_, capnp::Text::Reader(id_.c_str(), id_.size()),
                                 params.getKey(), params.getUsage());
    if (behaviour.silent) return kj::NEVER_DONE;
    if (behaviour.break_at != 0) {
      break_connection_();
      return kj::NEVER_DONE;
    }
    answer(ledger_, taken, context.getResults().initReceipt());
    return kj::READY_NOW;
  }

 private:
  FakeLedger& ledger_;
  BreakConnection& break_connection_;
  std::string id_;
};

class FakeRecorder final : public wire::Recorder::Server {
 public:
  FakeRecorder(FakeLedger& ledger, BreakConnection& break_connection)
      : ledger_(ledger), break_connection_(break_connection) {}

  kj::Promise<void> customer(CustomerContext context) override {
    context.getResults().setCustomer(kj::heap<FakeCustomerRecorder>(
        ledger_, break_connection_, fakeText(context.getParams().getId())));
    return kj::READY_NOW;
  }
  kj::Promise<void> recordBatch(RecordBatchContext context) override {
    const FakeBehaviour behaviour = ledger_.behaviour();
    auto entries = context.getParams().getEntries();
    ledger_.countBatch(entries.size());
    if (behaviour.overloaded) {
      kj::throwFatalException(KJ_EXCEPTION(OVERLOADED, "the queue is full"));
    }
    for (auto entry : entries) {
      if (entry.getUsage().getFeature() == "poison") KJ_FAIL_REQUIRE("cannot be understood");
    }
    auto result = context.getResults().initResult();
    if (behaviour.storage_full) {
      result.setOutcome(wire::Outcome::STORAGE_FULL);
      return kj::READY_NOW;
    }
    takeBatch(ledger_, entries, result);
    if (behaviour.silent) return kj::NEVER_DONE;
    if (behaviour.break_at != 0) {
      break_connection_();
      return kj::NEVER_DONE;
    }
    return kj::READY_NOW;
  }
  kj::Promise<void> openStream(OpenStreamContext context) override {
    context.getResults().setStream(
        kj::heap<FakeStream>(ledger_, break_connection_, context.getParams().getSink()));
    return kj::READY_NOW;
  }

 private:
  FakeLedger& ledger_;
  BreakConnection& break_connection_;
};

class FakeBilling final : public wire::Billing::Server {
 public:
  explicit FakeBilling(FakeLedger& ledger) : ledger_(ledger) {}

  kj::Promise<void> submit(SubmitContext context) override {
    auto commands = context.getParams().getCommands();
    auto receipts = context.getResults().initReceipts(commands.size());
    for (unsigned i = 0; i < commands.size(); ++i) {
      auto command = commands[i];
      const FakeEvent event{.customer = fakeText(command.getCustomer()),
                            .key = fakeText(command.getKey()),
                            .feature = {}};
      const std::string kind = command.isCreateCustomer() ? "createCustomer"
                               : command.isSubscribe()    ? "subscribe"
                                                          : "other";
      answer(ledger_, ledger_.take(event, kind), receipts[i]);
    }
    return kj::READY_NOW;
  }

 private:
  FakeLedger& ledger_;
};

/// Customer "nobody" is unknown; others may do everything.
class FakeCustomerReader final : public wire::CustomerReader::Server {
 public:
  explicit FakeCustomerReader(std::string id) : id_(std::move(id)) {}

  kj::Promise<void> check(CheckContext context) override {
    auto answer = context.getResults().initAnswer();
    answer.setAllowed(id_ != "nobody");
    if (id_ == "nobody") answer.setOutcome(wire::Outcome::UNKNOWN_CUSTOMER);
    return kj::READY_NOW;
  }

 private:
  std::string id_;
};

class FakeReader final : public wire::Reader::Server {
 public:
  kj::Promise<void> customer(CustomerContext context) override {
    context.getResults().setCustomer(
        kj::heap<FakeCustomerReader>(fakeText(context.getParams().getId())));
    return kj::READY_NOW;
  }
  kj::Promise<void> catalog(CatalogContext context) override {
    auto plan = context.getResults().initCatalog().initPlans(1)[0];
    plan.setCode("pro");
    plan.setVersion(3);
    return kj::READY_NOW;
  }
};

/// Tokens: "" and "all" have every role but admin's and auditor's, "reader" reads, others none.
class FakeDaybook final : public wire::Daybook::Server {
 public:
  FakeDaybook(FakeLedger& ledger, BreakConnection break_connection)
      : ledger_(ledger), break_connection_(kj::mv(break_connection)) {}

  kj::Promise<void> login(LoginContext context) override {
    ledger_.countLogin();
    const std::string token = fakeText(context.getParams().getToken());
    auto session = context.getResults().initSession();
    const bool all = token.empty() || token == "all";
    if (!all && token != "reader") {
      session.setOutcome(wire::Outcome::UNAUTHORIZED);
      session.setDetail("login");
      return kj::READY_NOW;
    }
    session.setReader(kj::heap<FakeReader>());
    if (all) {
      session.setRecorder(kj::heap<FakeRecorder>(ledger_, break_connection_));
      session.setBilling(kj::heap<FakeBilling>(ledger_));
    }
    return kj::READY_NOW;
  }

 private:
  FakeLedger& ledger_;
  BreakConnection break_connection_;
};

class FakeDaemon {
 public:
  FakeDaemon() : directory_(makeDirectory()) { start(); }
  ~FakeDaemon() {
    stop();
    std::filesystem::remove_all(directory_);
  }
  KJ_DISALLOW_COPY(FakeDaemon);

  std::string address() const { return "unix:" + socketPath(); }
  std::string directory() const { return directory_; }
  FakeLedger& ledger() { return ledger_; }

  /// Ends every connection, and listens no more. What the ledger holds stays.
  void stop() {
    if (!thread_.joinable()) return;
    ::close(stop_fds_[1]);  // the thread reads the end of the pipe
    thread_.join();
    ::unlink(socketPath().c_str());
  }
  /// Listens (again).
  void start() {
    KJ_REQUIRE(!thread_.joinable());
    KJ_SYSCALL(::pipe(stop_fds_.data()));
    std::promise<void> ready;
    auto listening = ready.get_future();
    thread_ = std::thread([this, &ready] { run(ready); });
    listening.wait();
  }

 private:
  class Connection final : private kj::TaskSet::ErrorHandler {
   public:
    Connection(FakeLedger& ledger, kj::Own<kj::AsyncIoStream> stream)
        : stream_(kj::mv(stream)),
          network_(*stream_, capnp::rpc::twoparty::Side::SERVER),
          rpc_(capnp::makeRpcServer(
              network_, kj::heap<FakeDaybook>(ledger, [this] { stream_->shutdownWrite(); }))) {}
    kj::Promise<void> onDisconnect() { return network_.onDisconnect(); }

   private:
    void taskFailed(kj::Exception&&) override {}
    kj::Own<kj::AsyncIoStream> stream_;
    capnp::TwoPartyVatNetwork network_;
    capnp::RpcSystem<capnp::rpc::twoparty::VatId> rpc_;
  };

  struct IgnoreErrors final : kj::TaskSet::ErrorHandler {
    void taskFailed(kj::Exception&&) override {}
  };

  static std::string makeDirectory() {
    std::string path = (std::filesystem::temp_directory_path() / "daybook-XXXXXX").string();
    KJ_ASSERT(::mkdtemp(path.data()) != nullptr);
    return path;
  }
  std::string socketPath() const { return directory_ + "/daybook.sock"; }

  kj::Promise<void> accept(kj::ConnectionReceiver& receiver, kj::TaskSet& connections) {
    return receiver.accept().then([this, &receiver, &connections](auto&& stream) {
      auto connection = kj::heap<Connection>(ledger_, kj::mv(stream));
      auto gone = connection->onDisconnect();
      connections.add(gone.attach(kj::mv(connection)));
      return accept(receiver, connections);
    });
  }

  void run(std::promise<void>& ready) {
    auto io = kj::setupAsyncIo();
    auto stop =
        io.lowLevelProvider->wrapInputFd(stop_fds_[0], kj::LowLevelAsyncIoProvider::TAKE_OWNERSHIP);
    auto address =
        io.provider->getNetwork().parseAddress("unix:" + socketPath()).wait(io.waitScope);
    auto receiver = address->listen();
    IgnoreErrors errors;
    kj::TaskSet connections(errors);
    auto accepting = accept(*receiver, connections).eagerlyEvaluate(nullptr);
    ready.set_value();
    char byte = 0;
    stop->tryRead(&byte, 1, 1).wait(io.waitScope);
  }

  std::string directory_;
  FakeLedger ledger_;
  std::array<int, 2> stop_fds_{};
  std::thread thread_;
};

}  // namespace daybook::test
