#include "daemon/commit_pipeline.h"

#include <kj/debug.h>

#include <algorithm>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"

namespace daybook::daemon {

CommitPipeline::CommitPipeline(OpenedLedger ledger, Parts parts)
    : engine_(std::move(ledger.engine)),
      keys_(std::move(ledger.keys)),
      key_seed_(ledger.key_seed),
      unsaved_keys_(std::move(ledger.unsaved_keys)),
      store_(parts.store),
      codec_(parts.codec),
      boundaries_(parts.boundaries),
      wall_now_(std::move(parts.wall_now)) {
  durable_ = {store_.tip(), std::move(ledger.tree)};
  CHECK(state().ledger.last == durable_.tip.position, "the state is the log's");
}

CommitPipeline::~CommitPipeline() noexcept(false) = default;

Instant CommitPipeline::now() const {
  if (isManual()) return state().ledger.clock;
  return wall_now_();
}

Submitted CommitPipeline::submit(Command&& command, const Upcoming& expected) {
  const bool creates = std::holds_alternative<CreateCustomer>(command.body);
  const Customer* customer = customerOf(command.customer, expected);
  const CustomerNumber number = customer != nullptr ? customer->number : CustomerNumber();
  const CustomerNumber scope = creates ? CustomerNumber() : number;
  const bool has_scope = creates || command.customer.empty() || customer != nullptr;
  std::uint64_t fingerprint = 0;
  if (has_scope && !command.key.empty()) {
    const bool is_expected = !scope.isNone() && scope == expected.number;
    fingerprint = is_expected ? expected.fingerprint : fingerprintOf(scope, command.key);
    std::optional<Submitted> answer = repeated(command, scope, fingerprint);
    if (answer) return *std::move(answer);
  }
  if (refusal_) return {{*refusal_, {}}, {}};
  if (queued_bytes_ > limits::kPipelineBytesMax) {
    kj::throwFatalException(KJ_EXCEPTION(OVERLOADED, "the commit queue is full; send it again"));
  }
  const Instant at = now();
  if (customer != nullptr) {
    while (recordDueOf(number, at)) {
    }
  }
  const std::optional<Event> subject = subjectOf(command, number);
  core::Decision decision =
      engine_.decide(command, {at, boundaries_, subject ? &*subject : nullptr});
  // A refusal tells of the state, so it waits for what it was decided on, too.
  const Position depends_on =
      customer != nullptr ? state().customer(number).last : state().ledger.last_of_ledger;
  if (!decision.verdict.isOk()) return {{std::move(decision.verdict), {}}, depends_on};
  // A moved clock is the recorded time of its own event.
  const auto* move = std::get_if<MoveClock>(&command.body);
  Answer answer = record(std::move(decision), move != nullptr ? move->to : at,
                         std::move(command.key), fingerprint);
  const Position wait_for = answer.verdict.isOk() ? state().ledger.last : depends_on;
  return {std::move(answer), wait_for};
}

void CommitPipeline::prefetch(std::span<Upcoming> upcoming) const {
  for (const Upcoming& command : upcoming) state().numbers.prefetch(command.customer);
  for (Upcoming& command : upcoming) {
    command.number = state().likely(command.customer);
    state().prefetch(command.number);
    command.fingerprint = fingerprintOf(command.number, command.key);
    keys_->prefetch(command.fingerprint);
  }
  for (const Upcoming& command : upcoming) state().prefetchAccount(command.number);
  for (const Upcoming& command : upcoming) {
    if (command.number.isNone()) continue;
    const std::vector<UsagePeriod>& periods = state().customer(command.number).periods;
    if (!periods.empty()) __builtin_prefetch(periods.back().usage.data(), 1);
  }
}

const Customer* CommitPipeline::customerOf(const std::string& id, const Upcoming& expected) const {
  if (id.empty()) return nullptr;
  if (expected.number.isNone()) return state().find(id);
  const Customer& likely = state().customer(expected.number);
  return likely.id == id ? &likely : state().find(id);
}

std::optional<Submitted> CommitPipeline::repeated(const Command& command, CustomerNumber scope,
                                                  std::uint64_t fingerprint) const {
  const std::optional<Event> event = findKeyed(scope, command.key, fingerprint);
  if (!event) return std::nullopt;
  const std::optional<CommandBody> before = askedOf(event->body);
  CHECK(before.has_value(), "a keyed event holds what was asked");
  std::optional<std::string_view> difference = firstDifference(*before, command.body);
  const auto* created = std::get_if<CustomerCreated>(&event->body);
  if (!difference && created != nullptr && created->id != command.customer) difference = "customer";
  if (difference) {
    return Submitted{{{Outcome::keyReused, std::string(*difference)}, {}}, event->position};
  }
  Receipt receipt = receiptOf(*event);
  receipt.duplicate = true;
  return Submitted{{{}, std::move(receipt)}, event->position};
}

std::optional<Event> CommitPipeline::subjectOf(const Command& command,
                                               CustomerNumber customer) const {
  if (customer.isNone()) return std::nullopt;
  const std::string* key = core::subjectKey(state().customer(customer), command.body);
  if (key == nullptr) return std::nullopt;
  return findKeyed(customer, *key, fingerprintOf(customer, *key));
}

std::optional<Event> CommitPipeline::findKeyed(CustomerNumber scope, const std::string& key,
                                               std::uint64_t fingerprint) const {
  std::optional<Event> found;
  keys_->candidates(fingerprint, [&](Position position) {
    if (found) return;
    const std::optional<Bytes> bytes = read(position);
    CHECK(bytes.has_value(), "an indexed position is in the log");
    Event event = codec_.decodeEvent(*bytes);
    if (event.key == key && keyScope(event) == scope) found = std::move(event);
  });
  return found;
}

Position CommitPipeline::create(const LedgerCreated& ledger, Instant at) {
  CHECK(state().ledger.last.isNone(), "a ledger is created once");
  core::Decision decision;
  decision.events.emplace_back(ledger);
  CHECK(record(std::move(decision), at).verdict.isOk(), "the first event fits");
  return state().ledger.last;
}

void CommitPipeline::catchUp(CustomerNumber customer) {
  if (refusal_ || queued_bytes_ > limits::kPipelineBytesMax) return;
  const Instant at = now();
  while (recordDueOf(customer, at)) {
  }
}

bool CommitPipeline::workDue(std::size_t slice) {
  if (refusal_) return false;
  const Instant at = now();
  for (std::size_t done = 0; done < slice; ++done) {
    const std::optional<core::Due> due = engine_.due(at);
    if (!due) return false;
    const bool recorded = recordDueOf(due->customer, at);
    CHECK(recorded, "due work records something");
  }
  return engine_.due(at).has_value();
}

bool CommitPipeline::recordDueOf(CustomerNumber customer, Instant now) {
  core::Decision decision = engine_.decideDue(customer, {now, boundaries_});
  if (decision.events.empty()) return false;
  CHECK(record(std::move(decision), now).verdict.isOk(), "what time causes fits an event");
  return true;
}

Answer CommitPipeline::record(core::Decision decision, Instant recorded, std::string key,
                              std::uint64_t fingerprint) {
  const bool has_key = !key.empty();
  Answer answer;
  const std::size_t count = decision.events.size();
  if (count > 1) {
    answer.verdict = checkSizes(decision, recorded, key);
    if (!answer.verdict.isOk()) return answer;
  }
  // A decision's events are never split over commits.
  if (!last_sealed_ &&
      (queue_.back().chunk->batch.events.size() + count > limits::kCommitEventsMax ||
       queue_.back().chunk->sizeBytes() > limits::kCommitBytesMax / 2)) {
    sealChunk();
  }
  for (std::size_t i = 0; i < count; ++i) {
    const bool keyed = has_key && i == decision.keyed;
    const Event event = engine_.seal(std::move(decision.events[i]), decision.customer, recorded,
                                     keyed ? std::move(key) : std::string());
    encoded_.clear();
    codec_.append(event, encoded_);
    if (encoded_.size() > limits::kEventBytesMax) {
      CHECK(count == 1, "the sizes of several events are checked before");
      answer.verdict = {Outcome::eventTooLarge, std::to_string(encoded_.size()) + " bytes"};
      return answer;
    }
    queue(event, fingerprint, encoded_);
    if (observer_ != nullptr) observer_->beforeApply(state(), event);
    engine_.apply(event);
    if (keyed) answer.receipt = receiptOf(event);
  }
  return answer;
}

Verdict CommitPipeline::checkSizes(const core::Decision& decision, Instant recorded,
                                   const std::string& key) const {
  // Numbers have a fixed width, so an event's size does not depend on its position and chain.
  std::size_t sum = 0;
  for (const EventBody& body : decision.events) {
    const std::size_t size =
        codec_.encode(engine_.seal(body, decision.customer, recorded, key)).size();
    sum += size;
    if (size > limits::kEventBytesMax) {
      return {Outcome::eventTooLarge, std::to_string(size) + " bytes"};
    }
  }
  if (sum > limits::kCommitBytesMax / 2) {
    return {Outcome::eventTooLarge, std::to_string(sum) + " bytes in one command"};
  }
  return {};
}

void CommitPipeline::queue(const Event& event, std::uint64_t fingerprint, BytesView bytes) {
  if (!event.key.empty()) {
    keys_->insert(fingerprint, event.position);
    unsaved_keys_.push_back({fingerprint, event.position});
  }
  Chunk& chunk = *openChunk().chunk;
  store::Batch& batch = chunk.batch;
  if (batch.events.empty()) batch.first = event.position;
  CHECK(batch.first.value + batch.events.size() == event.position.value,
        "queued positions have no gap");
  batch.tip.recorded = event.recorded;
  queued_bytes_ += bytes.size();
  batch.events.push_back(bytes);
}

CommitPipeline::Queued& CommitPipeline::openChunk() {
  // A decision's events stay in one chunk: a full chunk is closed when the next turn's decision
  // begins.
  if (last_sealed_) {
    auto pair = kj::newPromiseAndFulfiller<void>();
    std::shared_ptr<Chunk> chunk = std::exchange(spare_, nullptr);
    if (chunk == nullptr) chunk = std::make_shared<Chunk>();
    queue_.push_back({std::move(chunk), kj::mv(pair.fulfiller), pair.promise.fork()});
    last_sealed_ = false;
    if (!hand_over_scheduled_) {
      hand_over_scheduled_ = true;
      hand_over_ = kj::evalLast([this] {
                     hand_over_scheduled_ = false;
                     handOver();
                   }).eagerlyEvaluate(nullptr);
    }
  }
  return queue_.back();
}

void CommitPipeline::sealChunk() { last_sealed_ = true; }

void CommitPipeline::handOver() {
  if (store_thread_ == nullptr || handed_over_ > 0 || queue_.empty()) return;
  if (queue_.size() == 1) last_sealed_ = true;
  store_thread_->handOver(queue_.front().chunk);
  handed_over_ = 1;
}

void CommitPipeline::onDurable(CommitResult result) {
  CHECK(handed_over_ == 1 && !queue_.empty(), "results come for what was handed over");
  Queued done = kj::mv(queue_.front());
  queue_.pop_front();
  handed_over_ = 0;
  CHECK(done.chunk->last() == result.tip.position, "commits become durable in order");
  queued_bytes_ -= done.chunk->sizeBytes();
  durable_ = std::move(result);
  ++commits_;
  if (take_ && take_at_ <= durable_.tip.position) {
    CHECK(take_at_ == durable_.tip.position, "a commit ends at the position that is waited for");
    std::exchange(take_, nullptr)(durable_);
  }
  // The store thread is done with it: the next one has its memory.
  done.chunk->batch.events.clear();
  done.chunk->batch.leaves.clear();
  spare_ = std::move(done.chunk);
  done.fulfiller->fulfill();
  next_commit_pair_.fulfiller->fulfill();
  next_commit_pair_ = kj::newPromiseAndFulfiller<void>();
  next_commit_ = next_commit_pair_.promise.fork();
  handOver();
}

kj::Promise<void> CommitPipeline::durable(Position position) {
  if (position <= durable_.tip.position) return kj::READY_NOW;
  for (Queued& queued : queue_) {
    if (position <= queued.chunk->last()) return queued.durable.addBranch();
  }
  CHECK(false, "a position to wait for is queued");
  KJ_UNREACHABLE;
}

void CommitPipeline::takeCommit(Position position, std::function<void(const CommitResult&)> take) {
  if (position == durable_.tip.position) return take(durable_);
  CHECK(position > durable_.tip.position && !take_, "one coming commit is waited for");
  take_at_ = position;
  take_ = std::move(take);
}

std::optional<Bytes> CommitPipeline::read(Position position) const {
  for (auto queued = queue_.rbegin(); queued != queue_.rend(); ++queued) {
    const store::Batch& batch = queued->chunk->batch;
    if (batch.events.empty() || position < batch.first) continue;
    const std::size_t index = position.value - batch.first.value;
    if (index >= batch.events.size()) return std::nullopt;
    const BytesView event = batch.events[index];
    return Bytes(event.begin(), event.end());
  }
  return store_.read(position);
}

void CommitPipeline::putBackUnsavedKeys(std::vector<store::KeyEntry> keys) {
  keys.insert(keys.end(), unsaved_keys_.begin(), unsaved_keys_.end());
  unsaved_keys_ = std::move(keys);
}

}  // namespace daybook::daemon
