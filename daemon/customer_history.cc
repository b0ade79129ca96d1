#include "daemon/customer_history.h"

#include <cstddef>
#include <utility>

#include "ledger/base/check.h"

namespace daybook::daemon {

namespace {

// Events that one piece of work in the pool reads.
constexpr std::size_t kEventsPerSlice = 20'000;

/// Where to go on; none at the end.
Position readSlice(const store::Store& store, const Codec& codec, Position position,
                   HistoryVisitor& visitor) {
  for (std::size_t i = 0; i < kEventsPerSlice && !position.isNone(); ++i) {
    const std::optional<Bytes> bytes = store.read(position);
    CHECK(bytes.has_value(), "a chain's events are in the log");
    const Event event = codec.decodeEvent(*bytes);
    if (visitor.take(event) == HistoryStep::stop) return {};
    position = event.previous;
  }
  return position;
}

kj::Promise<void> walkOn(LedgerService& service, Position position,
                         std::shared_ptr<HistoryVisitor> visitor) {
  if (position.isNone()) return kj::READY_NOW;
  return service.pool
      .run([&service, position, visitor] {
        return readSlice(service.store, service.codec, position, *visitor);
      })
      .then([&service, visitor](Position next) { return walkOn(service, next, visitor); });
}

}  // namespace

kj::Promise<void> walkBack(LedgerService& service, Position newest,
                           std::shared_ptr<HistoryVisitor> visitor) {
  return service.pipeline.durable(newest).then(
      [&service, newest, visitor = std::move(visitor)]() mutable {
        return walkOn(service, newest, std::move(visitor));
      });
}

}  // namespace daybook::daemon
