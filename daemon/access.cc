#include "daemon/access.h"

#include <fmt/format.h>

#include <utility>

#include "ledger/audit/leaf.h"
#include "ledger/base/limits.h"

namespace daybook::daemon {
namespace {

Credential credentialOf(std::string_view token) {
  if (token.empty()) return std::nullopt;
  return audit::sha256({reinterpret_cast<const std::byte*>(token.data()), token.size()}).bytes;
}

// Every token is compared, whichever it is.
const TokenAccess* find(const std::vector<TokenAccess>& tokens,
                        const std::array<std::uint8_t, 32>& sha256) {
  const TokenAccess* found = nullptr;
  for (const TokenAccess& token : tokens) {
    if (difference(token.sha256, sha256) == 0) found = &token;
  }
  return found;
}

}  // namespace

Access::Access(AccessConfig config, std::uint32_t own_uid, std::function<Instant()> now,
               spdlog::logger& log)
    : config_(std::move(config)), own_uid_(own_uid), now_(std::move(now)), log_(log) {}

Access::Standing Access::standingOf(const PeerInfo& peer, const Credential& credential) const {
  if (!credential) {
    if (peer.transport != Transport::unixSocket) return {{}, "no token"};
    const Roles roles = config_.rolesOfUid(peer.uid, own_uid_);
    return {roles,
            fmt::format("uid {} has {}", peer.uid, roles.none() ? "no role" : "fewer roles")};
  }
  const TokenAccess* token = find(config_.tokens, *credential);
  if (token == nullptr) return {{}, "its token is not in the configuration"};
  if (token->expires && now_() >= *token->expires) {
    return {{}, fmt::format("the token \"{}\" has expired", token->name)};
  }
  return {token->roles, fmt::format("the token \"{}\" has fewer roles", token->name)};
}

Roles Access::login(Visitor& visitor, std::string_view token) {
  // Those who guess are answered nothing else, until their connection has ended.
  if (visitor.failedLogins() >= limits::kFailedLoginsMax) return {};
  const Credential credential = credentialOf(token);
  const Standing standing = standingOf(visitor.peer(), credential);
  if (standing.roles.none()) {
    visitor.refuse();
    log_.info("{}: login refused: {}", visitor.peer().toString(), standing.why);
    if (visitor.failedLogins() >= limits::kFailedLoginsMax)
      visitor.dismiss("too many failed logins");
    return {};
  }
  visitor.admit({credential, standing.roles});
  return standing.roles;
}

void Access::check(Visitor& visitor) const {
  for (const Visitor::Login& login : visitor.logins()) {
    const Standing standing = standingOf(visitor.peer(), login.credential);
    if ((login.roles.bits & ~unsigned{standing.roles.bits}) != 0) visitor.dismiss(standing.why);
  }
}

}  // namespace daybook::daemon
