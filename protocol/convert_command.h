// Commands: wire form <-> model. What callers send is checked here for form only: numbers are
// numbers, enumerants are known, nothing is longer than its limit. All else is for the core to say.
//
// By the rules of convert_common.h. Details name the field as the schema does: "quantity",
// "tokens.output", "plans[2].prices[0].base". Functions; usable from any thread.
#pragma once

#include "ledger/base/limits.h"
#include "ledger/model/command.h"
#include "protocol/common.capnp.h"
#include "protocol/convert_asked.h"
#include "protocol/convert_common.h"
#include "protocol/convert_hold.h"
#include "protocol/daybook.capnp.h"

namespace daybook::protocol {

/// A command as import and Billing.submit take it. The digest of a catalog is left empty, here and
/// below: the daemon hashes canonicalBytes() of it (codec.h).
Parsed<Command> readCommand(wire::Command::Reader from);
Parsed<Command> readPublishCatalog(capnp::Text::Reader key, wire::Catalog::Reader from);
Parsed<Command> readMoveClock(capnp::Text::Reader key, std::int64_t to_ns);

/// read_body(intake, place) gives the contents.
template <typename ReadBody>
Parsed<Command> parseCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                             ReadBody read_body) {
  Intake intake(Origin::caller);
  const Place root;
  Parsed<Command> parsed;
  Command& to = parsed.value;
  to.key = intake.text(key, limits::kKeyBytesMax, Place(root, "key"));
  to.customer = intake.text(customer, limits::kCustomerIdBytesMax, Place(root, "customer"));
  to.body = read_body(intake, root);
  parsed.verdict = intake.verdict();
  return parsed;
}

/// What settles the hold `hold`, and what extends it, from the parameters of a call.
Parsed<Command> readSettle(capnp::Text::Reader key, capnp::Text::Reader customer,
                           const std::string& hold, capnp::List<wire::HoldItem>::Reader items,
                           std::int64_t at_ns);
Parsed<Command> readUse(capnp::Text::Reader key, capnp::Text::Reader customer,
                        const std::string& hold, wire::RecordUsage::Reader usage);

/// A command whose key, customer and contents come as separate parameters of a call: `from` reads
/// any of the contents in convert_asked.h. Those without a field are wire::Pause::Reader() and so
/// on.
template <typename Reader>
Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer, Reader from) {
  return parseCommand(key, customer,
                      [&](Intake& intake, const Place& at) { return readAsked(from, intake, at); });
}

// Contents without a key: of calls that record nothing.
Parsed<RecordUsage> readUsage(wire::RecordUsage::Reader from);
Parsed<ChangePlan> readChangePlan(wire::ChangePlan::Reader from);
Parsed<Catalog> readCatalog(wire::Catalog::Reader from);
Parsed<std::string> readCustomerId(capnp::Text::Reader from);

void writeCommand(wire::Command::Builder to, const Command& from);

}  // namespace daybook::protocol
