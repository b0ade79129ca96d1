// A decision in the making: its events so far, and the customer as they leave it.
#pragma once

#include <utility>
#include <variant>
#include <vector>

#include "ledger/core/state.h"
#include "ledger/model/event.h"

namespace daybook::core {

/// `state` outlives it and does not change meanwhile. The events are recorded at `now`.
class Draft {
 public:
  Draft(const State& state, Customer customer, Instant now);

  const State& state() const { return state_; }
  Instant now() const { return now_; }
  /// As after the events so far.
  const Customer& customer() const { return customer_; }

  /// The numbers that the next documents get.
  InvoiceNumber nextInvoice() const;
  CreditNoteNumber nextCreditNote() const;
  /// Numbers an invoice that was built from customer() and adds it, settled with customer credit.
  InvoiceNumber addInvoice(Invoice invoice);
  /// Numbers a credit note and adds it.
  CreditNoteNumber addCreditNote(CreditNoteClosed closed);
  /// Adds an event and folds it into customer(). REQUIRES: it fits: checked. Throws Overflow.
  void add(EventBody body);
  /// How many events there are so far.
  std::size_t size() const { return events_.size(); }
  /// Says in an event of type Body which invoice the decision closed.
  template <typename Body>
  void setInvoice(std::size_t event, InvoiceNumber invoice) {
    std::get<Body>(events_[event]).invoice = invoice;
  }

  std::vector<EventBody> takeEvents() { return std::move(events_); }
  Customer takeCustomer() { return std::move(customer_); }

 private:
  const State& state_;
  Customer customer_;
  Instant now_;
  Position last_;
  InvoiceNumber next_invoice_;
  CreditNoteNumber next_credit_note_;
  std::vector<EventBody> events_;
};

}  // namespace daybook::core
