// From files to rows: mappings, keys, and what becomes of rows that cannot be read.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "client/cli/mapping.h"
#include "client/cli/rejects.h"
#include "client/cli/row_source.h"
#include "client/cli/session.h"
#include "tests/support/temporary_directory.h"

namespace daybook::cli {
namespace {

using client::UsageEntry;

constexpr char kTraceMapping[] = R"(
[columns]
time = "TIMESTAMP"
totalInput = "ContextTokens"
output = "GeneratedTokens"
[constants]
customer = "acme"
feature = "chat"
model = "gpt-x"
)";

std::vector<Row> rowsOf(RowSource& source) {
  std::vector<Row> rows;
  for (Row row; source.next(row);) {
    rows.push_back(row);
    row = {};
  }
  return rows;
}

std::vector<Row> csvRows(std::string_view text, const Mapping& mapping) {
  const test::TemporaryDirectory directory;
  const auto source = openCsv(directory.write("rows.csv", text), "rows.csv", mapping);
  return rowsOf(*source);
}

std::vector<Row> jsonRows(std::string_view text) {
  const test::TemporaryDirectory directory;
  const auto source = openJsonLines(directory.write("rows.jsonl", text), "rows.jsonl");
  return rowsOf(*source);
}

const UsageEntry& usage(const Row& row) { return std::get<UsageEntry>(row.content); }
const std::string& problem(const Row& row) { return std::get<Unreadable>(row.content).problem; }

// The message of a UsageError, and its advice.
std::string errorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const UsageError& e) {
    return e.advice().empty() ? e.what() : std::string(e.what()) + " / " + e.advice();
  }
  return "no error";
}

TEST_CASE("a trace with tokens becomes usage, keyed by source and row") {
  const auto rows = csvRows(
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
      "2023-11-16 18:17:03.9799600,4808,10\r\n"
      "2023-11-16 18:17:04.0319600,3180,8",
      mappingFromToml(kTraceMapping, "trace.toml"));
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].number == 1);
  CHECK(rows[1].key == "rows.csv:2");
  UsageEntry expected{.customer = "acme", .key = "rows.csv:1", .usage = {}};
  expected.usage.feature = "chat";
  expected.usage.at_ns = 1'700'158'623'979'960'000;
  expected.usage.tokens = client::Tokens{
      .provider = "", .model = "gpt-x", .input = std::nullopt, .total_input = 4808, .output = 10};
  CHECK(usage(rows[0]) == expected);
}

TEST_CASE("every field has a column or a constant, which stands in for an empty cell") {
  Mapping mapping;
  mapping.column(Field::customer) = "org";
  mapping.constant(Field::customer) = "acme";
  mapping.column(Field::feature) = "what";
  mapping.column(Field::quantity) = "n";
  mapping.column(Field::key) = "id";
  mapping.property_columns["region"] = "where";
  mapping.property_constants["region"] = "eu";
  mapping.property_constants["via"] = "import";
  mapping.on_shortfall = "overdraw";
  const auto rows = csvRows("org,what,n,id,where\nfoo,calls, 2.5 ,a1,us\n,calls,,,\n", mapping);
  UsageEntry first{.customer = "foo", .key = "a1", .usage = {}};
  first.usage.feature = "calls";
  first.usage.quantity = "2.5";
  first.usage.properties = {{"region", "us"}, {"via", "import"}};
  first.usage.on_shortfall = client::OnShortfall::overdraw;
  CHECK(usage(rows[0]) == first);
  UsageEntry second = first;
  second.customer = "acme";
  second.key = "rows.csv:2";
  second.usage.quantity = "";
  second.usage.properties[0].value = "eu";
  CHECK(usage(rows[1]) == second);
}

TEST_CASE("a bad row is told what is wrong with it, and keeps its place among the others") {
  Mapping mapping = mappingFromToml(kTraceMapping, "trace.toml");
  const auto rows = csvRows(
      "TIMESTAMP,ContextTokens,GeneratedTokens\n"
      "yesterday,1,1\n"
      "2023-11-16,1x,1\n"
      "2023-11-16,-1,1\n"
      "2023-11-16,1\n"
      "\"2023-11-16,1,1\n"
      "2023-11-16,1,1\n",
      mapping);
  REQUIRE(rows.size() == 6);
  CHECK(problem(rows[0]) == "time: 'yesterday' is not a time");
  CHECK(problem(rows[1]) == "totalInput: '1x' is not a whole number of tokens");
  CHECK(problem(rows[2]) == "totalInput: '-1' is not a whole number of tokens");
  CHECK(problem(rows[3]) == "2 fields where the header has 3");
  CHECK(problem(rows[4]) == "a quote is not closed");
  CHECK(usage(rows[5]).key == "rows.csv:6");
}

TEST_CASE("a mapping that does not fit the header is refused before any row") {
  Mapping mapping = mappingFromToml(kTraceMapping, "trace.toml");
  CHECK(errorOf([&] { csvRows("TIMESTAMP,Tokens\n", mapping); }) ==
        "there is no column 'ContextTokens' / The header has: TIMESTAMP, Tokens");
  CHECK(errorOf([&] {
          csvRows("TIMESTAMP,ContextTokens,ContextTokens,GeneratedTokens\n", mapping);
        }) == "the header has the column 'ContextTokens' more than once");
  CHECK(errorOf([&] { csvRows("", mapping); }).find("is empty") != std::string::npos);
  Mapping nobody;
  nobody.constant(Field::feature) = "calls";
  CHECK(errorOf([&] { csvRows("a,b\n", nobody); }) ==
        "nothing says which customer a row is for / Give --customer-column COLUMN or --customer "
        "TEXT; the header has: a, b");
}

TEST_CASE("a mapping file with a mistake is refused with its line") {
  const auto error = [](const char* text) {
    return errorOf([&] { mappingFromToml(text, "m.toml"); });
  };
  CHECK(error("[columns]\ntimes = \"t\"").find("m.toml: line 2: unknown field 'times'") == 0);
  CHECK(error("column = 1") ==
        "m.toml: line 1: unknown 'column'; known are delimiter, columns, constants");
  CHECK(error("[columns]\ntime = 1.5") == "m.toml: line 2: 'time' is text, in quotes");
  CHECK(error("[constants]\nkey = \"k\"") ==
        "m.toml: line 2: a key that is the same for all rows is none");
  CHECK(error("[columns").find("m.toml: line 1: ") == 0);
  CHECK_THROWS_AS(onShortfallOf("ignore"), UsageError);
}

TEST_CASE("flags win over the mapping file") {
  Mapping flags;
  flags.column(Field::time) = "ts";
  flags.constant(Field::customer) = "foo";
  flags.property_constants["a"] = "1";
  const Mapping both = merged(mappingFromToml(kTraceMapping, "trace.toml"), flags);
  CHECK(both.column(Field::time) == "ts");
  CHECK(both.constant(Field::customer) == "foo");
  CHECK(both.constant(Field::model) == "gpt-x");
  CHECK(both.column(Field::output) == "GeneratedTokens");
  CHECK(both.property_constants.at("a") == "1");
}

TEST_CASE("JSON lines are commands in the schema's form, keyed by source and line") {
  const auto rows = jsonRows(
      "{\"customer\":\"acme\",\"recordUsage\":{\"feature\":\"calls\",\"quantity\":\"2\"}}\n"
      "\r\n"
      "{\"key\":\"k\",\"customer\":\"acme\",\"recordUsage\":{\"feature\":\"chat\",\"at\":"
      "\"1700158623979960000\",\"tokens\":{\"model\":\"m\",\"input\":\"5\",\"output\":7}}}\r\n"
      "{\"customer\":\"foo\",\"createCustomer\":{\"zone\":\"Europe/Berlin\"}}");
  REQUIRE(rows.size() == 3);
  CHECK(usage(rows[0]).key == "rows.jsonl:1");
  CHECK(usage(rows[0]).usage.quantity == "2");
  CHECK(rows[0].rejected.find("{\"key\":\"rows.jsonl:1\",\"customer\"") == 0);
  CHECK(rows[1].number == 3);
  CHECK(rows[1].key == "k");
  CHECK(usage(rows[1]).usage.at_ns == 1'700'158'623'979'960'000);
  CHECK(usage(rows[1]).usage.tokens->input == 5);
  CHECK(usage(rows[1]).usage.tokens->total_input == std::nullopt);
  CHECK(std::get<OtherCommand>(rows[2].content).json ==
        "{\"key\":\"rows.jsonl:4\",\"customer\":\"foo\","
        "\"createCustomer\":{\"zone\":\"Europe/Berlin\"}}");
}

TEST_CASE("a JSON line that is no command is told where") {
  const auto rows = jsonRows(
      "not json\n"
      "[]\n"
      "{\"customer\":\"acme\"}\n"
      "{\"recordUsage\":{},\"topUp\":{}}\n"
      "{\"recordUsage\":{\"quantity\":1.5}}\n"
      "{\"recordUsage\":{\"feture\":\"x\"}}\n"
      "{\"recordUsage\":{\"onShortfall\":\"ignore\"}}\n"
      "{\"recordUsage\":{\"at\":\"2023-11-16\"}}\n"
      "{\"recordUsage\":{\"tokens\":{\"output\":99999999999999999999}}}\n");
  REQUIRE(rows.size() == 9);
  CHECK(problem(rows[0]).find("not JSON: ") == 0);
  CHECK(problem(rows[1]) == "an object is due, not []");
  CHECK(problem(rows[2]).find("one of these is missing: recordUsage, buyCredits") == 0);
  CHECK(problem(rows[3]) == "only one of these may be there: recordUsage, topUp");
  CHECK(problem(rows[4]) ==
        "recordUsage.quantity: write numbers with a fraction as text, in quotes, so that they stay "
        "exact");
  CHECK(problem(rows[5]).find("recordUsage.feture: unknown field; known are feature, ") == 0);
  CHECK(problem(rows[6]) ==
        "recordUsage.onShortfall: one of reject, cap, overdraw is due, not \"ignore\"");
  CHECK(problem(rows[7]).find("recordUsage.at: a whole number from -9223372036854775808 to ") == 0);
  CHECK(problem(rows[8]).find("recordUsage.tokens.output: a whole number from ") == 0);
}

TEST_CASE("64-bit numbers in JSON are exact, as text or as numbers") {
  const auto rows = jsonRows(
      "{\"recordUsage\":{\"at\":1700158623979960001}}\n"
      "{\"recordUsage\":{\"at\":\"-9223372036854775808\"}}\n");
  CHECK(usage(rows[0]).usage.at_ns == 1'700'158'623'979'960'001);
  CHECK(usage(rows[1]).usage.at_ns == INT64_MIN);
}

TEST_CASE("refused CSV rows can be mended and imported again: they keep their keys") {
  const test::TemporaryDirectory directory;
  Mapping mapping;
  mapping.column(Field::customer) = "org";
  mapping.constant(Field::feature) = "calls";
  mapping.column(Field::quantity) = "n";
  const std::string path =
      directory.write("usage.csv", "org,n\r\nacme,1\r\n\"a,b\",2\r\nacme,3,x\r\n\"acme\r\n");
  const std::string rejects_path = rejectsPathOf(path, Format::csv);
  CHECK(rejects_path == directory.path("usage.rejected.csv"));
  {
    const auto source = openCsv(path, "usage.csv", mapping);
    const auto rows = rowsOf(*source);
    REQUIRE(rows.size() == 4);
    Rejects rejects(rejects_path, *source);
    CHECK_FALSE(directory.has("usage.rejected.csv"));
    rejects.add(rows[1], "unknownCustomer", "customer");
    rejects.add(rows[2], "unreadable", problem(rows[2]));
    rejects.add(rows[3], "unreadable", problem(rows[3]));
    rejects.flush();
    CHECK(rejects.count() == 3);
  }
  CHECK(directory.read("usage.rejected.csv") ==
        "org,n,daybook_key,daybook_reason\n"
        "\"a,b\",2,usage.csv:2,unknownCustomer: customer\n"
        "\"acme,3,x\",,usage.csv:3,unreadable: 3 fields where the header has 2\n"
        "\"\"\"acme\",,usage.csv:4,unreadable: a quote is not closed\n");

  const auto again = openCsv(rejects_path, "usage.rejected.csv", mapping);
  const auto rows = rowsOf(*again);
  REQUIRE(rows.size() == 3);
  CHECK(usage(rows[0]).customer == "a,b");
  CHECK(usage(rows[0]).key == "usage.csv:2");
  CHECK(usage(rows[2]).key == "usage.csv:4");
  // And once more: one key and one reason, not two.
  Rejects twice(rejectsPathOf(rejects_path, Format::csv), *again);
  twice.add(rows[0], "tooOld", "");
  twice.flush();
  CHECK(directory.read("usage.rejected.rejected.csv") ==
        "org,n,daybook_key,daybook_reason\n\"a,b\",2,usage.csv:2,tooOld\n");
}

TEST_CASE("refused JSON lines have their reasons beside them") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.write(
      "c.jsonl", "{\"customer\":\"nobody\",\"recordUsage\":{\"feature\":\"x\"}}\noops\n");
  const auto source = openJsonLines(path, "c.jsonl");
  const auto rows = rowsOf(*source);
  Rejects rejects(rejectsPathOf(path, Format::jsonLines), *source);
  rejects.add(rows[0], "unknownCustomer", "customer, named");
  rejects.add(rows[1], "unreadable", "not JSON");
  rejects.flush();
  CHECK(directory.read("c.rejected.jsonl") ==
        "{\"key\":\"c.jsonl:1\",\"customer\":\"nobody\",\"recordUsage\":{\"feature\":\"x\"}}\n"
        "oops\n");
  CHECK(directory.read("c.rejected.jsonl.reasons.csv") ==
        "row,key,outcome,detail\n"
        "1,c.jsonl:1,unknownCustomer,\"customer, named\"\n"
        "2,c.jsonl:2,unreadable,not JSON\n");
}

TEST_CASE("names derive from paths") {
  CHECK(sourceOf("/data/a.csv") == "a.csv");
  CHECK(sourceOf("a.csv") == "a.csv");
  CHECK(sourceOf("-") == "stdin");
  CHECK(rejectsPathOf("/data.d/a", Format::jsonLines) == "/data.d/a.rejected.jsonl");
  CHECK(rejectsPathOf("a.b.csv", Format::csv) == "a.b.rejected.csv");
  CHECK(rejectsPathOf("-", Format::csv) == "stdin.rejected.csv");
  CHECK(formatOf("a.tsv") == Format::csv);
  CHECK(formatOf("a.json") == Format::jsonLines);
}

}  // namespace
}  // namespace daybook::cli
