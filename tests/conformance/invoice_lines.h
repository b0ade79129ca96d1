// What invoices and credit notes say, and the lines that expect it:
//
//   -> renewal 149.00 date= from= to= label= due= currency= plan= book= status=
//     overage calls[/eu] 50.00 [exact=] [quantity=] [included=] [unit=] [from=] [to=] [tiers=]
//       [models=provider/model:cost,other:cost]
//
// Below an invoice stand its lines: all of them, in order.
#pragma once

#include "tests/conformance/balance_facts.h"

namespace daybook::conformance {

inline std::string nameOf(InvoiceType type) {
  const char* const names[] = {"start",        "renewal",    "final",     "creditPurchase",
                               "balanceTopUp", "planChange", "adjustment"};
  return names[static_cast<std::size_t>(type)];
}
inline std::string nameOf(LineType type) {
  const char* const names[] = {"plan_base",        "overage",    "minimum",
                               "balance_overage",  "pack",       "top_up",
                               "discount",         "seats",      "late_adjustment",
                               "proration_credit", "adjustment", "customer_credit"};
  return names[static_cast<std::size_t>(type)];
}
inline std::string nameOf(InvoiceStatus status) {
  const char* const names[] = {"open", "paid", "void", "uncollectible"};
  return names[static_cast<std::size_t>(status)];
}

inline Facts factsOf(const InvoiceLine& line) {
  return {{"exact", line.exact.toString()},
          {"quantity", line.quantity.toString()},
          {"included", line.included.toString()},
          {"unit", line.unit_price.toString()},
          {"description", line.description},
          {"tiers", listed(line.tiers,
                           [](const TierCharge& tier) {
                             return tier.quantity.toString() + ":" + tier.exact.toString();
                           })},
          {"models", listed(line.models,
                            [](const ModelUsage& usage) {
                              const std::string name = usage.provider + "/" + usage.model;
                              return (usage.model.empty() ? "other" : name) + ":" +
                                     usage.cost.toString();
                            })},
          {"from", line.from.toString()},
          {"to", line.to.toString()}};
}

inline Facts factsOf(const Invoice& invoice) {
  return {{"date", invoice.date.toString()},
          {"due", invoice.due.toString()},
          {"from", invoice.from.toString()},
          {"to", invoice.to.toString()},
          {"label", invoice.label},
          {"currency", invoice.currency},
          {"status", nameOf(invoice.status)},
          {"plan", invoice.plan + ":" + std::to_string(invoice.plan_version)},
          {"book", std::to_string(invoice.price_book_version)},
          {"total", invoice.total.toString()}};
}

inline void expectInvoiceLine(const Line& wanted, const InvoiceLine& line) {
  expectText(wanted, "the line", wanted.word(0), nameOf(line.type));
  const bool has_feature = !line.feature.empty();
  if (has_feature) {
    expectText(wanted, "the feature", wanted.word(1), featureName(line.feature, line.variant));
  }
  expectText(wanted, "the amount", wanted.word(has_feature ? 2 : 1), line.amount.toString());
  expectFacts(wanted, wanted.words, factsOf(line));
}

inline std::string summaryOf(const Invoice& invoice) {
  std::string text = nameOf(invoice.type) + " " + invoice.total.toString();
  for (const InvoiceLine& line : invoice.lines) {
    text += "\n    " + nameOf(line.type) + " " + featureName(line.feature, line.variant) + " " +
            line.amount.toString();
  }
  return text;
}

inline void expectLines(const Line& wanted, const Invoice& invoice) {
  if (wanted.below.size() != invoice.lines.size()) {
    wanted.fail("these are not its lines; it is\n  " + summaryOf(invoice));
  }
  Decimal sum;
  for (std::size_t i = 0; i < invoice.lines.size(); ++i) {
    expectInvoiceLine(wanted.below[i], invoice.lines[i]);
    sum += invoice.lines[i].amount;
  }
  expectText(wanted, "the sum of the lines", invoice.total.toString(), sum.toString());
}

inline void expectInvoice(const Line& wanted, const Invoice& invoice) {
  const Words& expected = wanted.expected.value();
  if (expected.size() != 2) wanted.fail("expected: type total");
  expectText(wanted, "the invoice", *expected.at(0) + " " + normal(*expected.at(1)),
             nameOf(invoice.type) + " " + invoice.total.toString());
  expectFacts(wanted, expected, factsOf(invoice));
  expectLines(wanted, invoice);
}

inline void expectCreditNote(const Line& wanted, const CreditNote& note) {
  const Words& expected = wanted.expected.value();
  expectText(wanted, "the total", wanted.expected->all().front(), note.total.toString());
  expectText(wanted, "what becomes of it",
             expected.has("asCredit") ? "customer credit" : "paid out",
             note.as_customer_credit ? "customer credit" : "paid out");
  expectFacts(wanted, expected,
              {{"label", note.label},
               {"invoice", std::to_string(note.invoice.value)},
               {"date", note.date.toString()},
               {"currency", note.currency},
               {"reason", note.reason}});
}

}  // namespace daybook::conformance
