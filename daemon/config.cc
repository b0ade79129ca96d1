#include "daemon/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>
#include <utility>

#include "daemon/host_port.h"
#include "protocol/tls.h"

namespace daybook::daemon {
namespace {

constexpr std::size_t kPrefixBytesMax = 16;

// Names of enumerators, in the order of their values.
template <typename Enum, std::size_t N>
std::optional<Enum> fromName(std::string_view text, const std::array<std::string_view, N>& names) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

constexpr std::array<std::string_view, 5> kRoleNames = {"recorder", "reader", "billing", "auditor",
                                                        "admin"};
constexpr std::array<std::string_view, 4> kLevelNames = {"debug", "info", "warning", "error"};
constexpr std::array<std::string_view, 2> kFormatNames = {"text", "json"};
constexpr std::array<std::string_view, 2> kClockNames = {"wall", "manual"};

template <typename Enum, std::size_t N>
std::string_view nameOf(Enum value, const std::array<std::string_view, N>& names) {
  return names[static_cast<std::size_t>(value)];
}

// A TOML basic string.
std::string quote(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string printRoles(Roles roles) {
  std::vector<std::string> names;
  for (const Role role : kAllRoles) {
    if (roles.has(role)) names.push_back(quote(roleName(role)));
  }
  return fmt::format("[{}]", fmt::join(names, ", "));
}

std::string printList(const std::vector<std::string>& entries) {
  if (entries.empty()) return "[]";
  return fmt::format("[\n  {},\n]", fmt::join(entries, ",\n  "));
}

std::string printAccess(const AccessConfig& access) {
  std::string text = "\n[access]\n";
  if (access.uids) {
    std::vector<std::string> entries;
    for (const UidAccess& entry : *access.uids) {
      entries.push_back(
          fmt::format("{{ uid = {}, roles = {} }}", entry.uid, printRoles(entry.roles)));
    }
    text += fmt::format("uids = {}\n", printList(entries));
  }
  std::vector<std::string> entries;
  for (const TokenAccess& entry : access.tokens) entries.push_back(printToken(entry));
  return text + fmt::format("tokens = {}\n", printList(entries));
}

std::string printLedger(const LedgerConfig& ledger) {
  const LedgerSettings& settings = ledger.settings;
  std::string text =
      fmt::format("\n[ledger]\nclock = \"{}\"\n", nameOf(settings.clock, kClockNames));
  if (ledger.manual_start) {
    text += fmt::format("manual_start = \"{}\"\n", ledger.manual_start->toString());
  }
  return text + fmt::format(
                    "grace = \"{}\"\nlate_window = \"{}\"\nfuture_limit = \"{}\"\n"
                    "invoice_prefix = {}\ncredit_note_prefix = {}\nfirst_invoice = {}\n"
                    "first_credit_note = {}\ndue_days = {}\n",
                    settings.grace.toString(), settings.late_window.toString(),
                    settings.future_limit.toString(), quote(settings.invoice_prefix),
                    quote(settings.credit_note_prefix), settings.first_invoice,
                    settings.first_credit_note, settings.due_days);
}

void checkAddresses(std::string_view key, const std::vector<std::string>& addresses,
                    std::vector<std::string>& errors) {
  for (const std::string& address : addresses) {
    HostPort parsed;
    const std::string problem = HostPort::parse(address, parsed);
    if (!problem.empty()) {
      errors.push_back(fmt::format("listen.{}: \"{}\" {}", key, address, problem));
    }
  }
}

void checkPrefix(std::string_view key, const std::string& prefix,
                 std::vector<std::string>& errors) {
  const bool is_plain =
      std::all_of(prefix.begin(), prefix.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (is_plain && prefix.size() <= kPrefixBytesMax) return;
  errors.push_back(fmt::format("ledger.{}: must be at most {} ASCII characters without spaces", key,
                               kPrefixBytesMax));
}

}  // namespace

std::string printToken(const TokenAccess& token) {
  return fmt::format(
      "{{ name = {}, sha256 = \"{:02x}\", roles = {}{} }}", quote(token.name),
      fmt::join(token.sha256, ""), printRoles(token.roles),
      token.expires ? fmt::format(", expires = \"{}\"", token.expires->toString()) : "");
}

std::optional<std::uint64_t> parseFirstDocument(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  if (!is_whole || number == 0 || number > kFirstDocumentMax) return std::nullopt;
  return number;
}

std::optional<Role> parseRole(std::string_view text) { return fromName<Role>(text, kRoleNames); }

std::string_view roleName(Role role) { return nameOf(role, kRoleNames); }

Roles Roles::all() {
  Roles roles;
  for (const Role role : kAllRoles) roles.add(role);
  return roles;
}

Roles AccessConfig::rolesOfUid(std::uint32_t uid, std::uint32_t own_uid) const {
  if (!uids) return uid == own_uid || uid == 0 ? Roles::all() : Roles{};
  Roles roles;
  for (const UidAccess& entry : *uids) {
    if (entry.uid == uid) roles.bits |= entry.roles.bits;
  }
  return roles;
}

std::optional<mode_t> parseMode(std::string_view text) {
  if (text.size() < 3 || text.size() > 4) return std::nullopt;
  mode_t mode = 0;
  for (const char c : text) {
    if (c < '0' || c > '7') return std::nullopt;
    mode = mode * 8 + static_cast<mode_t>(c - '0');
  }
  if (mode > 0777) return std::nullopt;
  return mode;
}

std::optional<LogLevel> parseLogLevel(std::string_view text) {
  return fromName<LogLevel>(text, kLevelNames);
}

std::optional<LogFormat> parseLogFormat(std::string_view text) {
  return fromName<LogFormat>(text, kFormatNames);
}

std::optional<ClockKind> parseClockKind(std::string_view text) {
  return fromName<ClockKind>(text, kClockNames);
}

std::vector<std::string> checkConfig(const Config& config, ConfigUse use) {
  std::vector<std::string> errors;
  if (config.data_directory.empty()) errors.emplace_back("data_directory: is empty");
  const ListenConfig& listen = config.listen;
  const bool is_on_network = !listen.tcp.empty() || !listen.tcp_plaintext.empty();
  if (listen.unix_path.empty() && !is_on_network) {
    errors.emplace_back("listen: there is nothing to listen on: set listen.unix or listen.tcp");
  }
  checkAddresses("tcp", listen.tcp, errors);
  checkAddresses("tcp_plaintext", listen.tcp_plaintext, errors);
  if (listen.tls_certificate.empty() != listen.tls_key.empty()) {
    errors.emplace_back("listen.tls_certificate: goes with listen.tls_key: set both or none");
  } else if (!listen.tcp.empty() && listen.tls_certificate.empty()) {
    errors.emplace_back(
        "listen.tcp: is encrypted, and needs listen.tls_certificate and listen.tls_key; an address "
        "that shall not be encrypted is to be named in listen.tcp_plaintext");
  }
  if (use == ConfigUse::start && is_on_network && config.access.tokens.empty()) {
    errors.emplace_back(
        "listen.tcp: nobody could log in: over TCP only tokens count, and access.tokens is empty");
  }
  std::set<std::string> names;
  std::set<std::array<std::uint8_t, 32>> hashes;
  for (const TokenAccess& token : config.access.tokens) {
    if (token.sha256 == std::array<std::uint8_t, 32>{}) {
      errors.push_back(fmt::format("access.tokens: \"{}\" has no sha256", token.name));
    } else if (!hashes.insert(token.sha256).second) {
      errors.push_back(fmt::format("access.tokens: \"{}\" has another one's sha256", token.name));
    }
    if (!names.insert(token.name).second) {
      errors.push_back(fmt::format("access.tokens: there are two named \"{}\"", token.name));
    }
  }
  const LedgerSettings& settings = config.ledger.settings;
  if (config.ledger.manual_start && settings.clock != ClockKind::manual) {
    errors.emplace_back("ledger.manual_start: is for clock = \"manual\" only");
  }
  if (config.ledger.manual_start && config.ledger.manual_start->ns <= 0) {
    errors.emplace_back("ledger.manual_start: must be after 1970");
  }
  checkPrefix("invoice_prefix", settings.invoice_prefix, errors);
  checkPrefix("credit_note_prefix", settings.credit_note_prefix, errors);
  if (settings.invoice_prefix == settings.credit_note_prefix) {
    errors.emplace_back("ledger.credit_note_prefix: must not be that of invoices");
  }
  return errors;
}

std::vector<std::string> checkFiles(const Config& config) {
  if (config.listen.tls_certificate.empty()) return {};
  try {
    const protocol::TlsServer server(config.listen.tls_certificate, config.listen.tls_key);
    return {};
  } catch (const std::runtime_error& error) {
    return {fmt::format("listen.tls_certificate: {}", error.what())};
  }
}

std::string printConfig(const Config& config) {
  const auto texts = [](const std::vector<std::string>& values) {
    std::vector<std::string> quoted;
    for (const std::string& value : values) quoted.push_back(quote(value));
    return fmt::format("[{}]", fmt::join(quoted, ", "));
  };
  std::string text = fmt::format("data_directory = {}\n", quote(config.data_directory));
  text += fmt::format(
      "\n[listen]\nunix = {}\nunix_mode = \"{:04o}\"\ntcp = {}\ntcp_plaintext = {}\n"
      "tls_certificate = {}\ntls_key = {}\n",
      quote(config.listen.unix_path), config.listen.unix_mode, texts(config.listen.tcp),
      texts(config.listen.tcp_plaintext), quote(config.listen.tls_certificate),
      quote(config.listen.tls_key));
  text += printAccess(config.access);
  text += printLedger(config.ledger);
  text += fmt::format("\n[snapshots]\nevery_events = {}\nkeep = {}\n",
                      config.snapshots.every_events, config.snapshots.keep);
  text += fmt::format("\n[log]\nlevel = \"{}\"\nformat = \"{}\"\nfile = {}\n",
                      nameOf(config.log.level, kLevelNames),
                      nameOf(config.log.format, kFormatNames), quote(config.log.file));
  text += fmt::format(
      "\n[limits]\nconnections = {}\nlogin_timeout = \"{}\"\nmessage_timeout = \"{}\"\n"
      "idle_timeout = \"{}\"\nwrite_timeout = \"{}\"\ndrain_timeout = \"{}\"\n",
      config.limits.connections, config.limits.login_timeout.toString(),
      config.limits.message_timeout.toString(), config.limits.idle_timeout.toString(),
      config.limits.write_timeout.toString(), config.limits.drain_timeout.toString());
  return text;
}

}  // namespace daybook::daemon
