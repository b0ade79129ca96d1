// Commands: wire form <-> model. What callers send is checked here for form only: numbers are
// numbers, enumerants are known, nothing is longer than its limit. All else is for the core to say.
//
// By the rules of convert_common.h. Details name the field as the schema does: "quantity",
// "tokens.output", "plans[2].prices[0].base". Functions; usable from any thread.
#pragma once

#include "ledger/model/command.h"
#include "protocol/common.capnp.h"
#include "protocol/convert_common.h"
#include "protocol/daybook.capnp.h"

namespace daybook::protocol {

/// A command as import and Billing.submit take it. The digest of a catalog is left empty, here and
/// below: the daemon hashes canonicalBytes() of it (codec.h).
Parsed<Command> readCommand(wire::Command::Reader from);
Parsed<Command> readCommand(wire::UsageEntry::Reader from);

// A command whose key, customer and contents come as separate parameters of a call.
Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::RecordUsage::Reader from);
Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::BuyCredits::Reader from);
Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::TopUp::Reader from);
Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::CreateCustomer::Reader from);
Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::UpdateCustomer::Reader from);
Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::Subscribe::Reader from);
Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::Cancel::Reader from);
Parsed<Command> readRevokeCancel(capnp::Text::Reader key, capnp::Text::Reader customer);
Parsed<Command> readPublishCatalog(capnp::Text::Reader key, wire::Catalog::Reader from);
Parsed<Command> readMoveClock(capnp::Text::Reader key, std::int64_t to_ns);

// Contents without a key: of calls that record nothing.
Parsed<RecordUsage> readUsage(wire::RecordUsage::Reader from);
Parsed<Catalog> readCatalog(wire::Catalog::Reader from);
Parsed<std::string> readCustomerId(capnp::Text::Reader from);

/// Token counts past 2^63 - 1, which no ledger takes, are sent as that.
void writeCommand(wire::Command::Builder to, const Command& from);
void writeUsage(wire::RecordUsage::Builder to, const RecordUsage& from);

// The parts that stored events hold, too.
Tokens readTokens(wire::Tokens::Reader from, Intake& intake, const Place& at);
Property readProperty(wire::Property::Reader from, Intake& intake, const Place& at);
BuyCredits readBuyCredits(wire::BuyCredits::Reader from, Intake& intake, const Place& at);
TopUp readTopUp(wire::TopUp::Reader from, Intake& intake, const Place& at);
CreateCustomer readCreateCustomer(wire::CreateCustomer::Reader from, Intake& intake,
                                  const Place& at);
UpdateCustomer readUpdateCustomer(wire::UpdateCustomer::Reader from, Intake& intake,
                                  const Place& at);
Subscribe readSubscribe(wire::Subscribe::Reader from, Intake& intake, const Place& at);
Cancel readCancel(wire::Cancel::Reader from, Intake& intake, const Place& at);

void writeTokens(wire::Tokens::Builder to, const Tokens& from);
void writeProperty(wire::Property::Builder to, const Property& from);
void writeBuyCredits(wire::BuyCredits::Builder to, const BuyCredits& from);
void writeTopUp(wire::TopUp::Builder to, const TopUp& from);
void writeCreateCustomer(wire::CreateCustomer::Builder to, const CreateCustomer& from);
void writeUpdateCustomer(wire::UpdateCustomer::Builder to, const UpdateCustomer& from);
void writeSubscribe(wire::Subscribe::Builder to, const Subscribe& from);
void writeCancel(wire::Cancel::Builder to, const Cancel& from);

}  // namespace daybook::protocol
