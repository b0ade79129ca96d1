// Who gets which roles, and who has to leave.
#include "daemon/access.h"

#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "ledger/audit/leaf.h"
#include "ledger/base/limits.h"

#include <catch2/catch.hpp>

namespace daybook::daemon {
namespace {

constexpr std::uint32_t kOwnUid = 900;

Roles rolesOf(std::initializer_list<Role> list) {
  Roles roles;
  for (const Role role : list) roles.add(role);
  return roles;
}

TokenAccess token(const std::string& secret, Roles roles, std::optional<Instant> expires = {}) {
  TokenAccess access;
  access.name = "the " + secret;
  access.sha256 =
      audit::sha256({reinterpret_cast<const std::byte*>(secret.data()), secret.size()}).bytes;
  access.roles = roles;
  access.expires = expires;
  return access;
}

PeerInfo user(std::uint32_t uid) {
  PeerInfo peer;
  peer.uid = uid;
  return peer;
}

PeerInfo network() {
  PeerInfo peer;
  peer.transport = Transport::tcp;
  peer.address = "192.0.2.7:40312";
  return peer;
}

/// An access with a clock that the test moves.
struct House {
  explicit House(AccessConfig config)
      : access(
            std::move(config), kOwnUid, [this] { return now; }, logger) {}

  Instant now = *Instant::parse("2026-01-31");
  std::ostringstream text;
  spdlog::logger logger{"test", std::make_shared<spdlog::sinks::ostream_sink_st>(text, true)};
  kj::EventLoop loop;
  kj::WaitScope scope{loop};
  Access access;
};

/// Why a visitor has been dismissed; empty: it may stay.
std::string reason(House& house, Visitor& visitor) {
  auto dismissed = visitor.dismissed();
  if (!dismissed.poll(house.scope)) return {};
  return dismissed.wait(house.scope);
}

TEST_CASE("A token gives its roles on any connection, and the uid its own on a Unix socket") {
  AccessConfig config;
  config.uids = {{1000, rolesOf({Role::reader})}};
  config.tokens = {token("app", rolesOf({Role::recorder})), token("job", Roles::all())};
  House house(config);
  Visitor user_of_machine(user(1000));
  Visitor remote(network());
  CHECK(house.access.login(user_of_machine, "") == rolesOf({Role::reader}));
  CHECK(house.access.login(user_of_machine, "job") == Roles::all());
  CHECK(house.access.login(remote, "app") == rolesOf({Role::recorder}));
  CHECK(remote.isLoggedIn());
  CHECK(user_of_machine.logins().size() == 2);
  house.access.login(remote, "app");
  CHECK(remote.logins().size() == 1);
}

TEST_CASE("Who is refused gets no role, whatever the reason is, and the log says it") {
  AccessConfig config;
  config.tokens = {token("old", Roles::all(), Instant::parse("2026-01-31"))};
  House house(config);
  const auto [peer, given, why] = GENERATE(table<PeerInfo, std::string, std::string>({
      {network(), "", "no token"},
      {network(), "ol", "its token is not in the configuration"},
      {network(), "old ", "its token is not in the configuration"},
      {network(), "old", "the token \"the old\" has expired"},
      {user(1000), "", "uid 1000 has no role"},
      {user(kOwnUid), "other", "its token is not in the configuration"},
  }));
  Visitor visitor(peer);
  CHECK(house.access.login(visitor, given).none());
  CHECK_FALSE(visitor.isLoggedIn());
  CHECK_THAT(house.text.str(), Catch::Contains(peer.toString() + ": login refused: " + why));
  // A token itself is in no log.
  CHECK_THAT(house.text.str(), !Catch::Contains("other"));
}

TEST_CASE("A token expires while its visitor is in, and gives nothing from then on") {
  AccessConfig config;
  config.tokens = {token("app", Roles::all(), Instant::parse("2026-01-31T00:00:10Z"))};
  House house(config);
  Visitor visitor(network());
  house.now = house.now + Duration::seconds(9);
  CHECK(house.access.login(visitor, "app") == Roles::all());
  house.access.check(visitor);
  house.now = house.now + Duration::seconds(1);
  Visitor next(network());
  CHECK(house.access.login(next, "app").none());
  house.access.check(visitor);
  CHECK(reason(house, visitor) == "the token \"the app\" has expired");
}

TEST_CASE("A visitor stays as long as it would be given its roles again") {
  AccessConfig config;
  config.uids = {{1000, rolesOf({Role::reader})}};
  config.tokens = {token("app", rolesOf({Role::reader, Role::billing}))};
  House house(config);
  Visitor by_token(user(1000));
  Visitor by_uid(user(1000));
  Visitor stranger(user(1001));
  house.access.login(by_token, "app");
  house.access.login(by_uid, "");
  house.access.login(stranger, "");
  const auto reasons = [&](const AccessConfig& after) {
    house.access.replace(after);
    for (Visitor* visitor : {&by_token, &by_uid, &stranger}) house.access.check(*visitor);
    return std::vector<std::string>{reason(house, by_token), reason(house, by_uid),
                                    reason(house, stranger)};
  };
  using Reasons = std::vector<std::string>;
  AccessConfig after = config;
  SECTION("nothing changed") { CHECK(reasons(after) == Reasons{"", "", ""}); }
  SECTION("a role more, another name, another token beside it") {
    after.tokens[0].roles = Roles::all();
    after.tokens[0].name = "renamed";
    after.tokens.push_back(token("job", Roles::all()));
    CHECK(reasons(after) == Reasons{"", "", ""});
  }
  SECTION("a role less") {
    after.tokens[0].roles = rolesOf({Role::reader});
    CHECK(reasons(after) == Reasons{"the token \"the app\" has fewer roles", "", ""});
  }
  SECTION("the token is gone") {
    after.tokens.clear();
    CHECK(reasons(after) == Reasons{"its token is not in the configuration", "", ""});
  }
  SECTION("the user is gone") {
    after.uids->clear();
    CHECK(reasons(after) == Reasons{"", "uid 1000 has no role", ""});
  }
}

TEST_CASE("Who fails too often is dismissed, and no longer heard with a right token either") {
  AccessConfig config;
  config.tokens = {token("app", Roles::all())};
  House house(config);
  Visitor visitor(network());
  for (std::uint32_t i = 0; i < limits::kFailedLoginsMax; ++i) {
    CHECK(house.access.login(visitor, "guess " + std::to_string(i)).none());
  }
  CHECK(house.access.login(visitor, "app").none());
  CHECK(reason(house, visitor) == "too many failed logins");
  Visitor better(network());
  house.access.login(better, "typo");
  CHECK(house.access.login(better, "app") == Roles::all());
}

// A byte that counts what is done with it, and that nothing can branch on: it has no comparison and
// becomes no bool.
struct SecretByte {
  static int operations;
  std::uint8_t value = 0;
  SecretByte operator^(SecretByte other) const {
    ++operations;
    return {static_cast<std::uint8_t>(value ^ other.value)};
  }
  SecretByte& operator|=(SecretByte other) {
    ++operations;
    value = static_cast<std::uint8_t>(value | other.value);
    return *this;
  }
};
int SecretByte::operations = 0;

TEST_CASE("Hashes are compared in the same steps wherever they differ") {
  using Hash = std::array<SecretByte, 32>;
  const auto steps = [](const Hash& left, const Hash& right, bool equal) {
    SecretByte::operations = 0;
    CHECK((difference(left, right).value == 0) == equal);
    return SecretByte::operations;
  };
  const Hash right{};
  CHECK(steps(right, right, true) == 64);
  for (std::size_t at = 0; at < right.size(); ++at) {
    Hash wrong = right;
    wrong[at].value = 0x10;
    CHECK(steps(wrong, right, false) == 64);
  }
}

}  // namespace
}  // namespace daybook::daemon
