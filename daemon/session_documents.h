// Closed invoices and credit notes as reads give them: whole, from the log, invoices with their
// status now.
//
// Belongs to the loop thread.
#pragma once

#include <kj/async.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "daemon/session.h"
#include "ledger/model/customer.h"
#include "ledger/model/invoice.h"
#include "protocol/convert_common.h"
#include "protocol/convert_invoice.h"

namespace daybook::daemon {

/// A closed document, and the newest position that what is shown of it depends on.
struct ShownInvoice {
  Invoice invoice;
  InvoiceRef now;
  Position wait_for;
};
struct ShownCreditNote {
  CreditNote note;
  Position wait_for;
};

/// The documents closed at `position`. REQUIRES: one is.
ShownInvoice showInvoice(const LedgerService& service, Position position);
ShownCreditNote showCreditNote(const LedgerService& service, Position position);

inline void writeShown(wire::Invoice::Builder to, const ShownInvoice& from) {
  protocol::writeInvoiceNow(to, from.invoice, from.now);
}
inline void writeShown(wire::CreditNote::Builder to, const ShownCreditNote& from) {
  protocol::writeCreditNote(to, from.note);
}

/// The stretch [from, to) of a list that one call gives, and where the next one goes on.
struct PageRange {
  std::size_t from = 0;
  std::size_t to = 0;
  std::string next;
};
PageRange pageOf(std::size_t size, std::uint64_t cursor, std::size_t limit);

/// Answers a page of documents: show(i) gives the i-th of the list, init(size) the results' list.
template <typename Context, typename Show, typename Init>
kj::Promise<void> answerDocuments(const LedgerService& service, Context context,
                                  const PageRange& page, Show show, Init init) {
  Position wait_for;
  auto list = init(protocol::listSize(page.to - page.from));
  for (unsigned int i = 0; i < list.size(); ++i) {
    const auto shown = show(page.from + i);
    writeShown(list[i], shown);
    wait_for = std::max(wait_for, shown.wait_for);
  }
  if (!page.next.empty()) context.getResults().setNext(page.next);
  return service.pipeline.durable(wait_for);
}

}  // namespace daybook::daemon
