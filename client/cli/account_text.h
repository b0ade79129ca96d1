// Parts of a customer's account as people read them, shared by commands.
#pragma once

#include <string>
#include <vector>

#include "client/cli/console.h"
#include "client/cli/table.h"
#include "daybook/account.h"

namespace daybook::cli {

/// "1200 in, 80 out, 400 read"; empty for none.
std::string tokensText(const client::TokenTotals& tokens);
/// "usage of calls reaches 80 %".
std::string alertText(const client::AlertRule& rule);
/// "pro by the year".
std::string changeText(const client::ScheduledChange& change);
/// "by the month", "paid once".
std::string intervalText(client::Interval interval);

void printSeats(Console& console, const std::vector<client::SeatBalance>& seats,
                const std::string& currency);

/// What is known of the subscription: state, plan, period, and what is scheduled.
void addSubscriptionFacts(const client::Balance& balance, Facts& facts);

}  // namespace daybook::cli
