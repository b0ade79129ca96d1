// CSV as real files have it.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "client/cli/csv.h"
#include "client/cli/line_reader.h"
#include "client/cli/session.h"
#include "tests/support/temporary_directory.h"

namespace daybook::cli {
namespace {

using Fields = std::vector<std::string>;

std::vector<CsvRecord> read(std::string_view text, char delimiter = ',') {
  const test::TemporaryDirectory directory;
  LineReader lines(directory.write("file.csv", text));
  CsvReader reader(lines, delimiter);
  std::vector<CsvRecord> records;
  for (CsvRecord record; reader.next(record);) records.push_back(record);
  CHECK(lines.bytesRead() == text.size());
  CHECK(lines.bytesTotal() == text.size());
  return records;
}

std::vector<Fields> fieldsOf(std::string_view text, char delimiter = ',') {
  std::vector<Fields> out;
  for (const CsvRecord& record : read(text, delimiter)) {
    CHECK(record.problem.empty());
    out.push_back(record.fields);
  }
  return out;
}

TEST_CASE("records end with LF, CRLF or the file") {
  const std::vector<Fields> expected = {{"a", "b"}, {"1", "2"}};
  CHECK(fieldsOf("a,b\n1,2\n") == expected);
  CHECK(fieldsOf("a,b\r\n1,2\r\n") == expected);
  CHECK(fieldsOf("a,b\r\n1,2") == expected);
  CHECK(fieldsOf("a,b\n1,2\r") == expected);
}

TEST_CASE("empty lines are no records, empty fields are fields") {
  CHECK(fieldsOf("\n\r\na,\n\n,b\n,\n") == std::vector<Fields>{{"a", ""}, {"", "b"}, {"", ""}});
  CHECK(fieldsOf("").empty());
  CHECK(fieldsOf("\n\n").empty());
}

TEST_CASE("quoted fields hold delimiters, doubled quotes and line breaks") {
  CHECK(fieldsOf("\"a,b\",\"say \"\"hi\"\"\",\"\"\n") ==
        std::vector<Fields>{{"a,b", "say \"hi\"", ""}});
  CHECK(fieldsOf("\"two\r\nlines\",x\ny,z\n") ==
        std::vector<Fields>{{"two\r\nlines", "x"}, {"y", "z"}});
  CHECK(fieldsOf("5\" pipe,x\n") == std::vector<Fields>{{"5\" pipe", "x"}});
}

TEST_CASE("raw is what the file has, without the line end") {
  const auto records = read("\"a\",b\r\n\"x\r\ny\", z\r\n");
  REQUIRE(records.size() == 2);
  CHECK(records[0].raw == "\"a\",b");
  CHECK(records[1].raw == "\"x\r\ny\", z");
}

TEST_CASE("another delimiter, and a byte order mark") {
  CHECK(fieldsOf("a;b,c\n", ';') == std::vector<Fields>{{"a", "b,c"}});
  CHECK(fieldsOf("a\tb\n", '\t') == std::vector<Fields>{{"a", "b"}});
  CHECK(fieldsOf("\xef\xbb\xbf"
                 "a,b\n") == std::vector<Fields>{{"a", "b"}});
}

TEST_CASE("an open quote spoils its own line only") {
  const auto records = read("a,b\n\"open,1\n2,3\n4,5\n");
  REQUIRE(records.size() == 4);
  CHECK(records[1].problem == "a quote is not closed");
  CHECK(records[1].raw == "\"open,1");
  CHECK(records[1].fields.empty());
  CHECK(records[2].fields == Fields{"2", "3"});
  CHECK(records[3].fields == Fields{"4", "5"});
}

TEST_CASE("text behind a closing quote spoils its own record only") {
  const auto records = read("\"a\"b,1\n2,3\n");
  REQUIRE(records.size() == 2);
  CHECK(records[0].problem == "text follows a closing quote");
  CHECK(records[1].fields == Fields{"2", "3"});
}

TEST_CASE("a line and a record have a longest length, and reading goes on behind them") {
  const std::string long_line(kLineBytesMax + 10, 'x');
  auto records = read("a\n" + long_line + "\nb\n");
  REQUIRE(records.size() == 3);
  CHECK(records[1].problem == "the line is longer than 1 MiB");
  CHECK(records[1].raw.size() == kLineBytesMax);
  CHECK(records[2].fields == Fields{"b"});

  // A quote that closes too late.
  std::string text = "\"open\n";
  while (text.size() < kRecordBytesMax) text += std::string(50'000, 'y') + "\n";
  records = read(text + "end\"\n");
  CHECK(records[0].problem == "a quote is not closed");
  CHECK(records[0].raw == "\"open");
  CHECK(records[1].fields == Fields{std::string(50'000, 'y')});
  CHECK(records.back().fields == Fields{"end\""});
}

TEST_CASE("lines longer than the buffer are whole") {
  const std::string field(700'000, 'z');
  CHECK(fieldsOf("a," + field + "\nb,c\n") == std::vector<Fields>{{"a", field}, {"b", "c"}});
}

TEST_CASE("a written field is read back as it was") {
  for (const char* text : {"", "plain", "with,comma", "with \"quote\"", "two\nlines", "cr\r"}) {
    CAPTURE(text);
    CHECK(fieldsOf(csvField(text, ',') + ",x\n") == std::vector<Fields>{{text, "x"}});
  }
  CHECK(csvField("plain text", ',') == "plain text");
}

TEST_CASE("a file that is not there is named") {
  CHECK_THROWS_WITH(LineReader("/nowhere/file.csv"),
                    "cannot read /nowhere/file.csv: No such file or directory");
  const test::TemporaryDirectory directory;
  CHECK_THROWS_AS(LineReader(directory.path()), UsageError);
}

}  // namespace
}  // namespace daybook::cli
