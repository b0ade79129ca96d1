#include "client/src/address.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "daybook/error.h"

namespace daybook::client {
namespace {

bool isPort(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Address parseAddress(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  constexpr std::string_view kTcp = "tcp:";
  constexpr std::string_view kTls = "tls:";
  static_assert(kTcp.size() == kTls.size());
  if (text.starts_with(kUnix) && text.size() > kUnix.size()) {
    return {Transport::unixSocket, std::string(text), {}};
  }
  const bool is_tls = text.starts_with(kTls);
  if (text.starts_with(kTcp) || is_tls) {
    const std::string_view host_port = text.substr(kTcp.size());
    const std::size_t colon = host_port.rfind(':');
    if (colon != std::string_view::npos && colon > 0 && isPort(host_port.substr(colon + 1))) {
      std::string_view host = host_port.substr(0, colon);
      if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
      return {is_tls ? Transport::tls : Transport::tcp, std::string(host_port), std::string(host)};
    }
  }
  throw Error(
      ErrorKind::invalidArgument,
      fmt::format("'{}' is not an address: give unix:/path, tls:host:port or tcp:host:port", text));
}

}  // namespace daybook::client
