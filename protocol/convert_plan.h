// Plans with their prices and alerts: wire and stored form <-> model.
//
// By the rules of convert_common.h; whether a plan makes sense is for the core to say. Functions;
// usable from any thread.
#pragma once

#include <vector>

#include "ledger/model/catalog.h"
#include "protocol/common.capnp.h"
#include "protocol/convert_common.h"

namespace daybook::protocol {

Plan readPlan(wire::Plan::Reader from, Intake& intake, const Place& at);
AlertRule readAlertRule(wire::AlertRule::Reader from, Intake& intake, const Place& at);
/// More of them than their limit: `outcome`.
std::vector<AlertRule> readAlertRules(wire::AlertRules::Reader from, Intake& intake,
                                      const Place& at, Outcome outcome = Outcome::invalidCatalog);

/// REQUIRES: a rank is not the lowest of 32 bits, which stands for none.
void writePlan(wire::Plan::Builder to, const Plan& from);
void writeAlertRule(wire::AlertRule::Builder to, const AlertRule& from);
void writeAlertRules(wire::AlertRules::Builder to, const std::vector<AlertRule>& from);

}  // namespace daybook::protocol
