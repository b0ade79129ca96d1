// `daybookd token`: makes a token, and the entry of the configuration that knows it by its hash.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "daemon/offline.h"

namespace daybook::daemon {

struct TokenCommand {
  std::string name;
  std::vector<std::string> roles;
  std::string expires;      // an instant, or a length from now; empty: never
  std::string secret_file;  // where the token goes; empty: standard output
};

/// Adds the subcommand with its options and help to `app`.
CLI::App* addToken(CLI::App& app, TokenCommand& command);
/// Nothing but what it prints and the new file knows the token. A file that exists is left alone.
ExitStatus runToken(const TokenCommand& command);

}  // namespace daybook::daemon
