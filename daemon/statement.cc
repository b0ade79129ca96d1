#include "daemon/statement.h"

#include <algorithm>
#include <utility>

#include "ledger/base/check.h"

namespace daybook::daemon {

namespace {

using Kind = wire::StatementKind;

/// Fills an entry from an event's body; nothing for what no statement shows.
class EntryOf {
 public:
  std::optional<StatementEntry> operator()(const CustomerMovedIn& moved) const {
    StatementEntry entry = start(Kind::MOVED_IN, moved.subscription.plan);
    if (!moved.customer_credit.isZero()) entry.customer_credit = moved.customer_credit;
    for (const Grant& grant : moved.grants) {
      entry.credits = entry.credits.value_or(Decimal()) + grant.remaining;
    }
    return entry;
  }
  std::optional<StatementEntry> operator()(const Subscribed& subscribed) const {
    return start(Kind::SUBSCRIBED, subscribed.subscription.plan, subscribed.invoice);
  }
  std::optional<StatementEntry> operator()(const TrialEnded& ended) const {
    return start(Kind::TRIAL_ENDED, ended.subscription.plan, ended.invoice);
  }
  std::optional<StatementEntry> operator()(const PlanChanged& changed) const {
    return start(Kind::PLAN_CHANGED, changed.subscription.plan, changed.invoice);
  }
  std::optional<StatementEntry> operator()(const Paused& /*paused*/) const {
    return start(Kind::PAUSED, {});
  }
  std::optional<StatementEntry> operator()(const Resumed& resumed) const {
    return start(Kind::RESUMED, resumed.subscription.plan, resumed.invoice);
  }
  std::optional<StatementEntry> operator()(const Canceled& /*canceled*/) const {
    return start(Kind::CANCELED, {});
  }
  std::optional<StatementEntry> operator()(const InvoiceClosed& closed) const {
    const Invoice& invoice = closed.invoice;
    StatementEntry entry = start(Kind::INVOICE_CLOSED, {}, invoice.number);
    if (!invoice.lines.empty()) entry.description = invoice.lines.front().description;
    entry.total = invoice.total;
    for (const InvoiceLine& line : invoice.lines) {
      if (line.type != LineType::customerCredit) continue;
      entry.customer_credit = entry.customer_credit.value_or(Decimal()) + line.amount;
    }
    return entry;
  }
  std::optional<StatementEntry> operator()(const CreditNoteClosed& closed) const {
    const CreditNote& note = closed.note;
    StatementEntry entry = start(Kind::CREDIT_NOTE_CLOSED, note.reason, note.invoice);
    entry.credit_note = note.number;
    entry.total = note.total;
    const Decimal kept = note.as_customer_credit ? note.total : closed.restored;
    if (!kept.isZero()) entry.customer_credit = kept;
    return entry;
  }
  std::optional<StatementEntry> operator()(const PaymentRecorded& payment) const {
    StatementEntry entry =
        start(Kind::PAYMENT_RECORDED, payment.asked.reference, payment.asked.invoice);
    entry.total = payment.amount;
    return entry;
  }
  std::optional<StatementEntry> operator()(const PaymentFailed& failed) const {
    return start(Kind::PAYMENT_FAILED, failed.asked.reason, failed.asked.invoice);
  }
  std::optional<StatementEntry> operator()(const InvoiceUncollectible& marked) const {
    return start(Kind::INVOICE_UNCOLLECTIBLE, {}, marked.asked.invoice);
  }
  std::optional<StatementEntry> operator()(const CustomerCreditAdded& added) const {
    StatementEntry entry = start(Kind::CUSTOMER_CREDIT_ADDED, added.asked.reason);
    entry.customer_credit = added.asked.amount;
    return entry;
  }
  std::optional<StatementEntry> operator()(const PeriodStarted& started) const {
    if (!started.grant) return std::nullopt;
    return granted(*started.grant, started.terms.plan);
  }
  std::optional<StatementEntry> operator()(const AllowanceRaised& raised) const {
    if (!raised.grant) return std::nullopt;
    return granted(*raised.grant, {});
  }
  std::optional<StatementEntry> operator()(const PackPurchased& purchased) const {
    StatementEntry entry = granted(purchased.grant, purchased.asked.pack);
    entry.invoice = purchased.invoice;
    return entry;
  }
  std::optional<StatementEntry> operator()(const CreditsGranted& given) const {
    return granted(given.grant, given.asked ? given.asked->reason : std::string());
  }
  std::optional<StatementEntry> operator()(const CreditsExpired& expired) const {
    StatementEntry entry = start(Kind::CREDITS_EXPIRED, {});
    entry.grant = expired.grant;
    entry.credits = -expired.amount;
    return entry;
  }
  std::optional<StatementEntry> operator()(const PackRefunded& refunded) const {
    StatementEntry entry = start(Kind::CREDITS_REFUNDED, refunded.asked.reason);
    entry.credit_note = refunded.credit_note;
    entry.grant = refunded.asked.grant;
    entry.credits = -refunded.credits;
    return entry;
  }
  template <typename Other>
  std::optional<StatementEntry> operator()(const Other& /*body*/) const {
    return std::nullopt;
  }

 private:
  static StatementEntry start(Kind kind, std::string description, InvoiceNumber invoice = {}) {
    StatementEntry entry;
    entry.kind = kind;
    entry.description = std::move(description);
    entry.invoice = invoice;
    return entry;
  }
  static StatementEntry granted(const Grant& grant, std::string description) {
    StatementEntry entry = start(Kind::CREDITS_GRANTED, std::move(description));
    entry.grant = grant.number;
    entry.credits = grant.credits;
    return entry;
  }
};

}  // namespace

Decimal Statement::Invoiced::due() const {
  return written_off ? Decimal() : std::max(total - paid - credited, Decimal());
}

Statement::Statement(const Customer& customer, Query query) : query_(query) {
  for (const InvoiceRef& ref : customer.invoices) {
    const Invoiced invoiced{ref.total, ref.paid, ref.credited, ref.written_off};
    invoices_.emplace(ref.number, invoiced);
    due_ += invoiced.due();
  }
}

HistoryStep Statement::take(const Event& event) {
  const bool is_before = event.recorded < query_.from || event.position <= query_.after;
  const bool is_later = event.recorded >= query_.to || event.position > query_.as_of;
  if (!is_later && !closing_) closing_ = due_;
  if (is_before) return HistoryStep::stop;
  std::optional<StatementEntry> entry = std::visit(EntryOf(), event.body);
  if (entry && !is_later) entry->due = due_;
  const Decimal amount = undo(event.body);
  if (!entry || is_later) return HistoryStep::proceed;
  const bool writes_off = entry->kind == Kind::INVOICE_UNCOLLECTIBLE;
  if (entry->total || writes_off) entry->amount = amount;
  entry->position = event.position;
  entry->at = event.recorded;
  keep(*std::move(entry));
  return HistoryStep::proceed;
}

void Statement::keep(StatementEntry entry) {
  entries_.push_front(std::move(entry));
  if (entries_.size() <= query_.limit) return;
  entries_.pop_back();
  has_more_ = true;
}

template <typename Undo>
Decimal Statement::undoOn(InvoiceNumber number, Undo undo) {
  const auto found = invoices_.find(number);
  CHECK(found != invoices_.end(), "what happens to an invoice happens to the customer's");
  const Decimal after = found->second.due();
  undo(found->second);
  const Decimal change = after - found->second.due();
  due_ -= change;
  return change;
}

Decimal Statement::undo(const EventBody& body) {
  if (const auto* closed = std::get_if<InvoiceClosed>(&body)) {
    const auto found = invoices_.find(closed->invoice.number);
    CHECK(found != invoices_.end(), "a closed invoice is the customer's");
    const Decimal due = found->second.due();
    invoices_.erase(found);
    due_ -= due;
    return due;
  }
  if (const auto* payment = std::get_if<PaymentRecorded>(&body)) {
    return undoOn(payment->asked.invoice, [&](Invoiced& of) { of.paid -= payment->amount; });
  }
  if (const auto* closed = std::get_if<CreditNoteClosed>(&body)) {
    return undoOn(closed->note.invoice,
                  [&](Invoiced& of) { of.credited -= closed->note.total - closed->restored; });
  }
  if (const auto* marked = std::get_if<InvoiceUncollectible>(&body)) {
    return undoOn(marked->asked.invoice, [](Invoiced& of) { of.written_off = false; });
  }
  return {};
}

}  // namespace daybook::daemon
