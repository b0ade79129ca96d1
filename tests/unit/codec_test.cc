#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "ledger/base/limits.h"
#include "protocol/codec.h"
#include "protocol/convert_event.h"
#include "protocol/event.capnp.h"
#include "protocol/json.h"
#include "protocol/stored_message.h"
#include "tests/support/golden_events.h"

namespace daybook {
namespace {

using protocol::CapnpCodec;

const std::string kFolder = "golden/events/";

Bytes toBytes(const std::string& text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  INFO(path);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string problemOf(BytesView bytes) {
  try {
    CapnpCodec().decodeEvent(bytes);
    return "";
  } catch (const DecodeError& error) {
    return error.what();
  }
}

/// The stored bytes of `event` after `change` was made to the message, canonical again.
template <typename Change>
Bytes changed(const Event& event, Change change) {
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<wire::Event>();
  protocol::writeEvent(root, event);
  change(root);
  return protocol::storedBytes<wire::Event>(message);
}

Event meteredUsage() {
  for (const auto& golden : testing::goldenEvents()) {
    if (golden.name == "usageRecorded_a") return golden.event;
  }
  FAIL("no golden usage event");
  return {};
}

Customer sampleCustomer() {
  using testing::golden::decimal;
  Customer customer;
  customer.number = CustomerNumber(7);
  customer.id = "acme";
  customer.zone = "Europe/Berlin";
  customer.currency = "USD";
  customer.events = 12;
  customer.last = Position(99);
  const Span year{{1}, {9}, {1}, {9}};
  customer.subscription = testing::golden::fullSubscription(year);
  customer.periods = {
      {.index = 3,
       .span = {{1}, {2}, {0}, {3}},
       .terms = {"pro", 1, "USD"},
       .billing = Span{{1}, {9}, {1}, {9}},
       .trial = true,
       .pinned = true,
       .usage = {{.feature = FeatureNumber(2),
                  .variant = "eu",
                  .quantity = decimal("3.5"),
                  .charged = decimal("1"),
                  .unpaid = decimal("0.5"),
                  .events = 4,
                  .tokens = {1, 2, 3, 4},
                  .latest_at = {5},
                  .values = {{"alice", 2}, {"", 1}}},
                 {.feature = FeatureNumber(1), .events = 1}},
       .balance = {decimal("10"), decimal("5"), decimal("-2"), {{FeatureNumber(2), decimal("2")}}},
       .seats = {{FeatureNumber(3), 5, decimal("12.5")}},
       .granted = decimal("1000"),
       .raise_at = {7},
       .alerts = {{{.feature = "calls", .level = decimal("80")}}},
       .started = Position(40)},
      {.index = 4, .span = {{2}, {3}, {2}, {3}}}};
  customer.closed = {customer.periods.front()};
  customer.subscribed = {{{1}, Instant::never()}, {{0}, {0}, true}};
  customer.grants = {testing::golden::grant(), testing::golden::fullGrant()};
  customer.last_grant = GrantNumber(3);
  customer.credit_debt = decimal("0.25");
  customer.invoices = {{InvoiceNumber(1), Position(50), InvoiceStatus::voided, decimal("5"),
                        decimal("4"), decimal("3"), decimal("2")},
                       {InvoiceNumber(9), Position(98)}};
  customer.credit_notes = {{CreditNoteNumber(2), Position(60)}};
  customer.seats = {testing::golden::seats()};
  customer.late = {
      {FeatureNumber(2), "eu", year, {"pro", 1, "USD"}, decimal("-1"), decimal("-0.5")}};
  customer.adjustments = {{"Support", decimal("-3")}};
  customer.credits = {{decimal("20"), "Goodwill"}};
  customer.voided = {{Position(40), {3}}};
  customer.alert_rules.emplace();
  return customer;
}

LedgerState sampleLedger() {
  LedgerState state;
  state.ledger.ledger_id = std::string(32, 'a');
  state.features = {{"calls", "Calls"}, {"sso", "", FeatureType::boolean}};
  state.plans = {testing::golden::plan(), testing::golden::plan()};
  state.plan_published = {Instant{5}, Instant{0}};
  state.packs = {{.code = "starter"}};
  state.model_prices = {{"USD", 1, {7}, {.provider = "p", .model = "m"}}};
  for (const auto& golden : testing::goldenEvents()) state.staged.push_back(golden.event.body);
  state.events = 20;
  state.last_of_ledger = Position(90);
  state.last = Position(99);
  state.recorded = {1'700'000'000'000'000'000};
  state.clock = {1'700'000'000'000'000'000};
  return state;
}

}  // namespace

TEST_CASE("Golden events cover every kind, and are read and written as they were") {
  std::set<std::size_t> kinds;
  for (const auto& [name, event] : testing::goldenEvents()) {
    INFO(name);
    kinds.insert(event.body.index());
    CHECK(name.starts_with(std::string(eventName(event.body)) + "_"));
    const Bytes stored = toBytes(readFile(kFolder + name + ".bin"));
    CHECK(CapnpCodec().decodeEvent(stored) == event);
    CHECK(CapnpCodec().encode(event) == stored);

    const std::string json = readFile(kFolder + name + ".json");
    protocol::StoredMessage message(stored);
    CHECK(protocol::jsonOf(message.root<wire::Event>(), protocol::JsonLayout::pretty) + "\n" ==
          json);
    capnp::MallocMessageBuilder from_json;
    protocol::fromJson(json, from_json.initRoot<wire::Event>());
    CHECK(protocol::storedBytes<wire::Event>(from_json) == stored);
  }
  CHECK(kinds.size() == std::variant_size_v<EventBody>);
}

TEST_CASE("Every golden file belongs to a golden event") {
  std::set<std::string> names;
  for (const auto& golden : testing::goldenEvents()) names.insert(golden.name);
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    INFO(entry.path());
    CHECK(names.contains(entry.path().stem().string()));
  }
}

TEST_CASE("A metered usage event with a 16-byte key stays within 224 stored bytes") {
  Event event = meteredUsage();
  event.key = "0123456789abcdef";
  auto& usage = std::get<UsageRecorded>(event.body);
  usage.asked.feature = "apicall";
  usage.asked.quantity = testing::golden::decimal("12345.678");
  usage.quantity = *usage.asked.quantity;
  usage.price = testing::golden::decimal("0.0126");
  usage.balance_after = testing::golden::decimal("-123456.789012");
  CHECK(CapnpCodec().encode(event).size() <= 224);
  usage.asked.quantity.reset();
  CHECK(CapnpCodec().encode(event).size() <= 224);
}

TEST_CASE("Stored bytes are one canonical segment in the standard framing") {
  for (const auto& [name, event] : testing::goldenEvents()) {
    INFO(name);
    const Bytes bytes = CapnpCodec().encode(event);
    CHECK(bytes.size() % 8 == 0);
    CHECK(bytes.size() <= limits::kEventBytesMax);
    kj::Array<capnp::word> words = kj::heapArray<capnp::word>(bytes.size() / 8);
    std::memcpy(words.begin(), bytes.data(), bytes.size());
    capnp::FlatArrayMessageReader reader(words);
    CHECK(reader.isCanonical());
    CHECK(reader.getEnd() == words.end());
  }
}

TEST_CASE("Customers and ledger states come back as they were, and equal ones give equal bytes") {
  const CapnpCodec codec;
  for (const Customer& customer : {sampleCustomer(), Customer{.number = CustomerNumber(1)}}) {
    const Bytes bytes = codec.encode(customer);
    CHECK(bytes.size() % 8 == 0);
    CHECK(codec.decodeCustomer(bytes) == customer);
    CHECK(codec.encode(Customer(customer)) == bytes);
  }
  for (const LedgerState& state : {sampleLedger(), LedgerState{}}) {
    const Bytes bytes = codec.encode(state);
    CHECK(bytes.size() % 8 == 0);
    CHECK(codec.decodeLedgerState(bytes) == state);
  }
}

TEST_CASE("A state larger than any scratch space still is one segment") {
  LedgerState state;
  state.packs.assign(30'000, sampleLedger().packs.front());
  const CapnpCodec codec;
  CHECK(codec.decodeLedgerState(codec.encode(state)) == state);
}

TEST_CASE("Misaligned bytes decode to the same event") {
  const Event event = meteredUsage();
  const Bytes bytes = CapnpCodec().encode(event);
  for (std::size_t shift = 0; shift < 8; ++shift) {
    Bytes moved(shift);
    moved.insert(moved.end(), bytes.begin(), bytes.end());
    CHECK(CapnpCodec().decodeEvent(BytesView(moved).subspan(shift)) == event);
  }
}

TEST_CASE("Cut, extended and empty bytes are refused") {
  const Bytes bytes = CapnpCodec().encode(meteredUsage());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(problemOf(BytesView(bytes).first(size)).empty());
  }
  Bytes longer = bytes;
  longer.resize(bytes.size() + 8);
  CHECK_FALSE(problemOf(longer).empty());
  longer[4] = static_cast<std::byte>((longer.size() - 8) / 8);
  CHECK_FALSE(problemOf(longer).empty());
}

TEST_CASE("Every single flipped bit is refused or is another event with its own bytes") {
  const CapnpCodec codec;
  for (const auto& [name, event] : testing::goldenEvents()) {
    INFO(name);
    Bytes bytes = codec.encode(event);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      bytes[bit / 8] ^= std::byte{1} << (bit % 8);
      try {
        const Event other = codec.decodeEvent(bytes);
        if (other == event || codec.encode(other) != bytes) {
          FAIL("bit " << bit << " is overlooked");
        }
      } catch (const DecodeError&) {
      }
      bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    }
  }
}

TEST_CASE("A stored event that no ledger writes is refused by the field's name") {
  const Event event = meteredUsage();
  using Root = wire::Event::Builder;
  const auto problem = [&](auto change) { return problemOf(changed(event, change)); };
  CHECK(problem([](Root) {}).empty());
  CHECK_THAT(problem([](Root to) { to.setPosition(0); }), Catch::Contains("position"));
  CHECK_THAT(problem([](Root to) { to.setSequence(0); }), Catch::Contains("sequence"));
  CHECK_THAT(problem([](Root to) { to.setPrevious(to.getPosition()); }),
             Catch::Contains("previous"));
  CHECK_THAT(problem([](Root to) { to.setPrevious(0); }), Catch::Contains("previous"));
  CHECK_THAT(problem([](Root to) { to.setRuleVersion(kRuleVersion + 1); }),
             Catch::Contains("ruleVersion"));
  CHECK_THAT(problem([](Root to) { to.getBody().getUsageRecorded().setPrice("1e3"); }),
             Catch::Contains("body.usageRecorded.price"));
  CHECK_THAT(problem([](Root to) { to.getBody().getUsageRecorded().setPrice("1.50"); }),
             Catch::Contains("canonical"));
  CHECK_THAT(problem([](Root to) { to.getBody().getUsageRecorded().setPrice(""); }),
             Catch::Contains("canonical"));
  CHECK_THAT(problem([](Root to) {
               to.getBody().getUsageRecorded().setOnShortfall(static_cast<wire::OnShortfall>(3));
             }),
             Catch::Contains("onShortfall: unknown value 3"));
  CHECK_THAT(problem([](Root to) { to.getBody().getUsageRecorded().setFeatureNumber(0); }),
             Catch::Contains("featureNumber"));
  CHECK_THAT(problem([](Root to) { to.getBody().getUsageRecorded().disownQuantity(); }),
             Catch::Contains("quantity"));
}

TEST_CASE("An event of a kind that this version does not know is refused") {
  const Event event = meteredUsage();
  Bytes bytes = CapnpCodec().encode(event);
  // The kind is in the last two bytes of the root's fifth data word.
  const std::size_t kind_at = 8 + 8 + 4 * 8 + 6;
  REQUIRE(std::to_integer<int>(bytes[kind_at]) == wire::Event::Body::USAGE_RECORDED);
  bytes[kind_at] = static_cast<std::byte>(std::variant_size_v<EventBody>);
  CHECK_THAT(problemOf(bytes), Catch::Contains("unknown kind"));
}

TEST_CASE("A list that claims far more elements than it has bytes is refused quickly") {
  const Event event = meteredUsage();
  capnp::MallocMessageBuilder message;
  auto root = message.initRoot<wire::Event>();
  protocol::writeEvent(root, event);
  // Canonical: elements without contents take no space.
  root.getBody().getUsageRecorded().initDetails().initProperties(500'000'000 / 8);
  auto reader = root.asReader();
  CHECK_FALSE(problemOf(protocol::framed(capnp::canonicalize(reader))).empty());
}

TEST_CASE("Catalogs have equal bytes when they are equal, however their numbers were spelt") {
  const auto catalog = [](const char* base, const char* name) {
    Catalog to;
    to.plans = {{.code = "pro",
                 .name = name,
                 .prices = {{.currency = "USD", .base = *Decimal::parse(base)}}}};
    return protocol::canonicalBytes(to);
  };
  CHECK(catalog("99.50", "Pro") == catalog("99.5", "Pro"));
  CHECK(catalog("99.50", "Pro") != catalog("99.51", "Pro"));
  CHECK(catalog("99.50", "Pro") != catalog("99.50", "pro"));
}

}  // namespace daybook
