#include "client/cli/invoice_text.h"

#include <fmt/format.h>

#include "client/cli/account_text.h"
#include "client/cli/format.h"
#include "client/cli/table.h"
#include "ledger/base/decimal.h"

namespace daybook::cli {
namespace {

std::string unlessZero(const std::string& decimal) { return decimal == "0" ? "" : decimal; }

void addTiers(const client::InvoiceLine& line, const std::string& currency, Table& table) {
  for (const client::TierCharge& tier : line.tiers) {
    const std::string fee =
        tier.flat_fee.empty() || tier.flat_fee == "0"
            ? "  tier"
            : fmt::format("  tier, flat fee {}", amountText(tier.flat_fee, currency));
    // A blank: neither a value nor "there is none".
    table.add({" ", " ", fee, tier.quantity, " ", tier.unit_price, tier.exact, " ", " ", " "});
  }
}

void addModels(const client::InvoiceLine& line, Table& table) {
  for (const client::ModelUsage& usage : line.models) {
    const std::string who =
        usage.model.empty() ? "other models" : usage.provider + "/" + usage.model;
    table.add({" ", " ", fmt::format("  {}, {}", who, tokensText(usage.tokens)), " ", " ", " ",
               usage.cost, " ", " ", " "});
  }
}

void printHead(Console& console, const client::Invoice& invoice) {
  Facts facts;
  facts.add("Invoice", invoice.label);
  facts.add("Customer", invoice.customer);
  facts.add("Type", std::string(name(invoice.type)));
  facts.add("Status", invoice.number == 0 ? "" : std::string(name(invoice.status)));
  facts.add("Date", timeText(invoice.date_ns));
  facts.add("Due", timeText(invoice.due_ns));
  facts.add("Period", spanText(invoice.from_ns, invoice.to_ns));
  if (!invoice.plan.empty()) {
    facts.add("Plan", fmt::format("{} version {}", invoice.plan, invoice.plan_version));
  }
  if (invoice.price_book_version != 0) {
    facts.add("Price book", fmt::format("version {}", invoice.price_book_version));
  }
  facts.add("Computed at", fmt::format("position {}", invoice.computed_at));
  facts.print(console);
}

void printSums(Console& console, const client::Invoice& invoice) {
  Facts facts;
  const auto add = [&](const char* name, const std::string& amount) {
    facts.add(name, moneyText(numberText(amount), invoice.currency));
  };
  add("Total", invoice.total);
  if (invoice.number != 0) {
    if (!unlessZero(invoice.paid).empty()) add("Paid", invoice.paid);
    if (!unlessZero(invoice.credited).empty()) add("Credited", invoice.credited);
    add("Due", dueOf(invoice));
  }
  facts.print(console);
}

}  // namespace

std::string dueOf(const client::Invoice& invoice) {
  if (invoice.status == client::InvoiceStatus::voided ||
      invoice.status == client::InvoiceStatus::uncollectible) {
    return "0";
  }
  const auto number = [](const std::string& text) {
    return Decimal::parse(numberText(text)).value_or(Decimal());
  };
  const Decimal due = number(invoice.total) - number(invoice.paid) - number(invoice.credited);
  return due.isNegative() ? "0" : due.toString();
}

void printInvoice(Console& console, const client::Invoice& invoice) {
  printHead(console, invoice);
  Table table({{"TYPE"},
               {"FEATURE"},
               {"DESCRIPTION"},
               {"QUANTITY", Align::right},
               {"INCLUDED", Align::right},
               {"UNIT PRICE", Align::right},
               {"EXACT", Align::right},
               {"AMOUNT", Align::right},
               {"FROM"},
               {"TO"}});
  for (const client::InvoiceLine& line : invoice.lines) {
    const std::string feature =
        line.variant.empty() ? line.feature : line.feature + "/" + line.variant;
    table.add({std::string(name(line.type)), feature, line.description, unlessZero(line.quantity),
               unlessZero(line.included), unlessZero(line.unit_price), line.exact,
               amountText(line.amount, invoice.currency), timeText(line.from_ns),
               timeText(line.to_ns)});
    addTiers(line, invoice.currency, table);
    addModels(line, table);
  }
  console.line();
  table.print(console);
  console.line();
  printSums(console, invoice);
}

}  // namespace daybook::cli
