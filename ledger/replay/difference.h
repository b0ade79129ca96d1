// What differs between an event as decided again and as recorded, for people.
//
// Pure; usable from any thread.
#pragma once

#include <string>

#include "ledger/model/event.h"

namespace daybook::replay {

/// The first field that differs: "usageRecorded.price: decided again 0.02, recorded 0.03"; empty
/// for equal events.
std::string differenceOf(const Event& decided, const Event& recorded);

}  // namespace daybook::replay
