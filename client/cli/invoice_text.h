// Invoices as people read them: a document with its lines.
#pragma once

#include "client/cli/console.h"
#include "daybook/account.h"

namespace daybook::cli {

/// Also for invoices without a number, which are not closed.
void printInvoice(Console& console, const client::Invoice& invoice);

/// What is still to be paid of a closed invoice: nothing of one that is void or given up.
std::string dueOf(const client::Invoice& invoice);

}  // namespace daybook::cli
