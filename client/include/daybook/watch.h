// A watch: told of balances, alerts and closed invoices, as they happen.
//
//   Watch watch(ledger, {.customer = "acme", .from = position_that_was_kept});
//   watch.run([&](const Notice& notice) {
//     if (notice.alert) tell(notice.customer, *notice.alert);
//     keep(watch.next());
//   });
//
// Notices come in the order of the log, each at least once, and only of what is durable. When the
// connection breaks or the daemon stops, run() connects again, for as long as that takes, and goes
// on where it was: nothing is missed. Another process goes on in the same way from next(), or from
// the position of the last notice that was taken, which then comes again.
//
// Slowness: the daemon waits for nobody. While the callback works, what happens waits in the log;
// several changes of a balance then come as one notice. When the daemon's write_timeout passes
// before the notices of one call (at most 128) are taken, it drops the watch: run() ends with
// `slow`, and may be called again.
//
// Errors: see WatchEnd, which run() gives. What the callbacks throw comes out of run(); the notice
// they threw at comes again.
// Threads: callbacks are called by the thread that is in run(); one at a time may be. close() and
// next() may be called from any thread, callbacks included. The client must outlive the watch.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daybook/client.h"
#include "daybook/types.h"

namespace daybook::client {

/// A level that was crossed.
struct Alert {
  AlertRule rule;  // with the feature it is about
  std::int64_t period_from_ns = 0;
  std::string value;      // used units, credits or money then
  std::string threshold;  // what the level is in units, credits or money
};

/// What happened: one of the three.
struct Notice {
  std::uint64_t position = 0;    // of the event; of a balance: the newest that it stands for
  std::int64_t recorded_ns = 0;  // 0 of a balance, which has its own time
  std::string customer;
  std::optional<Balance> balance;
  std::optional<Alert> alert;
  std::optional<Invoice> invoice;  // as it closed
  std::string json;                // in the standard form, where it was asked for
};

/// Why there is no connection now.
struct WatchTrouble {
  std::string what;
  bool began = false;  // in this run() the daemon has told something, be it that there is nothing
};

struct WatchOptions {
  std::string customer;  // empty: all
  bool balances = true;  // the balance after events that touch it; several may come as one
  bool alerts = true;
  bool invoices = true;
  /// Position of the first event to be told of. 0: what comes from now on; of one customer's
  /// balance, first what it is now.
  std::uint64_t from = 0;
  WantJson json = WantJson::no;
  /// Each time the daemon cannot be reached or goes away; another attempt follows.
  std::function<void(const WatchTrouble& trouble)> on_trouble;
};

enum class WatchEndKind {
  closed,   // by close()
  refused,  // by the ledger: see the outcome (unauthorized, unknownCustomer, unknownPosition)
  slow,     // the callback took longer than the daemon waits
  failed,   // the daemon could not go on; the detail says why
};
/// The name as in the enum ("slow").
const char* name(WatchEndKind kind);

struct WatchEnd {
  WatchEndKind kind = WatchEndKind::closed;
  Outcome outcome;  // of refused
  std::string detail;
};

class Watch {
 public:
  using OnNotice = std::function<void(const Notice&)>;

  /// Asks for nothing yet. REQUIRES: one of the three is watched.
  Watch(Client& client, WatchOptions options);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Watches until there is an end. Called again, it goes on from next().
  WatchEnd run(const OnNotice& on_notice);
  /// Ends run(), after the notice that it is at, and every later one at once.
  void close();
  /// Where to go on: everything before it was taken. 0 while that is not known.
  std::uint64_t next() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::client
