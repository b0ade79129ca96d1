// The command line of the daemon: flags that override the file, and the text of --help.
//
//   CLI::App app; ServeFlags flags; addServeFlags(app, flags);
//   CLI11_PARSE(app, argc, argv);
//   ConfigResult result = resolveConfig(flags);
//
// Subcommands can be added to the same app. --version is handled by CLI11 while it parses.
//
// Ownership: the app writes to the flags, which outlive its parsing.
// Threads: none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/config.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the name of the library
class App;
}

namespace daybook::daemon {

inline constexpr char kConfigPathDefault[] = "/etc/daybook/daybookd.toml";

/// What the command line gave; absent means: as in the file.
struct ServeFlags {
  std::optional<std::string> config_path;
  bool check_config = false;
  bool print_config = false;
  std::optional<std::string> data_directory;
  std::optional<std::string> unix_path;
  std::optional<std::string> unix_mode;
  std::vector<std::string> tcp;
  std::vector<std::string> tcp_plaintext;
  std::optional<std::string> tls_certificate;
  std::optional<std::string> tls_key;
  std::optional<std::string> clock;
  std::optional<std::string> manual_start;
  std::optional<std::string> invoice_prefix;
  std::optional<std::string> credit_note_prefix;
  std::optional<std::string> first_invoice;
  std::optional<std::string> first_credit_note;
  std::optional<std::string> log_level;
  std::optional<std::string> log_format;
  std::optional<std::string> log_file;
};

/// Gives the app its name, description, flags, version and the closing part of the help.
void addServeFlags(CLI::App& app, ServeFlags& flags);
/// The file's settings with the flags' on top, checked. The file of kConfigPathDefault may be
/// absent, one that was named may not.
ConfigResult resolveConfig(const ServeFlags& flags, ConfigUse use = ConfigUse::start);

}  // namespace daybook::daemon
