// The commands of `daybook`, each added to the tree of options by one function.
//
// The session must outlive the tree.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/cli/session.h"

namespace daybook::cli {

/// The whole tree: global options and every command.
void buildTree(CLI::App& root, Session& session);

void addAlerts(CLI::App& root, Session& session);
void addBalance(CLI::App& root, Session& session);
void addCatalog(CLI::App& root, Session& session);
void addClock(CLI::App& root, Session& session);
void addCompletion(CLI::App& root, Session& session);
void addCorrections(CLI::App& root, Session& session);
void addCreditNotes(CLI::App& root, Session& session);
void addCredits(CLI::App& root, Session& session);
void addCustomer(CLI::App& root, Session& session);
void addHelp(CLI::App& root, Session& session);
void addHolds(CLI::App& root, Session& session);
void addImport(CLI::App& root, Session& session);
void addInvoices(CLI::App& root, Session& session);
void addLog(CLI::App& root, Session& session);
void addOffline(CLI::App& root, Session& session);
void addPlans(CLI::App& root, Session& session);
void addReports(CLI::App& root, Session& session);
void addSeats(CLI::App& root, Session& session);
void addStatus(CLI::App& root, Session& session);
void addSubscriptions(CLI::App& root, Session& session);
void addUsage(CLI::App& root, Session& session);
void addWatch(CLI::App& root, Session& session);

/// A command with its help: one line that says what it does, in lists too; then the end of its own
/// help, of examples, a line each, and of what else there is to know.
CLI::App* addCommand(CLI::App& parent, const std::string& name, const std::string& description,
                     const std::vector<std::string>& examples, const std::string& details = {});

/// The option that every recording command takes.
void addKeyOption(CLI::App& command, std::string& key);

/// An option that may be given more than once, each time with one value.
CLI::Option* addRepeatedOption(CLI::App& command, const std::string& name,
                               std::vector<std::string>& values, const std::string& description);

/// --interval, for plans that are sold for several.
void addIntervalOption(CLI::App& command, std::string& interval);
/// What --interval says; absent when it was not given.
std::optional<client::Interval> intervalArgument(const std::string& text);

/// "NAME=VALUE" of an option, taken apart. Throws UsageError.
std::pair<std::string, std::string> pairArgument(std::string_view option, const std::string& text);

// What measures usage, beside a quantity.
void addTokenOptions(CLI::App& command, client::Tokens& tokens);
void addPropertyOption(CLI::App& command, std::vector<std::string>& properties);
/// Throws UsageError.
std::vector<client::Property> propertyArguments(const std::vector<std::string>& texts);
/// --on-shortfall, with "reject" for what is not given.
void addShortfallOption(CLI::App& command, std::string& on_shortfall);
client::OnShortfall shortfallArgument(const std::string& text);

/// How many items of a list to show; 0: all.
void addLimitOption(CLI::App& command, std::uint64_t& limit);

/// Runs `action` with `args` when the command was named.
template <typename Args>
void runWith(CLI::App& command, Session& session, std::shared_ptr<Args> args,
             ExitCode (*action)(Session&, const Args&));

/// Pages through a list until its end or `limit` items, page by page. `fetch` gives a page as
/// client calls do; `show` gets each page. With --json it prints each item of the response's
/// `json_member` on a line of its own instead.
template <typename T>
ExitCode showList(Session& session, std::uint64_t limit, const std::string& json_member,
                  const std::function<client::Reply<client::Page<T>>(client::PageRequest)>& fetch,
                  const std::function<void(const std::vector<T>&)>& show);

/// One line of JSON for each item of a member of a response.
void printJsonItems(Session& session, const std::string& response, const std::string& member);

// ---- Implementation

inline constexpr std::uint32_t kPageItems = 1'000;  // what the protocol gives at most

template <typename Args>
void runWith(CLI::App& command, Session& session, std::shared_ptr<Args> args,
             ExitCode (*action)(Session&, const Args&)) {
  command.callback([&session, args, action] {
    session.setAction([&session, args, action] { return action(session, *args); });
  });
}

template <typename T>
ExitCode showList(Session& session, std::uint64_t limit, const std::string& json_member,
                  const std::function<client::Reply<client::Page<T>>(client::PageRequest)>& fetch,
                  const std::function<void(const std::vector<T>&)>& show) {
  std::uint64_t left = limit == 0 ? UINT64_MAX : limit;
  std::string cursor;
  do {
    const auto count = static_cast<std::uint32_t>(left < kPageItems ? left : kPageItems);
    const auto reply = fetch({.limit = count, .cursor = cursor});
    if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
    if (session.json()) {
      printJsonItems(session, reply.json, json_member);
    } else {
      show(reply.value.items);
    }
    session.console().flush();
    left -= reply.value.items.size() < left ? reply.value.items.size() : left;
    cursor = reply.value.next;
  } while (!cursor.empty() && left > 0);
  return ExitCode::ok;
}

}  // namespace daybook::cli
