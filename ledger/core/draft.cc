#include "ledger/core/draft.h"

#include <utility>

#include "ledger/base/check.h"
#include "ledger/core/apply.h"
#include "ledger/core/invoice_builder.h"

namespace daybook::core {

Draft::Draft(const State& state, Customer customer, Instant now)
    : state_(state),
      customer_(std::move(customer)),
      now_(now),
      last_(state.ledger.last),
      next_invoice_(state.nextInvoice()),
      next_credit_note_(state.nextCreditNote()) {}

InvoiceNumber Draft::nextInvoice() const { return next_invoice_; }

CreditNoteNumber Draft::nextCreditNote() const { return next_credit_note_; }

InvoiceNumber Draft::addInvoice(Invoice invoice) {
  settle(invoice, customer_.credits);
  const InvoiceNumber number = next_invoice_;
  next_invoice_ = number.next();
  invoice.number = number;
  invoice.label = invoiceLabel(state_.ledger.ledger.settings.invoice_prefix, number);
  invoice.computed_at = last_;
  add(InvoiceClosed{std::move(invoice)});
  return number;
}

CreditNoteNumber Draft::addCreditNote(CreditNoteClosed closed) {
  const CreditNoteNumber number = next_credit_note_;
  next_credit_note_ = number.next();
  closed.note.number = number;
  closed.note.label = creditNoteLabel(state_.ledger.ledger.settings.credit_note_prefix, number);
  closed.note.computed_at = last_;
  add(std::move(closed));
  return number;
}

void Draft::add(EventBody body) {
  last_ = last_.next();
  try {
    applyToCustomer(customer_, state_, body, {last_, now_, {}});
  } catch (const UnfitEvent& error) {
    CHECK(false, error.what());
  }
  events_.push_back(std::move(body));
}

}  // namespace daybook::core
