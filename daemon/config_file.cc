#include <fmt/format.h>
#include <pwd.h>
#include <toml++/toml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "daemon/config.h"
#include "daemon/config_reader.h"
#include "ledger/base/limits.h"

namespace daybook::daemon {
namespace {

constexpr std::size_t kConfigBytesMax = 1u << 20;
constexpr std::size_t kUidsMax = 1024;
constexpr std::size_t kTokensMax = 1024;
constexpr std::uint32_t kDueDaysMax = 3650;
constexpr std::uint32_t kSnapshotsKeptMax = 100;
constexpr DurationRange kGraceRange = {Duration{0}, Duration::days(limits::kGraceDaysMax)};
constexpr DurationRange kLateWindowRange = {Duration{0}, Duration::days(3660)};
constexpr DurationRange kFutureLimitRange = {Duration{0}, Duration::days(1)};
constexpr DurationRange kTimeoutRange = {Duration{1'000'000}, Duration::days(1)};
constexpr DurationRange kIdleRange = {Duration{0}, Duration::days(365)};

// Reads what may be absent.
std::optional<std::optional<Instant>> parseInstant(std::string_view text) {
  const std::optional<Instant> instant = Instant::parse(text);
  if (!instant) return std::nullopt;
  return instant;
}
constexpr char kInstantExpected[] = "an instant like \"2026-01-31T00:00:00Z\"";

std::optional<std::array<std::uint8_t, 32>> parseSha256(std::string_view text) {
  std::array<std::uint8_t, 32> result{};
  if (text.size() != 2 * result.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<unsigned>(c - 'A') + 10;
    } else {
      return std::nullopt;
    }
    result[i / 2] = static_cast<std::uint8_t>(unsigned{result[i / 2]} * 16 + digit);
  }
  return result;
}

void readListen(ConfigReader& reader, ListenConfig& listen) {
  reader.text("unix", listen.unix_path);
  reader.parsed<mode_t>("unix_mode", listen.unix_mode, "a file mode from \"0000\" to \"0777\"",
                        parseMode);
  reader.texts("tcp", listen.tcp);
  reader.texts("tcp_plaintext", listen.tcp_plaintext);
  reader.text("tls_certificate", listen.tls_certificate);
  reader.text("tls_key", listen.tls_key);
}

void readRoles(ConfigReader& reader, Roles& roles) {
  std::vector<std::string> names;
  reader.texts("roles", names);
  for (const std::string& name : names) {
    const std::optional<Role> role = parseRole(name);
    if (role) {
      roles.add(*role);
    } else {
      reader.failHere(
          fmt::format("{}roles: \"{}\" is not one of recorder, reader, billing, auditor, admin",
                      reader.path(), name));
    }
  }
  if (names.empty()) reader.failHere(reader.path() + "roles: name at least one");
}

void readUid(ConfigReader& reader, std::vector<UidAccess>& uids) {
  UidAccess access;
  int named = 0;
  reader.integer("uid", {0, UINT32_MAX - 1}, [&](std::int64_t uid) {
    access.uid = static_cast<std::uint32_t>(uid);
    ++named;
  });
  std::string user;
  reader.text("user", user);
  if (!user.empty()) {
    ++named;
    const passwd* entry = ::getpwnam(user.c_str());
    if (entry == nullptr) {
      reader.failHere(fmt::format("{}user: there is no user \"{}\"", reader.path(), user));
    } else {
      access.uid = entry->pw_uid;
    }
  }
  if (named != 1) reader.failHere(reader.path() + "uid: give either uid or user");
  readRoles(reader, access.roles);
  uids.push_back(access);
}

void readToken(ConfigReader& reader, std::vector<TokenAccess>& tokens) {
  TokenAccess access;
  reader.text("name", access.name);
  if (access.name.empty()) reader.failHere(reader.path() + "name: is missing");
  reader.parsed<std::array<std::uint8_t, 32>>("sha256", access.sha256,
                                              "64 hexadecimal digits of a SHA-256", parseSha256);
  readRoles(reader, access.roles);
  reader.parsed<std::optional<Instant>>("expires", access.expires, kInstantExpected, parseInstant);
  tokens.push_back(std::move(access));
}

void readAccess(ConfigReader& reader, AccessConfig& access) {
  std::vector<UidAccess> uids;
  if (reader.tables("uids", kUidsMax, [&](ConfigReader& entry) { readUid(entry, uids); })) {
    access.uids = std::move(uids);
  }
  reader.tables("tokens", kTokensMax,
                [&](ConfigReader& entry) { readToken(entry, access.tokens); });
}

void readLedger(ConfigReader& reader, LedgerConfig& ledger) {
  LedgerSettings& settings = ledger.settings;
  reader.parsed<ClockKind>("clock", settings.clock, "\"wall\" or \"manual\"", parseClockKind);
  reader.parsed<std::optional<Instant>>("manual_start", ledger.manual_start, kInstantExpected,
                                        parseInstant);
  reader.duration("grace", kGraceRange, settings.grace);
  reader.duration("late_window", kLateWindowRange, settings.late_window);
  reader.duration("future_limit", kFutureLimitRange, settings.future_limit);
  reader.text("invoice_prefix", settings.invoice_prefix);
  reader.text("credit_note_prefix", settings.credit_note_prefix);
  constexpr IntegerRange kFirst = {1, static_cast<std::int64_t>(kFirstDocumentMax)};
  reader.integer("first_invoice", kFirst, [&](std::int64_t number) {
    settings.first_invoice = static_cast<std::uint64_t>(number);
  });
  reader.integer("first_credit_note", kFirst, [&](std::int64_t number) {
    settings.first_credit_note = static_cast<std::uint64_t>(number);
  });
  reader.integer("due_days", {0, kDueDaysMax},
                 [&](std::int64_t days) { settings.due_days = static_cast<std::uint32_t>(days); });
}

void readSnapshots(ConfigReader& reader, SnapshotConfig& snapshots) {
  reader.integer("every_events", {0, INT64_MAX}, [&](std::int64_t events) {
    snapshots.every_events = static_cast<std::uint64_t>(events);
  });
  reader.integer("keep", {1, kSnapshotsKeptMax},
                 [&](std::int64_t count) { snapshots.keep = static_cast<std::uint32_t>(count); });
}

void readLog(ConfigReader& reader, LogConfig& log) {
  reader.parsed<LogLevel>("level", log.level, "one of debug, info, warning, error", parseLogLevel);
  reader.parsed<LogFormat>("format", log.format, "\"text\" or \"json\"", parseLogFormat);
  reader.text("file", log.file);
}

void readLimits(ConfigReader& reader, LimitsConfig& config) {
  reader.integer("connections", {1, static_cast<std::int64_t>(limits::kConnectionsMax)},
                 [&](std::int64_t count) { config.connections = static_cast<std::size_t>(count); });
  reader.duration("login_timeout", kTimeoutRange, config.login_timeout);
  reader.duration("message_timeout", kTimeoutRange, config.message_timeout);
  reader.duration("idle_timeout", kIdleRange, config.idle_timeout);
  reader.duration("write_timeout", kTimeoutRange, config.write_timeout);
  reader.duration("drain_timeout", kTimeoutRange, config.drain_timeout);
}

void readRoot(ConfigReader& root, Config& config) {
  root.text("data_directory", config.data_directory);
  root.table("listen", [&](ConfigReader& reader) { readListen(reader, config.listen); });
  root.table("access", [&](ConfigReader& reader) { readAccess(reader, config.access); });
  root.table("ledger", [&](ConfigReader& reader) { readLedger(reader, config.ledger); });
  root.table("snapshots", [&](ConfigReader& reader) { readSnapshots(reader, config.snapshots); });
  root.table("log", [&](ConfigReader& reader) { readLog(reader, config.log); });
  root.table("limits", [&](ConfigReader& reader) { readLimits(reader, config.limits); });
  root.finish();
}

}  // namespace

ConfigResult parseConfig(std::string_view text, std::string_view name) {
  ConfigResult result;
  try {
    const toml::table table = toml::parse(text, name);
    ConfigReader reader(table, "", name, result.errors);
    readRoot(reader, result.config);
  } catch (const toml::parse_error& error) {
    const toml::source_position& at = error.source().begin;
    result.errors.push_back(
        fmt::format("{}:{}:{}: {}", name, at.line, at.column, error.description()));
  }
  return result;
}

ConfigResult readConfig(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  if (file) {
    text.resize(kConfigBytesMax + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad()) {
    return {{}, {fmt::format("{}: cannot be read: {}", path, std::strerror(errno))}};
  }
  if (text.size() > kConfigBytesMax) {
    return {{}, {fmt::format("{}: is larger than {} bytes", path, kConfigBytesMax)}};
  }
  return parseConfig(text, path);
}

}  // namespace daybook::daemon
