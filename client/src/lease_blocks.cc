#include "client/src/lease_blocks.h"

#include <algorithm>
#include <cstring>

#include "daybook/error.h"
#include "ledger/base/check.h"

namespace daybook::client {
namespace {

bool isClosed(const LeaseSlot& slot) { return slot.left.load(std::memory_order_acquire) < 0; }

std::int64_t consumed(const LeaseSlot& slot) {
  const std::int64_t value = slot.left.load(std::memory_order_acquire);
  return slot.total - (value < 0 ? ~value : value);
}

}  // namespace

LeaseBlocks::LeaseBlocks(const std::string& path, const std::string& identity)
    : file_(path, identity) {
  for (std::size_t i = 0; i < kLeaseSlots; ++i) recover(i, path);
}

void LeaseBlocks::recover(std::size_t i, const std::string& path) {
  LeaseSlot& found = slot(i);
  const SlotState state = found.state.load();
  if (state == SlotState::free) {
    found.left.store(-1);
    return;
  }
  const std::int64_t value = found.left.load();
  const std::int64_t reported = found.reported.load();
  const std::int64_t intent = found.intent.load();
  const bool is_good = (state == SlotState::asked || state == SlotState::held) && found.total > 0 &&
                       (value < 0 ? ~value : value) <= found.total && 0 <= reported &&
                       reported <= intent && intent <= consumed(found);
  if (!is_good) {
    throw Error(ErrorKind::failed, path + " is damaged: its counts contradict each other");
  }
  close(i);
  found.state.store(SlotState::held);
}

std::int64_t LeaseBlocks::left(std::int64_t now) const {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < kLeaseSlots; ++i) {
    if (now < live_[i].stop_at.load()) sum += std::max<std::int64_t>(slot(i).left.load(), 0);
  }
  return sum;
}

std::int64_t LeaseBlocks::lasting(std::int64_t now) const {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < kLeaseSlots; ++i) {
    if (live_[i].fades.load() || now >= live_[i].stop_at.load()) continue;
    sum += std::max<std::int64_t>(slot(i).left.load(), 0);
  }
  return sum;
}

std::uint32_t LeaseBlocks::count() const {
  std::uint32_t count = 0;
  for (const LeaseSlot& each : file_.slots()) {
    if (each.state.load() != SlotState::free) ++count;
  }
  return count;
}

bool LeaseBlocks::isAnyOver(std::int64_t now) const {
  for (std::size_t i = 0; i < kLeaseSlots; ++i) {
    if (isOver(i, now)) return true;
  }
  return false;
}

// ---- The keeper's

std::optional<std::size_t> LeaseBlocks::freeSlot() const {
  for (std::size_t i = 0; i < kLeaseSlots; ++i) {
    if (slot(i).state.load() == SlotState::free) return i;
  }
  return std::nullopt;
}

void LeaseBlocks::ask(std::size_t i, const std::string& key, std::int64_t steps) {
  LeaseSlot& made = slot(i);
  CHECK(made.state.load() == SlotState::free && key.size() == kLeaseKeyBytes && steps > 0,
        "a block is asked for with a free slot, a key and a size");
  std::memcpy(made.key.data(), key.data(), kLeaseKeyBytes);
  made.total = steps;
  made.reported.store(0);
  made.intent.store(0);
  made.left.store(~steps);
  made.state.store(SlotState::asked);
}

void LeaseBlocks::open(std::size_t i, std::int64_t stop_at, std::int64_t alarm) {
  LeaseSlot& made = slot(i);
  CHECK(made.state.load() == SlotState::asked, "a block is open after it was asked for");
  silenceAlarms();
  live_[i].fades.store(false);
  live_[i].stop_at.store(stop_at);
  live_[i].alarm.store(alarm);
  // The reporter takes a held slot that is closed for one that is over.
  made.left.store(made.total);
  made.state.store(SlotState::held);
}

void LeaseBlocks::refused(std::size_t i) {
  CHECK(slot(i).state.load() == SlotState::asked, "what was not asked for is not refused");
  free(i);
}

void LeaseBlocks::abandon(std::size_t i) {
  CHECK(slot(i).state.load() == SlotState::asked, "what was not asked for is not abandoned");
  slot(i).state.store(SlotState::held);
}

void LeaseBlocks::extend(std::size_t i, std::int64_t stop_at) { live_[i].stop_at.store(stop_at); }

void LeaseBlocks::fade(std::size_t i) { live_[i].fades.store(true); }

void LeaseBlocks::silenceAlarms() {
  for (Live& each : live_) each.alarm.store(kPast);
}

// ---- The reporter's

bool LeaseBlocks::isOpen(std::size_t i) const {
  return slot(i).state.load() == SlotState::held && !isClosed(slot(i));
}

std::string LeaseBlocks::hold(std::size_t i) const {
  return {slot(i).key.data(), slot(i).key.size()};
}

void LeaseBlocks::close(std::size_t i) {
  std::atomic<std::int64_t>& left = slot(i).left;
  std::int64_t value = left.load();
  while (value >= 0 && !left.compare_exchange_weak(value, ~value)) continue;
}

bool LeaseBlocks::isOver(std::size_t i, std::int64_t now) const {
  return isOpen(i) && (now >= live_[i].stop_at.load() || slot(i).left.load() == 0);
}

std::optional<LeaseReport> LeaseBlocks::nextReport(std::size_t i, std::int64_t at_ns) {
  LeaseSlot& one = slot(i);
  if (one.state.load() != SlotState::held) return std::nullopt;
  const std::int64_t from = one.reported.load();
  if (one.intent.load() == from) {
    const std::int64_t to = consumed(one);
    if (to == from) return std::nullopt;
    one.intent_at.store(at_ns);
    one.intent.store(to);
  }
  return LeaseReport{hold(i), from, one.intent.load(), one.intent_at.load()};
}

void LeaseBlocks::reported(std::size_t i, const LeaseReport& report) {
  slot(i).reported.store(report.to);
}

bool LeaseBlocks::isReported(std::size_t i) const {
  const LeaseSlot& one = slot(i);
  return one.state.load() == SlotState::held && isClosed(one) &&
         one.reported.load() == consumed(one);
}

void LeaseBlocks::free(std::size_t i) {
  live_[i].stop_at.store(kPast);
  slot(i).state.store(SlotState::free);
}

}  // namespace daybook::client
