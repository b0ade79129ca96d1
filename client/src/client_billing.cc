// Client: calls of the role Billing, but for the commands to one customer.
#include <capnp/message.h>
#include <kj/memory.h>

#include <utility>

#include "client/src/client_impl.h"
#include "client/src/json_form.h"
#include "daybook/client.h"

namespace daybook::client {
namespace {

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
      [message = catalogMessage(catalog_json), options](Connection& connection) mutable {
        auto request = connection.billing().previewCatalogRequest();
        request.setMinPosition(options.min_position);
        request.setCatalog(message->getRoot<wire::Catalog>().asReader());
        return request.send().then([json = options.json](auto&& response) {
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
                               options](Connection& connection) mutable {
                                auto request = connection.billing().publishCatalogRequest();
                                request.setMinPosition(options.min_position);
                                request.setKey(key);
                                request.setCatalog(message->getRoot<wire::Catalog>().asReader());
                                return sendForReceipt(request, options.json);
                              });
}

Reply<Receipt> Client::createCustomer(std::string id, std::string key, CreateCustomer contents,
                                      const CallOptions& options) {
  return createCustomerAsync(std::move(id), std::move(key), std::move(contents), options).get();
}

Client::Future<Receipt> Client::createCustomerAsync(std::string id, std::string key,
                                                    CreateCustomer contents,
                                                    const CallOptions& options) {
  return impl_->call<Receipt>(Role::billing, Effect::command, options,
                              [id = std::move(id), key = std::move(key),
                               contents = std::move(contents), options](Connection& connection) {
                                auto request = connection.billing().createCustomerRequest();
                                request.setMinPosition(options.min_position);
                                request.setKey(key);
                                request.setId(id);
                                toWire(contents, request.initCustomer());
                                return sendForReceipt(request, options.json);
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
      [message = kj::mv(message), options](Connection& connection) mutable {
        auto request = connection.billing().submitRequest();
        request.setMinPosition(options.min_position);
        request.setCommands(
            message->getRoot<wire::Billing::SubmitParams>().asReader().getCommands());
        return request.send().then([json = options.json](auto&& response) {
          return replyOf<std::vector<Receipt>>(response, json,
                                               listFromWire<Receipt>(response.getReceipts()));
        });
      });
}

}  // namespace daybook::client
