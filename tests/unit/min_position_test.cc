// What a caller may ask to be reflected: minPosition, of every method that reads or records.
#include <capnp/dynamic.h>
#include <catch2/catch.hpp>

#include <string>

#include "tests/support/running_ledger.h"

using namespace daybook;
using daybook::testing::RunningLedger;
using daybook::testing::sellCalls;

namespace {

constexpr Position kNowhere{1'000'000};

/// The outcome in a method's results: their own, or that of what they give.
std::string outcomeIn(capnp::DynamicStruct::Reader results) {
  KJ_IF_MAYBE (field, results.getSchema().findFieldByName("outcome")) {
    KJ_IF_MAYBE (name, results.get(*field).as<capnp::DynamicEnum>().getEnumerant()) {
      return std::string(name->getProto().getName().cStr());
    }
  }
  for (const auto field : results.getSchema().getFields()) {
    if (field.getType().isStruct() && results.has(field)) {
      return outcomeIn(results.get(field).as<capnp::DynamicStruct>());
    }
  }
  return "none";
}

/// Calls every method of `target` that gives no capability, with nothing but `minPosition` where it
/// takes one; gives the outcomes, a line each.
std::string outcomes(RunningLedger& ledger, capnp::DynamicCapability::Client target,
                     const std::string& except = {}) {
  std::string lines;
  for (const auto method : target.getSchema().getMethods()) {
    const std::string name(method.getProto().getName().cStr());
    if (name == "customer" || name == "holdByKey" || name == "openStream" || name == except) {
      continue;
    }
    auto request = target.newRequest(method);
    KJ_IF_MAYBE (field, method.getParamType().findFieldByName("minPosition")) {
      request.set(*field, kNowhere.value);
    }
    lines += name + ": " + outcomeIn(request.send().wait(ledger.scope())) + "\n";
  }
  return lines;
}

/// The lines of which none should be there.
std::string others(const std::string& lines) {
  std::string others;
  std::size_t begin = 0;
  for (std::size_t end; (end = lines.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string line = lines.substr(begin, end - begin);
    if (!line.ends_with(": unknownPosition")) others += line + "\n";
  }
  return others;
}

}  // namespace

TEST_CASE("whatever reads or records refuses a position that the log has not reached") {
  RunningLedger ledger;
  sellCalls(ledger, {"acme"});
  const Position before = ledger.pipeline().state().ledger.last;
  daemon::LedgerService& service = ledger.service();
  // A watch begins at a position of its own.
  CHECK(others(outcomes(ledger, daemon::makeReader(service), "watch")).empty());
  CHECK(others(outcomes(ledger, daemon::makeCustomerReader(service, {"acme", kNowhere}))).empty());
  CHECK(others(outcomes(ledger, daemon::makeCustomerBilling(service, {"acme", kNowhere}))).empty());
  // An empty submit() has no receipt to say it in.
  CHECK(others(outcomes(ledger, daemon::makeBilling(service, {}), "submit")).empty());
  wire::Recorder::Client recorder = daemon::makeRecorder(service);
  CHECK(others(outcomes(ledger, kj::cp(recorder))).empty());
  auto request = recorder.customerRequest();
  request.setId("acme");
  request.setMinPosition(kNowhere.value);
  wire::CustomerRecorder::Client acme = request.send().getCustomer();
  CHECK(others(outcomes(ledger, kj::cp(acme))).empty());
  auto by_key = acme.holdByKeyRequest();
  by_key.setKey("job");
  CHECK(others(outcomes(ledger, by_key.send().getHold())).empty());
  CHECK(ledger.pipeline().state().ledger.last == before);
}

TEST_CASE("of a submission past the log's end every command is refused") {
  RunningLedger ledger;
  sellCalls(ledger, {"acme"});
  auto request = daemon::makeBilling(ledger.service(), {}).submitRequest();
  request.setMinPosition(kNowhere.value);
  request.initCommands(2);
  const auto response = request.send().wait(ledger.scope());
  REQUIRE(response.getReceipts().size() == 2);
  for (const auto receipt : response.getReceipts()) {
    CHECK(receipt.getOutcome() == wire::Outcome::UNKNOWN_POSITION);
    CHECK(std::string(receipt.getDetail().cStr()) == "1000000");
  }
}

TEST_CASE("what is recorded and not on disk is no position to ask for") {
  RunningLedger ledger;
  sellCalls(ledger, {"acme"});
  ledger.hold();
  const Position queued =
      ledger.pipeline().submit({"k", "acme", RecordPayment{InvoiceNumber(1), {}, ""}}).wait_for;
  const auto ask = [&] {
    return daemon::makeCustomerReader(ledger.service(), {"acme", queued}).infoRequest().send();
  };
  CHECK(ask().wait(ledger.scope()).getOutcome() == wire::Outcome::UNKNOWN_POSITION);
  ledger.release();
  ledger.wait(ledger.pipeline().allDurable());
  CHECK(ask().wait(ledger.scope()).getOutcome() == wire::Outcome::OK);
}
