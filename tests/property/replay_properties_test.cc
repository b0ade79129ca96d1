#include <catch2/catch.hpp>

#include <variant>

#include "ledger/replay/replayer.h"
#include "ledger/replay/verifier.h"
#include "tests/support/arbitrary_model.h"
#include "tests/support/replay_log.h"

namespace daybook {
namespace {

using testing::any;
using testing::DecidedLog;

const testing::FixedZones kZones;
const protocol::CapnpCodec kCodec;

const DecidedLog& busyLog() {
  static const DecidedLog kLog = testing::busyLog(kZones);
  return kLog;
}

/// A body of the same kind, as wild as it can be.
EventBody anyBodyLike(const EventBody& body) {
  for (int tries = 0; tries < 200; ++tries) {
    EventBody other = testing::anyEventBody();
    if (other.index() == body.index()) return other;
  }
  return testing::anyEventBody();
}

/// Another body of the same kind out of the log.
EventBody bodyFromLog(const EventBody& body) {
  const auto& events = busyLog().events;
  const auto start = *rc::gen::inRange<std::size_t>(0, events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const EventBody& other = events[(start + i) % events.size()].body;
    if (other.index() == body.index()) return other;
  }
  return body;
}

void changeSomething(DecidedLog& log) {
  const auto index = *rc::gen::inRange<std::size_t>(0, log.events.size());
  Event& event = log.events[index];
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      event.body = anyBodyLike(event.body);
      break;
    case 1:
      event.body = bodyFromLog(event.body);
      break;
    case 2:
      event.body = testing::anyEventBody();
      break;
    case 3:
      event.recorded = testing::anyInstant();
      break;
    case 4:
      event.customer = CustomerNumber(*rc::gen::inRange<std::uint32_t>(0, 9));
      event.body = bodyFromLog(event.body);
      break;
    default:
      testing::removeEvents(log, index, index + 1);
      break;
  }
}

/// Small changes to one of the instants and numbers that deciding again takes as given.
void nudge(PeriodStarted& started) {
  Span unbilled;
  Span& billing = started.billing ? *started.billing : unbilled;
  Instant* const instants[] = {&started.span.from,    &started.span.to,    &started.span.full_from,
                               &started.span.full_to, &started.billing_to, &billing.from,
                               &billing.to,           &billing.full_from,  &billing.full_to};
  const auto pick = [&] { return instants[*rc::gen::inRange<std::size_t>(0, 9)]; };
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      started.index += *rc::gen::inRange(-14, 15);
      break;
    case 1:
      *pick() = *pick();
      break;
    case 2:
      pick()->ns += *rc::gen::element<std::int64_t>(-1, 1, 1'000'000'000, -1'000'000'000);
      break;
    default:
      *pick() = testing::anyInstant();
      break;
  }
}

}  // namespace

TEST_CASE("Boundaries that are taken as recorded never lead to an abort, whatever they are") {
  CHECK(rc::check([] {
    DecidedLog log = busyLog();
    const auto n = *rc::gen::inRange<std::size_t>(0, 20);
    auto& started =
        std::get<PeriodStarted>(log.events[testing::indexOf<PeriodStarted>(log, n)].body);
    const int changes = *rc::gen::inRange(1, 4);
    for (int i = 0; i < changes; ++i) nudge(started);
    store::MemoryStore store;
    testing::writeLog(store, log);
    replay::verify(store, kCodec, {});
  }));
}

TEST_CASE("Whatever is written into a log, replaying and verifying it end without an abort") {
  CHECK(rc::check([] {
    DecidedLog log = busyLog();
    const int changes = *rc::gen::inRange(1, 4);
    for (int i = 0; i < changes; ++i) changeSomething(log);
    store::MemoryStore store;
    testing::writeLog(store, log);
    const replay::Report report = replay::verify(store, kCodec, {});
    bool is_replayed = true;
    try {
      replay::replay(store, kCodec, {});
    } catch (const store::DamageError&) {
      is_replayed = false;
    }
    // What verifies can be replayed.
    RC_ASSERT(is_replayed || !report.isOk());
  }));
}

TEST_CASE("A number in what was decided for a customer cannot be changed unseen") {
  CHECK(rc::check([] {
    DecidedLog log = busyLog();
    const auto index = *rc::gen::inRange<std::size_t>(0, log.events.size());
    Event& event = log.events[index];
    const EventBody other = bodyFromLog(event.body);
    const bool is_decided = !event.customer.isNone() && askedOf(event.body) == askedOf(other);
    RC_PRE(is_decided && event.body != other);
    event.body = other;
    store::MemoryStore store;
    testing::writeLog(store, log);
    RC_ASSERT(!replay::verify(store, kCodec, {}).isOk());
  }));
}

}  // namespace daybook
