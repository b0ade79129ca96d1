// daybook verify and replay: daybookd does them, where the ledger's engine is.
#include <errno.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

#include "client/cli/commands.h"

namespace daybook::cli {
namespace {

// The one beside this program, else that of the PATH.
std::string daybookd() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const auto beside = self.parent_path() / "daybookd";
    if (::access(beside.c_str(), X_OK) == 0) return beside.string();
  }
  return "daybookd";
}

ExitCode execute(const std::vector<std::string>& arguments) {
  const std::string program = daybookd();
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::execvp(program.c_str(), pointers.data());
  throw UsageError(fmt::format("cannot run {}: {}", program, std::strerror(errno)),
                   "Install daybookd beside daybook, or on the PATH.");
}

}  // namespace

void addOffline(CLI::App& root, Session& session) {
  struct Args {
    std::string directory;
    std::string to;
    std::string from_snapshot;
    std::string customer;
    bool summary = false;
    bool trust_hashes = false;
    bool quiet = false;
  };
  auto args = std::make_shared<Args>();

  auto* verify = addCommand(
      root, "verify", "Check a ledger or a backup on this machine against its log",
      {"daybook verify /var/lib/daybook", "daybook verify /var/backups/daybook/2026-01-31"},
      "Checks every leaf, root, chain, snapshot and closed invoice, and names the first position\n"
      "that is wrong; then ends with 4. Runs `daybookd verify`.");
  verify->add_option("DIR", args->directory, "The ledger's data directory")
      ->type_name("")
      ->required();
  verify->add_flag("--quiet", args->quiet, "Say only what is wrong");
  verify->callback([&session, args] {
    session.setAction([&session, args] {
      std::vector<std::string> words = {"verify", args->directory};
      if (args->quiet) words.emplace_back("--quiet");
      if (session.json()) words.emplace_back("--json");
      return execute(words);
    });
  });

  auto* replay = addCommand(
      root, "replay", "Rebuild the state from the log alone, and show balances and invoices",
      {"daybook replay /var/lib/daybook", "daybook replay --to 1000 /var/lib/daybook",
       "daybook replay --to 2026-02-01T00:00:00Z --customer acme /var/lib/daybook"},
      "Works on this machine's files, without the daemon. Runs `daybookd replay`.");
  replay->add_option("DIR", args->directory, "The ledger's data directory")
      ->type_name("")
      ->required();
  replay->add_option("--to", args->to, "Last position or time to replay; default: all")
      ->type_name("POSITION|TIME");
  replay
      ->add_option("--from-snapshot", args->from_snapshot,
                   "Begin at the snapshot of this position; default: at the empty state")
      ->type_name("POSITION");
  replay->add_option("--customer", args->customer, "Show only this customer")->type_name("ID");
  replay->add_flag("--summary", args->summary, "Show no customers");
  replay->add_flag("--trust-hashes", args->trust_hashes,
                   "Do not hash the events again: roots are checked against stored leaf hashes");
  replay->callback([&session, args] {
    session.setAction([&session, args] {
      std::vector<std::string> words = {"replay", args->directory};
      const auto add = [&](const char* option, const std::string& value) {
        if (!value.empty()) words.insert(words.end(), {option, value});
      };
      add("--to", args->to);
      add("--from-snapshot", args->from_snapshot);
      add("--customer", args->customer);
      if (args->summary) words.emplace_back("--summary");
      if (args->trust_hashes) words.emplace_back("--trust-hashes");
      if (session.json()) words.emplace_back("--json");
      return execute(words);
    });
  });
}

}  // namespace daybook::cli
