#include "daemon/token_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <kj/io.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "daemon/clock.h"
#include "daemon/config.h"
#include "ledger/audit/leaf.h"

namespace daybook::daemon {
namespace {

constexpr char kDetails[] =
    R"(The token is 256 random bits behind "dbk_", so that scanners for leaked secrets can know it.
It is shown once. What is kept is its SHA-256: put the entry into access.tokens, and send the
running daemon SIGHUP.

Examples:
  daybookd token web --role recorder --role reader --expires 90d
  daybookd token web --role reader --secret-file web.token >> entries)";

/// What the command line asks for cannot be: status `usage`.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::string newToken() {
  std::array<std::uint8_t, 32> bytes{};
  // Up to 256 bytes are never cut short.
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  return fmt::format("dbk_{:02x}", fmt::join(bytes, ""));
}

std::optional<Instant> expiryOf(const std::string& text, Instant now) {
  if (text.empty()) return std::nullopt;
  std::optional<Instant> expires = Instant::parse(text);
  if (const std::optional<Duration> length = Duration::parse(text)) expires = now + *length;
  if (!expires) {
    throw UsageError(fmt::format(
        "--expires: \"{}\" is neither an instant like 2026-01-31 nor a length like 90d", text));
  }
  if (*expires <= now) {
    throw UsageError(fmt::format("--expires: {} is over", expires->toString()));
  }
  return expires;
}

TokenAccess accessOf(const TokenCommand& command, const std::string& token) {
  TokenAccess access;
  access.name = command.name;
  for (const std::string& name : command.roles) {
    const std::optional<Role> role = parseRole(name);
    if (!role) {
      throw UsageError(fmt::format(
          "--role: \"{}\" is not one of recorder, reader, billing, auditor, admin", name));
    }
    access.roles.add(*role);
  }
  access.expires = expiryOf(command.expires, ClockSources::system().wall());
  access.sha256 =
      audit::sha256({reinterpret_cast<const std::byte*>(token.data()), token.size()}).bytes;
  return access;
}

void writeSecret(const std::string& path, const std::string& token) {
  const auto fail = [&] {
    throw UsageError(fmt::format("--secret-file: cannot write {}: {}", path, std::strerror(errno)));
  };
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) fail();
  const kj::AutoCloseFd file(fd);
  const std::string line = token + "\n";
  if (::write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) fail();
}

}  // namespace

CLI::App* addToken(CLI::App& app, TokenCommand& command) {
  CLI::App* sub = app.add_subcommand("token", "Make a token and the entry that lets it in");
  sub->add_option("name", command.name, "What the configuration and the log call it")
      ->type_name("NAME")
      ->required();
  sub->add_option("--role", command.roles, "recorder, reader, billing, auditor or admin; repeated")
      ->type_name("ROLE")
      ->take_all()
      ->allow_extra_args(false)
      ->required();
  sub->add_option("--expires", command.expires,
                  "From when on it gives nothing: an instant, or a length from now; default: never")
      ->type_name("WHEN");
  sub->add_option("--secret-file", command.secret_file,
                  "Write the token into this new file, readable by its owner alone, and print the "
                  "entry only")
      ->type_name("FILE");
  sub->footer(kDetails);
  return sub;
}

ExitStatus runToken(const TokenCommand& command) {
  try {
    const std::string token = newToken();
    const std::string entry = printToken(accessOf(command, token));
    const ConfigResult read = parseConfig(fmt::format("[access]\ntokens = [{}]", entry), "entry");
    if (!read.errors.empty()) throw UsageError(read.errors.front());
    if (command.secret_file.empty()) {
      fmt::print("{}\n", token);
    } else {
      writeSecret(command.secret_file, token);
    }
    fmt::print("{},\n", entry);
    return ExitStatus::ok;
  } catch (const UsageError& error) {
    fmt::print(stderr, "daybookd token: {}\n", error.what());
    return ExitStatus::usage;
  }
}

}  // namespace daybook::daemon
