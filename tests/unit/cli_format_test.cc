// What people see: tables, amounts, times, progress.
#include <catch2/catch.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "client/cli/console.h"
#include "client/cli/format.h"
#include "client/cli/progress.h"
#include "client/cli/session.h"
#include "client/cli/table.h"
#include "daybook/types.h"

namespace daybook::cli {
namespace {

// What `print` writes to a console that is no terminal.
std::string printed(const std::function<void(Console&)>& print) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  Console console(file.get(), file.get());
  print(console);
  std::fflush(file.get());
  std::rewind(file.get());
  std::string text;
  for (int c = std::fgetc(file.get()); c != EOF; c = std::fgetc(file.get())) {
    text += static_cast<char>(c);
  }
  return text;
}

TEST_CASE("tables are aligned, numbers to the right, and print page by page") {
  Table table({{"NAME"}, {"AMOUNT", Align::right}, {"NOTE"}});
  CHECK(printed([&](Console& console) {
          table.add({"a", "1.50", "x"});
          table.add({"Müller", "10.00", ""});
          table.print(console);
          table.add({"b", "7", "y"});
          table.print(console);
        }) ==
        "NAME    AMOUNT  NOTE\n"
        "a         1.50  x\n"
        "Müller   10.00  -\n"
        "b            7  y\n");
}

TEST_CASE("data cannot command the terminal") {
  CHECK(printable("a\x1b[31mb\nc\x7f") == "a?[31mb?c?");
  CHECK(printed([](Console& console) {
          Facts facts;
          facts.add("Name", "evil\x1b[2J");
          facts.add("Left out", "");
          facts.add("B", "c", Style::bad);  // no colours where there is no terminal
          facts.print(console);
        }) == "Name  evil?[2J\nB     c\n");
}

TEST_CASE("errors say what happened and what to do") {
  CHECK(printed([](Console& console) { console.error("no daemon", "Start it."); }) ==
        "daybook: no daemon\n         Start it.\n");
}

TEST_CASE("amounts are exact and have at least the currency's digits") {
  CHECK(amountText("5", "USD") == "5.00");
  CHECK(amountText("0.0126", "USD") == "0.0126");
  CHECK(amountText("", "USD") == "0.00");
  CHECK(amountText("500", "JPY") == "500");
  CHECK(amountText("1.5", "KWD") == "1.500");
  CHECK(amountText("1.5", "credits") == "1.5");
  CHECK(moneyText("-0.5", "USD") == "-0.50 USD");
  CHECK(moneyText("", "USD").empty());
  CHECK(numberText("") == "0");
}

TEST_CASE("times are RFC 3339 in UTC, absent ones empty") {
  CHECK(timeText(0).empty());
  CHECK(timeText(client::kNever) == "never");
  CHECK(timeText(1'700'158'623'979'960'000) == "2023-11-16T18:17:03.97996Z");
  CHECK(spanText(0, 0).empty());
  CHECK(spanText(1'000'000'000, client::kNever) == "1970-01-01T00:00:01Z to never");
}

TEST_CASE("counts, sizes and lengths are short") {
  CHECK(countText(7) == "7");
  CHECK(countText(1'234'567) == "1 234 567");
  CHECK(countText(123'456) == "123 456");
  CHECK(bytesText(1'023) == "1023 B");
  CHECK(bytesText(1'536) == "1.5 KiB");
  CHECK(bytesText(UINT64_MAX).ends_with("PiB"));
  CHECK(lengthText(59'999) == "59s");
  CHECK(lengthText(3'600'000) == "1h 0m");
  CHECK(lengthText(200'000'000) == "2d 7h");
  CHECK(hexText(std::string("\x00\xff", 2)) == "00ff");
}

TEST_CASE("times and lengths that users give are checked, and the option is named") {
  CHECK(timeArgument("--at", "") == 0);
  CHECK(timeArgument("--at", "1970-01-02") == 86'400'000'000'000);
  CHECK(durationArgument("--timeout", "90s") == 90'000'000'000);
  CHECK_THROWS_WITH(timeArgument("--at", "noon"), "--at: 'noon' is not a time");
  CHECK_THROWS_WITH(durationArgument("--timeout", "soon"),
                    "--timeout: 'soon' is not a length of time");
}

TEST_CASE("progress shows share, rate and what is left") {
  CHECK(progressLine("t.csv",
                     {.rows = 12'345, .refused = 2, .bytes_read = 500, .bytes_total = 1'000}, 2'000,
                     1'000) ==
        "t.csv [##########----------]  50%  12 345 rows  6 172 rows/s  ETA 1s  2 refused");
  CHECK(progressLine("stdin", {.rows = 10, .refused = 0, .bytes_read = 99, .bytes_total = 0}, 0,
                     0) == "stdin  10 rows");
}

}  // namespace
}  // namespace daybook::cli
