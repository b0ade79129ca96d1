// What a customer brings along from another system, below its line:
//
//   customer acme
//     opening pro [EUR] [year] anchor=2025-12-15 [base=99] [balance=40] [topUps=5] [credit=12.50]
//     used calls[/eu] 300 [charged=1.5]
//     grant plan|promotional|purchased 100 left=40 [priority=] [from=] [expires=] [for=images]
//     seats team 5
#pragma once

#include "ledger/model/command.h"
#include "tests/conformance/price_lines.h"

namespace daybook::conformance {

/// "team:5,desk:2".
inline std::vector<SeatCount> seatsOf(const Line& line, const std::string& text) {
  std::vector<SeatCount> seats;
  for (const std::string& entry : splitAt(text, ',')) {
    const std::vector<std::string> parts = splitAt(entry, ':');
    if (parts.size() != 2) line.fail("seats are feature:number");
    seats.push_back({parts[0], line.number(parts[1])});
  }
  return seats;
}

inline GrantKind grantKindOf(const Line& line, const std::string& name) {
  if (name == "plan") return GrantKind::plan;
  if (name == "promotional") return GrantKind::promotional;
  if (name == "purchased") return GrantKind::purchased;
  line.fail("'" + name + "' is no kind of grant");
}

inline OpeningGrant openingGrantOf(const Line& line) {
  OpeningGrant grant;
  grant.kind = grantKindOf(line, line.word(1));
  grant.credits = line.decimal(line.word(2));
  grant.remaining = line.decimal(line.option("left", line.word(2)));
  grant.priority = line.priority();
  grant.effective = line.instantOption("from");
  grant.expiry = line.instantOption("expires");
  grant.features = splitAt(line.option("for", ""), ',');
  return grant;
}

inline OpeningUsage openingUsageOf(const Line& line) {
  OpeningUsage usage;
  const std::vector<std::string> name = splitAt(line.word(1), '/');
  usage.feature = name[0];
  if (name.size() > 1) usage.variant = name[1];
  usage.quantity = line.decimal(line.word(2));
  usage.charged = line.decimalOption("charged");
  return usage;
}

inline Opening openingOf(const Line& line) {
  Opening opening;
  opening.plan = line.word(1);
  for (std::size_t i = 2; i < line.words.size(); ++i) {
    if (isInterval(line.word(i))) {
      opening.interval = intervalOf(line, line.word(i));
    } else {
      opening.currency = line.word(i);
    }
  }
  const auto anchor = line.instantOption("anchor");
  if (!anchor) line.fail("an opening has an anchor");
  opening.anchor = *anchor;
  opening.base_charged = line.decimalOption("base");
  if (const auto balance = line.words.option("balance")) opening.balance = line.decimal(*balance);
  opening.top_ups = line.decimalOption("topUps");
  opening.customer_credit = line.decimalOption("credit");
  return opening;
}

inline CommandBody createCustomerOf(const Line& line) {
  CreateCustomer create;
  create.zone = line.option("zone", "");
  for (const Line& below : line.below) {
    const std::string& what = below.word(0);
    if (what == "opening") {
      create.opening = openingOf(below);
      continue;
    }
    if (!create.opening) below.fail("an opening says its plan first");
    if (what == "used") {
      create.opening->usage.push_back(openingUsageOf(below));
    } else if (what == "grant") {
      create.opening->grants.push_back(openingGrantOf(below));
    } else if (what == "seats") {
      create.opening->seats.push_back({below.word(1), below.number(below.word(2))});
    } else {
      below.fail("an opening has no '" + what + "'");
    }
  }
  return create;
}

}  // namespace daybook::conformance
