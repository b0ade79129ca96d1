// The inside of Client: one template that runs a function with a connection on the loop thread and
// answers through a future, and what the typed methods over it share.
#pragma once

#include <kj/async.h>
#include <kj/common.h>
#include <kj/memory.h>

#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "client/src/connector.h"
#include "client/src/convert.h"
#include "client/src/loop_thread.h"
#include "daybook/client.h"
#include "protocol/json.h"
#include "protocol/tls.h"

namespace daybook::client {

/// A call that ends with a Reply<T>. `Send` is kj::Promise<Reply<T>>(Connection&).
template <typename T, typename Send>
class TypedCall final : public Call {
 public:
  TypedCall(Effect effect, std::chrono::milliseconds timeout, Role role, Send send)
      : Call(effect, timeout), role_(role), send_(std::move(send)) {}
  ~TypedCall() noexcept(false) override {
    if (effect() == Effect::read) {
      fail({ErrorKind::unreachable, "the client was closed before the answer"});
    } else {
      fail({ErrorKind::unknownOutcome,
            "the client was closed before the answer; send it again with the same key"});
    }
  }

  std::future<Reply<T>> future() { return promise_.get_future(); }

  kj::Promise<void> send(Connection& connection) override {
    const Outcome missing = connection.missing(role_);
    if (!missing.ok()) {
      const std::string& detail = connection.missingDetail();
      succeed({.outcome = missing,
               .detail = detail.empty() ? name(role_) : detail,
               .value = {},
               .json = {}});
      return kj::READY_NOW;
    }
    return send_(connection).then([this](Reply<T>&& reply) { succeed(std::move(reply)); });
  }
  void fail(const Error& error) override {
    if (std::exchange(ended_, true)) return;
    promise_.set_exception(std::make_exception_ptr(error));
  }

 private:
  void succeed(Reply<T>&& reply) {
    if (std::exchange(ended_, true)) return;
    promise_.set_value(std::move(reply));
  }

  Role role_;
  Send send_;
  std::promise<Reply<T>> promise_;
  bool ended_ = false;
};

class Client::Impl {
 public:
  explicit Impl(Options options)
      : options_(std::move(options)),
        address_(parseAddress(options_.address)),
        tls_(tlsOf(options_, address_)),
        loop_([this](kj::Network& network, kj::Timer& timer) -> kj::Own<LoopResident> {
          return kj::heap<Connector>(network, timer, address_, options_.token, encryption());
        }) {}

  template <typename T, typename Send>
  std::future<Reply<T>> call(Role role, Effect effect, const CallOptions& options, Send send) {
    auto call = kj::heap<TypedCall<T, Send>>(effect, options.timeout.value_or(options_.timeout),
                                             role, std::move(send));
    auto future = call->future();
    post([call = kj::mv(call)](Connector& connector) mutable { connector.start(kj::mv(call)); });
    return future;
  }

  template <typename Task>
  void post(Task task) {
    loop_.post([task = kj::mv(task)](LoopResident& resident) mutable {
      task(kj::downcast<Connector>(resident));
    });
  }

  const Options& options() const { return options_; }

 private:
  static std::unique_ptr<protocol::TlsClient> tlsOf(const Options& options, const Address& address);
  const std::string& serverName() const {
    return options_.server_name.empty() ? address_.host : options_.server_name;
  }
  kj::Maybe<Encryption> encryption() const {
    if (tls_ == nullptr) return nullptr;
    return Encryption{*tls_, serverName()};
  }

  const Options options_;
  const Address address_;
  const std::unique_ptr<protocol::TlsClient> tls_;  // null unless the address asks for it
  LoopThread loop_;
};

/// The JSON form of a response, where it was asked for.
template <typename Response>
std::string jsonOf(const Response& response, WantJson want) {
  if (want == WantJson::no) return {};
  return protocol::jsonOf(typename capnp::FromReader<Response>::Reader(response));
}

/// The reply to a method whose results open with an outcome and a detail.
template <typename T, typename Response>
Reply<T> replyOf(const Response& response, WantJson want) {
  return {.outcome = fromWire(response.getOutcome()),
          .detail = toString(response.getDetail()),
          .value = {},
          .json = jsonOf(response, want)};
}

/// The reply to a method that cannot be refused.
template <typename T, typename Response>
Reply<T> replyOf(const Response& response, WantJson want, T value) {
  return {.outcome = {}, .detail = {}, .value = std::move(value), .json = jsonOf(response, want)};
}

/// The reads of one customer. REQUIRES: the role Reader is not missing.
inline wire::CustomerReader::Client customerReader(Connection& connection, const std::string& id,
                                                   const CallOptions& options) {
  auto request = connection.reader().customerRequest();
  request.setId(id);
  request.setMinPosition(options.min_position);
  return request.send().getCustomer();
}

template <typename Request>
void setPage(Request& request, const PageRequest& page) {
  request.setLimit(page.limit);
  if (!page.cursor.empty()) request.setCursor(page.cursor);
}

/// Sends a request whose result is a receipt.
template <typename Request>
kj::Promise<Reply<Receipt>> sendForReceipt(Request&& request, WantJson want) {
  return request.send().then([want](auto&& response) {
    Reply<Receipt> reply;
    reply.value = fromWire(response.getReceipt());
    reply.outcome = reply.value.outcome;
    reply.detail = reply.value.detail;
    reply.json = jsonOf(response, want);
    return reply;
  });
}

}  // namespace daybook::client
