#include "daemon/session.h"
#include "protocol/convert_enums.h"

namespace daybook::daemon {

namespace {

class Login final : public wire::Daybook::Server {
 public:
  Login(LedgerService& service, RolesOf roles_of)
      : service_(service), roles_of_(std::move(roles_of)) {}

  kj::Promise<void> login(LoginContext context) override {
    const Roles roles = roles_of_(context.getParams().getToken());
    auto session = context.getResults().initSession();
    if (roles.none()) {
      session.setOutcome(wire::Outcome::UNAUTHORIZED);
      return kj::READY_NOW;
    }
    if (roles.has(Role::recorder)) session.setRecorder(makeRecorder(service_));
    if (roles.has(Role::reader)) session.setReader(makeReader(service_));
    if (roles.has(Role::billing)) session.setBilling(makeBilling(service_, roles));
    if (roles.has(Role::auditor)) session.setAuditor(makeAuditor(service_));
    if (roles.has(Role::admin)) session.setAdmin(makeAdmin(service_));
    return kj::READY_NOW;
  }

 private:
  LedgerService& service_;
  RolesOf roles_of_;
};

}  // namespace

wire::Daybook::Client makeLogin(LedgerService& service, RolesOf roles_of) {
  return kj::heap<Login>(service, std::move(roles_of));
}

}  // namespace daybook::daemon
