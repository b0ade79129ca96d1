// What it is called when an event cannot be folded into a state, and the check that says so.
//
// Live, where decide has just made the event from the state, it is a bug. In a log from outside it
// is a finding: hashes tell what was changed since it was written, not what was written wrongly.
#pragma once

#include <stdexcept>
#include <string>

namespace daybook::core {

/// The event does not fit the state: what() says what has to hold.
class UnfitEvent : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  /// For people.
  std::string text() const { return std::string("it does not hold that ") + what(); }
};

/// Throws UnfitEvent unless `holds`. `what` is what has to hold.
inline void require(bool holds, const char* what) {
  if (!holds) throw UnfitEvent(what);
}

}  // namespace daybook::core
