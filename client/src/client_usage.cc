// Client: calls of the role Recorder, but for the stream.
#include <utility>

#include "client/src/client_impl.h"
#include "daybook/client.h"

namespace daybook::client {

Reply<Receipt> Client::record(std::string customer, std::string key, Usage usage,
                              const CallOptions& options) {
  return recordAsync(std::move(customer), std::move(key), std::move(usage), options).get();
}

Client::Future<Receipt> Client::recordAsync(std::string customer, std::string key, Usage usage,
                                            const CallOptions& options) {
  return impl_->call<Receipt>(Role::recorder, Effect::command, options,
                              [customer = std::move(customer), key = std::move(key),
                               usage = std::move(usage), options](Connection& connection) {
                                auto open = connection.recorder().customerRequest();
                                open.setId(customer);
                                open.setMinPosition(options.min_position);
                                auto request = open.send().getCustomer().recordRequest();
                                request.setKey(key);
                                toWire(usage, request.initUsage());
                                return sendForReceipt(request, options.json);
                              });
}

Reply<BatchResult> Client::recordBatch(std::vector<UsageEntry> entries,
                                       const CallOptions& options) {
  return recordBatchAsync(std::move(entries), options).get();
}

Client::Future<BatchResult> Client::recordBatchAsync(std::vector<UsageEntry> entries,
                                                     const CallOptions& options) {
  return impl_->call<BatchResult>(
      Role::recorder, Effect::command, options,
      [entries = std::move(entries), options](Connection& connection) {
        auto request = connection.recorder().recordBatchRequest(sizeHint(entries));
        request.setMinPosition(options.min_position);
        toWire(entries, request.initEntries(static_cast<unsigned>(entries.size())));
        return request.send().then([json = options.json](auto&& response) {
          Reply<BatchResult> reply;
          reply.value = fromWire(response.getResult());
          reply.outcome = reply.value.outcome;
          reply.detail = reply.value.detail;
          reply.json = jsonOf(response, json);
          return reply;
        });
      });
}

}  // namespace daybook::client
