#include "client/src/connector.h"

#include <capnp/message.h>
#include <fmt/format.h>
#include <kj/debug.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

#include "client/src/convert.h"
#include "ledger/base/limits.h"

namespace daybook::client {
namespace {

constexpr auto kPauseMin = 50 * kj::MILLISECONDS;
constexpr auto kPauseMax = 2 * kj::SECONDS;
constexpr auto kAttemptMax = 10 * kj::SECONDS;
// How long sent bytes may stay unacknowledged before a TCP connection counts as broken.
constexpr unsigned kTcpUserTimeoutMs = 30'000;

constexpr char kRepeatAdvice[] = "it may be recorded or not: send it again with the same key";

capnp::ReaderOptions receiveOptions() {
  capnp::ReaderOptions options;
  // Replies are read once for their value, once for their JSON form, and up to twice in between.
  options.traversalLimitInWords = 4 * limits::kMessageBytesMax / sizeof(capnp::word);
  return options;
}

// A peer that is gone without a word is noticed; without it, a call to it would wait for ever.
void watchPeer(kj::AsyncIoStream& stream) {
  const int on = 1;
  const unsigned timeout_ms = kTcpUserTimeoutMs;
  stream.setsockopt(SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  stream.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof timeout_ms);
}

}  // namespace

const char* name(Role role) {
  switch (role) {
    case Role::recorder:
      return "recorder";
    case Role::reader:
      return "reader";
    case Role::billing:
      return "billing";
    case Role::auditor:
      return "auditor";
    case Role::admin:
      return "admin";
  }
  return "unknown";
}

Error errorOf(const kj::Exception& exception, Effect effect) {
  const std::string text = exception.getDescription().cStr();
  switch (exception.getType()) {
    case kj::Exception::Type::OVERLOADED:
      return {ErrorKind::overloaded, "the daemon has too much to do; nothing was decided: " + text};
    case kj::Exception::Type::DISCONNECTED:
      // KJ's text names system calls; which of them found out is of no use to anybody.
      if (effect == Effect::read) {
        return {ErrorKind::unreachable, "the connection broke before the answer"};
      }
      return {ErrorKind::unknownOutcome,
              fmt::format("the connection broke before the answer; {}", kRepeatAdvice)};
    default:
      return {ErrorKind::failed, "the daemon could not answer: " + text};
  }
}

// ---- Connection

Connection::Connection(kj::Own<kj::AsyncIoStream> stream)
    : stream_(kj::mv(stream)),
      network_(*stream_, capnp::rpc::twoparty::Side::CLIENT, receiveOptions()),
      rpc_(capnp::makeRpcClient(network_)),
      disconnect_(network_.onDisconnect().fork()) {
  watch_ =
      disconnect_.addBranch()
          .then([this] { disconnected_ = true; }, [this](kj::Exception&&) { disconnected_ = true; })
          .eagerlyEvaluate(nullptr);
}

kj::Promise<void> Connection::login(const std::string& token) {
  capnp::MallocMessageBuilder message;
  auto server = message.getRoot<capnp::rpc::twoparty::VatId>();
  server.setSide(capnp::rpc::twoparty::Side::SERVER);
  auto request = rpc_.bootstrap(server).castAs<wire::Daybook>().loginRequest();
  if (!token.empty()) request.setToken(token);
  return request.send().then([this](capnp::Response<wire::Daybook::LoginResults>&& response) {
    auto session = response.getSession();
    login_ = fromWire(session.getOutcome());
    login_detail_ = toString(session.getDetail());
    if (!login_.ok()) return;
    if (session.hasRecorder()) recorder_ = session.getRecorder();
    if (session.hasReader()) reader_ = session.getReader();
    if (session.hasBilling()) billing_ = session.getBilling();
    if (session.hasAuditor()) auditor_ = session.getAuditor();
    if (session.hasAdmin()) admin_ = session.getAdmin();
  });
}

Outcome Connection::missing(Role role) const {
  if (!login_.ok()) return login_;
  bool present = false;
  switch (role) {
    case Role::recorder:
      present = recorder_ != nullptr;
      break;
    case Role::reader:
      present = reader_ != nullptr;
      break;
    case Role::billing:
      present = billing_ != nullptr;
      break;
    case Role::auditor:
      present = auditor_ != nullptr;
      break;
    case Role::admin:
      present = admin_ != nullptr;
      break;
  }
  return present ? Outcome{} : fromWire(wire::Outcome::UNAUTHORIZED);
}

void Connection::keepHold(const std::string& customer, const std::string& key,
                          wire::Hold::Client hold) {
  holds_.insert_or_assign({customer, key}, kj::mv(hold));
}

void Connection::forgetHold(const std::string& customer, const std::string& key) {
  holds_.erase({customer, key});
}

kj::Maybe<wire::Hold::Client> Connection::keptHold(const std::string& customer,
                                                   const std::string& key) {
  const auto found = holds_.find({customer, key});
  if (found == holds_.end()) return nullptr;
  return found->second;
}

// ---- Connector

Connector::Connector(kj::Network& network, kj::Timer& timer, Address address, std::string token,
                     kj::Maybe<Encryption> tls)
    : network_(network),
      timer_(timer),
      address_(std::move(address)),
      token_(std::move(token)),
      tls_(kj::mv(tls)),
      pause_(kPauseMin),
      not_before_(timer.now()),
      tasks_(*this) {}

void Connector::start(kj::Own<Call> owned) {
  Call& call = *owned;
  auto work = connection().then([&call](kj::Own<Connection>&& connection) {
    call.sent_ = true;
    Connection& used = *connection;
    return call.send(used).attach(kj::mv(connection));
  });
  auto ended = work.then([] { return true; });
  if (call.timeout().count() > 0) {
    ended = ended.exclusiveJoin(
        timer_.afterDelay(call.timeout().count() * kj::MILLISECONDS).then([] { return false; }));
  }
  tasks_.add(
      ended
          .then(
              [this, &call](bool answered) {
                if (answered) return;
                const auto ms = call.timeout().count();
                if (!call.sent_) {
                  call.fail({ErrorKind::unreachable, fmt::format("no connection to {} within {} ms",
                                                                 address_.kj_form, ms)});
                } else if (call.effect() == Effect::read) {
                  call.fail({ErrorKind::timedOut, fmt::format("no answer in {} ms", ms)});
                } else {
                  call.fail({ErrorKind::unknownOutcome,
                             fmt::format("no answer in {} ms; {}", ms, kRepeatAdvice)});
                }
              },
              [this, &call](kj::Exception&& exception) {
                if (call.sent_) {
                  call.fail(errorOf(exception, call.effect()));
                } else {
                  call.fail(
                      {ErrorKind::unreachable, fmt::format("cannot reach {}: {}", address_.kj_form,
                                                           exception.getDescription().cStr())});
                }
              })
          .attach(kj::mv(owned)));
}

kj::Promise<kj::Own<Connection>> Connector::connection() {
  bool usable = false;
  KJ_IF_MAYBE (live, connection_) {
    usable = (*live)->isUsable();
  }
  if (!usable && !attempt_runs_) {
    connection_ = nullptr;
    attempt_runs_ = true;
    connecting_ = connect().fork();
  }
  KJ_IF_MAYBE (newest, connecting_) {
    return newest->addBranch();
  }
  KJ_FAIL_ASSERT("an attempt was made");
}

kj::Promise<kj::Own<Connection>> Connector::connect() {
  return timer_.atTime(kj::max(not_before_, timer_.now()))
      .then([this] { return timer_.timeoutAfter(kAttemptMax, attempt()); })
      .then(
          [this](kj::Own<Connection>&& made) {
            attempt_runs_ = false;
            pause_ = kPauseMin;
            not_before_ = timer_.now();
            connection_ = made->addRef();
            return kj::mv(made);
          },
          [this](kj::Exception&& exception) -> kj::Own<Connection> {
            attempt_runs_ = false;
            not_before_ = timer_.now() + pause_;
            pause_ = kj::min(pause_ * 2, kPauseMax);
            kj::throwFatalException(kj::mv(exception));
          });
}

kj::Promise<kj::Own<Connection>> Connector::attempt() {
  return network_.parseAddress(address_.kj_form)
      .then([](kj::Own<kj::NetworkAddress>&& address) {
        auto connecting = address->connect();
        return connecting.attach(kj::mv(address));
      })
      .then([this](kj::Own<kj::AsyncIoStream>&& stream) {
        if (address_.transport != Transport::unixSocket) watchPeer(*stream);
        return encrypted(kj::mv(stream));
      })
      .then([this](kj::Own<kj::AsyncIoStream>&& stream) {
        auto made = kj::refcounted<Connection>(kj::mv(stream));
        auto login = made->login(token_);
        return login.then([made = kj::mv(made)]() mutable { return kj::mv(made); });
      });
}

kj::Promise<kj::Own<kj::AsyncIoStream>> Connector::encrypted(kj::Own<kj::AsyncIoStream> stream) {
  KJ_IF_MAYBE (encryption, tls_) {
    return encryption->tls.connect(kj::mv(stream), encryption->server_name);
  }
  return kj::mv(stream);
}

void Connector::taskFailed(kj::Exception&& exception) {
  // Every task ends its call itself; what arrives here is a bug that a log should show.
  KJ_LOG(ERROR, "a client task failed", exception);
}

}  // namespace daybook::client
