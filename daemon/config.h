// The daemon's settings: what they are, their defaults, and how they are read from a TOML file.
// ops/config/daybookd.toml documents every key; daemon/config_flags.h has the command line.
//
// Errors: reading returns a list of messages, each "file:line:column: what is wrong", and never
// exits or throws. A config with errors is not to be used.
// Threads: plain values.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/instant.h"
#include "ledger/base/limits.h"
#include "ledger/model/event.h"

namespace daybook::daemon {

/// What a caller may do; each is one capability of a session.
enum class Role : std::uint8_t { recorder, reader, billing, auditor, admin };
inline constexpr std::array<Role, 5> kAllRoles = {Role::recorder, Role::reader, Role::billing,
                                                  Role::auditor, Role::admin};
std::string_view roleName(Role role);
std::optional<Role> parseRole(std::string_view text);

struct Roles {
  std::uint8_t bits = 0;
  bool has(Role role) const { return (bits >> static_cast<unsigned>(role) & 1u) != 0; }
  void add(Role role) {
    bits = static_cast<std::uint8_t>(bits | 1u << static_cast<unsigned>(role));
  }
  bool none() const { return bits == 0; }
  static Roles all();
  bool operator==(const Roles&) const = default;
};

/// A user of this machine, known by the kernel on a Unix socket.
struct UidAccess {
  std::uint32_t uid = 0;
  Roles roles;
  bool operator==(const UidAccess&) const = default;
};

/// Whoever knows the token with this SHA-256.
struct TokenAccess {
  std::string name;
  std::array<std::uint8_t, 32> sha256{};
  Roles roles;
  std::optional<Instant> expires;  // by the machine's clock; from then on it gives nothing
  bool operator==(const TokenAccess&) const = default;
};

struct ListenConfig {
  std::string unix_path = "/run/daybook/daybook.sock";  // empty: none
  mode_t unix_mode = 0660;
  std::vector<std::string> tcp;            // "host:port" each, over TLS
  std::vector<std::string> tcp_plaintext;  // the same, not encrypted
  std::string tls_certificate;             // a file, in PEM form; empty: none
  std::string tls_key;
  bool operator==(const ListenConfig&) const = default;
};

struct AccessConfig {
  // Absent: the daemon's own user and root, with all roles.
  std::optional<std::vector<UidAccess>> uids;
  std::vector<TokenAccess> tokens;
  /// The roles of a user of this machine, for a daemon that runs as `own_uid`.
  Roles rolesOfUid(std::uint32_t uid, std::uint32_t own_uid) const;
  bool operator==(const AccessConfig&) const = default;
};

/// Used when a ledger is created; later the ledger's first event holds.
struct LedgerConfig {
  LedgerSettings settings;
  // Manual clocks only; absent: the time of creation.
  std::optional<Instant> manual_start;
  bool operator==(const LedgerConfig&) const = default;
};

struct SnapshotConfig {
  std::uint64_t every_events = 1'000'000;  // 0: only at a clean stop and when asked for
  std::uint32_t keep = 2;
  bool operator==(const SnapshotConfig&) const = default;
};

enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { text, json };

struct LogConfig {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  std::string file;  // empty: standard error
  bool operator==(const LogConfig&) const = default;
};

struct LimitsConfig {
  std::size_t connections = limits::kConnectionsMax;
  Duration login_timeout = Duration::seconds(10);
  Duration message_timeout = Duration::seconds(60);
  Duration idle_timeout = Duration::seconds(0);  // 0: never
  Duration write_timeout = Duration::seconds(60);
  Duration drain_timeout = Duration::seconds(3);
  bool operator==(const LimitsConfig&) const = default;
};

struct Config {
  std::string data_directory = "/var/lib/daybook";
  ListenConfig listen;
  AccessConfig access;
  LedgerConfig ledger;
  SnapshotConfig snapshots;
  LogConfig log;
  LimitsConfig limits;
  bool operator==(const Config&) const = default;
};

struct ConfigResult {
  Config config;
  std::vector<std::string> errors;  // empty: the config may be used
};

/// Reads a file's text. `name` stands in the messages.
ConfigResult parseConfig(std::string_view text, std::string_view name);
/// Reads a file. One that cannot be read is an error.
ConfigResult readConfig(const std::string& path);
/// What a configuration is read for. Those who are to be locked out must not keep it from being
/// taken: with reload TCP may be left without a token.
enum class ConfigUse : std::uint8_t { start, reload };
/// What is wrong between settings, each being right on its own: messages without a place.
std::vector<std::string> checkConfig(const Config& config, ConfigUse use = ConfigUse::start);
/// What is wrong with the files that settings name; they are read as they are now.
std::vector<std::string> checkFiles(const Config& config);
/// A token as an entry of access.tokens.
std::string printToken(const TokenAccess& token);
/// The settings as a file that parseConfig() reads back to the same.
std::string printConfig(const Config& config);

/// Reads "0660" and the like. Absent for what is no permission mode.
std::optional<mode_t> parseMode(std::string_view text);
std::optional<LogLevel> parseLogLevel(std::string_view text);
std::optional<LogFormat> parseLogFormat(std::string_view text);
std::optional<ClockKind> parseClockKind(std::string_view text);
/// The largest number that a ledger's invoices or credit notes may begin with.
inline constexpr std::uint64_t kFirstDocumentMax = 999'999'999'999;
/// A number from 1 to that.
std::optional<std::uint64_t> parseFirstDocument(std::string_view text);

}  // namespace daybook::daemon
