#include "daemon/session_documents.h"

#include <optional>
#include <utility>

#include "ledger/base/check.h"

namespace daybook::daemon {

namespace {

Event readEvent(const LedgerService& service, Position position) {
  const std::optional<Bytes> bytes = service.pipeline.read(position);
  CHECK(bytes.has_value(), "a closed document is in the log");
  return service.codec.decodeEvent(*bytes);
}

const InvoiceRef& refOf(const Customer& customer, InvoiceNumber number) {
  const auto found =
      std::lower_bound(customer.invoices.begin(), customer.invoices.end(), number,
                       [](const InvoiceRef& ref, InvoiceNumber n) { return ref.number < n; });
  CHECK(found != customer.invoices.end() && found->number == number,
        "a closed invoice is one of its customer's");
  return *found;
}

}  // namespace

ShownInvoice showInvoice(const LedgerService& service, Position position) {
  Event event = readEvent(service, position);
  auto* closed = std::get_if<InvoiceClosed>(&event.body);
  CHECK(closed != nullptr, "the invoice index names closed invoices");
  const Customer& customer = service.pipeline.state().customer(event.customer);
  const InvoiceRef& now = refOf(customer, closed->invoice.number);
  return {std::move(closed->invoice), now, customer.last};
}

ShownCreditNote showCreditNote(const LedgerService& service, Position position) {
  Event event = readEvent(service, position);
  auto* closed = std::get_if<CreditNoteClosed>(&event.body);
  CHECK(closed != nullptr, "the credit note index names closed credit notes");
  return {std::move(closed->note), position};
}

PageRange pageOf(std::size_t size, std::uint64_t cursor, std::size_t limit) {
  PageRange page;
  page.from = static_cast<std::size_t>(std::min<std::uint64_t>(cursor, size));
  page.to = std::min(size, page.from + limit);
  if (page.to < size) page.next = std::to_string(page.to);
  return page;
}

}  // namespace daybook::daemon
