#include "daemon/config.h"

#include <unistd.h>
#include <CLI/CLI.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config_flags.h"

#include <catch2/catch.hpp>

namespace daybook::daemon {
namespace {

constexpr char kHash[] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

// The errors of a file, one line each.
std::string errorsOf(std::string_view text) {
  std::string result;
  for (const std::string& error : parseConfig(text, "d.toml").errors) result += error + "\n";
  return result;
}

std::string errorsOf(const Config& config) {
  std::string result;
  for (const std::string& error : checkConfig(config)) result += error + "\n";
  return result;
}

Config read(std::string_view text) {
  const ConfigResult result = parseConfig(text, "d.toml");
  INFO((result.errors.empty() ? "" : result.errors.front()));
  REQUIRE(result.errors.empty());
  return result.config;
}

std::string exampleFile() {
  std::ifstream file("../ops/config/daybookd.toml");
  REQUIRE(file.is_open());
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("An empty file gives the defaults, and they are right") {
  CHECK(read("") == Config{});
  CHECK(errorsOf(Config{}).empty());
}

TEST_CASE("The example documents every key with its default") {
  const std::string example = exampleFile();
  Config config = read(example);
  // The one key whose default is the absence of it stands there as a comment.
  CHECK(config == Config{});
  // With the comment sign of each example taken away, too, every key is known and right.
  std::istringstream lines(example);
  std::string uncommented;
  std::set<std::string> keys;
  for (std::string line; std::getline(lines, line);) {
    // "#key = value" is a key, "# text" is text.
    if (line.size() > 1 && line[0] == '#' && line[1] != ' ' && line[1] != '#') line.erase(0, 1);
    uncommented += line + "\n";
    const std::size_t equals = line.find(" = ");
    if (line[0] != '#' && equals != std::string::npos) keys.insert(line.substr(0, equals));
  }
  CHECK(errorsOf(uncommented).empty());
  std::istringstream printed(printConfig(read(uncommented)));
  for (std::string line; std::getline(printed, line);) {
    const std::size_t equals = line.find(" = ");
    if (equals == std::string::npos || line[0] == ' ') continue;
    CHECK(keys.count(line.substr(0, equals)) == 1);
  }
}

TEST_CASE("Every key is read") {
  const Config config = read(R"(
data_directory = "/data/ledger"
[listen]
unix = "/tmp/d.sock"
unix_mode = "0600"
tcp = ["127.0.0.1:7110", "[::1]:7110"]
tcp_plaintext = ["127.0.0.1:7111"]
tls_certificate = "/etc/d.pem"
tls_key = "/etc/d.key"
[access]
uids = [{ uid = 1000, roles = ["recorder", "reader"] }, { user = "root", roles = ["admin"] }]
[[access.tokens]]
name = "app"
roles = ["billing"]
expires = "2026-12-31T12:00:00Z"
sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
[ledger]
clock = "manual"
manual_start = "2026-01-31T00:00:00Z"
grace = "2h"
late_window = "10d"
future_limit = "0s"
invoice_prefix = "R"
credit_note_prefix = "G"
first_invoice = 4711
first_credit_note = 12
due_days = 30
[snapshots]
every_events = 5
keep = 7
[log]
level = "debug"
format = "json"
file = "/var/log/d.log"
[limits]
connections = 10
login_timeout = "4s"
message_timeout = "5s"
idle_timeout = "1h"
write_timeout = "250ms"
drain_timeout = "1m"
)");
  CHECK(config.data_directory == "/data/ledger");
  CHECK(config.listen.unix_path == "/tmp/d.sock");
  CHECK(config.listen.unix_mode == 0600);
  CHECK(config.listen.tcp == std::vector<std::string>{"127.0.0.1:7110", "[::1]:7110"});
  CHECK(config.listen.tcp_plaintext == std::vector<std::string>{"127.0.0.1:7111"});
  CHECK(config.listen.tls_certificate == "/etc/d.pem");
  CHECK(config.listen.tls_key == "/etc/d.key");
  REQUIRE(config.access.uids);
  CHECK(config.access.rolesOfUid(1000, 5).has(Role::reader));
  CHECK_FALSE(config.access.rolesOfUid(1000, 5).has(Role::admin));
  CHECK(config.access.rolesOfUid(0, 5).has(Role::admin));
  CHECK(config.access.rolesOfUid(5, 5).none());
  REQUIRE(config.access.tokens.size() == 1);
  CHECK(config.access.tokens[0].name == "app");
  CHECK(config.access.tokens[0].sha256[0] == 0x9f);
  CHECK(config.access.tokens[0].sha256[31] == 0x08);
  CHECK(config.access.tokens[0].roles.has(Role::billing));
  CHECK(config.access.tokens[0].expires == Instant::parse("2026-12-31T12:00:00Z"));
  CHECK(config.limits.login_timeout == Duration::seconds(4));
  CHECK(config.ledger.settings.clock == ClockKind::manual);
  CHECK(config.ledger.manual_start == Instant::parse("2026-01-31"));
  CHECK(config.ledger.settings.grace == Duration::hours(2));
  CHECK(config.ledger.settings.late_window == Duration::days(10));
  CHECK(config.ledger.settings.future_limit == Duration{0});
  CHECK(config.ledger.settings.invoice_prefix == "R");
  CHECK(config.ledger.settings.credit_note_prefix == "G");
  CHECK(config.ledger.settings.first_invoice == 4711);
  CHECK(config.ledger.settings.first_credit_note == 12);
  CHECK(config.ledger.settings.due_days == 30);
  CHECK(config.snapshots.every_events == 5);
  CHECK(config.snapshots.keep == 7);
  CHECK(config.log.level == LogLevel::debug);
  CHECK(config.log.format == LogFormat::json);
  CHECK(config.log.file == "/var/log/d.log");
  CHECK(config.limits.connections == 10);
  CHECK(config.limits.message_timeout == Duration::seconds(5));
  CHECK(config.limits.idle_timeout == Duration::hours(1));
  CHECK(config.limits.write_timeout == Duration{250'000'000});
  CHECK(config.limits.drain_timeout == Duration::minutes(1));
  CHECK(errorsOf(config).empty());
  // And printed as it was read.
  CHECK(read(printConfig(config)) == config);
}

TEST_CASE("What is printed reads back the same, the defaults and odd texts too") {
  CHECK(read(printConfig(Config{})) == Config{});
  Config config;
  config.data_directory = R"(/a "quoted" \ path/é)";
  config.access.uids.emplace();
  CHECK(read(printConfig(config)) == config);
}

TEST_CASE("Without a list of users the daemon's own and root may do everything") {
  const AccessConfig access;
  CHECK(access.rolesOfUid(0, 1000) == Roles::all());
  CHECK(access.rolesOfUid(1000, 1000) == Roles::all());
  CHECK(access.rolesOfUid(1001, 1000).none());
  AccessConfig nobody;
  nobody.uids.emplace();
  CHECK(nobody.rolesOfUid(0, 1000).none());
}

TEST_CASE("An unknown key is named with its place, and the nearest known one") {
  CHECK(errorsOf("data_directroy = \"/x\"\n") ==
        "d.toml:1:1: unknown key data_directroy: did you mean data_directory?\n");
  CHECK(errorsOf("[listen]\n  unx = \"/x\"\n") ==
        "d.toml:2:3: unknown key listen.unx: did you mean listen.unix?\n");
  CHECK(errorsOf("[snapshot]\nkeep = 2\n") ==
        "d.toml:1:2: unknown key snapshot: did you mean snapshots?\n");
  CHECK(errorsOf("[limits]\nzzz = 1\n") == "d.toml:2:1: unknown key limits.zzz\n");
}

TEST_CASE("All mistakes of a file are reported, not just the first") {
  const std::string errors = errorsOf("a = 1\n[log]\nlevel = \"loud\"\n[snapshots]\nkeep = 0\n");
  CHECK(std::count(errors.begin(), errors.end(), '\n') == 3);
}

TEST_CASE("A wrong type or value is named with its place and what is right") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"data_directory = 5", "d.toml:1:18: data_directory: is a whole number, must be a text"},
      {"listen = \"x\"", "listen: is a text, must be a table"},
      {"[listen]\nunix_mode = \"999\"",
       "d.toml:2:13: listen.unix_mode: \"999\" is not a file mode"},
      {"[listen]\ntcp = \"a:1\"", "listen.tcp: is a text, must be a list of texts"},
      {"[listen]\ntcp = [1]", "listen.tcp: is a whole number, must be a text"},
      {"[ledger]\ngrace = \"1 hour\"", "ledger.grace: \"1 hour\" is not a length of time"},
      {"[ledger]\ngrace = 3600", "ledger.grace: is a whole number, must be a text"},
      {"[ledger]\ngrace = \"400d\"", "ledger.grace: 400d is not from 0s to 7d"},
      {"[ledger]\nclock = \"atomic\"", "\"atomic\" is not \"wall\" or \"manual\""},
      {"[ledger]\nmanual_start = \"soon\"", "\"soon\" is not an instant"},
      {"[ledger]\nfirst_invoice = 0", "first_invoice"},
      {"[ledger]\ndue_days = -1", "ledger.due_days: -1 is not from 0 to 3650"},
      {"[ledger]\ndue_days = 1.5", "is a number with a fraction, must be a whole number"},
      {"[snapshots]\nkeep = 0", "snapshots.keep: 0 is not from 1 to 100"},
      {"[log]\nlevel = \"loud\"", "\"loud\" is not one of debug, info, warning, error"},
      {"[log]\nfile = \"a\\u0007\"", "log.file: holds a control character"},
      {"[limits]\nconnections = 5000", "limits.connections: 5000 is not from 1 to 4096"},
      {"[limits]\nmessage_timeout = \"0s\"", "is not from 1ms to 1d"},
      {"[access]\nuids = [{ roles = [\"reader\"] }]", "give either uid or user"},
      {"[access]\nuids = [{ uid = 1, user = \"root\", roles = [\"reader\"] }]",
       "give either uid or user"},
      {"[access]\nuids = [{ user = \"no such user\", roles = [\"reader\"] }]",
       "there is no user \"no such user\""},
      {"[access]\nuids = [{ uid = 1, roles = [\"boss\"] }]", "\"boss\" is not one of recorder"},
      {"[access]\nuids = [{ uid = 1 }]", "name at least one"},
      {"[access]\nuids = [{ uid = 1, roles = [\"reader\"], rights = 1 }]",
       "unknown key access.uids.rights"},
      {"[access]\ntokens = [{ name = \"a\", sha256 = \"12\", roles = [\"reader\"] }]",
       "is not 64 hexadecimal digits"},
      {"[access]\ntokens = [{ sha256 = \"12\", roles = [\"reader\"] }]", "name: is missing"},
      {"[access]\ntokens = [{ name = \"a\", expires = \"soon\", roles = [\"reader\"] }]",
       "access.tokens.expires: \"soon\" is not an instant"},
      {"x = ", "d.toml:1:"},
      {"a = 1\na = 2", "d.toml:2:"},
      {"\xff", "d.toml:1:"},
  }));
  INFO(text);
  CHECK_THAT(errorsOf(text), Catch::Contains(expected));
}

TEST_CASE("Settings that do not go together are refused") {
  Config config;
  SECTION("nothing to listen on") {
    config.listen.unix_path.clear();
    CHECK_THAT(errorsOf(config), Catch::Contains("nothing to listen on"));
  }
  SECTION("TCP without tokens") {
    config.listen.tcp_plaintext = {"127.0.0.1:7110"};
    CHECK_THAT(errorsOf(config), Catch::Contains("access.tokens is empty"));
    // The last one can be locked out of a daemon that runs.
    CHECK(checkConfig(config, ConfigUse::reload).empty());
  }
  SECTION("TCP without a certificate, or a certificate without a key") {
    config.listen.tcp = {"127.0.0.1:7110"};
    CHECK_THAT(errorsOf(config), Catch::Contains("listen.tcp: is encrypted, and needs"));
    config.listen.tls_certificate = "/etc/d.pem";
    CHECK_THAT(errorsOf(config), Catch::Contains("goes with listen.tls_key"));
  }
  SECTION("an address without a port") {
    config.listen.tcp = {"localhost"};
    CHECK_THAT(errorsOf(config), Catch::Contains("\"localhost\" has no port"));
  }
  SECTION("a start for a clock that is not manual") {
    config.ledger.manual_start = Instant{1};
    CHECK_THAT(errorsOf(config), Catch::Contains("manual_start"));
  }
  SECTION("a prefix that would not fit a label") {
    config.ledger.settings.invoice_prefix = "IN V-";
    CHECK_THAT(errorsOf(config), Catch::Contains("invoice_prefix"));
  }
  SECTION("a prefix of credit notes that would not fit a label, or is that of invoices") {
    config.ledger.settings.credit_note_prefix = std::string(17, 'C');
    CHECK_THAT(errorsOf(config), Catch::Contains("credit_note_prefix: must be at most 16"));
    config.ledger.settings.credit_note_prefix = "INV-";
    CHECK_THAT(errorsOf(config), Catch::Contains("must not be that of invoices"));
  }
  SECTION("two tokens of one name, or of one secret") {
    config = read(std::string("[access]\ntokens = [{ name = \"a\", sha256 = \"") + kHash +
                  "\", roles = [\"reader\"] }, { name = \"a\", sha256 = \"" + kHash +
                  "\", roles = [\"reader\"] }]");
    CHECK_THAT(errorsOf(config), Catch::Contains("another one's sha256"));
    CHECK_THAT(errorsOf(config), Catch::Contains("two named \"a\""));
  }
  SECTION("a token without its hash") {
    config = read("[access]\ntokens = [{ name = \"a\", roles = [\"reader\"] }]");
    CHECK_THAT(errorsOf(config), Catch::Contains("\"a\" has no sha256"));
  }
}

TEST_CASE("A file that is missing or far too large is an error that names it") {
  CHECK_THAT(readConfig("/nowhere/d.toml").errors.at(0),
             Catch::Contains("/nowhere/d.toml") && Catch::Contains("No such file"));
  CHECK_THAT(readConfig("/").errors.at(0), Catch::StartsWith("/: "));
  CHECK_THAT(readConfig("/dev/zero").errors.at(0), Catch::Contains("larger than"));
}

// ---- The command line ----

struct CommandLine {
  CLI::App app;
  ServeFlags flags;
  CommandLine() { addServeFlags(app, flags); }
  ConfigResult run(std::vector<std::string> arguments) {
    // CLI11 takes them last first.
    std::reverse(arguments.begin(), arguments.end());
    app.parse(arguments);
    return resolveConfig(flags);
  }
};

TEST_CASE("Flags override the file") {
  std::string name = (std::filesystem::temp_directory_path() / "daybook-XXXXXX").string();
  const int fd = ::mkstemp(name.data());
  REQUIRE(fd >= 0);
  ::close(fd);
  std::ofstream(name)
      << "data_directory = \"/file\"\n[log]\nlevel = \"error\"\nformat = \"json\"\n";
  CommandLine line;
  const ConfigResult result = line.run({"--config",
                                        name,
                                        "--data-directory",
                                        "/flag",
                                        "--unix",
                                        "/tmp/s",
                                        "--unix-mode",
                                        "0666",
                                        "--log-level",
                                        "debug",
                                        "--clock",
                                        "manual",
                                        "--manual-start",
                                        "2026-01-01",
                                        "--invoice-prefix",
                                        "R",
                                        "--credit-note-prefix",
                                        "G",
                                        "--first-invoice",
                                        "4711",
                                        "--first-credit-note",
                                        "12"});
  std::filesystem::remove(name);
  CHECK(result.errors.empty());
  CHECK(result.config.data_directory == "/flag");
  CHECK(result.config.listen.unix_path == "/tmp/s");
  CHECK(result.config.listen.unix_mode == 0666);
  CHECK(result.config.log.level == LogLevel::debug);
  CHECK(result.config.log.format == LogFormat::json);
  CHECK(result.config.ledger.settings.clock == ClockKind::manual);
  CHECK(result.config.ledger.manual_start == Instant::parse("2026-01-01"));
  CHECK(result.config.ledger.settings.invoice_prefix == "R");
  CHECK(result.config.ledger.settings.credit_note_prefix == "G");
  CHECK(result.config.ledger.settings.first_invoice == 4711);
  CHECK(result.config.ledger.settings.first_credit_note == 12);
}

TEST_CASE("A wrong flag is named") {
  CommandLine line;
  const ConfigResult result = line.run({"--log-level", "loud", "--tcp", "a:1", "--tcp", "b"});
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0] == "--log-level: \"loud\" is not one of debug, info, warning, error");
  CHECK(result.config.listen.tcp == std::vector<std::string>{"a:1", "b"});
  for (const char* number : {"0", "-1", "1.5", "", "1000000000000", "99999999999999999999"}) {
    CommandLine first;
    CHECK_THAT(first.run({"--first-invoice", number}).errors.at(0),
               Catch::Contains("is not a number from 1 to 999999999999"));
  }
  CommandLine missing;
  CHECK_THAT(missing.run({"--config", "/nowhere"}).errors.at(0), Catch::StartsWith("/nowhere: "));
  CommandLine unknown;
  CHECK_THROWS_AS(unknown.run({"--verbose"}), CLI::ParseError);
}

TEST_CASE("Subcommands go beside the flags, and the help says what one must know") {
  CommandLine line;
  CLI::App* verify = line.app.add_subcommand("verify", "Verify a ledger");
  const std::string help = line.app.help();
  for (const char* word : {"SIGTERM", "SIGHUP", "Exit status", "--check-config", "--print-config",
                           "--version", "/etc/daybook/daybookd.toml", "Examples", "verify"}) {
    CHECK_THAT(help, Catch::Contains(word));
  }
  std::istringstream lines(help);
  for (std::string text; std::getline(lines, text);) CHECK(text.size() <= 100);
  line.run({"verify"});
  CHECK(verify->parsed());
}

}  // namespace
}  // namespace daybook::daemon
