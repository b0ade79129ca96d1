// The import as a whole: every row is accounted for, whatever happens to it or to the connection.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "client/cli/importer.h"
#include "client/cli/rejects.h"
#include "client/cli/row_source.h"
#include "tests/support/fake_daemon.h"
#include "tests/support/temporary_directory.h"

namespace daybook::cli {
namespace {

using test::FakeDaemon;

struct Imported {
  ImportStats stats;
  bool broken = false;
};

Imported importText(FakeDaemon& daemon, const test::TemporaryDirectory& directory,
                    const std::string& text, const ImportOptions& options = {}) {
  client::Client client({.address = daemon.address()});
  const std::string path = directory.write("rows.jsonl", text);
  const auto source = openJsonLines(path, "rows.jsonl");
  Rejects rejects(rejectsPathOf(path, Format::jsonLines), *source);
  Importer importer(client, options, nullptr);
  Imported out;
  try {
    importer.importFile("rows.jsonl", *source, rejects);
  } catch (const client::Error& e) {
    CHECK(e.kind() == client::ErrorKind::unknownOutcome);
    out.broken = true;
  }
  out.stats = importer.stats();
  return out;
}

std::string usageLine(const std::string& customer) {
  return "{\"customer\":\"" + customer + "\",\"recordUsage\":{\"feature\":\"calls\"}}\n";
}

std::string usageLines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += usageLine("acme");
  return text;
}

TEST_CASE("rows are recorded once, also when they are imported again") {
  FakeDaemon daemon;
  const test::TemporaryDirectory directory;
  const auto first = importText(daemon, directory, usageLines(2'500), {.batch = 100});
  CHECK(first.stats.rows == 2'500);
  CHECK(first.stats.recorded == 2'500);
  CHECK(first.stats.position == 2'500);
  const auto again = importText(daemon, directory, usageLines(2'600), {.batch = 1'000});
  CHECK(again.stats.duplicates == 2'500);
  CHECK(again.stats.recorded == 100);
  CHECK(daemon.ledger().events().size() == 2'600);
  CHECK_FALSE(directory.has("rows.rejected.jsonl"));
}

TEST_CASE("refused rows are counted by reason, with the first of each, and written down") {
  FakeDaemon daemon;
  const test::TemporaryDirectory directory;
  const auto done = importText(
      daemon, directory,
      usageLines(3) + usageLine("nobody") + "oops\n" + usageLines(2) + usageLine("nobody"),
      {.batch = 2});
  CHECK(done.stats.rows == 8);
  CHECK(done.stats.recorded == 5);
  CHECK(done.stats.refused == 3);
  CHECK(done.stats.settled() == 8);
  CHECK_FALSE(done.stats.stopped);
  const auto& by_outcome = done.stats.by_outcome;
  REQUIRE(by_outcome.size() == 2);
  CHECK(by_outcome.at("unknownCustomer").count == 2);
  CHECK(by_outcome.at("unknownCustomer").row == 4);
  CHECK(by_outcome.at("unknownCustomer").detail == "customer");
  CHECK(by_outcome.at("unreadable").row == 5);
  // "oops" is found before the batch with row 4 is answered.
  const std::string reasons = directory.read("rows.rejected.jsonl.reasons.csv");
  CHECK(reasons.find("4,rows.jsonl:4,unknownCustomer,customer\n") != std::string::npos);
  CHECK(reasons.find("5,rows.jsonl:5,unreadable,") != std::string::npos);
  CHECK(reasons.find("8,rows.jsonl:8,unknownCustomer,customer\n") != std::string::npos);
}

TEST_CASE("commands of all kinds take effect in the order of the file") {
  FakeDaemon daemon;
  const test::TemporaryDirectory directory;
  const std::string create = "{\"customer\":\"foo\",\"createCustomer\":{}}\n";
  const std::string subscribe = "{\"customer\":\"foo\",\"subscribe\":{\"plan\":\"pro\"}}\n";
  const auto done =
      importText(daemon, directory, create + subscribe + usageLines(3) + subscribe + usageLines(1),
                 {.batch = 2});
  CHECK(done.stats.recorded == 7);
  CHECK(daemon.ledger().order() == std::vector<std::string>{"createCustomer", "subscribe", "usage",
                                                            "usage", "usage", "subscribe",
                                                            "usage"});
  const auto again = importText(daemon, directory, create + subscribe);
  CHECK(again.stats.duplicates == 2);
}

TEST_CASE("an import that breaks off knows what is durable, and a second run completes it") {
  FakeDaemon daemon;
  const test::TemporaryDirectory directory;
  daemon.ledger().behave({.break_at = 5});
  const auto first =
      importText(daemon, directory, usageLines(1'000), {.batch = 50, .in_flight_max = 2});
  CHECK(first.broken);
  CHECK(first.stats.recorded >= 150);
  CHECK(first.stats.recorded <= 250);
  CHECK(daemon.ledger().events().size() == 250);
  daemon.ledger().behave({});
  const auto second = importText(daemon, directory, usageLines(1'000), {.batch = 50});
  CHECK_FALSE(second.broken);
  CHECK(second.stats.duplicates == 250);
  CHECK(second.stats.recorded == 750);
}

TEST_CASE("with stop-on-error nothing follows the batches that were on their way") {
  FakeDaemon daemon;
  const test::TemporaryDirectory directory;
  const auto done = importText(daemon, directory, usageLine("nobody") + usageLines(1'000),
                               {.batch = 1, .in_flight_max = 2, .stop_on_error = true});
  CHECK(done.stats.stopped);
  CHECK(done.stats.refused == 1);
  CHECK(done.stats.recorded <= 3);
  CHECK(daemon.ledger().events().size() == done.stats.recorded);
}

}  // namespace
}  // namespace daybook::cli
