#include "daemon/zone_database.h"

#include <date/tz.h>

#include <chrono>
#include <exception>
#include <stdexcept>

#include "ledger/base/check.h"
#include "ledger/base/checked.h"

namespace daybook::daemon {
namespace {

std::int64_t offsetNs(std::chrono::seconds offset) {
  return std::chrono::nanoseconds(offset).count();
}

}  // namespace

ZoneDatabase::ZoneDatabase() {
  const date::tzdb& database = date::get_tzdb();
  zones_.reserve(database.zones.size());
  for (const date::time_zone& zone : database.zones) {
    try {
      // The library reads a zone's file at its first use: used here, it cannot fail in a decision.
      zone.get_info(date::sys_seconds{});
    } catch (const std::exception&) {
      continue;  // a file among the zones that is none
    }
    zones_.emplace(zone.name(), &zone);
  }
  if (!isKnown("UTC")) throw std::runtime_error("the system's time-zone database has no UTC");
}

bool ZoneDatabase::isKnown(std::string_view zone) const noexcept {
  return zones_.find(zone) != zones_.end();
}

const date::time_zone& ZoneDatabase::find(std::string_view zone) const {
  const auto found = zones_.find(zone);
  CHECK(found != zones_.end(), "the zone is known");
  return *found->second;
}

LocalTime ZoneDatabase::toLocal(std::string_view zone, Instant at) const {
  const date::sys_time<std::chrono::nanoseconds> time{std::chrono::nanoseconds(at.ns)};
  return {checkedSum(at.ns, offsetNs(find(zone).get_info(time).offset))};
}

Instant ZoneDatabase::toInstant(std::string_view zone, LocalTime local) const {
  const date::local_time<std::chrono::nanoseconds> time{std::chrono::nanoseconds(local.ns)};
  // The first of the two is the only one of a unique reading, the earlier one of an ambiguous
  // reading, and before the change for a skipped one: keeping that offset moves it by the gap.
  return {checkedDifference(local.ns, offsetNs(find(zone).get_info(time).first.offset))};
}

}  // namespace daybook::daemon
