#include "daybook/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/random.h>

#include <array>
#include <cstdint>
#include <stdexcept>
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

std::unique_ptr<protocol::TlsClient> Client::Impl::tlsOf(const Options& options,
                                                         const Address& address) {
  if (address.transport != Transport::tls) return nullptr;
  in6_addr parsed{};
  const bool is_ip = ::inet_pton(AF_INET, address.host.c_str(), &parsed) == 1 ||
                     ::inet_pton(AF_INET6, address.host.c_str(), &parsed) == 1;
  if (is_ip && options.server_name.empty()) {
    throw Error(ErrorKind::invalidArgument,
                address.host +
                    " is no name that a certificate could be for: connect to a host name"
                    ", or say what name to expect");
  }
  try {
    return std::make_unique<protocol::TlsClient>(options.ca_file);
  } catch (const std::runtime_error& error) {
    throw Error(ErrorKind::invalidArgument, error.what());
  }
}

Client::Client(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;

}  // namespace daybook::client
