// Client: calls of the role Billing.
#include <capnp/message.h>
#include <kj/memory.h>

#include <utility>

#include "client/src/client_impl.h"
#include "client/src/json_form.h"
#include "daybook/client.h"

namespace daybook::client {
namespace {

wire::CustomerBilling::Client customerBilling(Connection& connection, const std::string& id) {
  auto request = connection.billing().customerRequest();
  request.setId(id);
  return request.send().getCustomer();
}

// Read on the calling thread, so that what is wrong with the text is thrown there.
kj::Own<capnp::MallocMessageBuilder> catalogMessage(const std::string& json) {
  auto message = kj::heap<capnp::MallocMessageBuilder>();
  readJson(json, message->initRoot<wire::Catalog>());
  return message;
}

}  // namespace

Reply<std::vector<CatalogChange>> Client::previewCatalog(std::string catalog_json,
                                                         const CallOptions& options) {
  return previewCatalogAsync(std::move(catalog_json), options).get();
}

Client::Future<std::vector<CatalogChange>> Client::previewCatalogAsync(std::string catalog_json,
                                                                       const CallOptions& options) {
  return impl_->call<std::vector<CatalogChange>>(
      Role::billing, Effect::read, options,
      [message = catalogMessage(catalog_json),
       json = options.json](Connection& connection) mutable {
        auto request = connection.billing().previewCatalogRequest();
        request.setCatalog(message->getRoot<wire::Catalog>().asReader());
        return request.send().then([json](auto&& response) {
          auto reply = replyOf<std::vector<CatalogChange>>(response, json);
          if (reply.ok()) reply.value = listFromWire<CatalogChange>(response.getChanges());
          return reply;
        });
      });
}

Reply<Receipt> Client::publishCatalog(std::string key, std::string catalog_json,
                                      const CallOptions& options) {
  return publishCatalogAsync(std::move(key), std::move(catalog_json), options).get();
}

Client::Future<Receipt> Client::publishCatalogAsync(std::string key, std::string catalog_json,
                                                    const CallOptions& options) {
  return impl_->call<Receipt>(Role::billing, Effect::command, options,
                              [key = std::move(key), message = catalogMessage(catalog_json),
                               json = options.json](Connection& connection) mutable {
                                auto request = connection.billing().publishCatalogRequest();
                                request.setKey(key);
                                request.setCatalog(message->getRoot<wire::Catalog>().asReader());
                                return sendForReceipt(request, json);
                              });
}

Reply<Receipt> Client::createCustomer(std::string id, std::string key, std::string zone,
                                      const CallOptions& options) {
  return createCustomerAsync(std::move(id), std::move(key), std::move(zone), options).get();
}

Client::Future<Receipt> Client::createCustomerAsync(std::string id, std::string key,
                                                    std::string zone, const CallOptions& options) {
  return impl_->call<Receipt>(Role::billing, Effect::command, options,
                              [id = std::move(id), key = std::move(key), zone = std::move(zone),
                               json = options.json](Connection& connection) {
                                auto request = connection.billing().createCustomerRequest();
                                request.setKey(key);
                                request.setId(id);
                                auto customer = request.initCustomer();
                                if (!zone.empty()) customer.setZone(zone);
                                return sendForReceipt(request, json);
                              });
}

Reply<Receipt> Client::updateCustomer(std::string id, std::string key, std::string zone,
                                      const CallOptions& options) {
  return updateCustomerAsync(std::move(id), std::move(key), std::move(zone), options).get();
}

Client::Future<Receipt> Client::updateCustomerAsync(std::string id, std::string key,
                                                    std::string zone, const CallOptions& options) {
  return impl_->call<Receipt>(Role::billing, Effect::command, options,
                              [id = std::move(id), key = std::move(key), zone = std::move(zone),
                               json = options.json](Connection& connection) {
                                auto request = customerBilling(connection, id).updateRequest();
                                request.setKey(key);
                                auto update = request.initUpdate();
                                if (!zone.empty()) update.setZone(zone);
                                return sendForReceipt(request, json);
                              });
}

Reply<Receipt> Client::subscribe(std::string customer, std::string key, Subscription subscription,
                                 const CallOptions& options) {
  return subscribeAsync(std::move(customer), std::move(key), std::move(subscription), options)
      .get();
}

Client::Future<Receipt> Client::subscribeAsync(std::string customer, std::string key,
                                               Subscription subscription,
                                               const CallOptions& options) {
  return impl_->call<Receipt>(
      Role::billing, Effect::command, options,
      [customer = std::move(customer), key = std::move(key), subscription = std::move(subscription),
       json = options.json](Connection& connection) {
        auto request = customerBilling(connection, customer).subscribeRequest();
        request.setKey(key);
        auto subscribe = request.initSubscribe();
        subscribe.setPlan(subscription.plan);
        if (!subscription.currency.empty()) subscribe.setCurrency(subscription.currency);
        subscribe.setAnchor(subscription.anchor_ns);
        return sendForReceipt(request, json);
      });
}

Reply<Receipt> Client::cancel(std::string customer, std::string key, CancelWhen when,
                              const CallOptions& options) {
  return cancelAsync(std::move(customer), std::move(key), when, options).get();
}

Client::Future<Receipt> Client::cancelAsync(std::string customer, std::string key, CancelWhen when,
                                            const CallOptions& options) {
  return impl_->call<Receipt>(Role::billing, Effect::command, options,
                              [customer = std::move(customer), key = std::move(key), when,
                               json = options.json](Connection& connection) {
                                auto request =
                                    customerBilling(connection, customer).cancelRequest();
                                request.setKey(key);
                                request.initCancel().setWhen(static_cast<wire::CancelWhen>(when));
                                return sendForReceipt(request, json);
                              });
}

Reply<Receipt> Client::revokeCancel(std::string customer, std::string key,
                                    const CallOptions& options) {
  return revokeCancelAsync(std::move(customer), std::move(key), options).get();
}

Client::Future<Receipt> Client::revokeCancelAsync(std::string customer, std::string key,
                                                  const CallOptions& options) {
  return impl_->call<Receipt>(Role::billing, Effect::command, options,
                              [customer = std::move(customer), key = std::move(key),
                               json = options.json](Connection& connection) {
                                auto request =
                                    customerBilling(connection, customer).revokeCancelRequest();
                                request.setKey(key);
                                return sendForReceipt(request, json);
                              });
}

Reply<Receipt> Client::buyCredits(std::string customer, std::string key, std::string pack,
                                  std::string currency, const CallOptions& options) {
  return buyCreditsAsync(std::move(customer), std::move(key), std::move(pack), std::move(currency),
                         options)
      .get();
}

Client::Future<Receipt> Client::buyCreditsAsync(std::string customer, std::string key,
                                                std::string pack, std::string currency,
                                                const CallOptions& options) {
  return impl_->call<Receipt>(
      Role::billing, Effect::command, options,
      [customer = std::move(customer), key = std::move(key), pack = std::move(pack),
       currency = std::move(currency), json = options.json](Connection& connection) {
        auto request = customerBilling(connection, customer).buyCreditsRequest();
        request.setKey(key);
        auto purchase = request.initPurchase();
        purchase.setPack(pack);
        if (!currency.empty()) purchase.setCurrency(currency);
        return sendForReceipt(request, json);
      });
}

Reply<Receipt> Client::topUp(std::string customer, std::string key, std::string amount,
                             std::string currency, const CallOptions& options) {
  return topUpAsync(std::move(customer), std::move(key), std::move(amount), std::move(currency),
                    options)
      .get();
}

Client::Future<Receipt> Client::topUpAsync(std::string customer, std::string key,
                                           std::string amount, std::string currency,
                                           const CallOptions& options) {
  return impl_->call<Receipt>(
      Role::billing, Effect::command, options,
      [customer = std::move(customer), key = std::move(key), amount = std::move(amount),
       currency = std::move(currency), json = options.json](Connection& connection) {
        auto request = customerBilling(connection, customer).topUpRequest();
        request.setKey(key);
        auto top_up = request.initTopUp();
        top_up.setAmount(amount);
        if (!currency.empty()) top_up.setCurrency(currency);
        return sendForReceipt(request, json);
      });
}

Reply<std::vector<Receipt>> Client::submit(std::vector<std::string> commands_json,
                                           const CallOptions& options) {
  return submitAsync(std::move(commands_json), options).get();
}

Client::Future<std::vector<Receipt>> Client::submitAsync(std::vector<std::string> commands_json,
                                                         const CallOptions& options) {
  auto message = kj::heap<capnp::MallocMessageBuilder>();
  auto params = message->initRoot<wire::Billing::SubmitParams>();
  auto commands = params.initCommands(static_cast<unsigned>(commands_json.size()));
  for (unsigned i = 0; i < commands.size(); ++i) readJson(commands_json[i], commands[i]);
  return impl_->call<std::vector<Receipt>>(
      Role::billing, Effect::command, options,
      [message = kj::mv(message), json = options.json](Connection& connection) mutable {
        auto request = connection.billing().submitRequest();
        request.setCommands(
            message->getRoot<wire::Billing::SubmitParams>().asReader().getCommands());
        return request.send().then([json](auto&& response) {
          return replyOf<std::vector<Receipt>>(response, json,
                                               listFromWire<Receipt>(response.getReceipts()));
        });
      });
}

}  // namespace daybook::client
