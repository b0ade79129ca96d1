// CRC-32C (Castagnoli), the checksum of spool files. Values; safe to use from any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace daybook::client {

/// The checksum of `bytes` behind those that gave `before`; of nothing it is 0.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace daybook::client
