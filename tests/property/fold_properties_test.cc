// Whatever a log from outside holds, folding it ends in a state or in an exception.
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "ledger/replay/state_check.h"
#include "tests/support/arbitrary_model.h"
#include "tests/support/golden_events.h"
#include "tests/support/replay_log.h"

namespace daybook {
namespace {

const testing::FixedZones kZones;
const protocol::CapnpCodec kCodec;

const std::vector<Event>& busyEvents() {
  static const std::vector<Event> kEvents = testing::busyLog(kZones).events;
  return kEvents;
}

/// Bodies that mean something: those of the log, and one of every kind with every field.
const std::vector<EventBody>& seeds() {
  static const std::vector<EventBody> kSeeds = [] {
    std::vector<EventBody> bodies;
    for (const Event& event : busyEvents()) bodies.push_back(event.body);
    for (const testing::GoldenEvent& golden : testing::goldenEvents()) {
      bodies.push_back(golden.event.body);
    }
    return bodies;
  }();
  return kSeeds;
}

EventBody anySeed() { return seeds()[*rc::gen::inRange<std::size_t>(0, seeds().size())]; }

/// A seed of any kind, each as often as the others.
EventBody anySeedOfAnyKind() {
  const auto kind = *rc::gen::inRange<std::size_t>(0, std::variant_size_v<EventBody>);
  std::vector<const EventBody*> of_kind;
  for (const EventBody& body : seeds()) {
    if (body.index() == kind) of_kind.push_back(&body);
  }
  return *of_kind.at(*rc::gen::inRange<std::size_t>(0, of_kind.size()));
}

/// The body with some bits of its stored form changed: another one that can be decoded, mostly.
EventBody mutated(EventBody body) {
  Event event;
  event.position = Position(2);
  event.sequence = 1;
  event.customer = CustomerNumber(1);
  event.body = std::move(body);
  Bytes bytes = kCodec.encode(event);
  const int changes = *rc::gen::inRange(1, 3);
  for (int i = 0; i < changes; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    const Bytes before = bytes;
    bytes[at] = static_cast<std::byte>(*rc::gen::inRange(0, 256));
    try {
      event = kCodec.decodeEvent(bytes);
    } catch (const DecodeError&) {
      bytes = before;
    }
  }
  return std::move(event.body);
}

EventBody anyBody() {
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      return testing::anyEventBody();
    case 1:
    case 2:
      return anySeed();
    case 3:
    case 4:
      return anySeedOfAnyKind();
    case 5:
      return mutated(anySeed());
    default:
      return mutated(anySeedOfAnyKind());
  }
}

/// Of whom a body of this kind is in the log.
CustomerNumber anyOwner(const core::State& state, const EventBody& body) {
  const auto customers = static_cast<std::uint32_t>(state.customers.size());
  if (std::holds_alternative<CustomerCreated>(body)) return CustomerNumber(customers + 1);
  for (const Event& event : busyEvents()) {
    if (event.body.index() == body.index() && event.customer.isNone()) return {};
  }
  return CustomerNumber(*rc::gen::inRange<std::uint32_t>(1, customers + 2));
}

Instant anyTime(Instant recorded) {
  if (*rc::gen::inRange(0, 20) == 0) return testing::anyInstant();
  return {recorded.ns + *rc::gen::element<std::int64_t>(0, 0, 0, 1, 3'600'000'000'000)};
}

/// What comes of folding `events`: those that are taken, in order.
class Folded {
 public:
  void take(const Event& event) {
    try {
      engine_.fold(event);
      taken_.push_back(event);
      return;
    } catch (const core::UnfitEvent&) {
    } catch (const Overflow&) {
    }
    // The state is unusable now.
    engine_ = core::Engine();
    for (const Event& earlier : taken_) engine_.fold(earlier);
  }
  const core::Engine& engine() const { return engine_; }

 private:
  core::Engine engine_;
  std::vector<Event> taken_;
};

/// Inside a decision that starts a usage period.
bool awaitsPeriod(const Customer& customer) {
  return customer.subscription && !customer.subscription->paused &&
         core::runningPeriod(customer) == nullptr;
}

Folded anyBeginning() {
  Folded folded;
  const auto size = *rc::gen::inRange<std::size_t>(1, busyEvents().size() + 1);
  for (std::size_t i = 0; i < size; ++i) folded.take(busyEvents()[i]);
  return folded;
}

}  // namespace

TEST_CASE("No event that can be decoded makes folding abort, whatever came before") {
  CHECK(rc::check([] {
    Folded folded = anyBeginning();
    for (int i = 0; i < 40; ++i) {
      EventBody body = anyBody();
      const core::State& state = folded.engine().state();
      const CustomerNumber owner = anyOwner(state, body);
      const Instant recorded = anyTime(state.ledger.recorded);
      const bool is_named = std::holds_alternative<HoldPlaced>(body);
      folded.take(folded.engine().seal(std::move(body), owner, recorded,
                                       is_named ? "hold-" + std::to_string(i) : ""));
    }
    // What can be folded can be read back from a snapshot, between decisions.
    const core::State& state = folded.engine().state();
    if (std::ranges::any_of(state.customers, awaitsPeriod)) return;
    RC_ASSERT(replay::partsProblem(state.ledger, state.customers).value_or("") == "");
    RC_ASSERT(replay::stateProblem(state).value_or("") == "");
  }));
}

TEST_CASE("An event with a wrong head is refused, whatever it says") {
  CHECK(rc::check([] {
    const Folded folded = anyBeginning();
    Event event = testing::anyEvent();
    if (testing::any<bool>()) event.body = anySeed();
    const Position next = folded.engine().state().ledger.last.next();
    RC_PRE(event.position != next || event.recorded < folded.engine().state().ledger.recorded);
    core::Engine engine(
        core::State(folded.engine().state().ledger, folded.engine().state().customers));
    RC_ASSERT_THROWS_AS(engine.requireNext(event), core::UnfitEvent);
    RC_ASSERT_THROWS_AS(engine.fold(event), core::UnfitEvent);
  }));
}

}  // namespace daybook
