#include "protocol/convert_command.h"

#include <utility>

#include "ledger/base/limits.h"
#include "protocol/convert_catalog.h"

namespace daybook::protocol {
namespace {

CommandBody readBody(wire::Command::Reader from, Intake& intake, const Place& at) {
  using Which = wire::Command::Which;
  switch (from.which()) {
    case Which::RECORD_USAGE:
      return readAsked(from.getRecordUsage(), intake, at);
    case Which::BUY_CREDITS:
      return readAsked(from.getBuyCredits(), intake, at);
    case Which::TOP_UP:
      return readAsked(from.getTopUp(), intake, at);
    case Which::CREATE_CUSTOMER:
      return readAsked(from.getCreateCustomer(), intake, at);
    case Which::UPDATE_CUSTOMER:
      return readAsked(from.getUpdateCustomer(), intake, at);
    case Which::SUBSCRIBE:
      return readAsked(from.getSubscribe(), intake, at);
    case Which::CANCEL:
      return readAsked(from.getCancel(), intake, at);
    case Which::REVOKE_CANCEL:
      return readAsked(from.getRevokeCancel(), intake, at);
    case Which::PUBLISH_CATALOG:
      return PublishCatalog{readCatalog(from.getPublishCatalog(), intake, at), {}};
    case Which::MOVE_CLOCK:
      return readAsked(from.getMoveClock(), intake, at);
    case Which::CHANGE_PLAN:
      return readAsked(from.getChangePlan(), intake, at);
    case Which::REVOKE_CHANGE:
      return readAsked(from.getRevokeChange(), intake, at);
    case Which::PAUSE:
      return readAsked(from.getPause(), intake, at);
    case Which::RESUME:
      return readAsked(from.getResume(), intake, at);
    case Which::PIN_VERSION:
      return readAsked(from.getPinVersion(), intake, at);
    case Which::CHANGE_SEATS:
      return readAsked(from.getChangeSeats(), intake, at);
    case Which::GRANT_CREDITS:
      return readAsked(from.getGrantCredits(), intake, at);
    case Which::REFUND_PACK:
      return readAsked(from.getRefundPack(), intake, at);
    case Which::VOID_USAGE:
      return readAsked(from.getVoidUsage(), intake, at);
    case Which::ADD_ADJUSTMENT:
      return readAsked(from.getAddAdjustment(), intake, at);
    case Which::ADD_CUSTOMER_CREDIT:
      return readAsked(from.getAddCustomerCredit(), intake, at);
    case Which::CREDIT_INVOICE:
      return readAsked(from.getCreditInvoice(), intake, at);
    case Which::RECORD_PAYMENT:
      return readAsked(from.getRecordPayment(), intake, at);
    case Which::RECORD_PAYMENT_FAILURE:
      return readAsked(from.getRecordPaymentFailure(), intake, at);
    case Which::MARK_UNCOLLECTIBLE:
      return readAsked(from.getMarkUncollectible(), intake, at);
    case Which::SET_ALERTS:
      return readAsked(from.getSetAlerts(), intake, at);
    case Which::PLACE_HOLD:
      return readAsked(from.getPlaceHold(), intake, at);
    case Which::SETTLE_HOLD:
      return readAsked(from.getSettleHold(), intake, at);
    case Which::USE_HOLD:
      return readAsked(from.getUseHold(), intake, at);
    case Which::RELEASE_HOLD:
      return readAsked(from.getReleaseHold(), intake, at);
    case Which::EXTEND_HOLD:
      return readAsked(from.getExtendHold(), intake, at);
  }
  intake.refuse(Outcome::invalidNumber, Place(at, "command"),
                "unknown kind " + std::to_string(static_cast<std::uint16_t>(from.which())));
  return RevokeCancel{};
}

struct BodyWriter {
  wire::Command::Builder to;

  void operator()(const RecordUsage& from) { writeAsked(to.initRecordUsage(), from); }
  void operator()(const BuyCredits& from) { writeAsked(to.initBuyCredits(), from); }
  void operator()(const TopUp& from) { writeAsked(to.initTopUp(), from); }
  void operator()(const CreateCustomer& from) { writeAsked(to.initCreateCustomer(), from); }
  void operator()(const UpdateCustomer& from) { writeAsked(to.initUpdateCustomer(), from); }
  void operator()(const Subscribe& from) { writeAsked(to.initSubscribe(), from); }
  void operator()(const Cancel& from) { writeAsked(to.initCancel(), from); }
  void operator()(const RevokeCancel& from) { writeAsked(to.initRevokeCancel(), from); }
  void operator()(const PublishCatalog& from) {
    writeCatalog(to.initPublishCatalog(), from.catalog);
  }
  void operator()(const MoveClock& from) { writeAsked(to.initMoveClock(), from); }
  void operator()(const ChangePlan& from) { writeAsked(to.initChangePlan(), from); }
  void operator()(const RevokeChange& from) { writeAsked(to.initRevokeChange(), from); }
  void operator()(const Pause& from) { writeAsked(to.initPause(), from); }
  void operator()(const Resume& from) { writeAsked(to.initResume(), from); }
  void operator()(const PinVersion& from) { writeAsked(to.initPinVersion(), from); }
  void operator()(const ChangeSeats& from) { writeAsked(to.initChangeSeats(), from); }
  void operator()(const GrantCredits& from) { writeAsked(to.initGrantCredits(), from); }
  void operator()(const RefundPack& from) { writeAsked(to.initRefundPack(), from); }
  void operator()(const VoidUsage& from) { writeAsked(to.initVoidUsage(), from); }
  void operator()(const AddAdjustment& from) { writeAsked(to.initAddAdjustment(), from); }
  void operator()(const AddCustomerCredit& from) { writeAsked(to.initAddCustomerCredit(), from); }
  void operator()(const CreditInvoice& from) { writeAsked(to.initCreditInvoice(), from); }
  void operator()(const RecordPayment& from) { writeAsked(to.initRecordPayment(), from); }
  void operator()(const RecordPaymentFailure& from) {
    writeAsked(to.initRecordPaymentFailure(), from);
  }
  void operator()(const MarkUncollectible& from) { writeAsked(to.initMarkUncollectible(), from); }
  void operator()(const SetAlerts& from) { writeAsked(to.initSetAlerts(), from); }
  void operator()(const PlaceHold& from) { writeAsked(to.initPlaceHold(), from); }
  void operator()(const SettleHold& from) { writeAsked(to.initSettleHold(), from); }
  void operator()(const UseHold& from) { writeAsked(to.initUseHold(), from); }
  void operator()(const ReleaseHold& from) { writeAsked(to.initReleaseHold(), from); }
  void operator()(const ExtendHold& from) { writeAsked(to.initExtendHold(), from); }
};

}  // namespace

Parsed<Command> readCommand(wire::Command::Reader from) {
  return parseCommand(from.getKey(), from.getCustomer(),
                      [&](Intake& intake, const Place& at) { return readBody(from, intake, at); });
}

Parsed<Command> readPublishCatalog(capnp::Text::Reader key, wire::Catalog::Reader from) {
  return parseCommand(key, {}, [&](Intake& intake, const Place& at) {
    return PublishCatalog{readCatalog(from, intake, at), {}};
  });
}

Parsed<Command> readMoveClock(capnp::Text::Reader key, std::int64_t to_ns) {
  return parseCommand(key, {}, [&](Intake&, const Place&) { return MoveClock{{to_ns}}; });
}

Parsed<Command> readSettle(capnp::Text::Reader key, capnp::Text::Reader customer,
                           const std::string& hold, capnp::List<wire::HoldItem>::Reader items,
                           std::int64_t at_ns) {
  return parseCommand(key, customer, [&](Intake& intake, const Place& at) {
    return SettleHold{hold, readHoldItems(items, intake, at, "items"), optionalInstant(at_ns)};
  });
}

Parsed<Command> readUse(capnp::Text::Reader key, capnp::Text::Reader customer,
                        const std::string& hold, wire::RecordUsage::Reader usage) {
  return parseCommand(key, customer, [&](Intake& intake, const Place& at) {
    return UseHold{hold, readAsked(usage, intake, Place(at, "usage"))};
  });
}

Parsed<RecordUsage> readUsage(wire::RecordUsage::Reader from) {
  Intake intake(Origin::caller);
  RecordUsage to = readAsked(from, intake, Place());
  return {intake.verdict(), std::move(to)};
}

Parsed<ChangePlan> readChangePlan(wire::ChangePlan::Reader from) {
  Intake intake(Origin::caller);
  ChangePlan to = readAsked(from, intake, Place());
  return {intake.verdict(), std::move(to)};
}

Parsed<Catalog> readCatalog(wire::Catalog::Reader from) {
  Intake intake(Origin::caller);
  Catalog to = readCatalog(from, intake, Place());
  return {intake.verdict(), std::move(to)};
}

Parsed<std::string> readCustomerId(capnp::Text::Reader from) {
  Intake intake(Origin::caller);
  const Place root;
  std::string to = intake.text(from, limits::kCustomerIdBytesMax, Place(root, "customer"));
  return {intake.verdict(), std::move(to)};
}

void writeCommand(wire::Command::Builder to, const Command& from) {
  setText(from.key, [&](auto value) { to.setKey(value); });
  setText(from.customer, [&](auto value) { to.setCustomer(value); });
  std::visit(BodyWriter{to}, from.body);
}

}  // namespace daybook::protocol
