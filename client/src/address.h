// Addresses as users write them: "unix:/path" and "tcp:host:port".
#pragma once

#include <string>
#include <string_view>

namespace daybook::client {

enum class Transport { unixSocket, tcp };

struct Address {
  Transport transport = Transport::unixSocket;
  std::string kj_form;  // what kj::Network::parseAddress takes
  bool operator==(const Address&) const = default;
};

/// Throws Error(invalidArgument) that says which forms there are.
Address parseAddress(std::string_view text);

}  // namespace daybook::client
