// What an answer says, as names and texts, and the comparison with what a line expects of it.
//
// Amounts are in their shortest form ("0.5"), instants in UTC; the table may write them otherwise
// ("0.50", "2026-02-01").
#pragma once

#include <map>
#include <string>

#include "ledger/model/balance.h"
#include "ledger/model/receipt.h"
#include "tests/conformance/script.h"

namespace daybook::conformance {

using Facts = std::map<std::string, std::string>;

inline std::string normal(const std::string& value) {
  if (const auto decimal = Decimal::parse(value)) return decimal->toString();
  if (const auto instant = Instant::parse(value)) return instant->toString();
  return value;
}

inline void expectText(const Line& line, const std::string& what, const std::string& wanted,
                       const std::string& got) {
  if (normal(wanted) != got) line.fail(what + " is " + got + ", not " + wanted);
}

/// Every option of `wanted` is one of the facts, and equal to it.
inline void expectFacts(const Line& line, const Words& wanted, const Facts& facts) {
  for (const auto& [name, value] : wanted.options()) {
    const auto fact = facts.find(name);
    if (fact == facts.end()) line.fail("there is no '" + name + "'");
    expectText(line, name, value, fact->second);
  }
}

/// The outcome named after "->", or ok when no word there is an outcome.
inline void expectVerdict(const Line& line, const Verdict& verdict) {
  std::string wanted = "ok";
  if (line.expected) {
    for (const std::string& word : line.expected->all()) {
      if (outcomeFromName(word)) wanted = word;
    }
  }
  expectText(line, "the outcome (" + verdict.detail + ")", wanted,
             std::string(outcomeName(verdict.outcome)));
}

/// "3:100,2:50": grant and amount, in order; "none" for none.
inline std::string textOf(const std::vector<Draw>& draws) {
  std::string text;
  for (const Draw& draw : draws) {
    text +=
        (text.empty() ? "" : ",") + std::to_string(draw.grant.value) + ":" + draw.amount.toString();
  }
  return text.empty() ? "none" : text;
}

/// "calls:5:0.5": feature, quantity and price, in order; "none" for none.
inline std::string textOf(const std::vector<ReceiptItem>& items) {
  std::string text;
  for (const ReceiptItem& item : items) {
    text += (text.empty() ? "" : ",") + item.feature + ":" + item.quantity.toString() + ":" +
            item.price.toString();
  }
  return text.empty() ? "none" : text;
}

inline std::string nameOf(Disposition disposition) {
  const char* const names[] = {"current", "grace", "late"};
  return names[static_cast<std::size_t>(disposition)];
}

inline Facts factsOf(const Receipt& receipt) {
  return {{"price", receipt.price.toString()},
          {"left", receipt.balance_after.toString()},
          {"quantity", receipt.quantity.toString()},
          {"unpaid", receipt.unpaid.toString()},
          {"overdrawn", receipt.overdrawn.toString()},
          {"draws", textOf(receipt.draws)},
          {"lateCharge", receipt.late_charge.toString()},
          {"grant", std::to_string(receipt.grant.value)},
          {"invoice", std::to_string(receipt.invoice.value)},
          {"note", std::to_string(receipt.credit_note.value)},
          {"position", std::to_string(receipt.position.value)},
          {"from", receipt.period_from.toString()},
          {"hold", std::to_string(receipt.hold.value)},
          {"expiry", receipt.expiry.toString()},
          {"expired", receipt.hold_expired ? "yes" : "no"},
          {"items", textOf(receipt.items)}};
}

/// A receipt is of the running period and new, unless said: grace, late, duplicate.
inline void expectReceipt(const Line& line, const Receipt& receipt) {
  if (!line.expected) return;
  std::string wanted = "current";
  for (const char* const name : {"grace", "late"}) {
    if (line.expected->has(name)) wanted = name;
  }
  expectText(line, "the disposition", wanted, nameOf(receipt.disposition));
  const char* const duplicate = "a duplicate";
  const char* const new_one = "new";
  expectText(line, "it", line.expected->has("duplicate") ? duplicate : new_one,
             receipt.duplicate ? duplicate : new_one);
  expectFacts(line, *line.expected, factsOf(receipt));
}

inline void expectAnswer(const Line& line, const CheckAnswer& answer) {
  if (!line.expected) line.fail("a check expects an answer");
  expectVerdict(line, answer.verdict);
  const std::string wanted = line.expected->has("yes") ? "yes" : "no";
  line.expected->has("no");
  expectText(line, "the answer", wanted, answer.allowed ? "yes" : "no");
  expectText(line, "overage", line.expected->has("overage") ? "begins" : "does not begin",
             answer.overage_begins ? "begins" : "does not begin");
  expectFacts(line, *line.expected,
              {{"cost", answer.cost.toString()},
               {"remaining", answer.remaining_included.toString()},
               {"available", answer.credits.available.toString()},
               {"credits.plan", answer.credits.plan.toString()},
               {"credits.promotional", answer.credits.promotional.toString()},
               {"credits.purchased", answer.credits.purchased.toString()},
               {"debt", answer.credits.debt.toString()},
               {"balance", answer.balance.toString()}});
}

}  // namespace daybook::conformance
