// The gate, keys, chunks and bounds of the commit pipeline, and the sessions' bounds, with the
// daemon's own parts.
#include <catch2/catch.hpp>

#include <kj/exception.h>

#include <string>

#include "ledger/base/limits.h"
#include "ledger/replay/replayer.h"
#include "tests/support/running_ledger.h"

using namespace daybook;
using daybook::testing::calls;
using daybook::testing::RunningLedger;
using daybook::testing::sellCalls;

namespace {

/// Usage whose event takes about 10 000 bytes.
RecordUsage bulkyCalls() {
  RecordUsage usage = calls(1);
  for (std::size_t i = 0; i < limits::kPropertiesMax; ++i) {
    usage.properties.push_back(
        {"property-" + std::to_string(i), std::string(limits::kPropertyValueBytesMax, 'x')});
  }
  return usage;
}

Position lastPosition(RunningLedger& ledger) { return ledger.pipeline().state().ledger.last; }

}  // namespace

TEST_CASE("an answer waits at the gate until its commit is durable") {
  RunningLedger ledger;
  sellCalls(ledger, {"acme", "other"});
  ledger.hold();
  const auto done = ledger.pipeline().submit({"k", "acme", calls(5)});
  REQUIRE(done.answer.verdict.isOk());
  auto gate = ledger.pipeline().durable(done.wait_for);
  CHECK_FALSE(ledger.isFulfilled(gate));

  // The same key meanwhile: the original receipt, behind the same gate.
  const auto again = ledger.pipeline().submit({"k", "acme", calls(5)});
  CHECK(again.answer.receipt.duplicate);
  CHECK(again.answer.receipt.position == done.answer.receipt.position);
  CHECK(again.wait_for == done.answer.receipt.position);

  // Another customer's newest event is durable: reads of it need not wait.
  auto other = ledger.pipeline().durable(ledger.pipeline().state().find("other")->last);
  CHECK(ledger.isFulfilled(other));
  ledger.release();
  ledger.wait(kj::mv(gate));
  CHECK(ledger.store().tip().position == done.wait_for);
}

TEST_CASE("a refusal waits for what it was decided on") {
  RunningLedger ledger;
  sellCalls(ledger, {"acme"});
  ledger.hold();
  const auto done = ledger.pipeline().submit({"k", "acme", calls(5)});
  const auto refused = ledger.pipeline().submit({"k", "acme", calls(6)});
  CHECK(refused.answer.verdict == Verdict{Outcome::keyReused, "quantity"});
  CHECK(refused.wait_for == done.wait_for);
  auto gate = ledger.pipeline().durable(refused.wait_for);
  CHECK_FALSE(ledger.isFulfilled(gate));
  ledger.release();
  ledger.wait(kj::mv(gate));
}

TEST_CASE("a refused command does not use up its key, and changes nothing") {
  RunningLedger ledger;
  sellCalls(ledger, {"acme"});
  const Position before = lastPosition(ledger);
  CHECK(ledger.give("acme", RecordUsage{"nothing", {}, {}, {}, {}, {}}, "k").verdict.outcome ==
        Outcome::unknownFeature);
  CHECK(ledger.give("nobody", calls(1), "k").verdict.outcome == Outcome::unknownCustomer);
  CHECK(lastPosition(ledger) == before);
  CHECK(ledger.give("acme", calls(1), "k").verdict.isOk());
}

TEST_CASE("a key is unique per customer, and per ledger for new customers") {
  RunningLedger ledger;
  sellCalls(ledger, {"a", "b"});
  CHECK(ledger.give("a", calls(1), "k").verdict.isOk());
  CHECK_FALSE(ledger.give("b", calls(1), "k").receipt.duplicate);
  CHECK(ledger.give("c", CreateCustomer{}, "new").verdict.isOk());
  CHECK(ledger.give("c", CreateCustomer{}, "new").receipt.duplicate);
  CHECK(ledger.give("d", CreateCustomer{}, "new").verdict ==
        Verdict{Outcome::keyReused, "customer"});
  CHECK(ledger.give("c", CreateCustomer{}, "other").verdict.outcome == Outcome::customerExists);
}

TEST_CASE("commits stay within their bound, and a full queue answers OVERLOADED") {
  RunningLedger ledger;
  sellCalls(ledger, {"acme"});
  ledger.hold();
  const Position before = lastPosition(ledger);
  std::uint64_t taken = 0;
  bool overloaded = false;
  while (!overloaded && taken < 10'000) {
    try {
      const auto done =
          ledger.pipeline().submit({"bulk-" + std::to_string(taken), "acme", bulkyCalls()});
      REQUIRE(done.answer.verdict.isOk());
      ++taken;
    } catch (const kj::Exception& exception) {
      overloaded = exception.getType() == kj::Exception::Type::OVERLOADED;
      REQUIRE(overloaded);
    }
  }
  REQUIRE(overloaded);
  CHECK(ledger.pipeline().queuedBytes() > limits::kPipelineBytesMax);
  CHECK(ledger.pipeline().queuedBytes() <= limits::kPipelineBytesMax + limits::kEventBytesMax);
  CHECK(lastPosition(ledger).value == before.value + taken);
  ledger.release();
  ledger.wait(ledger.pipeline().allDurable());
  CHECK(ledger.give("acme", bulkyCalls(), "bulk-" + std::to_string(taken)).verdict.isOk());
  ledger.store().scan({}, [](const store::StoredCommit& commit) {
    std::size_t size_bytes = 0;
    for (const BytesView event : commit.events) size_bytes += event.size();
    CHECK(size_bytes <= limits::kCommitBytesMax);
    CHECK(commit.events.size() <= limits::kCommitEventsMax);
    return store::ScanStep::proceed;
  });
}

TEST_CASE("due work is done in slices, and all of it before a moved clock is answered") {
  RunningLedger ledger;
  std::vector<std::string> customers;
  for (std::size_t i = 0; i < limits::kTickSlice + 10; ++i) {
    customers.push_back("c" + std::to_string(i));
  }
  sellCalls(ledger, customers);
  const Instant end = RunningLedger::kStart + Duration::days(31);
  REQUIRE(ledger.give("", MoveClock{end}).verdict.isOk());
  CHECK(ledger.pipeline().workDue(limits::kTickSlice));
  CHECK_FALSE(ledger.pipeline().workDue(limits::kTickSlice));
  REQUIRE(ledger.give("", MoveClock{end + Duration::hours(1)}).verdict.isOk());
  ledger.wait(ledger.ticker().catchUp());
  CHECK_FALSE(ledger.pipeline().workDue(1));
  // The first invoice and the renewal of each.
  CHECK(ledger.pipeline().state().invoices.size() == 2 * customers.size());
}

TEST_CASE("with little room left writes are refused, repeated keys answered, and room helps") {
  RunningLedger ledger;
  sellCalls(ledger, {"acme"});
  REQUIRE(ledger.give("acme", calls(1), "k").verdict.isOk());
  ledger.store().setFreeBytes(limits::kStorageReserveBytes - 1);
  ledger.admission().update();
  const Position before = lastPosition(ledger);
  CHECK(ledger.give("acme", calls(1), "l").verdict.outcome == Outcome::storageFull);
  CHECK(ledger.give("acme", calls(1), "k").receipt.duplicate);
  CHECK(lastPosition(ledger) == before);
  ledger.store().setFreeBytes(limits::kStorageReserveBytes);
  ledger.admission().update();
  CHECK(ledger.give("acme", calls(1), "l").verdict.isOk());
}

TEST_CASE("a snapshot is of one position, whatever changes while it is written") {
  RunningLedger ledger;
  std::vector<std::string> customers;
  for (int i = 0; i < 1'500; ++i) customers.push_back("c" + std::to_string(i));
  sellCalls(ledger, customers);
  auto writing = ledger.snapshotter().write();
  const Position position = lastPosition(ledger);
  // Customers of every slice change while the first slices are on their way.
  for (std::size_t i = 0; i < customers.size(); i += 7) ledger.give(customers[i], calls(3));
  REQUIRE(ledger.wait(kj::mv(writing)) == position);
  const auto snapshots = ledger.store().snapshots();
  REQUIRE(snapshots.size() == 1);
  replay::ReplayOptions options;
  options.to = position;
  const replay::Replayed replayed = replay::replay(ledger.store(), ledger.codec(), options);
  CHECK(replay::stateDigest(replayed.engine.state(), ledger.codec()) == snapshots[0].digest);
  CHECK(replayed.tree.root().bytes == snapshots[0].tip.root);

  // Opening again starts from it and knows every key.
  auto opened = daemon::openLedger(ledger.store(), ledger.codec(), ledger.logger());
  CHECK(opened.engine.state().ledger == ledger.pipeline().state().ledger);
  CHECK(opened.engine.state().customers == ledger.pipeline().state().customers);
  CHECK(opened.keys->size() == ledger.pipeline().keyCount());
  for (const auto& info : snapshots) ledger.store().dropSnapshot(info.tip.position);
  ledger.store().dropKeyRuns();
  auto rebuilt = daemon::openLedger(ledger.store(), ledger.codec(), ledger.logger());
  CHECK(rebuilt.engine.state().customers == ledger.pipeline().state().customers);
  CHECK(rebuilt.keys->size() == ledger.pipeline().keyCount());
}

TEST_CASE("a batch over the limit is refused whole, one at the limit is decided") {
  RunningLedger ledger;
  sellCalls(ledger, {"acme"});
  auto recorder = daemon::makeRecorder(ledger.service());
  const auto send = [&](std::size_t size) {
    auto request = recorder.recordBatchRequest();
    auto entries = request.initEntries(static_cast<unsigned int>(size));
    for (unsigned int i = 0; i < size; ++i) {
      entries[i].setCustomer("acme");
      entries[i].setKey("batch-" + std::to_string(i));
      entries[i].initUsage().setFeature("calls");
    }
    return request.send().wait(ledger.scope());
  };
  const Position before = lastPosition(ledger);
  const auto refused = send(limits::kBatchEntriesMax + 1);
  CHECK(refused.getResult().getOutcome() == wire::Outcome::BATCH_TOO_LARGE);
  CHECK(lastPosition(ledger) == before);
  const auto taken = send(limits::kBatchEntriesMax);
  CHECK(taken.getResult().getRecorded() == limits::kBatchEntriesMax);
  CHECK(ledger.store().tip().position.value == before.value + limits::kBatchEntriesMax);
  const auto again = send(limits::kBatchEntriesMax);
  CHECK(again.getResult().getDuplicates() == limits::kBatchEntriesMax);
  CHECK(again.getResult().getPosition() == taken.getResult().getPosition());
}

TEST_CASE("lists give pages of the default or the largest size, and go on from their cursor") {
  RunningLedger ledger;
  for (std::size_t i = 0; i < limits::kListLimitMax + 5; ++i) {
    ledger.pipeline().submit(
        {"new-" + std::to_string(i), "c" + std::to_string(i), CreateCustomer{}});
  }
  ledger.wait(ledger.pipeline().allDurable());
  auto reader = daemon::makeReader(ledger.service());
  const auto page = [&](std::uint32_t limit, const std::string& cursor) {
    auto request = reader.customersRequest();
    request.setLimit(limit);
    request.setCursor(cursor);
    return request.send().wait(ledger.scope());
  };
  CHECK(page(0, "").getCustomers().size() == limits::kListLimitDefault);
  const auto first = page(1'000'000, "");
  CHECK(first.getCustomers().size() == limits::kListLimitMax);
  const auto rest = page(1'000'000, first.getNext());
  CHECK(rest.getCustomers().size() == 5);
  CHECK(rest.getNext().size() == 0);
  CHECK(page(10, "nonsense").getOutcome() == wire::Outcome::INVALID_CURSOR);
}
