// Which capability of each hold releases it when it is dropped: the one given last, if it was asked
// to. A connection that is found dead late must not release what a new one works with.
//
// Holds as many entries as there are such capabilities. Belongs to the loop thread.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "ledger/base/ids.h"

namespace daybook::daemon {

class HoldDrops {
 public:
  /// Names one capability.
  using Ticket = std::uint64_t;

  /// The drop of this capability counts from now on, and no earlier one's.
  Ticket watch(CustomerNumber customer, HoldNumber hold) {
    return newest_[{customer, hold}] = ++last_;
  }
  /// No drop of a capability given so far counts.
  void ignore(CustomerNumber customer, HoldNumber hold) { newest_.erase({customer, hold}); }
  /// The capability is dropped: whether that counts.
  bool dropped(CustomerNumber customer, HoldNumber hold, Ticket ticket) {
    const auto found = newest_.find({customer, hold});
    if (found == newest_.end() || found->second != ticket) return false;
    newest_.erase(found);
    return !stopped_;
  }
  /// The daemon ends: that is no drop.
  void stop() { stopped_ = true; }

 private:
  std::map<std::pair<CustomerNumber, HoldNumber>, Ticket> newest_;
  Ticket last_ = 0;
  bool stopped_ = false;
};

}  // namespace daybook::daemon
