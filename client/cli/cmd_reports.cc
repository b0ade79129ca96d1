// daybook usage, statement.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "client/cli/account_text.h"
#include "client/cli/commands.h"
#include "client/cli/csv.h"
#include "client/cli/format.h"
#include "client/cli/table.h"

namespace daybook::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ReportArgs {
  std::string customer;
  std::string from;
  std::string to;
  bool csv = false;
};

void csvLine(Console& console, const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    line += csvField(cells[i], ',');
  }
  console.line(line);
}

// Pages through a report; `show` gets each page. With --json it prints one response instead, with
// the items of all pages in its `member`.
template <typename Report>
ExitCode showReport(
    Session& session, const ReportArgs& args, const char* member,
    const std::function<client::Reply<Report>(client::TimeRange, client::PageRequest)>& fetch,
    const std::function<void(const Report&)>& show) {
  if (args.csv && session.json()) throw UsageError("--csv and --json are two forms: give one");
  const client::TimeRange range{.from_ns = timeArgument("--from", args.from),
                                .to_ns = timeArgument("--to", args.to)};
  Json all;
  std::string cursor;
  do {
    const auto reply = fetch(range, {.limit = kPageItems, .cursor = cursor});
    if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
    if (session.json()) {
      Json page = Json::parse(reply.json);
      page.erase("next");
      if (all.is_null()) {
        all = std::move(page);
      } else if (page.contains(member)) {
        for (Json& item : page[member]) all[member].push_back(std::move(item));
      }
    } else {
      show(reply.value);
      session.console().flush();
    }
    cursor = reply.value.next;
  } while (!cursor.empty());
  if (session.json()) session.console().line(all.dump());
  return ExitCode::ok;
}

std::string countOf(std::uint64_t count) { return fmt::format("{}", count); }

// ---- Usage

class UsageTable {
 public:
  void show(Console& console, const std::string& customer, const client::UsageReport& report) {
    if (first_) {
      Facts facts;
      facts.add("Customer", customer);
      facts.add("Days of", report.zone);
      facts.add("Currency", report.currency);
      facts.add("As of", fmt::format("position {}", report.as_of));
      facts.print(console);
      console.line();
      first_ = false;
    }
    for (const client::UsageOfDay& day : report.items) {
      table_.add({day.day, day.feature, day.variant, countOf(day.events), numberText(day.quantity),
                  day.price.empty() ? "" : amountText(day.price, report.currency), day.credits,
                  day.unpaid == "0" ? "" : day.unpaid, tokensText(day.tokens)});
    }
    table_.print(console);
  }

 private:
  bool first_ = true;
  Table table_{{{"DAY"},
                {"FEATURE"},
                {"VARIANT"},
                {"EVENTS", Align::right},
                {"QUANTITY", Align::right},
                {"PRICE", Align::right},
                {"CREDITS", Align::right},
                {"UNPAID", Align::right},
                {"TOKENS"}}};
};

void usageCsv(Console& console, const client::UsageReport& report) {
  for (const client::UsageOfDay& day : report.items) {
    csvLine(console, {day.day, day.feature, day.variant, countOf(day.events), day.quantity,
                      day.price, report.currency, day.credits, day.unpaid,
                      countOf(day.tokens.input), countOf(day.tokens.output),
                      countOf(day.tokens.cache_read), countOf(day.tokens.cache_write)});
  }
}

ExitCode usage(Session& session, const ReportArgs& args) {
  Console& console = session.console();
  if (args.csv) {
    csvLine(console,
            {"day", "feature", "variant", "events", "quantity", "price", "currency", "credits",
             "unpaid", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens"});
  }
  UsageTable table;
  return showReport<client::UsageReport>(
      session, args, "days",
      [&](client::TimeRange range, client::PageRequest page) {
        return session.client().usageByDay(args.customer, range, std::move(page),
                                           session.callOptions());
      },
      [&](const client::UsageReport& report) {
        args.csv ? usageCsv(console, report) : table.show(console, args.customer, report);
      });
}

// ---- Statement

std::string documentOf(const client::StatementEntry& entry) {
  if (entry.credit_note_label.empty()) return entry.invoice_label;
  if (entry.invoice_label.empty()) return entry.credit_note_label;
  return fmt::format("{} of {}", entry.credit_note_label, entry.invoice_label);
}

class StatementTable {
 public:
  void show(Console& console, const std::string& customer, const client::Statement& statement) {
    const std::string& currency = statement.currency;
    const auto amount = [&](const std::string& text) {
      return text.empty() ? "" : amountText(text, currency);
    };
    if (first_) {
      Facts facts;
      facts.add("Customer", customer);
      facts.add("Currency", currency);
      facts.add("Due before", amount(statement.opening));
      facts.add("As of", fmt::format("position {}", statement.as_of));
      facts.print(console);
      console.line();
      first_ = false;
    }
    for (const client::StatementEntry& entry : statement.items) {
      table_.add({timeText(entry.at_ns), std::string(name(entry.kind)), documentOf(entry),
                  entry.description, amount(entry.amount), amount(entry.customer_credit),
                  entry.credits, amount(entry.due)});
    }
    table_.print(console);
    if (!statement.next.empty()) return;
    console.line();
    console.line(console.styled("Due  " + moneyText(numberText(statement.closing), currency),
                                Style::heading));
  }

 private:
  bool first_ = true;
  Table table_{{{"RECORDED"},
                {"ENTRY"},
                {"DOCUMENT"},
                {"DESCRIPTION"},
                {"AMOUNT", Align::right},
                {"CUSTOMER CREDIT", Align::right},
                {"CREDITS", Align::right},
                {"DUE", Align::right}}};
};

void statementCsv(Console& console, const client::Statement& statement) {
  for (const client::StatementEntry& entry : statement.items) {
    csvLine(console, {countOf(entry.position), timeText(entry.at_ns), std::string(name(entry.kind)),
                      entry.invoice_label, entry.credit_note_label, entry.description, entry.amount,
                      entry.customer_credit, entry.credits, entry.due, statement.currency});
  }
}

ExitCode statement(Session& session, const ReportArgs& args) {
  Console& console = session.console();
  if (args.csv) {
    csvLine(console, {"position", "recorded", "entry", "invoice", "creditNote", "description",
                      "amount", "customerCredit", "credits", "due", "currency"});
  }
  StatementTable table;
  return showReport<client::Statement>(
      session, args, "entries",
      [&](client::TimeRange range, client::PageRequest page) {
        return session.client().statement(args.customer, range, std::move(page),
                                          session.callOptions());
      },
      [&](const client::Statement& each) {
        args.csv ? statementCsv(console, each) : table.show(console, args.customer, each);
      });
}

void addRange(CLI::App& command, ReportArgs& args) {
  command.add_option("CUSTOMER", args.customer, "The customer's id")->required();
  command.add_option("--from", args.from, "First instant; default: from the start")
      ->type_name("TIME");
  command.add_option("--to", args.to, "First instant after it; default: to now")->type_name("TIME");
  command.add_flag("--csv", args.csv, "Print CSV");
}

}  // namespace

void addReports(CLI::App& root, Session& session) {
  auto args = std::make_shared<ReportArgs>();
  auto* by_day = addCommand(
      root, "usage", "Show a customer's usage by day and feature",
      {"daybook usage acme --from 2026-01-01 --to 2026-02-01",
       "daybook usage acme --csv > acme.csv"},
      "Days are those of the customer's time zone, by when the usage happened. What was voided is\n"
      "taken off the day it was used on. It is read from the log.");
  addRange(*by_day, *args);
  runWith(*by_day, session, args, usage);

  auto* account = addCommand(
      root, "statement", "Show what was invoiced, paid, credited and granted to a customer",
      {"daybook statement acme", "daybook statement acme --from 2026-01-01 --to 2027-01-01 --csv"},
      "In order of the log, with the amount due after each entry: of all open invoices.");
  addRange(*account, *args);
  runWith(*account, session, args, statement);
}

}  // namespace daybook::cli
