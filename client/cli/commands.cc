#include "client/cli/commands.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "ledger/base/version.h"

namespace daybook::cli {
namespace {

constexpr char kFooter[] = R"(Environment:
  DAYBOOK_CONNECT  as --connect
  DAYBOOK_TOKEN    the token itself, for TCP or a role that the uid has not
  DAYBOOK_CA_FILE, DAYBOOK_SERVER_NAME  as --ca-file, --server-name
  NO_COLOR         no colours, when not empty

Exit codes:
  0  done
  1  refused by the ledger, a check that answers no, or rows refused by an import
  2  wrong arguments, or a file that cannot be read or written
  3  no daemon, no answer in time, or an unknown outcome: repeat with the same --key
  4  a verification found something wrong

Amounts are exact decimals. Times are RFC 3339 or a date, UTC; lengths are 90s, 1h, 35d.
With --json a command prints the daemon's response in the standard Cap'n Proto JSON form, and a
list prints one item a line.

Examples:
  daybook status
  daybook catalog apply plans.toml
  daybook record acme chat --model gpt-x --total-input 1200 --output 80
  daybook help import
  daybook help topics)";

void addGlobalOptions(CLI::App& root, Session& session) {
  GlobalOptions& options = session.options();
  root.add_option(
          "--connect", options.address,
          "Where the daemon listens: unix:/path, tls:host:port, or unencrypted tcp:host:port")
      ->envname("DAYBOOK_CONNECT")
      ->type_name("ADDRESS")
      ->capture_default_str();
  root.add_option("--token-file", options.token_file, "File whose first line is the token")
      ->type_name("FILE");
  root.add_option(
          "--ca-file", options.ca_file,
          "For tls: whose certificates to trust, in PEM form; default: whom the system does")
      ->envname("DAYBOOK_CA_FILE")
      ->type_name("FILE");
  root.add_option("--server-name", options.server_name,
                  "For tls: the name that the daemon's certificate has; default: the host's")
      ->envname("DAYBOOK_SERVER_NAME")
      ->type_name("NAME");
  root.add_option("--timeout", options.timeout,
                  "How long to wait for an answer, 0s: for ever; default: 30s, but for ever for "
                  "backup, snapshot, clock")
      ->type_name("DURATION");
  root.add_option("--min-position", options.min_position,
                  "Refuse unless the ledger has come to this position of its log, which a receipt "
                  "gave; of balances, invoices and commands")
      ->type_name("POSITION");
  root.add_flag("--json", options.json, "Print JSON for programs");
  root.add_flag("--no-color", options.no_color, "No colours");
  root.add_flag("--verbose", options.verbose, "Say more on standard error");
}

}  // namespace

CLI::App* addCommand(CLI::App& parent, const std::string& name, const std::string& description,
                     const std::vector<std::string>& examples, const std::string& details) {
  CLI::App* command = parent.add_subcommand(name, description);
  std::string footer = details;
  if (!details.empty() && !examples.empty()) footer += "\n\n";
  if (!examples.empty()) footer += "Examples:";
  for (const std::string& example : examples) footer += "\n  " + example;
  command->footer(footer);
  return command;
}

void addKeyOption(CLI::App& command, std::string& key) {
  command
      .add_option("--key", key,
                  "Idempotency key: the same key counts once, for ever. Default: a random one")
      ->type_name("KEY");
}

CLI::Option* addRepeatedOption(CLI::App& command, const std::string& name,
                               std::vector<std::string>& values, const std::string& description) {
  return command.add_option(name, values, description)->take_all()->allow_extra_args(false);
}

void addIntervalOption(CLI::App& command, std::string& interval) {
  command.add_option("--interval", interval, "Billing period; default: the plan's")
      ->check(CLI::IsMember({"week", "month", "quarter", "year", "once"}));
}

std::optional<client::Interval> intervalArgument(const std::string& text) {
  for (const auto interval :
       {client::Interval::week, client::Interval::month, client::Interval::quarter,
        client::Interval::year, client::Interval::once}) {
    if (text == name(interval)) return interval;
  }
  return std::nullopt;
}

std::pair<std::string, std::string> pairArgument(std::string_view option, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError(fmt::format("{}: '{}' is not NAME=VALUE", option, text));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

void addTokenOptions(CLI::App& command, client::Tokens& tokens) {
  command.add_option("--model", tokens.model, "AI model, for features priced by tokens");
  command.add_option("--provider", tokens.provider,
                     "Whose model; default: the only one that has it");
  command.add_option("--input", tokens.input, "Input tokens, without cached ones");
  command.add_option("--total-input", tokens.total_input,
                     "Input tokens, cached ones among them; instead of --input");
  command.add_option("--output", tokens.output, "Output tokens");
  command.add_option("--cache-read", tokens.cache_read, "Tokens read from a cache");
  command.add_option("--cache-write", tokens.cache_write, "Tokens written to a cache");
}

void addPropertyOption(CLI::App& command, std::vector<std::string>& properties) {
  addRepeatedOption(command, "--property", properties,
                    "A property NAME=VALUE; may be repeated, at most 32")
      ->type_name("NAME=VALUE");
}

std::vector<client::Property> propertyArguments(const std::vector<std::string>& texts) {
  std::vector<client::Property> properties;
  for (const std::string& text : texts) {
    auto [name, value] = pairArgument("--property", text);
    properties.push_back({.name = std::move(name), .value = std::move(value)});
  }
  return properties;
}

void addShortfallOption(CLI::App& command, std::string& on_shortfall) {
  command
      .add_option("--on-shortfall", on_shortfall,
                  "When it does not fit: refuse it, record what is not paid as unpaid, or go "
                  "negative")
      ->check(CLI::IsMember({"reject", "cap", "overdraw"}))
      ->capture_default_str();
}

client::OnShortfall shortfallArgument(const std::string& text) {
  if (text == "cap") return client::OnShortfall::cap;
  if (text == "overdraw") return client::OnShortfall::overdraw;
  return client::OnShortfall::reject;
}

void addLimitOption(CLI::App& command, std::uint64_t& limit) {
  command.add_option("--limit", limit, "Show at most so many; default: all")->type_name("COUNT");
}

void printJsonItems(Session& session, const std::string& response, const std::string& member) {
  const auto json = nlohmann::ordered_json::parse(response);
  const auto items = json.find(member);
  if (items == json.end()) return;
  for (const auto& item : *items) session.console().line(item.dump());
}

void buildTree(CLI::App& root, Session& session) {
  root.description("The command line of the Daybook billing ledger.");
  root.footer(kFooter);
  root.set_version_flag("--version", std::string("daybook ") + kVersion);
  root.require_subcommand(1);
  root.fallthrough();
  root.get_formatter()->column_width(34);
  root.failure_message([](const CLI::App* app, const CLI::Error& error) {
    const std::vector<std::string> unknown = app->remaining(true);
    const std::string what =
        unknown.empty() ? error.what() : fmt::format("'{}' means nothing here", unknown.front());
    return fmt::format("daybook: {}\n         See `daybook help` and the command's --help.\n",
                       what);
  });
  addGlobalOptions(root, session);
  addStatus(root, session);
  addCatalog(root, session);
  addCustomer(root, session);
  addSubscriptions(root, session);
  addPlans(root, session);
  addSeats(root, session);
  addUsage(root, session);
  addHolds(root, session);
  addCredits(root, session);
  addCorrections(root, session);
  addBalance(root, session);
  addAlerts(root, session);
  addInvoices(root, session);
  addCreditNotes(root, session);
  addReports(root, session);
  addImport(root, session);
  addLog(root, session);
  addWatch(root, session);
  addClock(root, session);
  addOffline(root, session);
  addCompletion(root, session);
  addHelp(root, session);
}

}  // namespace daybook::cli
