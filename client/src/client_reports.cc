// Client: calls of the role Reader for credit notes, previews of a change of plan, and reports.
#include <string>
#include <utility>

#include "client/src/client_impl.h"
#include "daybook/client.h"

namespace daybook::client {
namespace {

template <typename Request>
kj::Promise<Reply<Page<CreditNote>>> sendForCreditNotes(Request&& request, WantJson json) {
  return request.send().then([json](auto&& response) {
    auto reply = replyOf<Page<CreditNote>>(response, json);
    if (reply.ok()) {
      reply.value.items = listFromWire<CreditNote>(response.getCreditNotes());
      reply.value.next = toString(response.getNext());
    }
    return reply;
  });
}

template <typename Request>
kj::Promise<Reply<CreditNote>> sendForCreditNote(Request&& request, WantJson json) {
  return request.send().then([json](auto&& response) {
    auto reply = replyOf<CreditNote>(response, json);
    if (reply.ok()) reply.value = fromWire(response.getCreditNote());
    return reply;
  });
}

template <typename Request>
void setRange(Request& request, const TimeRange& range) {
  request.setFrom(range.from_ns);
  request.setTo(range.to_ns);
}

}  // namespace

Reply<ChangePreview> Client::previewChange(std::string customer, ChangePlan change,
                                           const CallOptions& options) {
  return previewChangeAsync(std::move(customer), std::move(change), options).get();
}

Client::Future<ChangePreview> Client::previewChangeAsync(std::string customer, ChangePlan change,
                                                         const CallOptions& options) {
  return impl_->call<ChangePreview>(
      Role::reader, Effect::read, options,
      [customer = std::move(customer), change = std::move(change),
       options](Connection& connection) {
        auto request = customerReader(connection, customer, options).previewChangeRequest();
        toWire(change, request.initChange());
        return request.send().then([json = options.json](auto&& response) {
          auto reply = replyOf<ChangePreview>(response, json);
          if (reply.ok()) reply.value = fromWire(response.getPreview());
          return reply;
        });
      });
}

Reply<Page<CreditNote>> Client::creditNotes(std::string customer, PageRequest page,
                                            const CallOptions& options) {
  return creditNotesAsync(std::move(customer), std::move(page), options).get();
}

Client::Future<Page<CreditNote>> Client::creditNotesAsync(std::string customer, PageRequest page,
                                                          const CallOptions& options) {
  return impl_->call<Page<CreditNote>>(
      Role::reader, Effect::read, options,
      [customer = std::move(customer), page = std::move(page),
       options](Connection& connection) -> kj::Promise<Reply<Page<CreditNote>>> {
        if (customer.empty()) {
          auto request = connection.reader().creditNotesRequest();
          request.setMinPosition(options.min_position);
          setPage(request, page);
          return sendForCreditNotes(request, options.json);
        }
        auto request = customerReader(connection, customer, options).creditNotesRequest();
        setPage(request, page);
        return sendForCreditNotes(request, options.json);
      });
}

Reply<CreditNote> Client::creditNote(std::uint64_t number, const CallOptions& options) {
  return creditNoteAsync(number, options).get();
}

Client::Future<CreditNote> Client::creditNoteAsync(std::uint64_t number,
                                                   const CallOptions& options) {
  return impl_->call<CreditNote>(Role::reader, Effect::read, options,
                                 [number, options](Connection& connection) {
                                   auto request = connection.reader().creditNoteRequest();
                                   request.setMinPosition(options.min_position);
                                   request.setNumber(number);
                                   return sendForCreditNote(request, options.json);
                                 });
}

Reply<CreditNote> Client::creditNote(std::string label, const CallOptions& options) {
  return creditNoteAsync(std::move(label), options).get();
}

Client::Future<CreditNote> Client::creditNoteAsync(std::string label, const CallOptions& options) {
  return impl_->call<CreditNote>(Role::reader, Effect::read, options,
                                 [label = std::move(label), options](Connection& connection) {
                                   auto request = connection.reader().creditNoteRequest();
                                   request.setMinPosition(options.min_position);
                                   request.setLabel(label);
                                   return sendForCreditNote(request, options.json);
                                 });
}

Reply<UsageReport> Client::usageByDay(std::string customer, TimeRange range, PageRequest page,
                                      const CallOptions& options) {
  return usageByDayAsync(std::move(customer), range, std::move(page), options).get();
}

Client::Future<UsageReport> Client::usageByDayAsync(std::string customer, TimeRange range,
                                                    PageRequest page, const CallOptions& options) {
  return impl_->call<UsageReport>(
      Role::reader, Effect::read, options,
      [customer = std::move(customer), range, page = std::move(page),
       options](Connection& connection) {
        auto request = customerReader(connection, customer, options).usageRequest();
        setRange(request, range);
        setPage(request, page);
        return request.send().then([json = options.json](auto&& response) {
          auto reply = replyOf<UsageReport>(response, json);
          if (!reply.ok()) return reply;
          reply.value.items = listFromWire<UsageOfDay>(response.getDays());
          reply.value.next = toString(response.getNext());
          reply.value.zone = toString(response.getZone());
          reply.value.currency = toString(response.getCurrency());
          reply.value.as_of = response.getAsOf();
          return reply;
        });
      });
}

Reply<Statement> Client::statement(std::string customer, TimeRange range, PageRequest page,
                                   const CallOptions& options) {
  return statementAsync(std::move(customer), range, std::move(page), options).get();
}

Client::Future<Statement> Client::statementAsync(std::string customer, TimeRange range,
                                                 PageRequest page, const CallOptions& options) {
  return impl_->call<Statement>(
      Role::reader, Effect::read, options,
      [customer = std::move(customer), range, page = std::move(page),
       options](Connection& connection) {
        auto request = customerReader(connection, customer, options).statementRequest();
        setRange(request, range);
        setPage(request, page);
        return request.send().then([json = options.json](auto&& response) {
          auto reply = replyOf<Statement>(response, json);
          if (!reply.ok()) return reply;
          reply.value.items = listFromWire<StatementEntry>(response.getEntries());
          reply.value.next = toString(response.getNext());
          reply.value.currency = toString(response.getCurrency());
          reply.value.opening = toString(response.getOpening());
          reply.value.closing = toString(response.getClosing());
          reply.value.as_of = response.getAsOf();
          return reply;
        });
      });
}

}  // namespace daybook::client
