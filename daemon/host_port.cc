#include "daemon/host_port.h"

#include <algorithm>
#include <cstddef>

namespace daybook::daemon {

std::string HostPort::parse(std::string_view text, HostPort& result) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return "has no port: write host:port";
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return "has more than one colon: write an IPv6 address as [address]:port";
  }
  if (host.empty()) return "has no host: write 0.0.0.0 or [::] to listen on every address";
  const bool digits =
      std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (port.empty() || port.size() > 5 || !digits || std::stoi(std::string(port)) > 65'535) {
    return "has a port that is not a number from 0 to 65535";
  }
  result.host = host;
  result.port = port;
  return {};
}

}  // namespace daybook::daemon
