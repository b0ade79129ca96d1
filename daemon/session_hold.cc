#include <kj/debug.h>

#include <string>
#include <utility>

#include "daemon/session_answers.h"
#include "ledger/core/holds.h"

namespace daybook::daemon {

namespace {

/// One hold, named by the key it was placed with.
class HoldSession final : public wire::Hold::Server {
 public:
  HoldSession(LedgerService& service, HoldName name) : service_(service), name_(std::move(name)) {}

  /// From now on a drop releases the hold with this number.
  void releaseOnDrop(CustomerNumber customer, HoldNumber hold) {
    customer_ = customer;
    hold_ = hold;
    ticket_ = service_.hold_drops.watch(customer, hold);
  }

  ~HoldSession() noexcept(false) {
    if (!hold_.isNone() && service_.hold_drops.dropped(customer_, hold_, ticket_)) release();
  }
  KJ_DISALLOW_COPY(HoldSession);

  kj::Promise<void> settle(SettleContext context) override {
    auto params = context.getParams();
    return answer(protocol::readSettle(params.getKey(), customerId(), name_.key, params.getItems(),
                                       params.getAt()),
                  context);
  }

  kj::Promise<void> use(UseContext context) override {
    auto params = context.getParams();
    return answer(protocol::readUse(params.getKey(), customerId(), name_.key, params.getUsage()),
                  context);
  }

  kj::Promise<void> release(ReleaseContext context) override {
    return answer(commandOf(context.getParams().getKey(), ReleaseHold{name_.key}), context);
  }

  kj::Promise<void> extend(ExtendContext context) override {
    auto params = context.getParams();
    return answer(
        commandOf(params.getKey(), ExtendHold{name_.key, protocol::optionalTtl(params.getTtlNs())}),
        context);
  }

  kj::Promise<void> info(InfoContext context) override {
    auto results = context.getResults();
    if (!name_.refusal.isOk()) return refuse(results, name_.refusal, Position());
    const auto found = customerToRead(service_, {name_.customer, {}});
    if (!found.isOk()) return refuse(results, found.verdict, Position());
    const Customer& customer = *found.value;
    const Hold* hold = core::findHold(customer.holds, name_.key);
    if (hold == nullptr) hold = core::findHold(customer.expired_holds, name_.key);
    if (hold == nullptr) return refuse(results, {Outcome::holdEnded, name_.key}, customer.last);
    protocol::writeHold(results.initHold(), *hold);
    return service_.pipeline.durable(customer.last);
  }

 private:
  capnp::Text::Reader customerId() const { return protocol::textOf(name_.customer); }

  template <typename Body>
  protocol::Parsed<Command> commandOf(capnp::Text::Reader key, Body body) {
    return protocol::parseCommand(key, customerId(),
                                  [&](protocol::Intake&, const protocol::Place&) { return body; });
  }

  /// A refused hold answers every call with its outcome.
  template <typename Context>
  kj::Promise<void> answer(protocol::Parsed<Command> command, Context context) {
    if (!name_.refusal.isOk()) command.verdict = name_.refusal;
    return answerReceipt(service_, std::move(command), {}, context);
  }

  template <typename Results>
  kj::Promise<void> refuse(Results&& results, const Verdict& verdict, Position wait_for) {
    protocol::writeVerdict(results, verdict);
    return service_.pipeline.durable(wait_for);
  }

  /// What cannot be recorded now is left to the hold's ttl.
  void release() {
    const std::string key = "hold " + std::to_string(hold_.value) + " dropped";
    KJ_IF_MAYBE (error, kj::runCatchingExceptions([&] {
                   service_.pipeline.submit({key, name_.customer, ReleaseHold{name_.key}});
                 })) {
      service_.logger.warn("hold {} of customer {} stays until it expires: {}", hold_.value,
                           customer_.value, error->getDescription().cStr());
    }
  }

  LedgerService& service_;
  HoldName name_;
  CustomerNumber customer_;
  HoldNumber hold_;  // none: a drop leaves it
  HoldDrops::Ticket ticket_ = 0;
};

}  // namespace

wire::Hold::Client makeHold(LedgerService& service, HoldName name, DropPolicy policy) {
  const Customer* customer = service.pipeline.state().find(name.customer);
  const Hold* hold = customer == nullptr ? nullptr : core::findHold(customer->holds, name.key);
  if (!name.refusal.isOk() || hold == nullptr) {
    return kj::heap<HoldSession>(service, std::move(name));
  }
  auto session = kj::heap<HoldSession>(service, std::move(name));
  if (policy == DropPolicy::release) {
    session->releaseOnDrop(customer->number, hold->number);
  } else {
    service.hold_drops.ignore(customer->number, hold->number);
  }
  return kj::mv(session);
}

}  // namespace daybook::daemon
