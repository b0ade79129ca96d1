// May this customer do this? The ledger's answer; while it cannot be asked, a policy's.
//
//   Guard guard(ledger, recorder, {.policies = {{"chat", WhenUnreachable::failOpen, "500"}}});
//   Decision may = guard.check("acme", usage);
//   if (!may.allowed()) return deny(may.reason().name);
//   work();
//   guard.record("acme", request_id, usage, std::move(may));
//
// The daemon cannot be asked when no connection is there, no answer comes within `timeout`, or it
// is overloaded or stopping. A feature without a policy then fails closed: nothing is allowed. One
// that fails open allows up to `cap` for each customer: what was let through and has no answer from
// the ledger yet. What is let through is recorded by the recorder like other usage, with its key
// and, as the work was done, OnShortfall::overdraw; on_let_through reports each one's end, stats()
// counts. With a spool in the recorder it outlives the process.
// A check sets nothing aside: two callers may both be allowed the same credit.
// Units: quantities and caps are exact decimals as text; usage by tokens counts the sum of them.
// Errors: Error(invalidArgument) for a policy or usage that cannot be read or sent.
// Threads: any number may call at once. Client and recorder must outlive the guard, and decisions
// may outlive it. on_let_through comes on the recorder's thread, or on the one in record().
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daybook/client.h"
#include "daybook/recorder.h"
#include "daybook/types.h"

namespace daybook::client {

enum class WhenUnreachable { failClosed, failOpen };

struct Policy {
  std::string feature;
  WhenUnreachable when = WhenUnreachable::failClosed;
  std::string cap;  // failOpen: per customer; not negative
};

/// How usage ended that was let through without the ledger's answer.
struct LetThrough {
  std::string customer;
  std::string key;
  Usage usage;  // as it was recorded
  RecordStatus status = RecordStatus::counted;
  Outcome outcome;  // of refused
  std::string detail;
};

struct GuardOptions {
  std::vector<Policy> policies;
  /// Of one question.
  std::chrono::milliseconds timeout{200};
  /// A feature that fails open is not asked about again for so long after a question failed.
  std::chrono::milliseconds ask_again_after{500};
  /// Pairs of customer and feature let through at a time; beyond, it fails closed.
  std::size_t open_max = 100'000;
  std::function<void(const LetThrough&)> on_let_through;
};

struct GuardStats {
  std::uint64_t asked = 0;          // answered by the ledger
  std::uint64_t failed_closed = 0;  // not allowed by policy, or beyond its cap
  std::uint64_t let_through = 0;    // allowed by policy
  // What became of that; the rest waits, or was given up by its caller.
  std::uint64_t let_through_counted = 0;
  std::uint64_t let_through_not_counted = 0;  // refused, failed, or not taken: see on_let_through
};

/// One answer. Moves; destroyed without record() it gives back what it took of the cap.
class Decision {
 public:
  Decision(Decision&&) noexcept;
  Decision& operator=(Decision&&) noexcept;
  ~Decision();

  bool allowed() const { return allowed_; }
  /// Not allowed: why; "unreachable" with number 0 is the policy's no.
  const Outcome& reason() const { return reason_; }
  /// The ledger did not answer, the policy did.
  bool byPolicy() const { return by_policy_; }
  /// byPolicy(): why the ledger did not answer.
  const std::string& trouble() const { return trouble_; }

 private:
  friend class Guard;
  class Share;
  Decision();

  bool allowed_ = false;
  bool by_policy_ = false;
  Outcome reason_;
  std::string trouble_;
  std::unique_ptr<Share> share_;  // of the cap
};

class Guard {
 public:
  Guard(Client& client, Recorder& recorder, GuardOptions options = {});
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  Decision check(const std::string& customer, const Usage& usage);
  /// Records what was done after `decision` allowed it; `usage` may differ from what was asked.
  Taken record(const std::string& customer, const std::string& key, Usage usage, Decision decision);

  GuardStats stats() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace daybook::client
