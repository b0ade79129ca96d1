// A customer's statement of account, from its events: what touched money or credits, usage apart.
//
// Amounts due are found backwards, from the invoices as they stand now: due of an invoice is its
// total less what was paid and credited, not below 0. An uncollectible one is written off: nothing
// of it is due any more, and what is paid of it later was not. Sums are exact. What it holds is
// bounded by the page that is asked for.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/customer_history.h"
#include "ledger/base/decimal.h"
#include "ledger/model/customer.h"
#include "ledger/model/event.h"
#include "protocol/daybook.capnp.h"

namespace daybook::daemon {

struct StatementEntry {
  Position position;
  Instant at;
  wire::StatementKind kind = wire::StatementKind::MOVED_IN;
  std::string description;
  InvoiceNumber invoice;
  CreditNoteNumber credit_note;
  GrantNumber grant;
  std::optional<Decimal> total;            // of the document or payment
  std::optional<Decimal> amount;           // what the amount due changes by
  std::optional<Decimal> customer_credit;  // what the customer credit changes by
  std::optional<Decimal> credits;          // what the credits change by
  Decimal due;                             // after it
};

class Statement final : public HistoryVisitor {
 public:
  struct Query {
    Instant from;  // of the record: [from, to)
    Instant to = Instant::never();
    Position as_of;         // no later events
    Position after;         // entries that follow this position
    std::size_t limit = 0;  // at most so many
  };

  /// `customer` as it is after the first event that is taken.
  Statement(const Customer& customer, Query query);

  HistoryStep take(const Event& event) override;

  // Once all events were taken:
  /// In order of the log.
  const std::deque<StatementEntry>& entries() const { return entries_; }
  /// Whether there are more after them.
  bool hasMore() const { return has_more_; }
  Decimal opening() const { return due_; }
  Decimal closing() const { return closing_.value_or(due_); }

 private:
  struct Invoiced {
    Decimal total;
    Decimal paid;
    Decimal credited;
    bool written_off = false;
    Decimal due() const;
  };

  /// Takes back what the event did to its invoice; gives what it had changed the amount due by.
  Decimal undo(const EventBody& body);
  template <typename Undo>
  Decimal undoOn(InvoiceNumber number, Undo undo);
  void keep(StatementEntry entry);

  Query query_;
  std::map<InvoiceNumber, Invoiced> invoices_;  // as they were after the event that comes next
  Decimal due_;                                 // of them
  std::optional<Decimal> closing_;
  std::deque<StatementEntry> entries_;
  bool has_more_ = false;
};

}  // namespace daybook::daemon
