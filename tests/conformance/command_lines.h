// Lines that are commands of a customer:
//
//   customer acme [zone=Europe/Paris]               below it, what it brings along:
//                                                   opening_lines.h
//   zone acme America/New_York
//   subscribe acme pro [EUR] [year] [anchor=2026-01-15] [trial=0] [seats=team:5,desk:2]
//   cancel acme [now] [creditUnused]    revoke acme
//   change-plan acme pro [year] [now|atPeriodEnd]    revoke-change acme
//   pause acme    resume acme    pin acme    unpin acme
//   seats acme team +2|-1|5                         adds, removes, sets
//   record acme calls 15 [at=...] [cap|overdraw] [with.region=eu] [properties=33]
//   set acme calls 120 [at=...]
//   tokens acme chat anthropic/opus in=1000 out=500 [total=] [read=] [write=] [at=...]
//   void acme key-of-the-usage
//   buy acme small [EUR]    refund acme 2           number of the grant
//   topup acme 50 [EUR]
//   grant acme 50 [priority=] [from=...] [expires=...] [for=calls,images]
//   adjust acme -25 [EUR] [for=setup] [now]         a one-off charge, or credit
//   customer-credit acme 10 [EUR] [for=outage]
//   credit-note acme 2 [10] [asCredit] [for=error]  number of the invoice, amount
//   payment acme 2 [50]    payment-failed acme 2    uncollectible acme 2
//   alerts acme usage.calls:80% credits:50 balance:10% | none | plan
// Holds: hold_lines.h.
//
// Each takes key=... for its idempotency key; that of a hold is its name.
#pragma once

#include <functional>

#include "ledger/model/command.h"
#include "tests/conformance/catalog_lines.h"
#include "tests/conformance/hold_lines.h"
#include "tests/conformance/opening_lines.h"

namespace daybook::conformance {

/// The currency named in the line, or none.
inline std::string currencyIn(const Line& line) {
  for (std::size_t i = 2; i < line.words.size(); ++i) {
    if (isCurrency(line.word(i))) return line.word(i);
  }
  return {};
}
inline std::optional<Interval> intervalIn(const Line& line) {
  for (const std::string name : {"week", "month", "quarter", "year", "once"}) {
    if (line.words.has(name)) return intervalOf(line, name);
  }
  return std::nullopt;
}
inline InvoiceNumber invoiceNumberOf(const Line& line) {
  return InvoiceNumber(line.number(line.word(2)));
}
/// The amount after the invoice's number.
inline std::optional<Decimal> amountIn(const Line& line) {
  const std::string text = line.wordOr(3, "");
  return text.empty() ? std::nullopt : Decimal::parse(text);
}

/// The model is the word at this index.
inline Tokens tokensOf(const Line& line, std::size_t word) {
  Tokens tokens;
  const std::string& name = line.word(word);
  const std::size_t slash = name.find('/');
  if (slash != std::string::npos) tokens.provider = name.substr(0, slash);
  tokens.model = slash == std::string::npos ? name : name.substr(slash + 1);
  const auto count = [&line](const std::string& option) -> std::optional<std::uint64_t> {
    const auto text = line.words.option(option);
    if (!text) return std::nullopt;
    return line.number(*text);
  };
  tokens.input = count("in");
  tokens.total_input = count("total");
  tokens.output = count("out");
  tokens.cache_read = count("read").value_or(0);
  tokens.cache_write = count("write").value_or(0);
  return tokens;
}

inline RecordUsage usageOf(const Line& line) {
  RecordUsage usage;
  usage.feature = line.word(2);
  if (line.words.has("cap")) usage.on_shortfall = OnShortfall::cap;
  if (line.words.has("overdraw")) usage.on_shortfall = OnShortfall::overdraw;
  usage.at = line.instantOption("at");
  usage.set = line.word(0) == "set";
  if (line.word(0) == "tokens" || line.words.option("out")) {
    usage.tokens = tokensOf(line, 3);
  } else if (const auto quantity = Decimal::parse(line.wordOr(3, ""))) {
    usage.quantity = *quantity;
  }
  for (const auto& [name, value] : line.words.optionsOf("with")) {
    usage.properties.push_back({name, value});
  }
  const std::uint64_t many = line.number(line.option("properties", "0"));
  for (std::uint64_t i = 0; i < many; ++i) {
    usage.properties.push_back({"p" + std::to_string(i), "v"});
  }
  return usage;
}

inline Subscribe subscribeOf(const Line& line) {
  Subscribe subscribe;
  subscribe.plan = line.word(2);
  subscribe.currency = currencyIn(line);
  if (subscribe.currency.empty() && !intervalIn(line)) subscribe.currency = line.wordOr(3, "");
  subscribe.interval = intervalIn(line);
  subscribe.anchor = line.instantOption("anchor");
  if (const auto days = line.words.option("trial")) subscribe.trial_days = line.smallNumber(*days);
  subscribe.seats = seatsOf(line, line.option("seats", ""));
  return subscribe;
}

inline ChangePlan changePlanOf(const Line& line) {
  ChangePlan change;
  change.plan = line.word(2);
  change.interval = intervalIn(line);
  if (line.words.has("now")) change.when = ChangeWhen::now;
  if (line.words.has("atPeriodEnd")) change.when = ChangeWhen::periodEnd;
  return change;
}

inline ChangeSeats changeSeatsOf(const Line& line) {
  ChangeSeats change;
  change.feature = line.word(2);
  const std::string& count = line.word(3);
  change.seats = std::stoll(count);
  change.set = count[0] != '+' && count[0] != '-';
  return change;
}

inline GrantCredits grantOf(const Line& line) {
  GrantCredits grant;
  grant.credits = line.decimal(line.word(2));
  grant.priority = line.priority();
  grant.effective = line.instantOption("from");
  grant.expiry = line.instantOption("expires");
  grant.features = splitAt(line.option("for", ""), ',');
  return grant;
}

inline AddAdjustment adjustmentOf(const Line& line) {
  AddAdjustment adjustment;
  adjustment.amount = line.decimal(line.word(2));
  adjustment.currency = currencyIn(line);
  adjustment.description = line.option("for", "adjustment");
  adjustment.at_once = line.words.has("now");
  return adjustment;
}

inline SetAlerts setAlertsOf(const Line& line) {
  std::vector<std::string> texts;
  for (std::size_t i = 2; i < line.words.size(); ++i) texts.push_back(line.word(i));
  if (texts.empty()) line.fail("alerts are rules, none, or the plan's");
  if (texts.front() == "plan") return SetAlerts{};
  return SetAlerts{alertsOf(line, texts)};
}

/// The command that a line is; nullopt when it is none.
inline std::optional<CommandBody> commandOf(const Line& line) {
  using Reader = std::function<CommandBody(const Line&)>;
  static const std::map<std::string, Reader> readers = {
      {"customer", createCustomerOf},
      {"zone", [](const Line& l) { return UpdateCustomer{l.word(2)}; }},
      {"subscribe", subscribeOf},
      {"cancel",
       [](const Line& l) {
         return Cancel{l.words.has("now") ? CancelWhen::now : CancelWhen::periodEnd,
                       l.words.has("creditUnused")};
       }},
      {"revoke", [](const Line&) { return RevokeCancel{}; }},
      {"change-plan", changePlanOf},
      {"revoke-change", [](const Line&) { return RevokeChange{}; }},
      {"pause", [](const Line&) { return Pause{}; }},
      {"resume", [](const Line&) { return Resume{}; }},
      {"pin", [](const Line&) { return PinVersion{true}; }},
      {"unpin", [](const Line&) { return PinVersion{false}; }},
      {"seats", changeSeatsOf},
      {"record", usageOf},
      {"set", usageOf},
      {"tokens", usageOf},
      {"void",
       [](const Line& l) {
         return VoidUsage{l.word(2), ""};
       }},
      {"buy",
       [](const Line& l) {
         return BuyCredits{l.word(2), l.wordOr(3, "")};
       }},
      {"refund",
       [](const Line& l) {
         return RefundPack{GrantNumber(l.smallNumber(l.word(2))), ""};
       }},
      {"topup",
       [](const Line& l) {
         return TopUp{l.decimal(l.word(2)), l.wordOr(3, "")};
       }},
      {"grant", grantOf},
      {"adjust", adjustmentOf},
      {"customer-credit",
       [](const Line& l) {
         return AddCustomerCredit{l.decimal(l.word(2)), currencyIn(l), l.option("for", "credit")};
       }},
      {"credit-note",
       [](const Line& l) {
         return CreditInvoice{invoiceNumberOf(l), amountIn(l), l.option("for", ""),
                              l.words.has("asCredit")};
       }},
      {"payment",
       [](const Line& l) {
         return RecordPayment{invoiceNumberOf(l), amountIn(l), ""};
       }},
      {"payment-failed",
       [](const Line& l) {
         return RecordPaymentFailure{invoiceNumberOf(l), ""};
       }},
      {"uncollectible", [](const Line& l) { return MarkUncollectible{invoiceNumberOf(l)}; }},
      {"alerts", setAlertsOf},
      {"hold", placeHoldOf},
      {"settle", settleHoldOf},
      {"use", useHoldOf},
      {"release", releaseHoldOf},
      {"extend", extendHoldOf},
  };
  const auto reader = readers.find(line.word(0));
  if (reader == readers.end()) return std::nullopt;
  return reader->second(line);
}

}  // namespace daybook::conformance
