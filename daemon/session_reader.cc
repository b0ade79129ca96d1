#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "daemon/session_answers.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
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

const Verdict kInvalidCursor{Outcome::invalidCursor, "take `next` of the page before"};

Invoice readInvoice(const LedgerService& service, Position position) {
  const std::optional<Bytes> bytes = service.pipeline.read(position);
  CHECK(bytes.has_value(), "a closed invoice is in the log");
  const Event event = service.codec.decodeEvent(*bytes);
  const auto* closed = std::get_if<InvoiceClosed>(&event.body);
  CHECK(closed != nullptr, "the invoice index names closed invoices");
  return closed->invoice;
}

/// One page of closed invoices, and what it depends on.
struct InvoicePage {
  std::vector<Invoice> invoices;
  std::string next;
  Position wait_for;
};

/// Items [cursor, cursor + limit) of a list whose i-th item is the invoice closed at
/// `position_at(i)`.
template <typename PositionAt>
InvoicePage readPage(const LedgerService& service, std::size_t size, std::uint64_t cursor,
                     std::size_t limit, PositionAt position_at) {
  InvoicePage page;
  const std::uint64_t from = std::min<std::uint64_t>(cursor, size);
  const std::uint64_t to = std::min<std::uint64_t>(size, from + limit);
  for (std::uint64_t i = from; i < to; ++i) {
    const Position position = position_at(i);
    page.invoices.push_back(readInvoice(service, position));
    page.wait_for = std::max(page.wait_for, position);
  }
  if (to < size) page.next = std::to_string(to);
  return page;
}

template <typename Context>
kj::Promise<void> answerPage(const LedgerService& service, Context context,
                             const InvoicePage& page) {
  auto results = context.getResults();
  auto invoices = results.initInvoices(protocol::listSize(page.invoices.size()));
  for (unsigned int i = 0; i < invoices.size(); ++i) {
    protocol::writeInvoice(invoices[i], page.invoices[i]);
  }
  if (!page.next.empty()) results.setNext(page.next);
  return service.pipeline.durable(page.wait_for);
}

class CustomerReader final : public wire::CustomerReader::Server {
 public:
  CustomerReader(LedgerService& service, std::string id) : service_(service), id_(std::move(id)) {}

  kj::Promise<void> info(InfoContext context) override {
    const Customer* customer = customerToRead(service_, id_);
    if (customer == nullptr) return unknown(context.getResults());
    protocol::writeCustomerInfo(context.getResults().initInfo(), *customer);
    return durable(*customer);
  }

  kj::Promise<void> balance(BalanceContext context) override {
    const Customer* customer = customerToRead(service_, id_);
    if (customer == nullptr) return unknown(context.getResults());
    protocol::writeBalance(context.getResults().initBalance(),
                           core::balanceOf(state(), *customer, service_.pipeline.context()));
    return durable(*customer);
  }

  kj::Promise<void> check(CheckContext context) override {
    const auto usage = protocol::readUsage(context.getParams().getUsage());
    CheckAnswer answer;
    answer.verdict = usage.verdict;
    Position wait_for;
    if (usage.isOk()) {
      const Customer* customer = customerToRead(service_, id_);
      if (customer == nullptr) {
        answer.verdict = {Outcome::unknownCustomer, id_};
      } else {
        answer = core::check(state(), *customer, usage.value, service_.pipeline.context());
        wait_for = customer->last;
      }
    }
    protocol::writeCheckAnswer(context.getResults().initAnswer(), answer);
    return service_.pipeline.durable(wait_for);
  }

  kj::Promise<void> invoices(InvoicesContext context) override {
    const Customer* customer = customerToRead(service_, id_);
    if (customer == nullptr) return unknown(context.getResults());
    const auto cursor = parseCursor(context.getParams().getCursor());
    if (!cursor) {
      protocol::writeVerdict(context.getResults(), kInvalidCursor);
      return kj::READY_NOW;
    }
    const std::vector<InvoiceRef>& refs = customer->invoices;
    return answerPage(
        service_, context,
        readPage(service_, refs.size(), *cursor, pageSize(context.getParams().getLimit()),
                 [&](std::uint64_t i) { return refs[i].position; }));
  }

  kj::Promise<void> upcoming(UpcomingContext context) override {
    const Customer* customer = customerToRead(service_, id_);
    if (customer == nullptr) return unknown(context.getResults());
    const auto invoice = core::upcoming(state(), *customer, service_.pipeline.context());
    if (invoice) protocol::writeInvoice(context.getResults().initInvoice(), *invoice);
    return durable(*customer);
  }

 private:
  const core::State& state() const { return service_.pipeline.state(); }

  template <typename Results>
  kj::Promise<void> unknown(Results&& results) {
    protocol::writeVerdict(results, {Outcome::unknownCustomer, id_});
    return kj::READY_NOW;
  }

  /// A read waits for its own customer's newest event only.
  kj::Promise<void> durable(const Customer& customer) {
    return service_.pipeline.durable(customer.last);
  }

  LedgerService& service_;
  std::string id_;
};

class Reader final : public wire::Reader::Server {
 public:
  explicit Reader(LedgerService& service) : service_(service) {}

  kj::Promise<void> customer(CustomerContext context) override {
    const kj::StringPtr id = context.getParams().getId();
    context.getResults().setCustomer(kj::heap<CustomerReader>(service_, std::string(id)));
    return kj::READY_NOW;
  }

  kj::Promise<void> customers(CustomersContext context) override {
    const auto cursor = parseCursor(context.getParams().getCursor());
    if (!cursor) {
      protocol::writeVerdict(context.getResults(), kInvalidCursor);
      return kj::READY_NOW;
    }
    const auto& all = service_.pipeline.state().customers;
    const std::size_t from = std::min<std::size_t>(*cursor, all.size());
    const std::size_t to = std::min(all.size(), from + pageSize(context.getParams().getLimit()));
    auto results = context.getResults();
    auto list = results.initCustomers(protocol::listSize(to - from));
    Position wait_for;
    for (std::size_t i = from; i < to; ++i) {
      service_.pipeline.catchUp(all[i].number);
      protocol::writeCustomerInfo(list[static_cast<unsigned int>(i - from)], all[i]);
      wait_for = std::max(wait_for, all[i].last);
    }
    if (to < all.size()) results.setNext(std::to_string(to));
    return service_.pipeline.durable(wait_for);
  }

  kj::Promise<void> invoices(InvoicesContext context) override {
    const auto cursor = parseCursor(context.getParams().getCursor());
    if (!cursor) {
      protocol::writeVerdict(context.getResults(), kInvalidCursor);
      return kj::READY_NOW;
    }
    const std::vector<Position>& positions = service_.pipeline.state().ledger.invoices;
    return answerPage(
        service_, context,
        readPage(service_, positions.size(), *cursor, pageSize(context.getParams().getLimit()),
                 [&](std::uint64_t i) { return positions[i]; }));
  }

  kj::Promise<void> invoice(InvoiceContext context) override {
    auto params = context.getParams();
    const LedgerState& ledger = service_.pipeline.state().ledger;
    std::uint64_t number = params.getNumber();
    if (number == 0) number = numberOf(ledger.ledger.settings.invoice_prefix, params.getLabel());
    if (number == 0 || number > ledger.invoices.size()) {
      protocol::writeVerdict(context.getResults(),
                             {Outcome::unknownInvoice, std::string(params.getLabel())});
      return kj::READY_NOW;
    }
    const Position position = ledger.invoices[number - 1];
    context.getResults().setPosition(position.value);
    protocol::writeInvoice(context.getResults().initInvoice(), readInvoice(service_, position));
    return service_.pipeline.durable(position);
  }

  kj::Promise<void> catalog(CatalogContext context) override {
    const core::State& state = service_.pipeline.state();
    protocol::writeCatalog(context.getResults().initCatalog(), core::publishedCatalog(state));
    return service_.pipeline.durable(state.ledger.last_of_ledger);
  }

 private:
  /// The number in a label such as "INV-000001"; 0 when it is none.
  static std::uint64_t numberOf(const std::string& prefix, kj::StringPtr label) {
    const std::string text(label);
    if (!text.starts_with(prefix)) return 0;
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + prefix.size(), end, number);
    const bool exact =
        error == std::errc() && stop == end && invoiceLabel(prefix, InvoiceNumber(number)) == text;
    return exact ? number : 0;
  }

  LedgerService& service_;
};

}  // namespace

wire::Reader::Client makeReader(LedgerService& service) { return kj::heap<Reader>(service); }

}  // namespace daybook::daemon
