// Client: calls of the role Reader, but for credit notes and reports.
#include <utility>

#include "client/src/client_impl.h"
#include "daybook/client.h"

namespace daybook::client {
namespace {

template <typename Request>
kj::Promise<Reply<Page<Invoice>>> sendForInvoices(Request&& request, WantJson json) {
  return request.send().then([json](auto&& response) {
    auto reply = replyOf<Page<Invoice>>(response, json);
    if (reply.ok()) {
      reply.value.items = listFromWire<Invoice>(response.getInvoices());
      reply.value.next = toString(response.getNext());
    }
    return reply;
  });
}

template <typename Request>
kj::Promise<Reply<Invoice>> sendForInvoice(Request&& request, WantJson json) {
  return request.send().then([json](auto&& response) {
    auto reply = replyOf<Invoice>(response, json);
    if (reply.ok()) reply.value = fromWire(response.getInvoice());
    return reply;
  });
}

}  // namespace

Reply<Balance> Client::balance(std::string customer, const CallOptions& options) {
  return balanceAsync(std::move(customer), options).get();
}

Client::Future<Balance> Client::balanceAsync(std::string customer, const CallOptions& options) {
  return impl_->call<Balance>(Role::reader, Effect::read, options,
                              [customer = std::move(customer), options](Connection& connection) {
                                auto request =
                                    customerReader(connection, customer, options).balanceRequest();
                                return request.send().then([json = options.json](auto&& response) {
                                  auto reply = replyOf<Balance>(response, json);
                                  if (reply.ok()) reply.value = fromWire(response.getBalance());
                                  return reply;
                                });
                              });
}

Reply<CheckAnswer> Client::check(std::string customer, Usage usage, const CallOptions& options) {
  return checkAsync(std::move(customer), std::move(usage), options).get();
}

Client::Future<CheckAnswer> Client::checkAsync(std::string customer, Usage usage,
                                               const CallOptions& options) {
  return impl_->call<CheckAnswer>(
      Role::reader, Effect::read, options,
      [customer = std::move(customer), usage = std::move(usage), options](Connection& connection) {
        auto request = customerReader(connection, customer, options).checkRequest();
        toWire(usage, request.initUsage());
        return request.send().then([json = options.json](auto&& response) {
          return replyOf<CheckAnswer>(response, json, fromWire(response.getAnswer()));
        });
      });
}

Reply<Customer> Client::customer(std::string id, const CallOptions& options) {
  return customerAsync(std::move(id), options).get();
}

Client::Future<Customer> Client::customerAsync(std::string id, const CallOptions& options) {
  return impl_->call<Customer>(
      Role::reader, Effect::read, options, [id = std::move(id), options](Connection& connection) {
        auto request = customerReader(connection, id, options).infoRequest();
        return request.send().then([json = options.json](auto&& response) {
          auto reply = replyOf<Customer>(response, json);
          if (reply.ok()) reply.value = fromWire(response.getInfo());
          return reply;
        });
      });
}

Reply<Page<Customer>> Client::customers(PageRequest page, const CallOptions& options) {
  return customersAsync(std::move(page), options).get();
}

Client::Future<Page<Customer>> Client::customersAsync(PageRequest page,
                                                      const CallOptions& options) {
  return impl_->call<Page<Customer>>(
      Role::reader, Effect::read, options,
      [page = std::move(page), options](Connection& connection) {
        auto request = connection.reader().customersRequest();
        request.setMinPosition(options.min_position);
        setPage(request, page);
        return request.send().then([json = options.json](auto&& response) {
          auto reply = replyOf<Page<Customer>>(response, json);
          if (reply.ok()) {
            reply.value.items = listFromWire<Customer>(response.getCustomers());
            reply.value.next = toString(response.getNext());
          }
          return reply;
        });
      });
}

Reply<Page<Invoice>> Client::invoices(std::string customer, PageRequest page,
                                      const CallOptions& options) {
  return invoicesAsync(std::move(customer), std::move(page), options).get();
}

Client::Future<Page<Invoice>> Client::invoicesAsync(std::string customer, PageRequest page,
                                                    const CallOptions& options) {
  return impl_->call<Page<Invoice>>(
      Role::reader, Effect::read, options,
      [customer = std::move(customer), page = std::move(page),
       options](Connection& connection) -> kj::Promise<Reply<Page<Invoice>>> {
        if (customer.empty()) {
          auto request = connection.reader().invoicesRequest();
          request.setMinPosition(options.min_position);
          setPage(request, page);
          return sendForInvoices(request, options.json);
        }
        auto request = customerReader(connection, customer, options).invoicesRequest();
        setPage(request, page);
        return sendForInvoices(request, options.json);
      });
}

Reply<Invoice> Client::invoice(std::uint64_t number, const CallOptions& options) {
  return invoiceAsync(number, options).get();
}

Client::Future<Invoice> Client::invoiceAsync(std::uint64_t number, const CallOptions& options) {
  return impl_->call<Invoice>(Role::reader, Effect::read, options,
                              [number, options](Connection& connection) {
                                auto request = connection.reader().invoiceRequest();
                                request.setMinPosition(options.min_position);
                                request.setNumber(number);
                                return sendForInvoice(request, options.json);
                              });
}

Reply<Invoice> Client::invoice(std::string label, const CallOptions& options) {
  return invoiceAsync(std::move(label), options).get();
}

Client::Future<Invoice> Client::invoiceAsync(std::string label, const CallOptions& options) {
  return impl_->call<Invoice>(Role::reader, Effect::read, options,
                              [label = std::move(label), options](Connection& connection) {
                                auto request = connection.reader().invoiceRequest();
                                request.setMinPosition(options.min_position);
                                request.setLabel(label);
                                return sendForInvoice(request, options.json);
                              });
}

Reply<std::optional<Invoice>> Client::upcoming(std::string customer, const CallOptions& options) {
  return upcomingAsync(std::move(customer), options).get();
}

Client::Future<std::optional<Invoice>> Client::upcomingAsync(std::string customer,
                                                             const CallOptions& options) {
  return impl_->call<std::optional<Invoice>>(
      Role::reader, Effect::read, options,
      [customer = std::move(customer), options](Connection& connection) {
        auto request = customerReader(connection, customer, options).upcomingRequest();
        return request.send().then([json = options.json](auto&& response) {
          auto reply = replyOf<std::optional<Invoice>>(response, json);
          if (reply.ok() && response.hasInvoice()) reply.value = fromWire(response.getInvoice());
          return reply;
        });
      });
}

Reply<std::string> Client::catalog(const CallOptions& options) {
  return catalogAsync(options).get();
}

Client::Future<std::string> Client::catalogAsync(const CallOptions& options) {
  return impl_->call<std::string>(
      Role::reader, Effect::read, options, [options](Connection& connection) {
        auto request = connection.reader().catalogRequest();
        request.setMinPosition(options.min_position);
        return request.send().then([json = options.json](auto&& response) {
          auto reply = replyOf<std::string>(response, json);
          if (reply.ok()) reply.value = protocol::jsonOf(response.getCatalog());
          return reply;
        });
      });
}

}  // namespace daybook::client
