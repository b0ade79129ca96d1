// What `daybookd replay` prints for people: balances, invoices, credit notes, on standard output.
#pragma once

#include "ledger/model/balance.h"
#include "ledger/model/customer.h"
#include "ledger/model/invoice.h"

namespace daybook::daemon {

void printBalance(const Balance& balance);
/// With its status now, and what was paid and credited of it.
void printInvoice(const Invoice& invoice, const InvoiceRef& now);
void printCreditNote(const CreditNote& note);

}  // namespace daybook::daemon
