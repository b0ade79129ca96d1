// Adjustments, customer credit, credit notes and payments: sections 7 and 8 of BILLING.md.
#include <algorithm>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/core/decisions.h"
#include "ledger/core/draft.h"
#include "ledger/core/invoice_builder.h"

namespace daybook::core {
namespace {

struct Currency {
  Verdict verdict;
  std::string code;
};

/// The customer's currency, or the one that is named where it has none yet.
Currency currencyOf(const Customer& customer, const std::string& asked) {
  if (!asked.empty() && !currencyExponent(asked)) return {{Outcome::unknownCurrency, asked}, {}};
  if (customer.currency.empty()) {
    if (asked.empty())
      return {{Outcome::unknownCurrency, "the customer has none yet: name it"}, {}};
    return {{}, asked};
  }
  if (!asked.empty() && asked != customer.currency) {
    return {{Outcome::currencyMismatch, customer.currency}, {}};
  }
  return {{}, customer.currency};
}

/// nullptr when it is not one of the customer's.
const InvoiceRef* findInvoice(const Customer& customer, InvoiceNumber number) {
  const auto found =
      std::lower_bound(customer.invoices.begin(), customer.invoices.end(), number,
                       [](const InvoiceRef& ref, InvoiceNumber n) { return ref.number < n; });
  return found == customer.invoices.end() || found->number != number ? nullptr : &*found;
}

Decision unknownInvoice(InvoiceNumber number) {
  return refusal(Outcome::unknownInvoice, std::to_string(number.value));
}

Decimal dueOf(const InvoiceRef& invoice) { return invoice.total - invoice.paid - invoice.credited; }

bool isOwed(const InvoiceRef& invoice) {
  return invoice.status == InvoiceStatus::open || invoice.status == InvoiceStatus::uncollectible;
}

}  // namespace

InvoiceStatus statusOf(const InvoiceRef& after) {
  if (after.status == InvoiceStatus::voided || dueOf(after).isPositive()) return after.status;
  const bool is_all_taken_back = after.paid.isZero() && after.credit_used.isZero();
  return is_all_taken_back ? InvoiceStatus::voided : InvoiceStatus::paid;
}

Verdict requirePayable(Decimal amount, const std::string& currency) {
  const auto digits = currencyExponent(currency);
  CHECK(digits.has_value(), "a customer has a known currency");
  if (amount.roundedTo(*digits) == amount) return {};
  return {Outcome::invalidNumber, "amount has more digits than " + currency};
}

Decision decideAdjustment(const State& state, const Customer& customer, const AddAdjustment& add,
                          const Context& context) {
  Currency currency = currencyOf(customer, add.currency);
  if (!currency.verdict.isOk()) return refusal(currency.verdict.outcome, currency.verdict.detail);
  AdjustmentAdded added;
  added.asked = add;
  added.currency = currency.code;
  const bool waits = !add.at_once && runningPeriod(customer) != nullptr;
  if (waits) {
    if (customer.late.size() + customer.adjustments.size() >= limits::kPendingLinesMax) {
      return refusal(Outcome::tooManyPending);
    }
    return decisionOf(customer.number, std::move(added));
  }
  Draft draft(state, customer, context.now);
  const PendingAdjustment adjustment{add.description, add.amount};
  auto invoice = buildAdjustmentInvoice(state, customer, currency.code, &adjustment, context.now);
  CHECK(invoice.has_value(), "an adjustment is not zero");
  added.invoice = draft.nextInvoice();
  draft.add(std::move(added));
  draft.addInvoice(std::move(*invoice));
  return decisionOf(std::move(draft));
}

Decision decideCustomerCredit(const Customer& customer, const AddCustomerCredit& add) {
  Currency currency = currencyOf(customer, add.currency);
  if (!currency.verdict.isOk()) return refusal(currency.verdict.outcome, currency.verdict.detail);
  const Verdict payable = requirePayable(add.amount, currency.code);
  if (!payable.isOk()) return refusal(payable.outcome, payable.detail);
  return decisionOf(customer.number, CustomerCreditAdded{add, std::move(currency.code)});
}

Decision decideCreditNote(const State& state, const Customer& customer, const CreditInvoice& credit,
                          const Context& context) {
  const InvoiceRef* invoice = findInvoice(customer, credit.invoice);
  if (invoice == nullptr) return unknownInvoice(credit.invoice);
  const Decimal billed = invoice->total - invoice->credited;
  const Decimal left = billed + invoice->credit_used;
  if (!left.isPositive()) return refusal(Outcome::invoiceSettled);
  if (credit.as_customer_credit && dueOf(*invoice).isPositive()) {
    return refusal(Outcome::notAvailableNow, "not paid: a credit note lowers what is due");
  }
  const Decimal amount = credit.amount.value_or(left);
  if (amount > left) return refusal(Outcome::amountTooLarge, left.toString());
  const Verdict payable = requirePayable(amount, customer.currency);
  if (!payable.isOk()) return refusal(payable.outcome, payable.detail);
  CreditNoteClosed closed;
  closed.asked = credit;
  closed.restored = greatest(amount - billed, Decimal());
  InvoiceRef after = *invoice;
  after.credited += amount - closed.restored;
  after.credit_used -= closed.restored;
  closed.status = statusOf(after);
  CreditNote& note = closed.note;
  note.invoice = credit.invoice;
  note.customer = customer.id;
  note.currency = customer.currency;
  note.date = context.now;
  note.reason = credit.reason;
  note.total = amount;
  note.as_customer_credit = credit.as_customer_credit;
  Draft draft(state, customer, context.now);
  draft.addCreditNote(std::move(closed));
  return decisionOf(std::move(draft));
}

Decision decidePayment(const Customer& customer, const RecordPayment& payment) {
  const InvoiceRef* invoice = findInvoice(customer, payment.invoice);
  if (invoice == nullptr) return unknownInvoice(payment.invoice);
  const Decimal due = dueOf(*invoice);
  if (!isOwed(*invoice) || !due.isPositive()) return refusal(Outcome::invoiceSettled);
  const Decimal amount = payment.amount.value_or(due);
  if (amount > due) return refusal(Outcome::amountTooLarge, due.toString());
  const Verdict payable = requirePayable(amount, customer.currency);
  if (!payable.isOk()) return refusal(payable.outcome, payable.detail);
  InvoiceRef after = *invoice;
  after.paid += amount;
  return decisionOf(customer.number, PaymentRecorded{payment, amount, statusOf(after)});
}

Decision decidePaymentFailure(const Customer& customer, const RecordPaymentFailure& failure) {
  const InvoiceRef* invoice = findInvoice(customer, failure.invoice);
  if (invoice == nullptr) return unknownInvoice(failure.invoice);
  if (!isOwed(*invoice)) return refusal(Outcome::invoiceSettled);
  return decisionOf(customer.number, PaymentFailed{failure});
}

Decision decideUncollectible(const Customer& customer, const MarkUncollectible& mark) {
  const InvoiceRef* invoice = findInvoice(customer, mark.invoice);
  if (invoice == nullptr) return unknownInvoice(mark.invoice);
  if (invoice->status != InvoiceStatus::open) return refusal(Outcome::invoiceSettled);
  return decisionOf(customer.number, InvoiceUncollectible{mark});
}

}  // namespace daybook::core
