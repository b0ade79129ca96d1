#include "daybook/client.h"

#include <errno.h>
#include <sys/random.h>

#include <array>
#include <cstdint>
#include <system_error>

#include "client/src/client_impl.h"

namespace daybook::client {

std::string newKey() {
  std::array<std::uint8_t, 16> bytes{};
  // Up to 256 bytes are never cut short.
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::string key;
  for (const std::uint8_t byte : bytes) {
    key += kDigits[byte >> 4];
    key += kDigits[byte & 15];
  }
  return key;
}

Client::Client(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;

}  // namespace daybook::client
