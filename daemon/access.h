// Who may do what: the roles of tokens and of the users of this machine, now and while a connection
// lasts.
//
// A login that fails gives nothing and says nothing: an unknown token, a wrong one, one that has
// expired and one that was revoked are answered alike; the log tells them apart. A visitor keeps
// what it was given only as long as it would be given it again: check() dismisses it when its token
// has expired, was taken out of the configuration or has lost a role.
//
// Errors: none. Threads: the loop's thread.
#pragma once

#include <spdlog/logger.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "daemon/config.h"
#include "daemon/visitor.h"
#include "ledger/base/instant.h"

namespace daybook::daemon {

/// Zero when both are equal. Reads all of both and takes no turn on what it reads, so that its time
/// tells nothing of where they differ: of a Byte it needs ^ and |= alone.
template <typename Byte, std::size_t kBytes>
Byte difference(const std::array<Byte, kBytes>& left, const std::array<Byte, kBytes>& right) {
  Byte all{};
  for (std::size_t i = 0; i < kBytes; ++i) all |= static_cast<Byte>(left[i] ^ right[i]);
  return all;
}

class Access final {
 public:
  /// `own_uid` is the daemon's; `now` is the machine's time, whatever the ledger's clock.
  Access(AccessConfig config, std::uint32_t own_uid, std::function<Instant()> now,
         spdlog::logger& log);

  /// The roles that a token gives, or with an empty one the peer's uid; none when it is refused.
  /// Too many refusals dismiss the visitor.
  Roles login(Visitor& visitor, std::string_view token);
  /// From now on this is who may do what. For those who are in, check() finds out.
  void replace(AccessConfig config) { config_ = std::move(config); }
  /// Dismisses a visitor who would not be given its roles any more.
  void check(Visitor& visitor) const;

 private:
  struct Standing {
    Roles roles;
    std::string why;  // it has these, or none: for the log
  };
  Standing standingOf(const PeerInfo& peer, const Credential& credential) const;

  AccessConfig config_;
  std::uint32_t own_uid_;
  std::function<Instant()> now_;
  spdlog::logger& log_;
};

}  // namespace daybook::daemon
