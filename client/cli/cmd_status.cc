// daybook status, clock, backup, snapshot.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/table.h"
#include "ledger/base/instant.h"

namespace daybook::cli {
namespace {

std::string lengthOf(std::int64_t ns) { return Duration{ns}.toString(); }

void addAlarms(const client::Status& status, Facts& facts) {
  if (status.storage_full)
    facts.add("Storage", "FULL: writes are refused until there is room", Style::bad);
  if (status.clock_jumped) {
    facts.add("Clock jumped", "deciding has stopped until `daybook clock confirm`", Style::bad);
  }
}

ExitCode showStatus(Session& session) {
  const auto reply = session.client().status(session.callOptions());
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (session.json()) {
    session.console().line(reply.json);
    return ExitCode::ok;
  }
  const client::Status& status = reply.value;
  Facts facts;
  facts.add("Ledger", status.ledger_id);
  facts.add("Daemon",
            fmt::format("daybookd {}, up {}", status.version, lengthText(status.uptime_ms)));
  addAlarms(status, facts);
  facts.add("Time", fmt::format("{} ({} clock)", timeText(status.now_ns), name(status.clock)));
  facts.add("Events", countText(status.position));
  facts.add("Root", hexText(status.root));
  facts.add("Customers", countText(status.customers));
  facts.add("Invoices", countText(status.invoices));
  facts.add("Credit notes", countText(status.credit_notes));
  facts.add("Keys", countText(status.keys));
  facts.add("Data",
            fmt::format("{}, {} free", status.data_directory, bytesText(status.free_bytes)));
  facts.add("Snapshot", status.snapshot_position == 0
                            ? "none"
                            : fmt::format("at position {}", status.snapshot_position));
  facts.add("Commits", countText(status.commits));
  facts.add("Connections", countText(status.connections));
  facts.add(
      "Settings",
      fmt::format("grace {}, late window {}, future limit {}, invoices {}… due in {} days, credit "
                  "notes {}…",
                  lengthOf(status.settings.grace_ns), lengthOf(status.settings.late_window_ns),
                  lengthOf(status.settings.future_limit_ns), status.settings.invoice_prefix,
                  status.settings.due_days, status.settings.credit_note_prefix));
  facts.print(session.console());
  return ExitCode::ok;
}

ExitCode showClock(Session& session) {
  const auto reply = session.client().status(session.callOptions());
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (session.json()) {
    session.console().line(reply.json);
    return ExitCode::ok;
  }
  Facts facts;
  facts.add("Time", timeText(reply.value.now_ns));
  facts.add("Clock", std::string(name(reply.value.clock)));
  addAlarms(reply.value, facts);
  facts.print(session.console());
  return ExitCode::ok;
}

ExitCode moveClock(Session& session, const std::string& given_key, std::int64_t to_ns) {
  return session.withKey(given_key, [&](const std::string& key) {
    const auto reply =
        session.client().moveClock(key, to_ns, session.callOptions(Session::Work::slow));
    return session.showReceipt(reply,
                               {.done = "the clock is at " + timeText(to_ns) + ", recorded"});
  });
}

ExitCode advanceClock(Session& session, const std::string& key, const std::string& length) {
  const Duration duration{durationArgument("DURATION", length)};
  const auto status = session.client().status(session.callOptions());
  if (!status.ok()) return session.refused(status.outcome, status.detail);
  return moveClock(session, key, (Instant{status.value.now_ns} + duration).ns);
}

ExitCode confirmClock(Session& session) {
  const auto reply = session.client().confirmClock(session.callOptions());
  if (session.json()) session.console().line(reply.json);
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (!session.json()) {
    session.console().line("the clock is taken as right: " + timeText(reply.value));
  }
  return ExitCode::ok;
}

ExitCode backup(Session& session, const std::string& given) {
  // Where the daemon runs is not where this does.
  const std::string directory = std::filesystem::absolute(given);
  const auto reply = session.client().backup(directory, session.callOptions(Session::Work::slow));
  if (session.json()) session.console().line(reply.json);
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (!session.json()) {
    session.console().line(fmt::format("{} holds the ledger up to position {}, {}, verified",
                                       printable(directory), reply.value.position,
                                       bytesText(reply.value.bytes)));
  }
  return ExitCode::ok;
}

ExitCode snapshot(Session& session) {
  const auto reply = session.client().snapshot(session.callOptions(Session::Work::slow));
  if (session.json()) session.console().line(reply.json);
  if (!reply.ok()) return session.refused(reply.outcome, reply.detail);
  if (!session.json()) {
    session.console().line(fmt::format("snapshot of position {} written", reply.value));
  }
  return ExitCode::ok;
}

}  // namespace

void addStatus(CLI::App& root, Session& session) {
  auto* status = addCommand(root, "status", "Show the ledger and its daemon",
                            {"daybook status", "daybook status --json | jq .status.position"});
  status->callback([&session] { session.setAction([&session] { return showStatus(session); }); });

  auto directory = std::make_shared<std::string>();
  auto* copy = addCommand(root, "backup", "Copy the ledger while it runs",
                          {"daybook backup /var/backups/daybook/2026-01-31"},
                          "The daemon writes the copy on its own machine, syncs and verifies it.\n"
                          "To restore, start daybookd on the copy.");
  copy->add_option("DIR", *directory,
                   "A path that does not exist yet; a relative one starts in this folder")
      ->type_name("")
      ->required();
  copy->callback([&session, directory] {
    session.setAction([&session, directory] { return backup(session, *directory); });
  });

  auto* snap =
      addCommand(root, "snapshot", "Write a snapshot of the state, so that the next start is quick",
                 {"daybook snapshot"});
  snap->callback([&session] { session.setAction([&session] { return snapshot(session); }); });
}

void addClock(CLI::App& root, Session& session) {
  struct Args {
    std::string time;
    std::string length;
    std::string key;
  };
  auto args = std::make_shared<Args>();
  auto* clock = addCommand(root, "clock", "Show the ledger's time, or move a manual clock",
                           {"daybook clock show", "daybook clock set 2026-02-01",
                            "daybook clock advance 31d", "daybook clock confirm"});
  clock->require_subcommand(1);

  auto* show = addCommand(*clock, "show", "Show the ledger's time", {"daybook clock show"});
  show->callback([&session] { session.setAction([&session] { return showClock(session); }); });

  auto* set =
      addCommand(*clock, "set", "Move a manual clock", {"daybook clock set 2026-02-01T01:00:00Z"},
                 "Done when everything that is due by then is recorded.");
  set->add_option("TIME", args->time, "When it shall be: RFC 3339 or a date")->required();
  addKeyOption(*set, args->key);
  set->callback([&session, args] {
    session.setAction([&session, args] {
      return moveClock(session, args->key, timeArgument("TIME", args->time));
    });
  });

  auto* advance = addCommand(*clock, "advance", "Move a manual clock on by a length of time",
                             {"daybook clock advance 1h", "daybook clock advance 35d"});
  advance->add_option("DURATION", args->length, "How far: 90s, 1h, 35d")->required();
  addKeyOption(*advance, args->key);
  advance->callback([&session, args] {
    session.setAction([&session, args] { return advanceClock(session, args->key, args->length); });
  });

  auto* confirm =
      addCommand(*clock, "confirm", "Take the wall clock's time as right after it jumped ahead",
                 {"daybook clock confirm"});
  confirm->callback(
      [&session] { session.setAction([&session] { return confirmClock(session); }); });
}

}  // namespace daybook::cli
