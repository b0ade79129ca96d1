// Offline commands of daybookd: replay and verify, on a data directory or a backup of one.
//
// They open for reading only, also beside a running daemon, and need nothing but the log. Reports
// go to standard output, progress and errors to standard error.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace daybook::daemon {

/// Exit statuses of daybookd, the same as the command line's.
enum class ExitStatus : int {
  ok = 0,
  refused = 1,
  usage = 2,
  unreachable = 3,
  notVerified = 4,
  failed = 70,         // a bug or trouble from outside
  storageFailed = 74,  // a commit failed: what was not acknowledged is unknown
};

struct ReplayCommand {
  std::string directory;
  std::string to;                              // a position or a time; empty: the whole log
  std::optional<std::uint64_t> from_snapshot;  // its position; none: from the empty state
  std::string customer;                        // show this one only
  bool summary = false;                        // no customers
  bool trust_hashes = false;                   // stored leaf hashes are taken as they are
  bool json = false;
};

struct VerifyCommand {
  std::string directory;
  bool json = false;
  bool quiet = false;
};

/// Adds the subcommands with their options and help to `app`.
CLI::App* addReplay(CLI::App& app, ReplayCommand& command);
CLI::App* addVerify(CLI::App& app, VerifyCommand& command);

ExitStatus runReplay(const ReplayCommand& command);
ExitStatus runVerify(const VerifyCommand& command);

}  // namespace daybook::daemon
