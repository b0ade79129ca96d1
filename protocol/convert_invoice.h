// Invoices: wire and stored form <-> model.
//
// By the rules of convert_common.h. Functions; usable from any thread.
#pragma once

#include "ledger/model/invoice.h"
#include "protocol/common.capnp.h"
#include "protocol/convert_common.h"

namespace daybook::protocol {

Invoice readInvoice(wire::Invoice::Reader from, Intake& intake, const Place& at);
void writeInvoice(wire::Invoice::Builder to, const Invoice& from);

}  // namespace daybook::protocol
