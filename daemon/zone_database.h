// The time-zone data of the machine, behind ZoneRules (ledger/base/calendar.h).
//
// The data is the system's compiled database, as it is when the object is built: a later update of
// it takes effect at the next start. What one decision looked up is recorded in its event, so the
// data may change between two starts without changing any replay.
// Known limit: after a zone's last listed change (2037 in today's data) its last offset stays.
// Errors: the constructor throws std::runtime_error when there is no usable database; a conversion
// that leaves the 64-bit nanoseconds throws Overflow (decimal.h).
// Threads: immutable after construction, usable from any thread.
#pragma once

#include <string_view>
#include <unordered_map>

#include "ledger/base/calendar.h"

namespace date {
class time_zone;
}

namespace daybook::daemon {

class ZoneDatabase final : public ZoneRules {
 public:
  /// Reads every zone of the system.
  ZoneDatabase();
  ZoneDatabase(const ZoneDatabase&) = delete;
  ZoneDatabase& operator=(const ZoneDatabase&) = delete;

  /// Whether `zone` is an IANA name of the database, in its exact spelling. Never throws.
  bool isKnown(std::string_view zone) const noexcept override;
  LocalTime toLocal(std::string_view zone, Instant at) const override;
  Instant toInstant(std::string_view zone, LocalTime local) const override;

 private:
  const date::time_zone& find(std::string_view zone) const;

  // Names and zones belong to the library's database, which lives as long as the process.
  std::unordered_map<std::string_view, const date::time_zone*> zones_;
};

}  // namespace daybook::daemon
