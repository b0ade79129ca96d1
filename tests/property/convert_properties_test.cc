#include <catch2/catch.hpp>

#include <capnp/serialize.h>

#include <algorithm>
#include <cstring>

#include "protocol/codec.h"
#include "protocol/convert_command.h"
#include "protocol/convert_event.h"
#include "protocol/json.h"
#include "protocol/stored_message.h"
#include "protocol/usual_usage.h"
#include "tests/support/arbitrary_model.h"

namespace daybook {
namespace {

using protocol::CapnpCodec;
using testing::any;

bool isCanonical(const Bytes& bytes) {
  kj::Array<capnp::word> words = kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word));
  std::memcpy(words.begin(), bytes.data(), bytes.size());
  return capnp::FlatArrayMessageReader(words).isCanonical();
}

/// Usage of the usual form, but for one field or so.
Event anyUsualUsage() {
  Event event = testing::anyEvent();
  UsageRecorded usage = testing::anyUsageRecorded();
  const int unusual = *rc::gen::inRange(0, 12);
  if (unusual != 0) usage.asked.tokens.reset();
  if (unusual != 1) usage.asked.properties.clear();
  if (unusual != 2) usage.variant.clear();
  if (unusual != 3) usage.tokens = {};
  if (unusual != 4 && usage.draws.size() > 1) usage.draws.clear();
  if (unusual != 5) usage.overdrawn = usage.unpaid = usage.late_charge = {};
  if (unusual != 6 && event.key.empty()) event.key = "key";
  event.body = std::move(usage);
  return event;
}

void flipAndOverwrite(Bytes& bytes) {
  const int changes = *rc::gen::inRange(1, 5);
  for (int i = 0; i < changes; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    if (any<bool>()) {
      bytes[at] ^= static_cast<std::byte>(1 << *rc::gen::inRange(0, 8));
    } else {
      bytes[at] = static_cast<std::byte>(any<std::uint8_t>());
    }
  }
}

}  // namespace

TEST_CASE("Any event is stored canonically and comes back the same") {
  CHECK(rc::check([] {
    const Event event = testing::anyEvent();
    const Bytes bytes = CapnpCodec().encode(event);
    RC_ASSERT(isCanonical(bytes));
    RC_ASSERT(CapnpCodec().decodeEvent(bytes) == event);
  }));
}

TEST_CASE("Any customer is stored canonically and comes back the same") {
  CHECK(rc::check([] {
    const Customer customer = testing::anyCustomer();
    const Bytes bytes = CapnpCodec().encode(customer);
    RC_ASSERT(isCanonical(bytes));
    RC_ASSERT(CapnpCodec().decodeCustomer(bytes) == customer);
  }));
}

TEST_CASE("Any ledger state is stored canonically and comes back the same") {
  CHECK(rc::check([] {
    const LedgerState state = testing::anyLedgerState();
    const Bytes bytes = CapnpCodec().encode(state);
    RC_ASSERT(isCanonical(bytes));
    RC_ASSERT(CapnpCodec().decodeLedgerState(bytes) == state);
  }));
}

TEST_CASE("Damaged event bytes are refused, or are exactly what another event is stored as") {
  CHECK(rc::check([] {
    Bytes bytes = CapnpCodec().encode(testing::anyEvent());
    flipAndOverwrite(bytes);
    try {
      RC_ASSERT(CapnpCodec().encode(CapnpCodec().decodeEvent(bytes)) == bytes);
    } catch (const DecodeError&) {
    }
  }));
}

TEST_CASE("The reader of usual usage takes nothing that is not stored exactly so") {
  CHECK(rc::check([] {
    const Event event = anyUsualUsage();
    Bytes bytes = CapnpCodec().encode(event);
    Event read;
    const bool is_taken = protocol::readUsualUsage(bytes, read);
    RC_ASSERT(!is_taken || read == event);
    RC_CLASSIFY(is_taken);
    flipAndOverwrite(bytes);
    Event other;
    if (protocol::readUsualUsage(bytes, other)) RC_ASSERT(CapnpCodec().encode(other) == bytes);
  }));
}

TEST_CASE("Usual usage is written as the general writer writes it") {
  CHECK(rc::check([] {
    const Event event = anyUsualUsage();
    Bytes written;
    const bool is_usual = protocol::appendUsualUsage(event, written);
    RC_CLASSIFY(is_usual);
    if (!is_usual) return;
    capnp::MallocMessageBuilder builder;
    protocol::writeEvent(builder.initRoot<wire::Event>(), event);
    RC_ASSERT(written == protocol::storedBytes<wire::Event>(builder));
    RC_ASSERT(CapnpCodec().decodeEvent(written) == event);
  }));
}

TEST_CASE("Changed bytes of usual usage are taken only if that is how they are stored") {
  Event event;
  event.position = Position(1'000'000);
  event.sequence = 7;
  event.previous = Position(5);
  event.customer = CustomerNumber(3);
  event.key = "0123456789abcdef";
  UsageRecorded usage;
  usage.asked.feature = "calls";
  usage.asked.quantity = usage.quantity = Decimal::fromInteger(3);
  usage.feature = FeatureNumber(1);
  usage.price = Decimal::fromInteger(6);
  usage.draws = {{GrantNumber(2), usage.price}};
  event.body = usage;
  const Bytes bytes = CapnpCodec().encode(event);
  Event read;
  REQUIRE(protocol::readUsualUsage(bytes, read));
  CHECK(read == event);
  CHECK(rc::check([&] {
    Bytes changed = bytes;
    flipAndOverwrite(changed);
    Event other;
    if (protocol::readUsualUsage(changed, other)) {
      RC_ASSERT(CapnpCodec().encode(other) == changed);
    }
  }));
}

TEST_CASE("Arbitrary bytes never do more than to be refused") {
  CHECK(rc::check([](const std::vector<std::uint8_t>& noise) {
    Bytes bytes(8 + noise.size() / 8 * 8);
    bytes[4] = static_cast<std::byte>(noise.size() / 8);
    std::transform(noise.begin(), noise.begin() + static_cast<std::ptrdiff_t>(bytes.size() - 8),
                   bytes.begin() + 8, [](std::uint8_t byte) { return std::byte{byte}; });
    const auto is_refused = [&](auto decode) {
      try {
        decode();
        return false;
      } catch (const DecodeError&) {
        return true;
      }
    };
    RC_ASSERT(is_refused([&] { CapnpCodec().decodeEvent(bytes); }));
    RC_ASSERT(is_refused([&] { CapnpCodec().decodeCustomer(bytes); }));
  }));
}

TEST_CASE("Any command within the limits comes through the wire and through JSON the same") {
  CHECK(rc::check([] {
    const Command command = testing::anyCommand();
    capnp::MallocMessageBuilder message;
    auto root = message.initRoot<wire::Command>();
    protocol::writeCommand(root, command);
    const auto parsed = protocol::readCommand(root.asReader());
    RC_ASSERT(parsed.isOk());
    RC_ASSERT(parsed.value == command);

    const std::string json = protocol::jsonOf(root.asReader());
    // Control characters, which no ledger takes, do not come through.
    RC_PRE(json.find("\\u") == std::string::npos);
    capnp::MallocMessageBuilder from_json;
    auto copy = from_json.initRoot<wire::Command>();
    protocol::fromJson(json, copy);
    RC_ASSERT(protocol::readCommand(copy.asReader()).value == command);
  }));
}

}  // namespace daybook
