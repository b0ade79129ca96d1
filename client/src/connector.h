// The client's connection, on the loop thread: made when a call needs it, logged in, made again
// after it broke.
//
// A Call is the untyped half of one public call: it is sent once a connection is there, and ends
// exactly once, by its own send() or by fail(). Everything here runs on the loop thread.
#pragma once

#include <capnp/rpc-twoparty.h>
#include <capnp/rpc.h>
#include <kj/async-io.h>
#include <kj/common.h>
#include <kj/memory.h>
#include <kj/refcount.h>
#include <kj/timer.h>

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "client/src/address.h"
#include "client/src/loop_thread.h"
#include "daybook/error.h"
#include "daybook/types.h"
#include "protocol/daybook.capnp.h"
#include "protocol/tls.h"

namespace daybook::client {

enum class Role { recorder, reader, billing, auditor, admin };

/// The name as in the protocol's Session ("recorder").
const char* name(Role role);

/// One connection that has asked to log in. What it may not do has no capability; a refused login
/// has none at all.
class Connection final : public kj::Refcounted {
 public:
  explicit Connection(kj::Own<kj::AsyncIoStream> stream);
  KJ_DISALLOW_COPY(Connection);

  /// Resolves when login was answered.
  kj::Promise<void> login(const std::string& token);
  bool isUsable() const { return !disconnected_ && login_.ok(); }
  kj::Promise<void> onDisconnect() { return disconnect_.addBranch(); }

  /// Not ok: why the role is missing.
  Outcome missing(Role role) const;
  const std::string& missingDetail() const { return login_detail_; }
  // REQUIRES: the role is not missing.
  wire::Recorder::Client recorder() { return given(recorder_); }
  wire::Reader::Client reader() { return given(reader_); }
  wire::Billing::Client billing() { return given(billing_); }
  wire::Auditor::Client auditor() { return given(auditor_); }
  wire::Admin::Client admin() { return given(admin_); }

  /// Keeps the capability of a hold that shall be released with this connection.
  void keepHold(const std::string& customer, const std::string& key, wire::Hold::Client hold);
  void forgetHold(const std::string& customer, const std::string& key);
  /// That capability: one that was asked for later would take its duty away.
  kj::Maybe<wire::Hold::Client> keptHold(const std::string& customer, const std::string& key);

  kj::Own<Connection> addRef() { return kj::addRef(*this); }

 private:
  template <typename Capability>
  static Capability given(kj::Maybe<Capability>& capability) {
    KJ_IF_MAYBE (found, capability) {
      return *found;
    }
    KJ_FAIL_REQUIRE("the role is missing");
  }

  kj::Own<kj::AsyncIoStream> stream_;
  capnp::TwoPartyVatNetwork network_;
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> rpc_;
  kj::ForkedPromise<void> disconnect_;
  bool disconnected_ = false;
  kj::Promise<void> watch_ = nullptr;
  Outcome login_;
  std::string login_detail_;
  kj::Maybe<wire::Recorder::Client> recorder_;
  kj::Maybe<wire::Reader::Client> reader_;
  kj::Maybe<wire::Billing::Client> billing_;
  kj::Maybe<wire::Auditor::Client> auditor_;
  kj::Maybe<wire::Admin::Client> admin_;
  std::map<std::pair<std::string, std::string>, wire::Hold::Client> holds_;  // customer, key
};

/// How a connection is made safe: by whom, and whose certificate is expected.
struct Encryption {
  protocol::TlsClient& tls;
  std::string server_name;
};

enum class Effect {
  read,     // asks only: a lost answer is asked again
  command,  // may record: a lost answer is an unknown outcome
};

class Call {
 public:
  Call(Effect effect, std::chrono::milliseconds timeout) : effect_(effect), timeout_(timeout) {}
  virtual ~Call() noexcept(false) = default;
  KJ_DISALLOW_COPY(Call);

  /// Sends the call; the promise resolves when it has ended.
  virtual kj::Promise<void> send(Connection& connection) = 0;
  /// Ends the call. No effect when it has ended.
  virtual void fail(const Error& error) = 0;

  Effect effect() const { return effect_; }
  std::chrono::milliseconds timeout() const { return timeout_; }

 private:
  friend class Connector;
  Effect effect_;
  std::chrono::milliseconds timeout_;
  bool sent_ = false;
};

class Connector final : public LoopResident, private kj::TaskSet::ErrorHandler {
 public:
  /// `tls` is for an address of that transport, and outlives this.
  Connector(kj::Network& network, kj::Timer& timer, Address address, std::string token,
            kj::Maybe<Encryption> tls);
  KJ_DISALLOW_COPY(Connector);

  /// Sends a call when there is a connection, and ends it at its deadline.
  void start(kj::Own<Call> call);
  /// A live connection that has logged in, made if need be.
  kj::Promise<kj::Own<Connection>> connection();
  kj::Timer& timer() { return timer_; }
  void addTask(kj::Promise<void> task) { tasks_.add(kj::mv(task)); }

 private:
  kj::Promise<kj::Own<Connection>> connect();
  kj::Promise<kj::Own<Connection>> attempt();
  kj::Promise<kj::Own<kj::AsyncIoStream>> encrypted(kj::Own<kj::AsyncIoStream> stream);
  void taskFailed(kj::Exception&& exception) override;

  kj::Network& network_;
  kj::Timer& timer_;
  Address address_;
  std::string token_;
  kj::Maybe<Encryption> tls_;
  // The newest attempt. Calls on its connection wait on it too, so that they keep their order.
  kj::Maybe<kj::ForkedPromise<kj::Own<Connection>>> connecting_;
  bool attempt_runs_ = false;
  kj::Maybe<kj::Own<Connection>> connection_;  // what the newest attempt made
  kj::Duration pause_;                         // before the attempt after the next failure
  kj::TimePoint not_before_;                   // of the next attempt
  kj::TaskSet tasks_;
};

/// What a KJ exception means to the caller of a call that was sent.
Error errorOf(const kj::Exception& exception, Effect effect);

}  // namespace daybook::client
