// Client: holds.
#include <string>
#include <utility>

#include "client/src/client_impl.h"
#include "daybook/client.h"

namespace daybook::client {
namespace {

wire::CustomerRecorder::Client customerRecorder(Connection& connection, const std::string& id,
                                                const CallOptions& options) {
  auto request = connection.recorder().customerRequest();
  request.setId(id);
  request.setMinPosition(options.min_position);
  return request.send().getCustomer();
}

wire::Hold::Client holdByKey(Connection& connection, const std::string& customer,
                             const std::string& key, const CallOptions& options) {
  KJ_IF_MAYBE (kept, connection.keptHold(customer, key)) return *kept;
  auto request = customerRecorder(connection, customer, options).holdByKeyRequest();
  request.setKey(key);
  return request.send().getHold();
}

// Whether a command that was recorded ends its hold.
enum class Ends { no, yes };

// Sends one command about a hold: `open` makes its request, `fill` gives it its contents.
template <typename Impl, typename Request, typename Fill>
std::future<Reply<Receipt>> command(
    Impl& impl, std::string customer, std::string key, std::string hold, Ends ends,
    const CallOptions& options, Request (wire::Hold::Client::*open)(kj::Maybe<capnp::MessageSize>),
    Fill fill) {
  return impl.template call<Receipt>(
      Role::recorder, Effect::command, options,
      [customer = std::move(customer), key = std::move(key), hold = std::move(hold), ends, open,
       fill = std::move(fill), options](Connection& connection) {
        wire::Hold::Client whose = holdByKey(connection, customer, hold, options);
        Request request = (whose.*open)(nullptr);
        request.setKey(key);
        fill(request);
        return sendForReceipt(request, options.json)
            .then([&connection, customer, hold, ends](Reply<Receipt>&& reply) {
              const bool has_ended = reply.outcome.name == "holdEnded";
              if (has_ended || (reply.ok() && ends == Ends::yes)) {
                connection.forgetHold(customer, hold);
              }
              return kj::mv(reply);
            });
      });
}

}  // namespace

Reply<Receipt> Client::placeHold(std::string customer, std::string key, PlaceHold hold,
                                 const CallOptions& options) {
  return placeHoldAsync(std::move(customer), std::move(key), std::move(hold), options).get();
}

Client::Future<Receipt> Client::placeHoldAsync(std::string customer, std::string key,
                                               PlaceHold hold, const CallOptions& options) {
  return impl_->call<Receipt>(
      Role::recorder, Effect::command, options,
      [customer = std::move(customer), key = std::move(key), hold = std::move(hold),
       options](Connection& connection) {
        auto request = customerRecorder(connection, customer, options).holdRequest();
        request.setKey(key);
        toWire(hold, request.initHold());
        const bool releases = hold.when_client_goes == WhenClientGoes::release;
        request.setReleaseOnDrop(releases);
        auto sent = request.send();
        // Otherwise the capability is dropped: the hold stays, and is named by its key.
        if (releases) connection.keepHold(customer, key, sent.getHold());
        return sent.then([&connection, customer, key, json = options.json](auto&& response) {
          Reply<Receipt> reply;
          reply.value = fromWire(response.getReceipt());
          reply.outcome = reply.value.outcome;
          reply.detail = reply.value.detail;
          if (!reply.ok()) connection.forgetHold(customer, key);
          // As of the calls that give nothing else: capabilities have no JSON form.
          if (json == WantJson::yes) {
            reply.json = "{\"receipt\":" + protocol::jsonOf(response.getReceipt()) + "}";
          }
          return reply;
        });
      });
}

Reply<Receipt> Client::settleHold(std::string customer, std::string key, SettleHold settlement,
                                  const CallOptions& options) {
  return settleHoldAsync(std::move(customer), std::move(key), std::move(settlement), options).get();
}

Client::Future<Receipt> Client::settleHoldAsync(std::string customer, std::string key,
                                                SettleHold settlement, const CallOptions& options) {
  std::string hold = settlement.hold;
  return command(*impl_, std::move(customer), std::move(key), std::move(hold), Ends::yes, options,
                 &wire::Hold::Client::settleRequest,
                 [settlement = std::move(settlement)](auto& request) {
                   request.setAt(settlement.at_ns);
                   if (settlement.items.empty()) return;
                   auto items = request.initItems(static_cast<unsigned>(settlement.items.size()));
                   for (unsigned i = 0; i < items.size(); ++i) {
                     toWire(settlement.items[i], items[i]);
                   }
                 });
}

Reply<Receipt> Client::useHold(std::string customer, std::string key, UseHold use,
                               const CallOptions& options) {
  return useHoldAsync(std::move(customer), std::move(key), std::move(use), options).get();
}

Client::Future<Receipt> Client::useHoldAsync(std::string customer, std::string key, UseHold use,
                                             const CallOptions& options) {
  return command(
      *impl_, std::move(customer), std::move(key), std::move(use.hold), Ends::no, options,
      &wire::Hold::Client::useRequest,
      [usage = std::move(use.usage)](auto& request) { toWire(usage, request.initUsage()); });
}

Reply<Receipt> Client::releaseHold(std::string customer, std::string key, std::string hold,
                                   const CallOptions& options) {
  return releaseHoldAsync(std::move(customer), std::move(key), std::move(hold), options).get();
}

Client::Future<Receipt> Client::releaseHoldAsync(std::string customer, std::string key,
                                                 std::string hold, const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), std::move(hold), Ends::yes, options,
                 &wire::Hold::Client::releaseRequest, [](auto&) {});
}

Reply<Receipt> Client::extendHold(std::string customer, std::string key, ExtendHold extension,
                                  const CallOptions& options) {
  return extendHoldAsync(std::move(customer), std::move(key), std::move(extension), options).get();
}

Client::Future<Receipt> Client::extendHoldAsync(std::string customer, std::string key,
                                                ExtendHold extension, const CallOptions& options) {
  return command(*impl_, std::move(customer), std::move(key), std::move(extension.hold), Ends::no,
                 options, &wire::Hold::Client::extendRequest,
                 [ttl_ns = extension.ttl_ns](auto& request) { request.setTtlNs(ttl_ns); });
}

Reply<Hold> Client::hold(std::string customer, std::string hold, const CallOptions& options) {
  return holdAsync(std::move(customer), std::move(hold), options).get();
}

Client::Future<Hold> Client::holdAsync(std::string customer, std::string hold,
                                       const CallOptions& options) {
  return impl_->call<Hold>(
      Role::recorder, Effect::read, options,
      [customer = std::move(customer), hold = std::move(hold), options](Connection& connection) {
        return holdByKey(connection, customer, hold, options)
            .infoRequest()
            .send()
            .then([json = options.json](auto&& response) {
              auto reply = replyOf<Hold>(response, json);
              if (reply.ok()) reply.value = fromWire(response.getHold());
              return reply;
            });
      });
}

Reply<Page<Hold>> Client::holds(std::string customer, PageRequest page,
                                const CallOptions& options) {
  return holdsAsync(std::move(customer), std::move(page), options).get();
}

Client::Future<Page<Hold>> Client::holdsAsync(std::string customer, PageRequest page,
                                              const CallOptions& options) {
  return impl_->call<Page<Hold>>(
      Role::reader, Effect::read, options,
      [customer = std::move(customer), page = std::move(page), options](Connection& connection) {
        auto request = customerReader(connection, customer, options).holdsRequest();
        setPage(request, page);
        return request.send().then([json = options.json](auto&& response) {
          auto reply = replyOf<Page<Hold>>(response, json);
          reply.value.items = listFromWire<Hold>(response.getHolds());
          reply.value.next = toString(response.getNext());
          return reply;
        });
      });
}

}  // namespace daybook::client
