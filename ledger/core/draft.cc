#include "ledger/core/draft.h"

#include <utility>

#include "ledger/core/apply.h"

namespace daybook::core {

Draft::Draft(const State& state, Customer customer)
    : state_(state),
      customer_(std::move(customer)),
      last_(state.ledger.last),
      last_invoice_(state.ledger.invoices.size()) {}

InvoiceNumber Draft::nextInvoice() const { return last_invoice_.next(); }

InvoiceNumber Draft::addInvoice(Invoice invoice) {
  last_invoice_ = nextInvoice();
  invoice.number = last_invoice_;
  invoice.label = invoiceLabel(state_.ledger.ledger.settings.invoice_prefix, last_invoice_);
  invoice.computed_at = last_;
  add(InvoiceClosed{std::move(invoice)});
  return last_invoice_;
}

void Draft::add(EventBody body) {
  last_ = last_.next();
  applyToCustomer(customer_, state_, body, last_);
  events_.push_back(std::move(body));
}

}  // namespace daybook::core
