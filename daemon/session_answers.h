// What the session servers share: a command in, its receipt out, behind the gate.
//
// Belongs to the loop thread.
#pragma once

#include <kj/async.h>

#include <optional>
#include <string>

#include "daemon/session.h"
#include "ledger/base/limits.h"
#include "protocol/convert_command.h"
#include "protocol/convert_reply.h"

namespace daybook::daemon {

/// Whether answers reflect `minPosition` of a call. A position that anybody was given is durable,
/// and what is durable is in every answer.
inline Verdict reaches(const LedgerService& service, Position min_position) {
  if (min_position <= service.pipeline.durableTip().tip.position) return {};
  return {Outcome::unknownPosition, std::to_string(min_position.value)};
}

template <typename Params>
CustomerName customerNameOf(Params params) {
  return {std::string(params.getId()), Position(params.getMinPosition())};
}

/// Records a parsed command and answers `receipt` of the call's results once that may be given.
template <typename Context>
kj::Promise<void> answerReceipt(LedgerService& service, protocol::Parsed<Command> command,
                                Position min_position, Context context) {
  Verdict refusal = reaches(service, min_position);
  if (refusal.isOk()) refusal = std::move(command.verdict);
  if (!refusal.isOk()) {
    protocol::writeReceipt(context.getResults().initReceipt(), Answer{std::move(refusal), {}});
    return kj::READY_NOW;
  }
  const Submitted done = service.pipeline.submit(std::move(command.value));
  // Results leave when the promise is fulfilled, here and in every method.
  protocol::writeReceipt(context.getResults().initReceipt(), done.answer);
  return service.pipeline.durable(done.wait_for);
}

/// A customer to read, with everything due recorded first; or why there is none.
inline protocol::Parsed<const Customer*> customerToRead(LedgerService& service,
                                                        const CustomerName& name) {
  Verdict refusal = reaches(service, name.min_position);
  if (!refusal.isOk()) return {std::move(refusal), nullptr};
  const Customer* customer = service.pipeline.state().find(name.id);
  if (customer == nullptr) return {{Outcome::unknownCustomer, name.id}, nullptr};
  const CustomerNumber number = customer->number;
  service.pipeline.catchUp(number);
  return {{}, &service.pipeline.state().customer(number)};
}

inline const Verdict kInvalidCursor{Outcome::invalidCursor, "take `next` of the page before"};

/// How many items a list call gives.
inline std::size_t pageSize(std::uint32_t asked) {
  if (asked == 0) return limits::kListLimitDefault;
  return asked < limits::kListLimitMax ? asked : limits::kListLimitMax;
}

/// The place to go on from, as lists give it in `next`: a number; empty is 0. nullopt: not one of
/// ours.
std::optional<std::uint64_t> parseCursor(kj::StringPtr cursor);

}  // namespace daybook::daemon
