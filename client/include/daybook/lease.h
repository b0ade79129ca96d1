// A lease: a block of one feature's units, held for this process, and decided on without a call.
//
//   Lease lease(ledger, recorder, {.customer = "acme", .feature = "calls", .block = "1000"});
//   if (!lease.tryConsume(1)) return deny();
//
// A block is one hold of the ledger: its units, credits or money are set aside, so that the sum
// over all clients never passes what the customer has. A thread of the lease takes the next block
// before this one runs dry and extends the holds; another reports what was consumed every
// `report_interval` through the recorder and gives back the rest: when a block is over, and in the
// destructor. For features whose meter is `sum`: a report is one usage of all that was consumed.
//
// Time: nothing is consumed from a block in the last 10 s before its hold ends, by this machine's
// clock that never goes back (time asleep counts), from before the hold was asked for. The ledger's
// clock must not run ahead of it by more: a hold that ends sooner is found out by the next report.
// Reports: usage out of the hold, with keys made of the hold's; counted once, whatever is repeated.
// The end of a hold is sent behind all reports out of it, over crashes too. What reaches the ledger
// after the hold has ended by itself (or by somebody else) is recorded all the same, in full
// (OnShortfall::overdraw): it may make the balance negative, and is counted as `past_hold`, here
// and by the recorder; a crash may make it be counted there twice, under one key.
// A crash of the process: its holds expire. Without a `file`, what was consumed since the last
// report is lost: at most that of `report_interval`, and what the recorder had not sent. With a
// `file`, counts live in it at every moment: the next lease on that file reports what the crash
// left and ends its holds. The recorder then needs a spool, and a file always the same one. A crash
// of the machine may cost what the operating system had not written of the file.
//
// Units: quantities are exact decimals with at most `digits` fractional digits; tryConsume takes
// them as whole steps of 10^-digits. A block has at most 10^18 steps.
// Errors: the constructor throws Error(invalidArgument) for options out of range, and for a file
// that is in use or is none of a lease; Error(failed) when it cannot be read or written.
// Threads: tryConsume may be called by any number of threads, takes no lock and makes no call.
// Client and recorder must outlive the lease. on_report comes on the recorder's thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daybook/client.h"
#include "daybook/recorder.h"
#include "daybook/types.h"

namespace daybook::client {

/// Nothing is consumed from a block whose hold ends sooner.
inline constexpr std::chrono::seconds kLeaseMargin{10};

struct LeaseOptions {
  std::string customer;
  std::string feature;
  std::vector<Property> properties;  // of each report; they may select a price

  int digits = 0;              // fractional digits of quantities: [0, 12]
  std::string block = "1000";  // of one hold
  /// Where a whole block is refused, halves of it are asked for, down to this; empty: one step.
  std::string block_min;
  /// The next block is taken when less is left; empty: half a block.
  std::string refill_below;
  /// How long a refused block is not asked for again.
  std::chrono::milliseconds refused_wait{1'000};

  std::chrono::seconds ttl{300};  // of each hold: [30 s, 24 h]
  std::chrono::milliseconds report_interval{1'000};
  /// Of one call about a hold.
  std::chrono::milliseconds call_timeout{5'000};
  Stamp stamp = Stamp::whenTaken;  // of reports: when usage happened is when it is reported

  /// Path of the file that keeps the counts; empty: none. Used by one lease at a time.
  std::string file;
  /// Every report when it has its end: recorder.h.
  std::function<void(const RecordResult&)> on_report;
};

struct LeaseStats {
  std::string left;               // that tryConsume may still give, at this moment
  std::uint32_t blocks = 0;       // whose hold is not ended yet
  std::uint64_t taken = 0;        // blocks, of this lease
  std::uint64_t refused = 0;      // blocks that the ledger refused
  std::uint64_t reports = 0;      // that have their end
  std::uint64_t past_hold = 0;    // of these: after their hold had ended
  std::uint64_t not_counted = 0;  // of these: refused or failed, see on_report
  /// Why the newest block was not given or asked for: an outcome's name or an error; else empty.
  std::string trouble;
};

class Lease {
 public:
  Lease(Client& client, Recorder& recorder, LeaseOptions options);
  /// Stops consumption, reports the rest and gives back what is left, waiting for at most
  /// `call_timeout` each for the reports and for the ledger; else the holds expire.
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  /// Takes `steps` of 10^-digits units from one block. False: no block has them; the next one is
  /// asked for. REQUIRES: steps >= 0.
  bool tryConsume(std::int64_t steps);
  /// `quantity` in steps. Throws Error(invalidArgument) for what is negative or has more digits.
  std::int64_t steps(std::string_view quantity) const;

  /// Waits until there is a block; false: refused, or none within `timeout`. See stats().trouble.
  bool waitForBlock(std::chrono::milliseconds timeout);

  LeaseStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::client
