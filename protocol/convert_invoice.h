// Invoices and credit notes: wire and stored form <-> model.
//
// By the rules of convert_common.h. Functions; usable from any thread.
#pragma once

#include "ledger/model/customer.h"
#include "ledger/model/invoice.h"
#include "protocol/common.capnp.h"
#include "protocol/convert_common.h"

namespace daybook::protocol {

Invoice readInvoice(wire::Invoice::Reader from, Intake& intake, const Place& at);
void writeInvoice(wire::Invoice::Builder to, const Invoice& from);
/// As answers to reads show it: with its status now, and what was paid and credited of it.
void writeInvoiceNow(wire::Invoice::Builder to, const Invoice& from, const InvoiceRef& now);

CreditNote readCreditNote(wire::CreditNote::Reader from, Intake& intake, const Place& at);
void writeCreditNote(wire::CreditNote::Builder to, const CreditNote& from);

}  // namespace daybook::protocol
