#include "daemon/offline.h"

#include <capnp/message.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "daemon/replay_print.h"
#include "daemon/zone_database.h"
#include "ledger/audit/leaf.h"
#include "ledger/core/query.h"
#include "ledger/replay/replayer.h"
#include "ledger/replay/snapshot.h"
#include "ledger/replay/verifier.h"
#include "ledger/store/lmdb_store.h"
#include "protocol/codec.h"
#include "protocol/convert_reply.h"
#include "protocol/json.h"

namespace daybook::daemon {

namespace {

/// What the command line asks for cannot be: status `usage`.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::function<void(Position, Position)> progressOf(const char* what) {
  if (isatty(STDERR_FILENO) == 0) return nullptr;
  return [what](Position done, Position total) {
    fmt::print(stderr, "\r{} {} of {}{}", what, done.value, total.value, done == total ? "\n" : "");
    std::fflush(stderr);
  };
}

/// A position as digits, or the newest position at a time.
Position parseTo(const store::Store& store, const Codec& codec, const std::string& text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && stop == end) {
    if (number > store.tip().position.value) {
      throw UsageError(fmt::format("the log ends at position {}; --to {} is past it",
                                   store.tip().position.value, number));
    }
    return Position(number);
  }
  const std::optional<Instant> at = Instant::parse(text);
  if (!at) throw UsageError("--to takes a position or a time such as 2026-01-31T00:00:00Z");
  return replay::positionAt(store, codec, *at);
}

replay::Replayed replayAsAsked(const store::Store& store, const Codec& codec,
                               const ReplayCommand& command) {
  replay::ReplayOptions options;
  options.progress = progressOf("replayed");
  if (command.trust_hashes) options.hashes = replay::Hashes::trusted;
  if (!command.to.empty()) options.to = parseTo(store, codec, command.to);
  replay::Replayed start;
  if (command.from_snapshot) {
    for (const store::SnapshotInfo& info : store.snapshots()) {
      if (info.tip.position.value == *command.from_snapshot) {
        start = replay::loadSnapshot(store, codec, info);
      }
    }
    if (start.engine.state().ledger.last.isNone()) {
      throw UsageError(fmt::format("there is no snapshot at position {}", *command.from_snapshot));
    }
    if (options.to && *options.to < start.engine.state().ledger.last) {
      throw UsageError("--to lies before the snapshot");
    }
  }
  return replay::replay(store, codec, options, std::move(start));
}

/// What was closed at `position`: Body is InvoiceClosed or CreditNoteClosed.
template <typename Body>
Body closedAt(const store::Store& store, const Codec& codec, Position position) {
  const std::optional<Bytes> bytes = store.read(position);
  if (!bytes) throw store::DamageError("a closed document is not in the log", position);
  Event event = codec.decodeEvent(*bytes);
  auto* closed = std::get_if<Body>(&event.body);
  if (closed == nullptr) throw store::DamageError("there is no closed document", position);
  return std::move(*closed);
}

std::vector<const Customer*> customersOf(const core::State& state, const ReplayCommand& command) {
  std::vector<const Customer*> customers;
  if (command.summary) return customers;
  if (!command.customer.empty()) {
    const Customer* customer = state.find(command.customer);
    if (customer == nullptr) throw UsageError("there is no customer " + command.customer);
    return {customer};
  }
  for (const Customer& customer : state.customers) customers.push_back(&customer);
  return customers;
}

void writeHead(wire::TreeHead::Builder to, std::uint64_t size, const audit::Digest& root,
               Instant recorded) {
  to.setSize(size);
  to.setRoot({root.bytes.data(), root.bytes.size()});
  to.setRecorded(recorded.ns);
}

/// Balances are as of the newest event's recorded time: nothing later is known.
Balance balanceThen(const core::State& state, const Customer& customer,
                    const core::Boundaries& boundaries) {
  return core::balanceOf(state, customer, {state.ledger.recorded, boundaries});
}

void printReplayJson(const store::Store& store, const Codec& codec,
                     const replay::Replayed& replayed, const core::Boundaries& boundaries,
                     const ReplayCommand& command) {
  const core::State& state = replayed.engine.state();
  capnp::MallocMessageBuilder message;
  auto report = message.initRoot<wire::ReplayReport>();
  writeHead(report.initHead(), replayed.tree.size(), replayed.tree.root(), state.ledger.recorded);
  const store::Hash digest = replay::stateDigest(state, codec);
  report.setStateDigest({digest.data(), digest.size()});
  const auto customers = customersOf(state, command);
  auto list = report.initCustomers(protocol::listSize(customers.size()));
  for (unsigned int i = 0; i < list.size(); ++i) {
    const Customer& customer = *customers[i];
    protocol::writeCustomerInfo(list[i].initInfo(), customer);
    protocol::writeBalance(list[i].initBalance(), balanceThen(state, customer, boundaries));
    auto invoices = list[i].initInvoices(protocol::listSize(customer.invoices.size()));
    for (unsigned int j = 0; j < invoices.size(); ++j) {
      const InvoiceRef& ref = customer.invoices[j];
      protocol::writeInvoiceNow(invoices[j],
                                closedAt<InvoiceClosed>(store, codec, ref.position).invoice, ref);
    }
    auto notes = list[i].initCreditNotes(protocol::listSize(customer.credit_notes.size()));
    for (unsigned int j = 0; j < notes.size(); ++j) {
      const Position position = customer.credit_notes[j].position;
      protocol::writeCreditNote(notes[j], closedAt<CreditNoteClosed>(store, codec, position).note);
    }
  }
  fmt::print("{}\n", protocol::jsonOf(report.asReader(), protocol::JsonLayout::pretty));
}

void printReplay(const store::Store& store, const Codec& codec, const replay::Replayed& replayed,
                 const core::Boundaries& boundaries, const ReplayCommand& command) {
  const core::State& state = replayed.engine.state();
  fmt::print("position      {}\nrecorded      {}\nroot          {}\nstate digest  {}\n",
             state.ledger.last.value, state.ledger.recorded.toString(), replayed.tree.root().hex(),
             audit::Digest{replay::stateDigest(state, codec)}.hex());
  fmt::print("customers     {}\ninvoices      {}\ncredit notes  {}\n", state.customers.size(),
             state.invoices.size(), state.credit_notes.size());
  for (const Customer* customer : customersOf(state, command)) {
    printBalance(balanceThen(state, *customer, boundaries));
    for (const InvoiceRef& ref : customer->invoices) {
      printInvoice(closedAt<InvoiceClosed>(store, codec, ref.position).invoice, ref);
    }
    for (const CreditNoteRef& ref : customer->credit_notes) {
      printCreditNote(closedAt<CreditNoteClosed>(store, codec, ref.position).note);
    }
  }
}

void printReport(const replay::Report& report, const VerifyCommand& command) {
  if (command.json) {
    capnp::MallocMessageBuilder message;
    auto to = message.initRoot<wire::VerifyReport>();
    to.setOk(report.isOk());
    to.setPosition(report.position.value);
    if (!report.problem.empty()) to.setProblem(report.problem);
    writeHead(to.initHead(), report.events, report.root, report.recorded);
    to.setEvents(report.events);
    to.setCommits(report.commits);
    to.setCustomers(report.customers);
    to.setInvoices(report.invoices);
    to.setSnapshots(report.snapshots);
    fmt::print("{}\n", protocol::jsonOf(to.asReader(), protocol::JsonLayout::pretty));
    return;
  }
  if (!command.quiet || !report.isOk()) {
    fmt::print("events {}, commits {}, customers {}, closed invoices {}, snapshots {}\n",
               report.events, report.commits, report.customers, report.invoices, report.snapshots);
  }
  if (report.isOk()) {
    if (!command.quiet) fmt::print("root {}\nverified: all of it is right\n", report.root.hex());
  } else if (report.position.isNone()) {
    fmt::print("NOT VERIFIED: {}\n", report.problem);
  } else {
    fmt::print("NOT VERIFIED at position {}: {}\n", report.position.value, report.problem);
  }
}

/// Runs a command on a data directory; what goes wrong is a message and a status.
template <typename Command>
ExitStatus guarded(const std::string& directory, Command command) {
  try {
    return command(*store::LmdbStore::openReadOnly(directory));
  } catch (const UsageError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return ExitStatus::usage;
  } catch (const store::DamageError& error) {
    fmt::print(stderr, "damaged at position {}: {}\n", error.position().value, error.what());
    return ExitStatus::notVerified;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return ExitStatus::notVerified;
  }
}

}  // namespace

CLI::App* addReplay(CLI::App& app, ReplayCommand& command) {
  CLI::App* replay = app.add_subcommand(
      "replay",
      "Rebuilds the state from the log alone and prints balances and closed invoices.\n"
      "Reads DIR, changes nothing, and works beside a running daemon and on a backup.");
  replay->add_option("DIR", command.directory, "Data directory, or a backup of one")->required();
  replay->add_option("--to", command.to,
                     "Stop after this position, or after the last event recorded at or before this "
                     "time (RFC 3339 or date)");
  replay->add_option("--from-snapshot", command.from_snapshot,
                     "Start from the snapshot of this position instead of the empty state");
  replay->add_option("--customer", command.customer, "Print this customer only");
  replay->add_flag("--summary", command.summary, "Print no customers, only position and digests");
  replay->add_flag(
      "--trust-hashes", command.trust_hashes,
      "Do not hash the events again: roots are checked against the stored leaf hashes");
  replay->add_flag("--json", command.json, "Print a ReplayReport in the standard JSON form");
  return replay;
}

CLI::App* addVerify(CLI::App& app, VerifyCommand& command) {
  CLI::App* verify = app.add_subcommand(
      "verify",
      "Checks every leaf hash, root, chain, decision, closed invoice and snapshot against the "
      "log.\n"
      "Names the first position that is wrong and exits with 4 then. Changes nothing.");
  verify->add_option("DIR", command.directory, "Data directory, or a backup of one")->required();
  verify->add_flag("--json", command.json, "Print a VerifyReport in the standard JSON form");
  verify->add_flag("--quiet", command.quiet, "Print nothing when all of it is right");
  return verify;
}

ExitStatus runReplay(const ReplayCommand& command) {
  return guarded(command.directory, [&](const store::Store& store) {
    const protocol::CapnpCodec codec;
    const ZoneDatabase zones;
    const core::ZoneBoundaries boundaries(zones);
    const replay::Replayed replayed = replayAsAsked(store, codec, command);
    if (command.json) {
      printReplayJson(store, codec, replayed, boundaries, command);
    } else {
      printReplay(store, codec, replayed, boundaries, command);
    }
    return ExitStatus::ok;
  });
}

ExitStatus runVerify(const VerifyCommand& command) {
  return guarded(command.directory, [&](const store::Store& store) {
    const protocol::CapnpCodec codec;
    replay::VerifyOptions options;
    if (!command.quiet) options.progress = progressOf("verified");
    const replay::Report report = replay::verify(store, codec, options);
    printReport(report, command);
    return report.isOk() ? ExitStatus::ok : ExitStatus::notVerified;
  });
}

}  // namespace daybook::daemon
