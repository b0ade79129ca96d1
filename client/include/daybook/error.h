// What can go wrong outside the ledger's rules. Refused business is not here: it is a Reply with an
// outcome (types.h).
//
// Values; safe to use from any thread.
#pragma once

#include <stdexcept>
#include <string>

namespace daybook::client {

enum class ErrorKind {
  /// An argument that cannot be sent: a bad address, text that is not the asked JSON.
  invalidArgument,
  /// Nothing was asked: no connection could be made, or a read lost it.
  unreachable,
  /// A read was not answered within its deadline.
  timedOut,
  /// A command was sent, and no answer came: the connection broke or the deadline passed. It may be
  /// recorded or not. Send it again with the same key: it counts once.
  unknownOutcome,
  /// The daemon has too much to do. Nothing was decided: send the same again, later.
  overloaded,
  /// The daemon could not understand the call or has a bug; the message says which.
  failed,
};

/// The name as in the enum ("unknownOutcome").
const char* name(ErrorKind kind);

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace daybook::client
