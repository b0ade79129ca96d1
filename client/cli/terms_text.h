// The terms of a plan as people read them, from a catalog in the standard JSON form.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "client/cli/console.h"

namespace daybook::cli {

/// The plan of a catalog; nullptr when it has none of that code.
const nlohmann::ordered_json* findPlan(const nlohmann::ordered_json& catalog,
                                       const std::string& code);

/// "0.01 each", "0.01 up to 5000, then 0.008", "2.9 % + 0.30 an event".
std::string priceText(const nlohmann::ordered_json& price);

/// An alert's rule as `daybook alerts --set` takes it: "usage:calls=80%".
std::string ruleText(const nlohmann::ordered_json& rule);

/// All of a plan's terms; with a currency, the prices in that one only.
void printTerms(Console& console, const nlohmann::ordered_json& catalog,
                const nlohmann::ordered_json& plan, const std::string& currency);

}  // namespace daybook::cli
