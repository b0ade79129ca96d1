#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "daemon/session_answers.h"
#include "ledger/base/limits.h"

namespace daybook::daemon {

namespace {

// Entries decided without yielding to other callers.
constexpr unsigned int kEntriesPerTurn = 1'024;
// Entries whose memory is sent for at once: enough to overlap, few enough to stay in the cache.
constexpr unsigned int kEntriesAhead = 16;

/// The dense answer to a batch while it is decided.
struct BatchOutcome {
  Verdict verdict;
  std::uint32_t recorded = 0;
  std::uint32_t duplicates = 0;
  std::vector<std::pair<std::uint32_t, Verdict>> refusals;
  Position position;  // newest that an entry is recorded at
  Position wait_for;
};

void writeBatch(wire::BatchResult::Builder to, const BatchOutcome& from) {
  protocol::writeVerdict(to, from.verdict);
  to.setRecorded(from.recorded);
  to.setDuplicates(from.duplicates);
  auto refusals = to.initRefusals(static_cast<unsigned int>(from.refusals.size()));
  for (unsigned int i = 0; i < refusals.size(); ++i) {
    const auto& [index, verdict] = from.refusals[i];
    refusals[i].setIndex(index);
    protocol::writeVerdict(refusals[i], verdict);
  }
  to.setPosition(from.position.value);
}

/// What a text in a message says, and the text again: it ends there with a zero.
std::string_view viewOf(capnp::Text::Reader text) { return {text.begin(), text.size()}; }
capnp::Text::Reader textOf(std::string_view text) { return {text.data(), text.size()}; }

/// `expected` is the entry's, after prefetch().
void decideEntry(CommitPipeline& pipeline, wire::UsageEntry::Reader entry, const Upcoming& expected,
                 std::uint32_t index, BatchOutcome& outcome) {
  protocol::Parsed<Command> command =
      protocol::readCommand(textOf(expected.key), textOf(expected.customer), entry.getUsage());
  if (!command.isOk()) {
    outcome.refusals.emplace_back(index, command.verdict);
    return;
  }
  Submitted done = pipeline.submit(std::move(command.value), expected);
  outcome.wait_for = std::max(outcome.wait_for, done.wait_for);
  if (!done.answer.verdict.isOk()) {
    outcome.refusals.emplace_back(index, std::move(done.answer.verdict));
    return;
  }
  ++(done.answer.receipt.duplicate ? outcome.duplicates : outcome.recorded);
  outcome.position = std::max(outcome.position, done.answer.receipt.position);
}

/// Reads whose entries [from, to) are and sends for their memory.
void prefetch(const CommitPipeline& pipeline, capnp::List<wire::UsageEntry>::Reader entries,
              unsigned int from, unsigned int to, std::array<Upcoming, kEntriesAhead>& upcoming) {
  std::size_t count = 0;
  for (unsigned int i = from; i < to; ++i) {
    upcoming[count++] = {viewOf(entries[i].getCustomer()), viewOf(entries[i].getKey()), {}, 0};
  }
  pipeline.prefetch(std::span(upcoming).first(count));
}

/// Decides entries [from, size) in turns, and waits where the commit queue is long. `entries` and
/// `outcome` live until then.
kj::Promise<void> decideEntries(LedgerService& service,
                                capnp::List<wire::UsageEntry>::Reader entries, unsigned int from,
                                BatchOutcome& outcome) {
  CommitPipeline& pipeline = service.pipeline;
  if (pipeline.queuedBytes() > limits::kPipelineBytesMax / 2) {
    return pipeline.allDurable().then([&service, entries, from, &outcome] {
      return decideEntries(service, entries, from, outcome);
    });
  }
  const unsigned int to = std::min(entries.size(), from + kEntriesPerTurn);
  std::array<Upcoming, kEntriesAhead> upcoming;
  for (unsigned int i = from; i < to; ++i) {
    const unsigned int ahead = (i - from) % kEntriesAhead;
    if (ahead == 0) prefetch(pipeline, entries, i, std::min(to, i + kEntriesAhead), upcoming);
    decideEntry(pipeline, entries[i], upcoming[ahead], i, outcome);
    if (pipeline.queuedBytes() > limits::kPipelineBytesMax / 2) {
      return decideEntries(service, entries, i + 1, outcome);
    }
  }
  if (to == entries.size()) return kj::READY_NOW;
  return service.loop.yield().then(
      [&service, entries, to, &outcome] { return decideEntries(service, entries, to, outcome); });
}

/// Decides a whole batch; the promise is fulfilled when all is decided, not when it is durable.
kj::Promise<kj::Own<BatchOutcome>> decideBatch(LedgerService& service,
                                               capnp::List<wire::UsageEntry>::Reader entries,
                                               Position min_position) {
  auto outcome = kj::heap<BatchOutcome>();
  outcome->verdict = reaches(service, min_position);
  if (!outcome->verdict.isOk()) return kj::mv(outcome);
  if (entries.size() > limits::kBatchEntriesMax) {
    outcome->verdict = {Outcome::batchTooLarge, std::to_string(entries.size()) +
                                                    " entries, at most " +
                                                    std::to_string(limits::kBatchEntriesMax)};
    return kj::mv(outcome);
  }
  auto decided = decideEntries(service, entries, 0, *outcome);
  return decided.then([outcome = kj::mv(outcome)]() mutable { return kj::mv(outcome); });
}

class CustomerRecorder final : public wire::CustomerRecorder::Server {
 public:
  CustomerRecorder(LedgerService& service, CustomerName name)
      : service_(service), name_(std::move(name)) {}

  kj::Promise<void> record(RecordContext context) override {
    auto params = context.getParams();
    return answerReceipt(service_,
                         protocol::readCommand(params.getKey(), name_.id, params.getUsage()),
                         name_.min_position, context);
  }

  kj::Promise<void> hold(HoldContext context) override {
    auto params = context.getParams();
    auto command = protocol::readCommand(params.getKey(), name_.id, params.getHold());
    const Verdict reached = reaches(service_, name_.min_position);
    if (!reached.isOk()) command.verdict = reached;
    HoldName name{name_.id, std::string(params.getKey()), command.verdict};
    const auto policy = params.getReleaseOnDrop() ? DropPolicy::release : DropPolicy::leave;
    auto results = context.getResults();
    Submitted done{{command.verdict, {}}, {}};
    if (command.isOk()) done = service_.pipeline.submit(std::move(command.value));
    name.refusal = done.answer.verdict;
    protocol::writeReceipt(results.initReceipt(), done.answer);
    results.setHold(makeHold(service_, std::move(name), policy));
    return service_.pipeline.durable(done.wait_for);
  }

  kj::Promise<void> holdByKey(HoldByKeyContext context) override {
    const auto key = context.getParams().getKey();
    context.getResults().setHold(
        makeHold(service_, {name_.id, std::string(key), reaches(service_, name_.min_position)},
                 DropPolicy::leave));
    return kj::READY_NOW;
  }

 private:
  LedgerService& service_;
  CustomerName name_;
};

class UsageStream final : public wire::UsageStream::Server, private kj::TaskSet::ErrorHandler {
 public:
  UsageStream(LedgerService& service, wire::BatchSink::Client sink, Position min_position)
      : service_(service), sink_(kj::mv(sink)), min_position_(min_position), delivering_(*this) {}

  kj::Promise<void> write(WriteContext context) override {
    KJ_IF_MAYBE (failure, failure_) {
      return kj::cp(*failure);
    }
    const std::uint64_t batch = batches_++;
    // The next write waits until this one is decided; its results follow when they are durable.
    return decideBatch(service_, context.getParams().getEntries(), min_position_)
        .then([this, batch, context](kj::Own<BatchOutcome> outcome) mutable {
          context.releaseParams();
          wait_for_ = std::max(wait_for_, outcome->wait_for);
          delivering_.add(
              service_.pipeline.durable(wait_for_).then([this, batch, outcome = kj::mv(outcome)]() {
                position_ = std::max(position_, outcome->position);
                auto request = sink_.resultsRequest();
                request.setBatch(batch);
                writeBatch(request.initResult(), *outcome);
                return request.send();
              }));
        });
  }

  kj::Promise<void> finish(FinishContext context) override {
    return delivering_.onEmpty().then(
        [this, context]() mutable { context.getResults().setPosition(position_.value); });
  }

 private:
  void taskFailed(kj::Exception&& error) override { failure_ = kj::mv(error); }

  LedgerService& service_;
  wire::BatchSink::Client sink_;
  const Position min_position_;
  kj::TaskSet delivering_;
  kj::Maybe<kj::Exception> failure_;
  std::uint64_t batches_ = 0;
  Position position_;
  Position wait_for_;
};

class Recorder final : public wire::Recorder::Server {
 public:
  explicit Recorder(LedgerService& service) : service_(service) {}

  kj::Promise<void> customer(CustomerContext context) override {
    context.getResults().setCustomer(
        kj::heap<CustomerRecorder>(service_, customerNameOf(context.getParams())));
    return kj::READY_NOW;
  }

  kj::Promise<void> recordBatch(RecordBatchContext context) override {
    auto params = context.getParams();
    return decideBatch(service_, params.getEntries(), Position(params.getMinPosition()))
        .then([this, context](kj::Own<BatchOutcome> outcome) mutable {
          writeBatch(context.getResults().initResult(), *outcome);
          return service_.pipeline.durable(outcome->wait_for);
        });
  }

  kj::Promise<void> openStream(OpenStreamContext context) override {
    auto params = context.getParams();
    context.getResults().setStream(
        kj::heap<UsageStream>(service_, params.getSink(), Position(params.getMinPosition())));
    return kj::READY_NOW;
  }

 private:
  LedgerService& service_;
};

}  // namespace

wire::Recorder::Client makeRecorder(LedgerService& service) { return kj::heap<Recorder>(service); }

}  // namespace daybook::daemon
