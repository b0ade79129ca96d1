#include "daemon/session.h"
#include "protocol/convert_enums.h"

namespace daybook::daemon {

namespace {

class Login final : public wire::Daybook::Server {
 public:
  Login(LedgerService& service, Access& access, kj::Own<Visitor> visitor)
      : service_(service), access_(access), visitor_(kj::mv(visitor)) {}

  kj::Promise<void> login(LoginContext context) override {
    const capnp::Text::Reader token = context.getParams().getToken();
    const Roles roles = access_.login(*visitor_, {token.begin(), token.size()});
    auto session = context.getResults().initSession();
    if (roles.none()) {
      session.setOutcome(wire::Outcome::UNAUTHORIZED);
      return kj::READY_NOW;
    }
    if (roles.has(Role::recorder)) session.setRecorder(makeRecorder(service_));
    if (roles.has(Role::reader)) session.setReader(makeReader(service_, kj::addRef(*watches_)));
    if (roles.has(Role::billing)) session.setBilling(makeBilling(service_, roles));
    if (roles.has(Role::auditor)) session.setAuditor(makeAuditor(service_));
    if (roles.has(Role::admin)) session.setAdmin(makeAdmin(service_));
    return kj::READY_NOW;
  }

 private:
  LedgerService& service_;
  Access& access_;
  kj::Own<Visitor> visitor_;
  kj::Own<WatchCount> watches_ = kj::refcounted<WatchCount>();
};

}  // namespace

wire::Daybook::Client makeLogin(LedgerService& service, Access& access, kj::Own<Visitor> visitor) {
  return kj::heap<Login>(service, access, kj::mv(visitor));
}

}  // namespace daybook::daemon
