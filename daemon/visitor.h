// One connection's standing: what it logged in with, and whether it has to go.
//
// Shared by the connection, which ends when its visitor is dismissed, and by its login capability.
// Who may log in is a matter of daemon/access.h.
//
// Ownership: counted references, as kj::addRef gives them.
// Threads: the loop's thread.
#pragma once

#include <kj/async.h>
#include <kj/refcount.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/config.h"
#include "daemon/peer.h"

namespace daybook::daemon {

/// The SHA-256 of a token; absent: the peer's uid.
using Credential = std::optional<std::array<std::uint8_t, 32>>;

class Visitor final : public kj::Refcounted {
 public:
  struct Login {
    Credential credential;
    Roles roles;  // that it was given
  };

  explicit Visitor(PeerInfo peer) : peer_(std::move(peer)) {
    auto paf = kj::newPromiseAndFulfiller<std::string>();
    dismiss_ = kj::mv(paf.fulfiller);
    dismissed_ = kj::mv(paf.promise);
  }
  KJ_DISALLOW_COPY(Visitor);

  const PeerInfo& peer() const { return peer_; }
  bool isLoggedIn() const { return !logins_.empty(); }
  /// One for each credential.
  const std::vector<Login>& logins() const { return logins_; }
  std::uint32_t failedLogins() const { return failed_logins_; }

  void admit(const Login& login) {
    for (Login& known : logins_) {
      if (known.credential != login.credential) continue;
      known.roles.bits |= login.roles.bits;
      return;
    }
    logins_.push_back(login);
  }
  void refuse() { ++failed_logins_; }

  /// Ends the connection. Of several reasons the first counts.
  void dismiss(std::string why) { dismiss_->fulfill(std::move(why)); }
  /// Resolves with the reason when it is dismissed. Called once.
  kj::Promise<std::string> dismissed() { return kj::mv(dismissed_); }

  kj::Own<Visitor> addRef() { return kj::addRef(*this); }

 private:
  PeerInfo peer_;
  std::vector<Login> logins_;
  std::uint32_t failed_logins_ = 0;
  kj::Own<kj::PromiseFulfiller<std::string>> dismiss_;
  kj::Promise<std::string> dismissed_ = nullptr;
};

}  // namespace daybook::daemon
