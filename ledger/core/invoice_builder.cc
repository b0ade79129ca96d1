#include "ledger/core/invoice_builder.h"

#include <algorithm>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/model_usage.h"
#include "ledger/core/terms.h"
#include "ledger/core/usage.h"

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

/// What an introductory discount takes off a base price that is charged for `span`: never more.
Decimal discountOf(const Discount& discount, Decimal base, const Span& span) {
  if (discount.percent.isPositive()) {
    // base x part x percent / 100, rounded once.
    const std::int64_t part = isWhole(span) ? 1 : span.to.wholeSecondsSince(span.from);
    const std::int64_t length = isWhole(span) ? 1 : span.full_to.wholeSecondsSince(span.full_from);
    return multiplyDivide(base, multiply(discount.percent, Decimal::fromInteger(part)),
                          multiply(Decimal::fromInteger(100), Decimal::fromInteger(length)));
  }
  const Decimal amount = least(discount.amount, base);
  return isWhole(span) ? amount : prorated(amount, span);
}

void addBase(Lines& lines, const State& state, const Subscription& subscription,
             const UsagePeriod& advance, const Invoice& invoice) {
  const Plan& plan = state.plan(advance.terms);
  const Span& billing = *advance.billing;
  const BasePrice* price = basePriceIn(plan, invoice.currency, subscription.billing_interval);
  CHECK(price != nullptr, "a subscribed plan is sold in the customer's currency");
  InvoiceLine line = lineFor(LineType::planBase, billing);
  line.description = baseDescription(plan, billing, invoice);
  line.quantity = Decimal::fromInteger(1);
  line.unit_price = price->base;
  line.exact = isWhole(billing) ? price->base : prorated(price->base, billing);
  lines.add(std::move(line));

  if (!subscription.discount) return;
  InvoiceLine discount = lineFor(LineType::discount, billing);
  discount.description = displayName(plan) + ", introductory discount";
  discount.exact = -discountOf(*subscription.discount, price->base, billing);
  lines.add(std::move(discount));
}

/// Seats held at the start of a billing period, in advance, at the prices that it started with: a
/// later cut would depend on when the invoice is closed.
void addSeats(Lines& lines, const State& state, const Subscription& subscription,
              const UsagePeriod& advance) {
  const Plan& plan = state.plan(advance.terms);
  for (const PlanFeature& sold : plan.features) {
    const FeatureNumber number = state.feature(sold.feature);
    const auto seats = std::find_if(
        advance.seats.begin(), advance.seats.end(),
        [number](const PeriodSeats& candidate) { return candidate.feature == number; });
    if (seats == advance.seats.end()) continue;
    const Price* price = seatPrice(sold, advance.terms.currency, subscription.billing_interval);
    if (price == nullptr) continue;
    InvoiceLine line = lineFor(LineType::seats, *advance.billing);
    line.feature = sold.feature;
    line.description = displayName(featureOf(state.ledger, number));
    line.quantity = Decimal::fromInteger(static_cast<std::int64_t>(seats->at_start));
    line.included = least(sold.included, line.quantity);
    if (price->scheme == Scheme::perUnit) line.unit_price = price->unit_price;
    line.exact = seatCharge(sold, *price, seats->at_start);
    if (isWhole(*advance.billing)) {
      line.tiers = tierCharges(*price, line.quantity - line.included);
    } else {
      line.exact = prorated(line.exact, *advance.billing);
    }
    lines.add(std::move(line));
  }
}

/// Seats added in a usage period, for the rest of the billing period then.
void addTrueUps(Lines& lines, const State& state, const UsagePeriod& ended) {
  for (const PeriodSeats& seats : ended.seats) {
    const Feature& feature = featureOf(state.ledger, seats.feature);
    InvoiceLine line = lineFor(LineType::seats, ended.span);
    line.feature = feature.code;
    line.description = displayName(feature) + ", seats added";
    line.exact = seats.true_up;
    lines.add(std::move(line));
  }
}

std::string overageDescription(const Feature& feature, const std::string& variant, Decimal included,
                               const Price& price) {
  std::string text = displayName(feature);
  if (!variant.empty()) text += ", " + variant;
  if (included.isZero()) return text;
  text += " beyond " + grouped(included);
  const bool of_money = price.scheme == Scheme::tokens || price.scheme == Scheme::percentage;
  if (of_money) text += " " + price.currency;
  return text + " included";
}

/// Overage and minimum of one feature of a metered plan.
void addMetered(Lines& lines, const FeatureTerms& terms, const Feature& feature) {
  const Span& span = terms.period->span;
  for (VariantCharge& charge : variantCharges(terms)) {
    const Price& price = *charge.price;
    InvoiceLine line = lineFor(LineType::overage, span);
    line.feature = feature.code;
    line.variant = charge.variant;
    line.description = overageDescription(feature, charge.variant, terms.included, price);
    if (charge.cut < charge.charge) line.description += ", cut to the maximum charge";
    line.quantity = charge.quantity;
    line.included = charge.included;
    if (price.scheme == Scheme::perUnit) line.unit_price = price.unit_price;
    line.tiers = std::move(charge.tiers);
    if (const auto* usage = usageIn(*terms.period, terms.number, charge.variant)) {
      line.models = modelsOfLine(usage->models);
    }
    line.exact = charge.cut;
    lines.add(std::move(line));

    InvoiceLine minimum = lineFor(LineType::minimum, span);
    minimum.feature = feature.code;
    minimum.variant = charge.variant;
    minimum.description = displayName(feature) + ", up to the minimum charge";
    minimum.exact = charge.minimum;
    lines.add(std::move(minimum));
  }
}

void addBalanceOverage(Lines& lines, const State& state, const UsagePeriod& period,
                       FeatureNumber number, const FeatureTerms& terms) {
  const auto& overages = period.balance.overage;
  const auto found =
      std::find_if(overages.begin(), overages.end(),
                   [number](const BalanceOverage& overage) { return overage.feature == number; });
  if (found == overages.end()) return;
  const Feature& feature = featureOf(state.ledger, number);
  InvoiceLine line = lineFor(LineType::balanceOverage, period.span);
  line.feature = feature.code;
  line.description = displayName(feature) + " beyond the balance";
  for (const FeatureUsage& usage : period.usage) {
    if (usage.feature == number) line.quantity += usage.quantity;
  }
  line.included = least(terms.included, line.quantity);
  line.exact = found->amount;
  lines.add(std::move(line));
}

/// What was used and is charged in arrears. Nothing is owed for a trial.
void addUsage(Lines& lines, const State& state, const UsagePeriod& period) {
  const Plan& plan = state.plan(period.terms);
  if (plan.model == ConsumptionModel::credits || period.trial) return;
  for (const PlanFeature& sold : plan.features) {
    const FeatureNumber number = state.feature(sold.feature);
    const Feature& feature = featureOf(state.ledger, number);
    if (feature.type != FeatureType::metered) continue;
    const FeatureTerms terms = featureTerms(state, period, plan, sold, number);
    if (plan.model == ConsumptionModel::balance) {
      addBalanceOverage(lines, state, period, number, terms);
    } else {
      addMetered(lines, terms, feature);
    }
  }
}

void addLate(Lines& lines, const State& state, const Customer& customer) {
  for (const LateCharge& late : customer.late) {
    const Feature& feature = featureOf(state.ledger, late.feature);
    InvoiceLine line = lineFor(LineType::lateAdjustment, late.span);
    line.feature = feature.code;
    line.variant = late.variant;
    line.description = displayName(feature) + ", late usage and corrections of a closed period";
    line.quantity = late.quantity;
    line.exact = late.exact;
    lines.add(std::move(line));
  }
}

void addAdjustment(Lines& lines, const PendingAdjustment& adjustment, Instant date) {
  InvoiceLine line = lineFor(LineType::adjustment, {date, date, date, date});
  line.description = adjustment.description;
  line.quantity = Decimal::fromInteger(1);
  line.unit_price = adjustment.amount;
  line.exact = adjustment.amount;
  lines.add(std::move(line));
}

void addUnused(Lines& lines, const std::vector<UnusedTime>& unused) {
  for (const UnusedTime& credit : unused) {
    InvoiceLine line = lineFor(LineType::prorationCredit, credit.span);
    line.feature = credit.feature;
    line.description = credit.description;
    line.exact = credit.exact;
    lines.add(std::move(line));
  }
}

Invoice invoiceFor(const LedgerState& ledger, const Customer& customer, InvoiceType type,
                   std::string currency, Instant date, ClosedBy closed_by) {
  const Instant seen = closed_by == ClosedBy::command ? date : date - Duration{1};
  Invoice invoice;
  invoice.type = type;
  invoice.customer = customer.id;
  invoice.currency = std::move(currency);
  invoice.date = date;
  invoice.due = date + Duration::days(ledger.ledger.settings.due_days);
  invoice.from = date;
  invoice.to = date;
  invoice.price_book_version = priceBookVersion(ledger, invoice.currency, seen);
  invoice.computed_at = ledger.last;
  return invoice;
}

void setPlan(Invoice& invoice, const Terms& terms) {
  invoice.plan = terms.plan;
  invoice.plan_version = terms.version;
}

std::optional<Invoice> unlessEmpty(Invoice&& invoice) {
  if (invoice.lines.empty()) return std::nullopt;
  return std::move(invoice);
}

}  // namespace

std::optional<Invoice> buildInvoice(const State& state, const Customer& customer,
                                    const InvoiceScope& scope) {
  CHECK(scope.ended != nullptr || scope.advance != nullptr, "an invoice charges for something");
  CHECK(scope.advance == nullptr || (scope.advance->billing && customer.subscription),
        "what is charged in advance is a billing period of a live subscription");
  const UsagePeriod& shown = scope.ended != nullptr ? *scope.ended : *scope.advance;
  CHECK(scope.advance == nullptr || scope.advance->terms.currency == shown.terms.currency,
        "an invoice is in one currency");
  Invoice invoice = invoiceFor(state.ledger, customer, scope.type, shown.terms.currency, scope.date,
                               scope.closed_by);
  const Span& span = scope.ended != nullptr ? shown.span : *shown.billing;
  invoice.from = span.from;
  invoice.to = span.to;
  setPlan(invoice, shown.terms);
  Lines lines(invoice);
  if (scope.advance != nullptr) {
    addBase(lines, state, *customer.subscription, *scope.advance, invoice);
    addSeats(lines, state, *customer.subscription, *scope.advance);
  }
  if (scope.ended != nullptr) {
    addTrueUps(lines, state, *scope.ended);
    addUsage(lines, state, *scope.ended);
  }
  if (scope.pending) {
    addLate(lines, state, customer);
    for (const PendingAdjustment& adjustment : customer.adjustments) {
      addAdjustment(lines, adjustment, scope.date);
    }
  }
  addUnused(lines, scope.unused);
  return unlessEmpty(std::move(invoice));
}

std::optional<Invoice> buildAdjustmentInvoice(const State& state, const Customer& customer,
                                              const std::string& currency,
                                              const PendingAdjustment* adjustment, Instant date) {
  const ClosedBy closed_by = adjustment != nullptr ? ClosedBy::command : ClosedBy::time;
  Invoice invoice =
      invoiceFor(state.ledger, customer, InvoiceType::adjustment, currency, date, closed_by);
  Lines lines(invoice);
  if (adjustment != nullptr) {
    addAdjustment(lines, *adjustment, date);
  } else {
    addLate(lines, state, customer);
    if (!customer.late.empty()) setPlan(invoice, customer.late.front().terms);
  }
  return unlessEmpty(std::move(invoice));
}

void settle(Invoice& invoice, const std::vector<CustomerCredit>& credits) {
  Decimal there;
  for (const CustomerCredit& credit : credits) there += credit.remaining;
  const Decimal owed = greatest(-invoice.total, Decimal());
  const Decimal used = least(there, greatest(invoice.total, Decimal()));
  InvoiceLine line =
      lineFor(LineType::customerCredit, {invoice.date, invoice.date, invoice.date, invoice.date});
  line.description = owed.isPositive() ? "Carried to customer credit" : "Paid with customer credit";
  line.exact = owed - used;
  Lines(invoice).add(std::move(line));
  if (invoice.total.isZero()) invoice.status = InvoiceStatus::paid;
}

std::optional<Invoice> buildPurchaseInvoice(const State& state, const Customer& customer,
                                            InvoiceType type, const std::string& description,
                                            const std::string& currency, Decimal price,
                                            Instant date) {
  CHECK(type == InvoiceType::creditPurchase || type == InvoiceType::balanceTopUp,
        "a purchase is of credits or of a top-up");
  Invoice invoice = invoiceFor(state.ledger, customer, type, currency, date, ClosedBy::command);
  if (const UsagePeriod* running = runningPeriod(customer)) setPlan(invoice, running->terms);
  const bool is_pack = type == InvoiceType::creditPurchase;
  const Decimal one = Decimal::fromInteger(1);
  InvoiceLine line = lineFor(is_pack ? LineType::pack : LineType::topUp, {date, date, date, date});
  line.description = description;
  line.quantity = is_pack ? one : price;
  line.unit_price = is_pack ? price : one;
  line.exact = price;
  Lines(invoice).add(std::move(line));
  return unlessEmpty(std::move(invoice));
}

}  // namespace daybook::core
