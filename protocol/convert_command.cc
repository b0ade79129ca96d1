#include "protocol/convert_command.h"

#include <algorithm>
#include <type_traits>

#include "ledger/base/limits.h"
#include "protocol/convert_catalog.h"

namespace daybook::protocol {
namespace {

std::string readCode(capnp::Text::Reader from, Intake& intake, const Place& at, const char* name) {
  return intake.text(from, limits::kCodeBytesMax, Place(at, name));
}

RecordUsage readUsage(wire::RecordUsage::Reader from, Intake& intake, const Place& at) {
  RecordUsage to;
  to.feature = readCode(from.getFeature(), intake, at, "feature");
  to.quantity = intake.optionalDecimal(from.getQuantity(), Place(at, "quantity"));
  if (from.hasTokens()) to.tokens = readTokens(from.getTokens(), intake, Place(at, "tokens"));
  to.at = optionalInstant(from.getAt());
  to.properties = intake.list(from.getProperties(), limits::kPropertiesMax, at, "properties",
                              readProperty, Outcome::invalidProperties);
  to.on_shortfall = intake.enumerant(from.getOnShortfall(), Place(at, "onShortfall"));
  return to;
}

CommandBody readBody(wire::Command::Reader from, Intake& intake, const Place& at) {
  switch (from.which()) {
    case wire::Command::RECORD_USAGE:
      return readUsage(from.getRecordUsage(), intake, at);
    case wire::Command::BUY_CREDITS:
      return readBuyCredits(from.getBuyCredits(), intake, at);
    case wire::Command::TOP_UP:
      return readTopUp(from.getTopUp(), intake, at);
    case wire::Command::CREATE_CUSTOMER:
      return readCreateCustomer(from.getCreateCustomer(), intake, at);
    case wire::Command::UPDATE_CUSTOMER:
      return readUpdateCustomer(from.getUpdateCustomer(), intake, at);
    case wire::Command::SUBSCRIBE:
      return readSubscribe(from.getSubscribe(), intake, at);
    case wire::Command::CANCEL:
      return readCancel(from.getCancel(), intake, at);
    case wire::Command::REVOKE_CANCEL:
      return RevokeCancel{};
    case wire::Command::PUBLISH_CATALOG:
      return PublishCatalog{readCatalog(from.getPublishCatalog(), intake, at), {}};
    case wire::Command::MOVE_CLOCK:
      return MoveClock{{from.getMoveClock().getTo()}};
  }
  intake.refuse(Outcome::invalidNumber, Place(at, "command"),
                "unknown kind " + std::to_string(static_cast<std::uint16_t>(from.which())));
  return RevokeCancel{};
}

/// read_body(intake, place) gives the contents.
template <typename ReadBody>
Parsed<Command> parseCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                             ReadBody read_body) {
  Intake intake(Origin::caller);
  const Place root;
  Command to;
  to.key = intake.text(key, limits::kKeyBytesMax, Place(root, "key"));
  to.customer = intake.text(customer, limits::kCustomerIdBytesMax, Place(root, "customer"));
  to.body = read_body(intake, root);
  return {intake.verdict(), std::move(to)};
}

std::int64_t countOrAbsent(const std::optional<std::uint64_t>& count) {
  if (!count) return -1;
  return static_cast<std::int64_t>(std::min<std::uint64_t>(*count, INT64_MAX));
}

void writeBody(wire::Command::Builder to, const CommandBody& body) {
  std::visit(
      [&](const auto& from) {
        using Body = std::decay_t<decltype(from)>;
        if constexpr (std::is_same_v<Body, RecordUsage>) {
          writeUsage(to.initRecordUsage(), from);
        } else if constexpr (std::is_same_v<Body, BuyCredits>) {
          writeBuyCredits(to.initBuyCredits(), from);
        } else if constexpr (std::is_same_v<Body, TopUp>) {
          writeTopUp(to.initTopUp(), from);
        } else if constexpr (std::is_same_v<Body, CreateCustomer>) {
          writeCreateCustomer(to.initCreateCustomer(), from);
        } else if constexpr (std::is_same_v<Body, UpdateCustomer>) {
          writeUpdateCustomer(to.initUpdateCustomer(), from);
        } else if constexpr (std::is_same_v<Body, Subscribe>) {
          writeSubscribe(to.initSubscribe(), from);
        } else if constexpr (std::is_same_v<Body, Cancel>) {
          writeCancel(to.initCancel(), from);
        } else if constexpr (std::is_same_v<Body, RevokeCancel>) {
          to.initRevokeCancel();
        } else if constexpr (std::is_same_v<Body, PublishCatalog>) {
          writeCatalog(to.initPublishCatalog(), from.catalog);
        } else {
          static_assert(std::is_same_v<Body, MoveClock>);
          to.initMoveClock().setTo(from.to.ns);
        }
      },
      body);
}

}  // namespace

Parsed<Command> readCommand(wire::Command::Reader from) {
  return parseCommand(from.getKey(), from.getCustomer(),
                      [&](Intake& intake, const Place& at) { return readBody(from, intake, at); });
}

Parsed<Command> readCommand(wire::UsageEntry::Reader from) {
  return readCommand(from.getKey(), from.getCustomer(), from.getUsage());
}

Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::RecordUsage::Reader from) {
  return parseCommand(key, customer,
                      [&](Intake& intake, const Place& at) { return readUsage(from, intake, at); });
}

Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::BuyCredits::Reader from) {
  return parseCommand(key, customer, [&](Intake& intake, const Place& at) {
    return readBuyCredits(from, intake, at);
  });
}

Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::TopUp::Reader from) {
  return parseCommand(key, customer,
                      [&](Intake& intake, const Place& at) { return readTopUp(from, intake, at); });
}

Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::CreateCustomer::Reader from) {
  return parseCommand(key, customer, [&](Intake& intake, const Place& at) {
    return readCreateCustomer(from, intake, at);
  });
}

Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::UpdateCustomer::Reader from) {
  return parseCommand(key, customer, [&](Intake& intake, const Place& at) {
    return readUpdateCustomer(from, intake, at);
  });
}

Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::Subscribe::Reader from) {
  return parseCommand(key, customer, [&](Intake& intake, const Place& at) {
    return readSubscribe(from, intake, at);
  });
}

Parsed<Command> readCommand(capnp::Text::Reader key, capnp::Text::Reader customer,
                            wire::Cancel::Reader from) {
  return parseCommand(
      key, customer, [&](Intake& intake, const Place& at) { return readCancel(from, intake, at); });
}

Parsed<Command> readRevokeCancel(capnp::Text::Reader key, capnp::Text::Reader customer) {
  return parseCommand(key, customer, [](Intake&, const Place&) { return RevokeCancel{}; });
}

Parsed<Command> readPublishCatalog(capnp::Text::Reader key, wire::Catalog::Reader from) {
  return parseCommand(key, {}, [&](Intake& intake, const Place& at) {
    return PublishCatalog{readCatalog(from, intake, at), {}};
  });
}

Parsed<Command> readMoveClock(capnp::Text::Reader key, std::int64_t to_ns) {
  return parseCommand(key, {}, [&](Intake&, const Place&) { return MoveClock{{to_ns}}; });
}

Parsed<RecordUsage> readUsage(wire::RecordUsage::Reader from) {
  Intake intake(Origin::caller);
  RecordUsage to = readUsage(from, intake, Place());
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
  writeBody(to, from.body);
}

void writeUsage(wire::RecordUsage::Builder to, const RecordUsage& from) {
  setText(from.feature, [&](auto value) { to.setFeature(value); });
  setOptional(from.quantity, [&](auto value) { to.setQuantity(value); });
  if (from.tokens) writeTokens(to.initTokens(), *from.tokens);
  to.setAt(instantOrZero(from.at));
  writeList(from.properties, writeProperty, [&](auto size) { return to.initProperties(size); });
  to.setOnShortfall(toWire<wire::OnShortfall>(from.on_shortfall));
}

Tokens readTokens(wire::Tokens::Reader from, Intake& intake, const Place& at) {
  Tokens to;
  to.provider = intake.text(from.getProvider(), limits::kNameBytesMax, Place(at, "provider"));
  to.model = intake.text(from.getModel(), limits::kNameBytesMax, Place(at, "model"));
  to.input = intake.optionalCount(from.getInput(), Place(at, "input"));
  to.total_input = intake.optionalCount(from.getTotalInput(), Place(at, "totalInput"));
  to.output = intake.optionalCount(from.getOutput(), Place(at, "output"));
  to.cache_read = from.getCacheRead();
  to.cache_write = from.getCacheWrite();
  return to;
}

void writeTokens(wire::Tokens::Builder to, const Tokens& from) {
  setText(from.provider, [&](auto value) { to.setProvider(value); });
  setText(from.model, [&](auto value) { to.setModel(value); });
  to.setInput(countOrAbsent(from.input));
  to.setTotalInput(countOrAbsent(from.total_input));
  to.setOutput(countOrAbsent(from.output));
  to.setCacheRead(from.cache_read);
  to.setCacheWrite(from.cache_write);
}

Property readProperty(wire::Property::Reader from, Intake& intake, const Place& at) {
  Property to;
  to.name = intake.text(from.getName(), limits::kPropertyNameBytesMax, Place(at, "name"),
                        Outcome::invalidProperties);
  to.value = intake.text(from.getValue(), limits::kPropertyValueBytesMax, Place(at, "value"),
                         Outcome::invalidProperties);
  return to;
}

void writeProperty(wire::Property::Builder to, const Property& from) {
  setText(from.name, [&](auto value) { to.setName(value); });
  setText(from.value, [&](auto value) { to.setValue(value); });
}

BuyCredits readBuyCredits(wire::BuyCredits::Reader from, Intake& intake, const Place& at) {
  BuyCredits to;
  to.pack = readCode(from.getPack(), intake, at, "pack");
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  return to;
}

void writeBuyCredits(wire::BuyCredits::Builder to, const BuyCredits& from) {
  setText(from.pack, [&](auto value) { to.setPack(value); });
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
}

TopUp readTopUp(wire::TopUp::Reader from, Intake& intake, const Place& at) {
  TopUp to;
  to.amount = intake.decimal(from.getAmount(), Place(at, "amount"));
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  return to;
}

void writeTopUp(wire::TopUp::Builder to, const TopUp& from) {
  to.setAmount(DecimalText(from.amount).reader());
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
}

CreateCustomer readCreateCustomer(wire::CreateCustomer::Reader from, Intake& intake,
                                  const Place& at) {
  return {intake.text(from.getZone(), limits::kZoneBytesMax, Place(at, "zone"))};
}

void writeCreateCustomer(wire::CreateCustomer::Builder to, const CreateCustomer& from) {
  setText(from.zone, [&](auto value) { to.setZone(value); });
}

UpdateCustomer readUpdateCustomer(wire::UpdateCustomer::Reader from, Intake& intake,
                                  const Place& at) {
  return {intake.text(from.getZone(), limits::kZoneBytesMax, Place(at, "zone"))};
}

void writeUpdateCustomer(wire::UpdateCustomer::Builder to, const UpdateCustomer& from) {
  setText(from.zone, [&](auto value) { to.setZone(value); });
}

Subscribe readSubscribe(wire::Subscribe::Reader from, Intake& intake, const Place& at) {
  Subscribe to;
  to.plan = readCode(from.getPlan(), intake, at, "plan");
  to.currency = readCode(from.getCurrency(), intake, at, "currency");
  to.anchor = optionalInstant(from.getAnchor());
  return to;
}

void writeSubscribe(wire::Subscribe::Builder to, const Subscribe& from) {
  setText(from.plan, [&](auto value) { to.setPlan(value); });
  setText(from.currency, [&](auto value) { to.setCurrency(value); });
  to.setAnchor(instantOrZero(from.anchor));
}

Cancel readCancel(wire::Cancel::Reader from, Intake& intake, const Place& at) {
  return {intake.enumerant(from.getWhen(), Place(at, "when"))};
}

void writeCancel(wire::Cancel::Builder to, const Cancel& from) {
  to.setWhen(toWire<wire::CancelWhen>(from.when));
}

}  // namespace daybook::protocol
