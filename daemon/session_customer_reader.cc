#include <memory>
#include <string>
#include <utility>

#include "daemon/history_cursor.h"
#include "daemon/session_answers.h"
#include "daemon/session_documents.h"
#include "daemon/session_watch.h"
#include "daemon/statement.h"
#include "daemon/usage_by_day.h"
#include "ledger/core/query.h"

namespace daybook::daemon {

namespace {

/// [from, to) of a call: 0 is open.
struct HistoryRange {
  Instant from;
  Instant to;
};

HistoryRange rangeOf(std::int64_t from, std::int64_t to) {
  return {from == 0 ? Instant{INT64_MIN} : Instant{from}, to == 0 ? Instant::never() : Instant{to}};
}

void writeUsage(wire::UsageOfDay::Builder to, const UsageKey& key, const UsageSum& sum,
                const core::State& state) {
  to.setDay(dayText(key.day));
  to.setFeature(protocol::textOf(state.ledger.features[key.feature.value - 1].code));
  protocol::setText(key.variant, [&](auto value) { to.setVariant(value); });
  to.setEvents(static_cast<std::uint64_t>(sum.events));
  to.setQuantity(protocol::DecimalText(sum.quantity).reader());
  std::optional<Decimal> price;
  std::optional<Decimal> credits;
  for (const UsageSum::Part& part : sum.prices) {
    const bool is_money = state.plan(part.terms).model != ConsumptionModel::credits;
    std::optional<Decimal>& total = is_money ? price : credits;
    total = total.value_or(Decimal()) + part.price;
  }
  protocol::setOptional(price, [&](auto value) { to.setPrice(value); });
  protocol::setOptional(credits, [&](auto value) { to.setCredits(value); });
  protocol::setNonZero(sum.unpaid, [&](auto value) { to.setUnpaid(value); });
  if (sum.tokens != TokenTotals{}) protocol::writeTokenTotals(to.initTokens(), sum.tokens);
}

void writeEntry(wire::StatementEntry::Builder to, const StatementEntry& from,
                const LedgerSettings& settings) {
  to.setPosition(from.position.value);
  to.setAt(from.at.ns);
  to.setKind(from.kind);
  protocol::setText(from.description, [&](auto value) { to.setDescription(value); });
  to.setInvoice(from.invoice.value);
  if (!from.invoice.isNone()) {
    to.setInvoiceLabel(invoiceLabel(settings.invoice_prefix, from.invoice));
  }
  to.setCreditNote(from.credit_note.value);
  if (!from.credit_note.isNone()) {
    to.setCreditNoteLabel(creditNoteLabel(settings.credit_note_prefix, from.credit_note));
  }
  protocol::setOptional(from.amount, [&](auto value) { to.setAmount(value); });
  protocol::setOptional(from.customer_credit, [&](auto value) { to.setCustomerCredit(value); });
  protocol::setOptional(from.credits, [&](auto value) { to.setCredits(value); });
  to.setDue(protocol::DecimalText(from.due).reader());
  to.setGrant(from.grant.value);
  protocol::setOptional(from.total, [&](auto value) { to.setTotal(value); });
}

class CustomerReader final : public wire::CustomerReader::Server {
 public:
  CustomerReader(LedgerService& service, CustomerName name, kj::Own<WatchCount> watches)
      : service_(service), name_(std::move(name)), watches_(kj::mv(watches)) {}

  kj::Promise<void> info(InfoContext context) override {
    const auto found = customerToRead(service_, name_);
    if (!found.isOk()) return refuse(context.getResults(), found.verdict);
    const Customer& customer = *found.value;
    protocol::writeCustomerInfo(context.getResults().initInfo(), customer);
    return durable(customer);
  }

  kj::Promise<void> balance(BalanceContext context) override {
    const auto found = customerToRead(service_, name_);
    if (!found.isOk()) return refuse(context.getResults(), found.verdict);
    const Customer& customer = *found.value;
    protocol::writeBalance(context.getResults().initBalance(),
                           core::balanceOf(state(), customer, service_.pipeline.context()));
    return durable(customer);
  }

  kj::Promise<void> check(CheckContext context) override {
    const auto found = customerToRead(service_, name_);
    CheckAnswer answer;
    answer.verdict = found.verdict;
    Position wait_for;
    if (found.isOk()) {
      const auto usage = protocol::readUsage(context.getParams().getUsage());
      answer.verdict = usage.verdict;
      wait_for = found.value->last;
      if (usage.isOk()) {
        answer = core::check(state(), *found.value, usage.value, service_.pipeline.context());
      }
    }
    protocol::writeCheckAnswer(context.getResults().initAnswer(), answer);
    return service_.pipeline.durable(wait_for);
  }

  kj::Promise<void> invoices(InvoicesContext context) override {
    const auto found = customerToRead(service_, name_);
    if (!found.isOk()) return refuse(context.getResults(), found.verdict);
    const Customer& customer = *found.value;
    const auto cursor = parseCursor(context.getParams().getCursor());
    if (!cursor) return refuse(context.getResults(), kInvalidCursor);
    const std::vector<InvoiceRef>& refs = customer.invoices;
    return answerDocuments(
        service_, context, pageOf(refs.size(), *cursor, pageSize(context.getParams().getLimit())),
        [&](std::size_t i) { return showInvoice(service_, refs[i].position); },
        [&](auto size) { return context.getResults().initInvoices(size); });
  }

  kj::Promise<void> holds(HoldsContext context) override {
    const auto found = customerToRead(service_, name_);
    if (!found.isOk()) return refuse(context.getResults(), found.verdict);
    const Customer& customer = *found.value;
    const auto after = parseCursor(context.getParams().getCursor());
    if (!after) return refuse(context.getResults(), kInvalidCursor);
    const std::vector<Hold>& open = customer.holds;
    const auto from = std::find_if(open.begin(), open.end(), [&after](const Hold& hold) {
      return hold.number.value > *after;
    });
    const auto left = static_cast<std::size_t>(open.end() - from);
    const std::size_t shown = std::min(left, pageSize(context.getParams().getLimit()));
    auto results = context.getResults();
    auto holds = results.initHolds(protocol::listSize(shown));
    for (unsigned int i = 0; i < holds.size(); ++i) protocol::writeHold(holds[i], from[i]);
    if (shown < left)
      results.setNext(std::to_string(from[static_cast<int>(shown) - 1].number.value));
    return durable(customer);
  }

  kj::Promise<void> upcoming(UpcomingContext context) override {
    const auto found = customerToRead(service_, name_);
    if (!found.isOk()) return refuse(context.getResults(), found.verdict);
    const Customer& customer = *found.value;
    const auto invoice = core::upcoming(state(), customer, service_.pipeline.context());
    if (invoice) protocol::writeInvoice(context.getResults().initInvoice(), *invoice);
    return durable(customer);
  }

  kj::Promise<void> previewChange(PreviewChangeContext context) override {
    const auto found = customerToRead(service_, name_);
    if (!found.isOk()) return refuse(context.getResults(), found.verdict);
    const auto change = protocol::readChangePlan(context.getParams().getChange());
    if (!change.isOk()) return refuse(context.getResults(), change.verdict);
    const Customer& customer = *found.value;
    const ChangePreview preview =
        core::previewChange(state(), customer, change.value, service_.pipeline.context());
    protocol::writeVerdict(context.getResults(), preview.verdict);
    if (preview.verdict.isOk()) {
      protocol::writeChangePreview(context.getResults().initPreview(), preview);
    }
    return durable(customer);
  }

  kj::Promise<void> creditNotes(CreditNotesContext context) override {
    const auto found = customerToRead(service_, name_);
    if (!found.isOk()) return refuse(context.getResults(), found.verdict);
    const Customer& customer = *found.value;
    const auto cursor = parseCursor(context.getParams().getCursor());
    if (!cursor) return refuse(context.getResults(), kInvalidCursor);
    const std::vector<CreditNoteRef>& refs = customer.credit_notes;
    return answerDocuments(
        service_, context, pageOf(refs.size(), *cursor, pageSize(context.getParams().getLimit())),
        [&](std::size_t i) { return showCreditNote(service_, refs[i].position); },
        [&](auto size) { return context.getResults().initCreditNotes(size); });
  }

  kj::Promise<void> usage(UsageContext context) override {
    auto params = context.getParams();
    const auto found = customerToRead(service_, name_);
    if (!found.isOk()) return refuse(context.getResults(), found.verdict);
    const Customer& customer = *found.value;
    const HistoryRange range = rangeOf(params.getFrom(), params.getTo());
    UsageByDay::Query query{customer.zone, range.from, range.to, std::nullopt,
                            pageSize(params.getLimit())};
    Position as_of = customer.last;
    if (params.getCursor().size() > 0) {
      const auto cursor = parseHistoryCursor(std::string(params.getCursor()));
      if (cursor) query.after = parseUsageKey(cursor->rest);
      if (!query.after || !isOf(customer, cursor->as_of)) {
        return refuse(context.getResults(), kInvalidCursor);
      }
      as_of = cursor->as_of;
    }
    auto report = std::make_shared<UsageByDay>(service_.zones, query);
    auto results = context.getResults();
    results.setZone(customer.zone);
    protocol::setText(customer.currency, [&](auto value) { results.setCurrency(value); });
    results.setAsOf(as_of.value);
    context.releaseParams();
    return walkBack(service_, as_of, report).then([this, context, report, as_of]() mutable {
      writeDays(context.getResults(), *report, as_of);
    });
  }

  kj::Promise<void> watch(WatchContext context) override {
    const auto found = customerToRead(service_, name_);
    if (!found.isOk()) return refuse(context.getResults().initEnded(), found.verdict);
    return answerWatch(service_, context, found.value->number, kj::addRef(*watches_));
  }

  kj::Promise<void> statement(StatementContext context) override {
    auto params = context.getParams();
    const auto found = customerToRead(service_, name_);
    if (!found.isOk()) return refuse(context.getResults(), found.verdict);
    const Customer& customer = *found.value;
    const HistoryRange range = rangeOf(params.getFrom(), params.getTo());
    Statement::Query query{range.from, range.to, customer.last, {}, pageSize(params.getLimit())};
    if (params.getCursor().size() > 0) {
      const auto cursor = parseHistoryCursor(std::string(params.getCursor()));
      const auto after = cursor ? parseEntry(cursor->rest) : std::nullopt;
      if (!after || !isOf(customer, cursor->as_of))
        return refuse(context.getResults(), kInvalidCursor);
      query.as_of = cursor->as_of;
      query.after = *after;
    }
    auto report = std::make_shared<Statement>(customer, query);
    auto results = context.getResults();
    protocol::setText(customer.currency, [&](auto value) { results.setCurrency(value); });
    results.setAsOf(query.as_of.value);
    context.releaseParams();
    // Amounts due are found from what stands now: the walk begins there, whatever the page shows.
    return walkBack(service_, customer.last, report)
        .then([this, context, report, as_of = query.as_of]() mutable {
          writeEntries(context.getResults(), *report, as_of);
        });
  }

 private:
  const core::State& state() const { return service_.pipeline.state(); }

  template <typename Results>
  kj::Promise<void> refuse(Results&& results, const Verdict& verdict) {
    protocol::writeVerdict(results, verdict);
    return kj::READY_NOW;
  }

  /// A read waits for its own customer's newest event only.
  kj::Promise<void> durable(const Customer& customer) {
    return service_.pipeline.durable(customer.last);
  }

  /// Whether the position, which a caller gave, is one of the customer's.
  bool isOf(const Customer& customer, Position position) const {
    if (position > customer.last) return false;
    const std::optional<Bytes> bytes = service_.pipeline.read(position);
    return bytes && service_.codec.decodeEvent(*bytes).customer == customer.number;
  }

  void writeDays(wire::CustomerReader::UsageResults::Builder results, const UsageByDay& report,
                 Position as_of) const {
    const auto& sums = report.sums();
    const auto shown = std::count_if(sums.begin(), sums.end(),
                                     [](const auto& entry) { return entry.second.events > 0; });
    auto days = results.initDays(protocol::listSize(static_cast<std::size_t>(shown)));
    unsigned int i = 0;
    for (const auto& [key, sum] : sums) {
      if (sum.events > 0) writeUsage(days[i++], key, sum, state());
    }
    if (report.hasMore()) results.setNext(cursorAfter(as_of, sums.rbegin()->first));
  }

  void writeEntries(wire::CustomerReader::StatementResults::Builder results,
                    const Statement& report, Position as_of) const {
    auto entries = results.initEntries(protocol::listSize(report.entries().size()));
    for (unsigned int i = 0; i < entries.size(); ++i) {
      writeEntry(entries[i], report.entries()[i], state().ledger.ledger.settings);
    }
    results.setOpening(protocol::DecimalText(report.opening()).reader());
    results.setClosing(protocol::DecimalText(report.closing()).reader());
    if (report.hasMore()) {
      results.setNext(cursorAfter(as_of, report.entries().back().position));
    }
  }

  LedgerService& service_;
  CustomerName name_;
  kj::Own<WatchCount> watches_;
};

}  // namespace

wire::CustomerReader::Client makeCustomerReader(LedgerService& service, CustomerName name,
                                                kj::Own<WatchCount> watches) {
  return kj::heap<CustomerReader>(service, std::move(name), kj::mv(watches));
}

}  // namespace daybook::daemon
