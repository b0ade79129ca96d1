// The counts of a lease's blocks: in memory, or in a mapped file that outlives the process.
//
// A slot is one block. Its counts are changed by single atomic stores to memory that is the file's
// own, so that a process killed at any instruction leaves them as they were; what belongs together
// follows from them, in the order in which lease_blocks.h stores them. Errors: as locked_file.h;
// Error(invalidArgument) for a file of another lease.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace daybook::client {

inline constexpr std::size_t kLeaseSlots = 8;
inline constexpr std::size_t kLeaseKeyBytes = 32;

enum class SlotState : std::uint64_t {
  free = 0,
  asked = 1,  // the ledger was asked for the hold, or is about to be
  held = 2,   // it may be consumed, reported, and ended
};

/// Steps of 10^-digits units. `state` is stored after what it promises.
struct alignas(64) LeaseSlot {
  /// What may be consumed; its complement, below 0, while nothing may be.
  std::atomic<std::int64_t> left{-1};
  std::int64_t total = 0;
  std::atomic<std::int64_t> reported{0};  // taken by the recorder
  /// The report under way: up to here, and when; repeated as it was, after a crash too.
  std::atomic<std::int64_t> intent{0};
  std::atomic<std::int64_t> intent_at{0};
  std::array<char, kLeaseKeyBytes> key{};  // of the hold
  std::atomic<SlotState> state{SlotState::free};
};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);
static_assert(std::atomic<SlotState>::is_always_lock_free);
static_assert(sizeof(LeaseSlot) == 128);

class LeaseFile {
 public:
  using Slots = std::array<LeaseSlot, kLeaseSlots>;

  /// `path` empty: in memory. `identity` is what the lease is of; a file keeps the first one.
  LeaseFile(const std::string& path, const std::string& identity);
  ~LeaseFile();
  LeaseFile(const LeaseFile&) = delete;
  LeaseFile& operator=(const LeaseFile&) = delete;

  Slots& slots() { return *slots_; }
  const Slots& slots() const { return *slots_; }

 private:
  int file_ = -1;
  void* mapped_ = nullptr;
  Slots memory_;
  Slots* slots_ = &memory_;
};

}  // namespace daybook::client
