#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "daemon/session_answers.h"
#include "daemon/session_documents.h"
#include "daemon/session_watch.h"
#include "ledger/core/query.h"

namespace daybook::daemon {

std::optional<std::uint64_t> parseCursor(kj::StringPtr cursor) {
  if (cursor.size() == 0) return 0;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(cursor.begin(), cursor.end(), value);
  if (error != std::errc() || end != cursor.end()) return std::nullopt;
  return value;
}

namespace {

/// The number in a label such as "INV-000001"; 0 when it is none. `label_of` writes labels.
template <typename LabelOf>
std::uint64_t numberOf(const std::string& prefix, kj::StringPtr label, LabelOf label_of) {
  const std::string text(label);
  if (!text.starts_with(prefix)) return 0;
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + prefix.size(), end, number);
  const bool exact =
      error == std::errc() && stop == end && number > 0 && label_of(prefix, number) == text;
  return exact ? number : 0;
}

/// Where the document of this number was closed; none when it is not there.
Position positionOf(const StableVector<Position>& positions, std::uint64_t first,
                    std::uint64_t number) {
  if (number < first || number - first >= positions.size()) return {};
  return positions[static_cast<std::size_t>(number - first)];
}

class Reader final : public wire::Reader::Server {
 public:
  Reader(LedgerService& service, kj::Own<WatchCount> watches)
      : service_(service), watches_(kj::mv(watches)) {}

  kj::Promise<void> customer(CustomerContext context) override {
    context.getResults().setCustomer(
        makeCustomerReader(service_, customerNameOf(context.getParams()), kj::addRef(*watches_)));
    return kj::READY_NOW;
  }

  kj::Promise<void> customers(CustomersContext context) override {
    const Verdict reached = reaches(service_, minPosition(context));
    if (!reached.isOk()) return refuse(context.getResults(), reached);
    const auto cursor = parseCursor(context.getParams().getCursor());
    if (!cursor) return refuse(context.getResults(), kInvalidCursor);
    const auto& all = service_.pipeline.state().customers;
    const PageRange page = pageOf(all.size(), *cursor, pageSize(context.getParams().getLimit()));
    auto results = context.getResults();
    auto list = results.initCustomers(protocol::listSize(page.to - page.from));
    Position wait_for;
    for (std::size_t i = page.from; i < page.to; ++i) {
      service_.pipeline.catchUp(all[i].number);
      protocol::writeCustomerInfo(list[static_cast<unsigned int>(i - page.from)], all[i]);
      wait_for = std::max(wait_for, all[i].last);
    }
    if (!page.next.empty()) results.setNext(page.next);
    return service_.pipeline.durable(wait_for);
  }

  kj::Promise<void> invoices(InvoicesContext context) override {
    const Verdict reached = reaches(service_, minPosition(context));
    if (!reached.isOk()) return refuse(context.getResults(), reached);
    const auto cursor = parseCursor(context.getParams().getCursor());
    if (!cursor) return refuse(context.getResults(), kInvalidCursor);
    const StableVector<Position>& positions = service_.pipeline.state().invoices;
    return answerDocuments(
        service_, context,
        pageOf(positions.size(), *cursor, pageSize(context.getParams().getLimit())),
        [&](std::size_t i) { return showInvoice(service_, positions[i]); },
        [&](auto size) { return context.getResults().initInvoices(size); });
  }

  kj::Promise<void> invoice(InvoiceContext context) override {
    const Verdict reached = reaches(service_, minPosition(context));
    if (!reached.isOk()) return refuse(context.getResults(), reached);
    auto params = context.getParams();
    const LedgerSettings& settings = ledger().ledger.settings;
    std::uint64_t number = params.getNumber();
    if (number == 0) {
      number = numberOf(settings.invoice_prefix, params.getLabel(),
                        [](const std::string& prefix, std::uint64_t value) {
                          return invoiceLabel(prefix, InvoiceNumber(value));
                        });
    }
    const Position position =
        positionOf(service_.pipeline.state().invoices, settings.first_invoice, number);
    if (position.isNone()) return refuse(context.getResults(), unknownDocument(params));
    const ShownInvoice shown = showInvoice(service_, position);
    context.getResults().setPosition(position.value);
    writeShown(context.getResults().initInvoice(), shown);
    return service_.pipeline.durable(shown.wait_for);
  }

  kj::Promise<void> catalog(CatalogContext context) override {
    const Verdict reached = reaches(service_, minPosition(context));
    if (!reached.isOk()) return refuse(context.getResults(), reached);
    const core::State& state = service_.pipeline.state();
    protocol::writeCatalog(context.getResults().initCatalog(), core::publishedCatalog(state));
    return service_.pipeline.durable(state.ledger.last_of_ledger);
  }

  kj::Promise<void> creditNotes(CreditNotesContext context) override {
    const Verdict reached = reaches(service_, minPosition(context));
    if (!reached.isOk()) return refuse(context.getResults(), reached);
    const auto cursor = parseCursor(context.getParams().getCursor());
    if (!cursor) return refuse(context.getResults(), kInvalidCursor);
    const StableVector<Position>& positions = service_.pipeline.state().credit_notes;
    return answerDocuments(
        service_, context,
        pageOf(positions.size(), *cursor, pageSize(context.getParams().getLimit())),
        [&](std::size_t i) { return showCreditNote(service_, positions[i]); },
        [&](auto size) { return context.getResults().initCreditNotes(size); });
  }

  kj::Promise<void> creditNote(CreditNoteContext context) override {
    const Verdict reached = reaches(service_, minPosition(context));
    if (!reached.isOk()) return refuse(context.getResults(), reached);
    auto params = context.getParams();
    const LedgerSettings& settings = ledger().ledger.settings;
    std::uint64_t number = params.getNumber();
    if (number == 0) {
      number = numberOf(settings.credit_note_prefix, params.getLabel(),
                        [](const std::string& prefix, std::uint64_t value) {
                          return creditNoteLabel(prefix, CreditNoteNumber(value));
                        });
    }
    const Position position =
        positionOf(service_.pipeline.state().credit_notes, settings.first_credit_note, number);
    if (position.isNone()) return refuse(context.getResults(), unknownDocument(params));
    const ShownCreditNote shown = showCreditNote(service_, position);
    context.getResults().setPosition(position.value);
    writeShown(context.getResults().initCreditNote(), shown);
    return service_.pipeline.durable(shown.wait_for);
  }

  kj::Promise<void> watch(WatchContext context) override {
    return answerWatch(service_, context, CustomerNumber(), kj::addRef(*watches_));
  }

 private:
  template <typename Context>
  static Position minPosition(Context context) {
    return Position(context.getParams().getMinPosition());
  }

  const LedgerState& ledger() const { return service_.pipeline.state().ledger; }

  template <typename Results>
  kj::Promise<void> refuse(Results&& results, const Verdict& verdict) {
    protocol::writeVerdict(results, verdict);
    return kj::READY_NOW;
  }

  /// Names what was asked for.
  template <typename Params>
  static Verdict unknownDocument(Params params) {
    const std::string asked = params.getNumber() == 0 ? std::string(params.getLabel())
                                                      : std::to_string(params.getNumber());
    return {Outcome::unknownInvoice, asked};
  }

  LedgerService& service_;
  kj::Own<WatchCount> watches_;
};

}  // namespace

wire::Reader::Client makeReader(LedgerService& service, kj::Own<WatchCount> watches) {
  return kj::heap<Reader>(service, kj::mv(watches));
}

}  // namespace daybook::daemon
