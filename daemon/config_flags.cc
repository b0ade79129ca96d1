#include "daemon/config_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <string_view>
#include <utility>

#include "ledger/base/version.h"

namespace daybook::daemon {
namespace {

constexpr char kDescription[] =
    "daybookd - the Daybook ledger daemon\n"
    "\n"
    "Records usage events and credit purchases in an append-only log, derives every balance and\n"
    "invoice from it, and answers over Cap'n Proto RPC. Runs in the foreground until it gets\n"
    "SIGTERM or SIGINT. The first start creates the ledger in the data directory.\n"
    "\n"
    "Settings come from a TOML file; flags override it. Every key of the file is documented in\n"
    "the example that comes with Daybook, ops/config/daybookd.toml.\n";

constexpr char kFooter[] =
    R"(Signals:
  SIGTERM, SIGINT   Stop: take no new calls, finish those in progress (for at most
                    limits.drain_timeout), write a snapshot.
  SIGHUP            Open the log file anew, for logrotate, and read the configuration again: who
                    may do what ([access]) is in force at once, connections that may no longer do
                    what they were let in for are closed, and new ones are shown the certificate as
                    it is then. Other changes wait for a start.

Exit status:
  0    stopped as asked
  2    the command line or the configuration is wrong; nothing was started or changed
  70   failed; the last lines of the log say why
  74   a commit failed: what was not acknowledged may be recorded or not, and sending it again with
       the same key settles that

Files:
  /etc/daybook/daybookd.toml   the configuration, unless --config names another; may be absent
  /var/lib/daybook             the ledger, unless data_directory says otherwise
  /run/daybook/daybook.sock    the Unix socket, unless listen.unix says otherwise

Examples:
  Try it out in a directory of your own:
    daybookd --data-directory ./ledger --unix ./daybook.sock

  A test ledger whose time moves only when told to:
    daybookd --data-directory ./ledger --unix ./daybook.sock \
        --clock manual --manual-start 2026-01-01

  A ledger for a business that moves in: its invoices go on after INV-004710:
    daybookd --data-directory ./ledger --unix ./daybook.sock --first-invoice 4711

  Find mistakes in the configuration before a restart:
    daybookd --check-config

  A token for an application (give it the first line, put the second into access.tokens):
    daybookd token web --role recorder --role reader --expires 90d
)";

std::string flagError(std::string_view flag, std::string_view value, std::string_view expected) {
  return fmt::format("{}: \"{}\" is not {}", flag, value, expected);
}

template <typename T>
void applyFlag(const std::optional<std::string>& flag, std::string_view name,
               std::string_view expected,
               const std::function<std::optional<T>(std::string_view)>& parse, T& value,
               std::vector<std::string>& errors) {
  if (!flag) return;
  const std::optional<T> result = parse(*flag);
  if (result) {
    value = *result;
  } else {
    errors.push_back(flagError(name, *flag, expected));
  }
}

void applyFlags(const ServeFlags& flags, Config& config, std::vector<std::string>& errors) {
  if (flags.data_directory) config.data_directory = *flags.data_directory;
  if (flags.unix_path) config.listen.unix_path = *flags.unix_path;
  applyFlag<mode_t>(flags.unix_mode, "--unix-mode", "a file mode from 0000 to 0777", parseMode,
                    config.listen.unix_mode, errors);
  if (!flags.tcp.empty()) config.listen.tcp = flags.tcp;
  if (!flags.tcp_plaintext.empty()) config.listen.tcp_plaintext = flags.tcp_plaintext;
  if (flags.tls_certificate) config.listen.tls_certificate = *flags.tls_certificate;
  if (flags.tls_key) config.listen.tls_key = *flags.tls_key;
  applyFlag<ClockKind>(flags.clock, "--clock", "wall or manual", parseClockKind,
                       config.ledger.settings.clock, errors);
  if (flags.manual_start) {
    config.ledger.manual_start = Instant::parse(*flags.manual_start);
    if (!config.ledger.manual_start) {
      errors.push_back(
          flagError("--manual-start", *flags.manual_start, "an instant like 2026-01-31T00:00:00Z"));
    }
  }
  LedgerSettings& settings = config.ledger.settings;
  if (flags.invoice_prefix) settings.invoice_prefix = *flags.invoice_prefix;
  if (flags.credit_note_prefix) settings.credit_note_prefix = *flags.credit_note_prefix;
  const std::string number = fmt::format("a number from 1 to {}", kFirstDocumentMax);
  applyFlag<std::uint64_t>(flags.first_invoice, "--first-invoice", number, parseFirstDocument,
                           settings.first_invoice, errors);
  applyFlag<std::uint64_t>(flags.first_credit_note, "--first-credit-note", number,
                           parseFirstDocument, settings.first_credit_note, errors);
  applyFlag<LogLevel>(flags.log_level, "--log-level", "one of debug, info, warning, error",
                      parseLogLevel, config.log.level, errors);
  applyFlag<LogFormat>(flags.log_format, "--log-format", "text or json", parseLogFormat,
                       config.log.format, errors);
  if (flags.log_file) config.log.file = *flags.log_file;
}

}  // namespace

void addServeFlags(CLI::App& app, ServeFlags& flags) {
  app.name("daybookd");
  app.description(kDescription);
  app.footer(kFooter);
  app.set_version_flag("--version", std::string("daybookd ") + kVersion,
                       "Print the version and exit");
  app.get_formatter()->column_width(30);

  const std::string files = "Configuration";
  app.add_option("-c,--config", flags.config_path,
                 "Read settings from this file; see Files for the default")
      ->type_name("FILE")
      ->group(files);
  app.add_flag("--check-config", flags.check_config,
               "Check file and flags, print what is wrong, and exit")
      ->group(files);
  app.add_flag("--print-config", flags.print_config,
               "Print what file and flags amount to, as a file, and exit")
      ->group(files);

  const std::string settings = "Settings (each overrides the key of the file in brackets)";
  const auto option = [&](const char* name, std::optional<std::string>& value, const char* type,
                          const char* help) {
    app.add_option(name, value, help)->type_name(type)->group(settings);
  };
  option("-d,--data-directory", flags.data_directory, "DIR",
         "Keep the ledger here; made if missing [data_directory]");
  option("--unix", flags.unix_path, "PATH",
         "Listen on this Unix socket; empty for none [listen.unix]");
  option("--unix-mode", flags.unix_mode, "MODE",
         "Permissions of the socket: who may connect [listen.unix_mode]");
  const auto addresses = [&](const char* name, std::vector<std::string>& value, const char* help) {
    app.add_option(name, value, help)
        ->type_name("HOST:PORT")
        ->allow_extra_args(false)
        ->group(settings);
  };
  addresses("--tcp", flags.tcp, "Listen here, too, over TLS; may be repeated [listen.tcp]");
  addresses("--tcp-plaintext", flags.tcp_plaintext,
            "Listen here without encryption; may be repeated [listen.tcp_plaintext]");
  option("--tls-certificate", flags.tls_certificate, "FILE",
         "What to show to clients over TLS, in PEM form [listen.tls_certificate]");
  option("--tls-key", flags.tls_key, "FILE", "Its private key, in PEM form [listen.tls_key]");
  option("--clock", flags.clock, "KIND",
         "wall or manual; only when the ledger is created [ledger.clock]");
  option("--manual-start", flags.manual_start, "INSTANT",
         "First time of a manual clock; default: now [ledger.manual_start]");
  option("--invoice-prefix", flags.invoice_prefix, "TEXT",
         "What a new ledger's invoice numbers begin with [ledger.invoice_prefix]");
  option("--credit-note-prefix", flags.credit_note_prefix, "TEXT",
         "What its credit notes' begin with [ledger.credit_note_prefix]");
  option("--first-invoice", flags.first_invoice, "NUMBER",
         "Number of a new ledger's first invoice [ledger.first_invoice]");
  option("--first-credit-note", flags.first_credit_note, "NUMBER",
         "Number of a new ledger's first credit note [ledger.first_credit_note]");
  option("--log-level", flags.log_level, "LEVEL", "debug, info, warning or error [log.level]");
  option("--log-format", flags.log_format, "FORMAT", "text or json [log.format]");
  option("--log-file", flags.log_file, "FILE",
         "Append to this file, not to standard error [log.file]");
}

ConfigResult resolveConfig(const ServeFlags& flags, ConfigUse use) {
  ConfigResult result;
  if (flags.config_path) {
    result = readConfig(*flags.config_path);
  } else if (CLI::ExistingFile(kConfigPathDefault).empty()) {
    result = readConfig(kConfigPathDefault);
  }
  applyFlags(flags, result.config, result.errors);
  // What is wrong alone would be reported twice, in other words.
  if (result.errors.empty()) result.errors = checkConfig(result.config, use);
  if (result.errors.empty()) result.errors = checkFiles(result.config);
  return result;
}

}  // namespace daybook::daemon
