#include "ledger/core/invoice_builder.h"

#include <algorithm>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"

namespace daybook::core {
namespace {

/// "10 000.5": groups of three digits before the point, for people.
std::string grouped(Decimal value) {
  std::string text = value.toString();
  const std::size_t first = value.isNegative() ? 1 : 0;
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t at = point; at > first + 3;) {
    at -= 3;
    text.insert(at, 1, ' ');
  }
  return text;
}

/// Collects lines, rounds each once, and adds them up.
class Lines {
 public:
  explicit Lines(Invoice& invoice) : invoice_(invoice) {
    const std::optional<int> digits = currencyExponent(invoice.currency);
    CHECK(digits.has_value(), "an invoice is in a known currency");
    digits_ = *digits;
  }

  void add(InvoiceLine line) {
    if (line.exact.isZero()) return;
    CHECK(line.exact.isPositive(), "a line charges something");
    line.amount = line.exact.roundedTo(digits_);
    invoice_.total += line.amount;
    invoice_.lines.push_back(std::move(line));
    CHECK(invoice_.lines.size() <= limits::kInvoiceLinesMax, "catalog limits bound the lines");
  }

 private:
  Invoice& invoice_;
  int digits_ = 0;
};

InvoiceLine lineFor(LineType type, const Span& span) {
  InvoiceLine line;
  line.type = type;
  line.from = span.from;
  line.to = span.to;
  return line;
}

bool isWhole(const Span& span) { return span.from == span.full_from && span.to == span.full_to; }

/// "Pro", with what differs from the ordinary: a part of the period, another version.
std::string baseDescription(const Plan& plan, const Span& span, const Invoice& invoice) {
  std::string text = displayName(plan);
  if (plan.code != invoice.plan || plan.version != invoice.plan_version) {
    text += ", version " + std::to_string(plan.version);
  }
  if (!isWhole(span)) {
    const auto seconds = [](Instant from, Instant to) {
      return grouped(Decimal::fromInteger(to.wholeSecondsSince(from)));
    };
    text += ", " + seconds(span.from, span.to) + " of " + seconds(span.full_from, span.full_to) +
            " seconds";
  }
  return text;
}

void addBase(Lines& lines, const LedgerState& ledger, const InvoiceScope& scope,
             const Invoice& invoice) {
  const Plan& plan = planOf(ledger, *scope.billing_terms);
  const BasePrice* price = basePriceIn(plan, invoice.currency);
  CHECK(price != nullptr, "a subscribed plan is sold in the customer's currency");
  InvoiceLine line = lineFor(LineType::planBase, *scope.billing);
  line.description = baseDescription(plan, *scope.billing, invoice);
  line.quantity = Decimal::fromInteger(1);
  line.unit_price = price->base;
  line.exact = isWhole(*scope.billing) ? price->base : prorated(price->base, *scope.billing);
  lines.add(std::move(line));
}

std::string overageDescription(const Feature& feature, const PlanFeature& terms,
                               const Price& price) {
  std::string text = displayName(feature);
  if (terms.included.isZero()) return text;
  text += " beyond " + grouped(terms.included);
  if (price.scheme == Scheme::tokens) text += " " + price.currency;
  return text + " included";
}

/// Overage and minimum of one feature of a metered plan. REQUIRES: `terms` can be charged.
void addMetered(Lines& lines, const Feature& feature, const PlanFeature& terms, const Price& price,
                Decimal quantity, const Span& span) {
  const PeriodCharge charge = periodCharge(terms, price, quantity, span);
  InvoiceLine line = lineFor(LineType::overage, span);
  line.feature = feature.code;
  line.description = overageDescription(feature, terms, price);
  if (charge.charge < chargeFor(terms, price, quantity)) {
    line.description += ", cut to the maximum charge";
  }
  line.quantity = quantity;
  line.included = least(terms.included, quantity);
  if (price.scheme == Scheme::perUnit) line.unit_price = price.unit_price;
  line.tiers = tierCharges(terms, price, quantity);
  line.exact = charge.charge;
  lines.add(std::move(line));

  InvoiceLine minimum = lineFor(LineType::minimum, span);
  minimum.feature = feature.code;
  minimum.description = displayName(feature) + ", up to the minimum charge";
  minimum.exact = charge.minimum;
  lines.add(std::move(minimum));
}

void addBalanceOverage(Lines& lines, const Feature& feature, const PlanFeature& terms,
                       Decimal quantity, Decimal overage, const Span& span) {
  InvoiceLine line = lineFor(LineType::balanceOverage, span);
  line.feature = feature.code;
  line.description = displayName(feature) + " beyond the balance";
  line.quantity = quantity;
  line.included = least(terms.included, quantity);
  line.exact = overage;
  lines.add(std::move(line));
}

/// What was used and is not recorded as unpaid in units.
Decimal chargeableQuantity(const UsagePeriod& period, FeatureNumber feature,
                           ConsumptionModel model) {
  for (const FeatureUsage& usage : period.usage) {
    if (usage.feature != feature) continue;
    return model == ConsumptionModel::metered ? usage.quantity - usage.unpaid : usage.quantity;
  }
  return {};
}

Decimal overageOf(const SpendingBalance& balance, FeatureNumber feature) {
  for (const BalanceOverage& overage : balance.overage) {
    if (overage.feature == feature) return overage.amount;
  }
  return {};
}

void addUsage(Lines& lines, const LedgerState& ledger, const UsagePeriod& period) {
  const Plan& plan = planOf(ledger, period.terms);
  if (plan.model == ConsumptionModel::credits) return;
  std::size_t overages = 0;
  for (const PlanFeature& terms : plan.features) {
    const FeatureNumber number = featureNumber(ledger, terms.feature);
    const Feature& feature = featureOf(ledger, number);
    if (feature.type == FeatureType::boolean) continue;
    const Decimal quantity = chargeableQuantity(period, number, plan.model);
    if (plan.model == ConsumptionModel::balance) {
      const Decimal overage = overageOf(period.balance, number);
      overages += overage.isZero() ? 0u : 1u;
      addBalanceOverage(lines, feature, terms, quantity, overage, period.span);
    } else if (isCharged(terms)) {
      const Price* price = priceIn(terms, period.terms.currency);
      CHECK(price != nullptr, "a charged feature has a price in each currency of its plan");
      addMetered(lines, feature, terms, *price, quantity, period.span);
    }
  }
  CHECK(overages == period.balance.overage.size(), "every overage is of a feature of the plan");
}

Invoice invoiceFor(const LedgerState& ledger, const Customer& customer, InvoiceType type,
                   std::string currency, Instant date) {
  Invoice invoice;
  invoice.type = type;
  invoice.customer = customer.id;
  invoice.currency = std::move(currency);
  invoice.date = date;
  invoice.due = date + Duration::days(ledger.ledger.settings.due_days);
  invoice.price_book_version = priceBookVersion(ledger, invoice.currency, date);
  invoice.computed_at = ledger.last;
  return invoice;
}

}  // namespace

std::optional<Invoice> buildInvoice(const LedgerState& ledger, const Customer& customer,
                                    const InvoiceScope& scope) {
  CHECK(scope.ended != nullptr || scope.billing != nullptr, "an invoice charges for something");
  CHECK((scope.billing == nullptr) == (scope.billing_terms == nullptr),
        "a billing period comes with its terms");
  const Terms& terms = scope.ended ? scope.ended->terms : *scope.billing_terms;
  CHECK(scope.billing_terms == nullptr || scope.billing_terms->currency == terms.currency,
        "an invoice is in one currency");
  const Span& span = scope.ended ? scope.ended->span : *scope.billing;
  Invoice invoice = invoiceFor(ledger, customer, scope.type, terms.currency, scope.date);
  invoice.from = span.from;
  invoice.to = span.to;
  invoice.plan = terms.plan;
  invoice.plan_version = terms.version;
  Lines lines(invoice);
  if (scope.billing != nullptr) addBase(lines, ledger, scope, invoice);
  if (scope.ended != nullptr) addUsage(lines, ledger, *scope.ended);
  if (invoice.lines.empty()) return std::nullopt;
  return invoice;
}

std::optional<Invoice> buildPurchaseInvoice(const LedgerState& ledger, const Customer& customer,
                                            InvoiceType type, const std::string& description,
                                            const std::string& currency, Decimal price,
                                            Instant date) {
  CHECK(type == InvoiceType::creditPurchase || type == InvoiceType::balanceTopUp,
        "a purchase is of credits or of a top-up");
  Invoice invoice = invoiceFor(ledger, customer, type, currency, date);
  invoice.from = date;
  invoice.to = date;
  if (customer.subscription && !customer.periods.empty()) {
    invoice.plan = customer.periods.back().terms.plan;
    invoice.plan_version = customer.periods.back().terms.version;
  }
  const bool is_pack = type == InvoiceType::creditPurchase;
  const Decimal one = Decimal::fromInteger(1);
  InvoiceLine line = lineFor(is_pack ? LineType::pack : LineType::topUp, {date, date, date, date});
  line.description = description;
  line.quantity = is_pack ? one : price;
  line.unit_price = is_pack ? price : one;
  line.exact = price;
  Lines(invoice).add(std::move(line));
  if (invoice.lines.empty()) return std::nullopt;
  return invoice;
}

}  // namespace daybook::core
