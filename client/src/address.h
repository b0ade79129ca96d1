// Addresses as users write them: "unix:/path", "tls:host:port" and "tcp:host:port".
#pragma once

#include <string>
#include <string_view>

namespace daybook::client {

enum class Transport { unixSocket, tcp, tls };

struct Address {
  Transport transport = Transport::unixSocket;
  std::string kj_form;  // what kj::Network::parseAddress takes
  std::string host;     // of tcp and tls, without brackets
  bool operator==(const Address&) const = default;
};

/// Throws Error(invalidArgument) that says which forms there are.
Address parseAddress(std::string_view text);

}  // namespace daybook::client
