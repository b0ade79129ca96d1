// How much address space the LMDB environments get: the most that they can ever hold.
//
// Only address space is taken, so both are far more than a disk has. Sanitizers leave less of it.
#pragma once

#include <cstdint>

namespace daybook::store {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

inline constexpr std::uint64_t kLogMapBytes = std::uint64_t{1} << (kSanitized ? 34 : 40);
inline constexpr std::uint64_t kSnapshotsMapBytes = std::uint64_t{1} << (kSanitized ? 33 : 38);

}  // namespace daybook::store
