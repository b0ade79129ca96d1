// One run of the command line: the options of every command, the client, and what commands share.
//
// Commands are added to the tree of options by the add…() functions of commands.h; the one that was
// named sets an action, which main runs. Actions give the exit code; trouble is thrown:
// client::Error from calls, UsageError for what the user gave. Belongs to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "client/cli/console.h"
#include "daybook/client.h"

namespace daybook::cli {

/// Documented in the program's help; stable.
enum class ExitCode : int {
  ok = 0,
  refused = 1,             // by the ledger; the outcome is printed
  usage = 2,               // wrong arguments, or a file that cannot be read or written
  unreachable = 3,         // no daemon, no answer, or an unknown outcome
  verificationFailed = 4,  // of daybookd verify
};

class UsageError : public std::runtime_error {
 public:
  explicit UsageError(const std::string& what, std::string advice = {})
      : std::runtime_error(what), advice_(std::move(advice)) {}
  const std::string& advice() const { return advice_; }

 private:
  std::string advice_;
};

/// What every command takes.
struct GlobalOptions {
  std::string address = client::kDefaultAddress;
  std::string token_file;
  std::string ca_file;
  std::string server_name;
  std::string timeout;  // as a duration; empty: the command's default
  std::uint64_t min_position = 0;
  bool json = false;
  bool no_color = false;
  bool verbose = false;
};

/// How a receipt is told. Labels are what its numbers are for this command; empty: left out.
struct ReceiptWords {
  std::string done;      // "recorded": what is at a position of the log now
  std::string currency;  // of the amounts, where it is known
  std::string quantity = "quantity";
  std::string price = "price";
  std::string balance_after = "balance after";
};

class Session {
 public:
  using Action = std::function<ExitCode()>;

  explicit Session(Console& console) : console_(console) {}

  GlobalOptions& options() { return options_; }
  Console& console() { return console_; }
  bool json() const { return options_.json; }

  void setAction(Action action) { action_ = std::move(action); }
  /// Runs the action of the command that was named.
  ExitCode run();

  /// Made at the first use. Throws UsageError for a token file that cannot be read.
  client::Client& client();
  /// For calls whose work may take long: no deadline unless the user sets one.
  enum class Work { quick, slow };
  client::CallOptions callOptions(Work work = Work::quick) const;
  /// For what a command looks up on its way: no JSON.
  client::CallOptions lookupOptions() const {
    return {.timeout = timeout(), .min_position = minPosition()};
  }
  /// What a stream waits for one answer.
  std::optional<std::chrono::milliseconds> timeout() const;
  /// What the ledger's log must have come to.
  std::uint64_t minPosition() const { return options_.min_position; }

  /// Says that the ledger refused, and why.
  ExitCode refused(const client::Outcome& outcome, std::string_view detail);
  /// For replies with a receipt and nothing else: prints it, or the refusal.
  ExitCode showReceipt(const client::Reply<client::Receipt>& reply, const ReceiptWords& words);
  /// Calls `command` with the key, and tells the key when the outcome is unknown.
  ExitCode withKey(const std::string& key,
                   const std::function<ExitCode(const std::string& key)>& command);

 private:
  Console& console_;
  GlobalOptions options_;
  Action action_;
  std::unique_ptr<client::Client> client_;
};

/// An invoice by its number or label ("17", "INV-000017").
client::Reply<client::Invoice> invoiceCalled(Session& session, const std::string& which,
                                             const client::CallOptions& options);
/// The number that a text is, all of it; nullopt for any other text, and for 0.
std::optional<std::uint64_t> numberCalled(const std::string& which);

/// A time as users give it, in nanoseconds: RFC 3339 or a date. Empty: 0.
/// Throws UsageError that names the option.
std::int64_t timeArgument(std::string_view option, std::string_view text);
/// A length as users give it, in nanoseconds: "90s", "1h", "35d". Throws UsageError.
std::int64_t durationArgument(std::string_view option, std::string_view text);

/// The whole of a file, "-" being standard input. Throws UsageError.
std::string readFile(const std::string& path);

}  // namespace daybook::cli
