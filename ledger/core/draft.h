// A decision in the making: its events so far, and the customer as they leave it.
#pragma once

#include <utility>
#include <vector>

#include "ledger/core/state.h"
#include "ledger/model/event.h"

namespace daybook::core {

/// `state` outlives it and does not change meanwhile.
class Draft {
 public:
  Draft(const State& state, Customer customer);

  const State& state() const { return state_; }
  /// As after the events so far.
  const Customer& customer() const { return customer_; }

  /// The number that the next invoice gets.
  InvoiceNumber nextInvoice() const;
  /// Numbers an invoice that was built from customer() and adds it.
  InvoiceNumber addInvoice(Invoice invoice);
  /// Adds an event and folds it into customer().
  void add(EventBody body);

  std::vector<EventBody> takeEvents() { return std::move(events_); }
  Customer takeCustomer() { return std::move(customer_); }

 private:
  const State& state_;
  Customer customer_;
  Position last_;
  InvoiceNumber last_invoice_;
  std::vector<EventBody> events_;
};

}  // namespace daybook::core
