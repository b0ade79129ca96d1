// Section 7: subscriptions from start to end, and their seats.
#include <algorithm>

#include "ledger/base/check.h"
#include "tests/twin/rules.h"

namespace daybook::twin {
namespace {

/// The base price of the billing period that starts, less the introductory discount.
void chargeBase(Desk& desk, Period& period) {
  Subscription& subscription = *desk.book.subscription;
  const Plan& plan = planOf(desk.published, period);
  const BasePrice& price = *basePriceOf(plan, period.currency, period.interval);
  const Span& billing = *period.billing;
  const Number share = period.interval == Interval::once ? Number(1) : shareOf(billing);
  const Number base = recorded(share * price.base);
  subscription.billing = billing;
  const int digits = minorDigits(period.currency);
  subscription.base_charged = base.rounded(digits).decimal();  // what is really paid
  if (base == 0) return;
  InvoiceLine line = lineOf(LineType::planBase, base, billing.from, billing.to);
  line.quantity = Decimal::fromInteger(1);
  line.unit_price = price.base;
  period.ahead.push_back(line);
  if (!subscription.discount) return;
  Discount& discount = *subscription.discount;
  Number off = discount.percent.isZero() ? share * discount.amount
                                         : share * price.base * discount.percent / 100;
  off = least(recorded(off), base);
  if (off != 0) {
    period.ahead.push_back(lineOf(LineType::discount, -off, billing.from, billing.to));
  }
  subscription.base_charged = (base.rounded(digits) - off.rounded(digits)).decimal();
  if (--discount.cycles == 0) subscription.discount.reset();
}

/// Seats in advance: those held when the billing period starts.
void chargeSeats(Desk& desk, std::size_t index) {
  const Plan& plan = planOf(desk.published, desk.book.periods[index]);
  for (const PlanFeature& sold : plan.features) {
    const auto held = seatsOf(desk.book, sold.feature);
    if (!held) continue;
    Period& period = desk.book.periods[index];
    const Number share = period.interval == Interval::once ? Number(1) : shareOf(*period.billing);
    const Number value = share * seatCharge(sold, startPriceOf(period, sold, ""), held->held);
    desk.book.seats.push_back({period.life, index, sold.feature, held->held, held->held, value});
    const Number charge = recorded(value);
    if (charge == 0) continue;
    InvoiceLine line = lineOf(LineType::seats, charge, period.billing->from, period.billing->to);
    line.feature = sold.feature;
    line.quantity = Decimal::fromInteger(static_cast<std::int64_t>(held->held));
    line.included = sold.included;
    period.ahead.push_back(line);
  }
}

std::int64_t floorDivide(std::int64_t value, std::int64_t by) {
  return value >= 0 ? value / by : -((-value + by - 1) / by);
}

/// How the span [from, ...) of a period that is cut at its start came about.
Instant fullFrom(const Desk& desk, const Beginning& beginning, Instant anchor, Interval interval,
                 std::int64_t n) {
  const bool stub = beginning.stub == Beginning::Stub::yes;
  return stub ? boundaryOf(desk, anchor, interval, n) : beginning.from;
}

/// [from, to) is the billing period that a usage period with this index starts.
Span billingFrom(const Desk& desk, const Beginning& beginning) {
  const Subscription& subscription = *desk.book.subscription;
  const Interval billing = subscription.billing_interval;
  if (billing == Interval::once) {
    return {beginning.from, Instant::never(), beginning.from, Instant::never()};
  }
  const std::int64_t n = floorDivide(beginning.index, usagePeriodsIn(billing));
  const Instant to = billingEnd(desk, beginning.index);
  return {beginning.from, to, fullFrom(desk, beginning, subscription.anchor, billing, n), to};
}

/// The first usage period of a subscription without trial that starts now.
Beginning firstPeriod(const Desk& desk, std::uint32_t version) {
  const Subscription& subscription = *desk.book.subscription;
  const Interval usage = usageIntervalOf(subscription.billing_interval);
  Beginning beginning{.from = desk.now, .version = version, .billing = Beginning::Billing::starts};
  while (boundaryOf(desk, subscription.anchor, usage, beginning.index) > desk.now) {
    --beginning.index;
  }
  if (subscription.anchor != desk.now) beginning.stub = Beginning::Stub::yes;
  return beginning;
}

}  // namespace

Outcome chooseCurrency(const Desk& desk, const Plan& plan, std::string& currency) {
  const std::string& fixed = desk.book.currency;
  if (currency.empty()) currency = fixed;
  if (currency.empty()) {
    currency = plan.prices.front().currency;
    for (const BasePrice& price : plan.prices) {
      if (price.currency != currency) return Outcome::unknownCurrency;
    }
  }
  if (!fixed.empty() && currency != fixed) return Outcome::currencyMismatch;
  if (isSoldIn(plan, currency)) return Outcome::ok;
  return Outcome::currencyMismatch;
}

Instant billingEnd(const Desk& desk, std::int64_t index) {
  const Subscription& subscription = *desk.book.subscription;
  const Interval billing = subscription.billing_interval;
  const std::int64_t n = floorDivide(index, usagePeriodsIn(billing));
  return boundaryOf(desk, subscription.anchor, billing, n + 1);
}

InvoiceLine lineOf(LineType type, const Number& exact, Instant from, Instant to) {
  InvoiceLine line;
  line.type = type;
  line.exact = exact.decimal();
  line.from = from;
  line.to = to;
  return line;
}

Outcome checkSeats(const Desk& desk, const Plan& plan, const std::string& code,
                   std::uint64_t seats) {
  const Feature* feature = featureOf(desk.published, code);
  if (feature == nullptr) return Outcome::unknownFeature;
  const PlanFeature* sold = soldAs(plan, code);
  if (sold == nullptr) return Outcome::featureNotInPlan;
  if (feature->type != FeatureType::seats) return Outcome::wrongFeatureType;
  const Number count = static_cast<std::int64_t>(seats);
  if (sold->overage == Overage::block && count > sold->included) {
    return Outcome::includedLimitReached;
  }
  return Outcome::ok;
}

Heading headingOf(const Period& period, InvoiceType type, Instant date) {
  return {type, date, period.span.from, period.span.to, period.plan, period.version};
}

InvoiceNumber billStart(Desk& desk, std::size_t index, Heading::By by) {
  const Period& period = desk.book.periods[index];
  Heading heading = headingOf(period, InvoiceType::start, period.span.from);
  if (period.billing) heading.to = period.billing->to;
  heading.by = by;
  return closeBill(desk, heading, period.ahead);
}

Number seatCharge(const PlanFeature& sold, const std::optional<Price>& price, std::uint64_t held) {
  if (!price) return 0;
  const Number count = static_cast<std::int64_t>(held);
  return chargeFor(*price, positivePart(count - sold.included));
}

std::optional<SeatsEntry> seatsOf(const Book& book, const std::string& feature) {
  std::optional<SeatsEntry> last;
  for (const SeatsEntry& entry : book.seats) {
    if (entry.life == book.lives && entry.feature == feature) last = entry;
  }
  return last;
}

std::size_t beginPeriod(Desk& desk, const Beginning& beginning) {
  Book& book = desk.book;
  Subscription& subscription = *book.subscription;
  const Interval usage = usageIntervalOf(subscription.billing_interval);
  Period period;
  period.life = book.lives;
  period.index = beginning.index;
  period.plan = subscription.plan;
  period.version = beginning.version;
  period.raised_to = beginning.version;
  period.currency = subscription.currency;
  period.interval = subscription.billing_interval;
  period.pinned = subscription.pinned_version != 0;
  period.trial = subscription.trial_to.has_value();
  const Instant from = beginning.from;
  if (period.trial) {
    period.span = {from, *subscription.trial_to, from, *subscription.trial_to};
    subscription.billing_to = *subscription.trial_to;
  } else {
    const Instant to = boundaryOf(desk, subscription.anchor, usage, beginning.index + 1);
    period.span = {from, to, fullFrom(desk, beginning, subscription.anchor, usage, beginning.index),
                   to};
  }
  const Plan& plan = planOf(desk.published, period.plan, period.version);
  period.included_balance = includedBalanceOf(plan, period.currency, period.interval);
  if (beginning.billing == Beginning::Billing::starts) {
    period.billing = billingFrom(desk, beginning);
    subscription.billing_to = period.billing->to;
    chargeBase(desk, period);
  }
  const Span span = period.span;
  const std::size_t index = book.periods.size();
  book.periods.push_back(std::move(period));
  if (beginning.billing == Beginning::Billing::starts) chargeSeats(desk, index);
  if (plan.model == ConsumptionModel::credits && plan.credits > Decimal()) {
    Grant grant;
    grant.kind = GrantKind::plan;
    grant.priority = plan.grant_priority;
    grant.credits = plan.credits;
    grant.effective = span.from;
    grant.expiry = span.to;
    const std::size_t given = addGrant(desk, grant);
    book.grants[given].period = index;
  }
  return index;
}

void closeEarlier(Desk& desk) {
  const auto running = runningPeriod(desk.book);
  for (std::size_t i = 0; i < desk.book.periods.size(); ++i) {
    if (!desk.book.periods[i].closed && i != running) closePeriod(desk, i);
  }
}

std::vector<InvoiceLine> cutRunning(Desk& desk) {
  const std::size_t running = *runningPeriod(desk.book);
  desk.book.periods[running].span.to = desk.now;
  std::vector<InvoiceLine> lines = closingLines(desk, running);
  desk.book.periods[running].closed = true;
  endPlanCredits(desk);
  return lines;
}

void carryTopUps(Desk& desk, std::size_t from, std::size_t to) {
  Book& book = desk.book;
  const Plan& plan = planOf(desk.published, book.periods[from]);
  const Plan& next = planOf(desk.published, book.periods[to]);
  if (!plan.carry_top_ups || next.model != ConsumptionModel::balance) return;
  const Number carried = positivePart(least(topUpsOf(book, from), moneyOf(book, from)));
  if (carried == 0) return;
  book.money_moves.push_back({from, "", -carried, MoneyMove::Kind::topUp});
  book.money_moves.push_back({to, "", carried, MoneyMove::Kind::topUp});
  armAlerts(desk, to, AlertKind::balance);
}

Answer answerTo(Desk& desk, const Subscribe& asked) {
  Book& book = desk.book;
  const Plan* plan = newestPlan(desk.published, asked.plan);
  if (plan == nullptr) return refused(Outcome::unknownPlan);
  const Interval interval = asked.interval.value_or(plan->interval);
  const std::uint32_t trial_days = asked.trial_days.value_or(plan->trial_days);
  const Instant anchor = asked.anchor.value_or(desk.now);
  if (asked.anchor) {
    const bool may = trial_days == 0 && interval != Interval::once;
    if (!may || anchor <= desk.now) return refused(Outcome::invalidTime);
    if (boundaryOf(desk, anchor, interval, -1) > desk.now) return refused(Outcome::invalidTime);
  }
  if (book.subscription) return refused(Outcome::alreadySubscribed);
  if (plan->retired) return refused(Outcome::planRetired);
  std::string currency = asked.currency;
  const Outcome sold = chooseCurrency(desk, *plan, currency);
  if (sold != Outcome::ok) return refused(sold);
  const BasePrice* price = basePriceOf(*plan, currency, interval);
  if (price == nullptr) return refused(Outcome::currencyMismatch);
  for (const SeatCount& seats : asked.seats) {
    const Outcome outcome = checkSeats(desk, *plan, seats.feature, seats.seats);
    if (outcome != Outcome::ok) return refused(outcome);
  }
  Subscription subscription;
  subscription.plan = plan->code;
  subscription.currency = currency;
  subscription.billing_interval = interval;
  subscription.started = desk.now;
  subscription.anchor = anchor;
  if (trial_days > 0) subscription.trial_to = desk.now + Duration::days(trial_days);
  if (plan->intro_cycles > 0) {
    subscription.discount = Discount{plan->intro_percent, price->intro_amount, plan->intro_cycles};
  }
  book.currency = currency;
  book.subscription = subscription;
  ++book.lives;
  book.spans.push_back({desk.now, Instant::never()});
  for (const SeatCount& one : asked.seats) {
    book.seats.push_back({book.lives, book.periods.size(), one.feature, one.seats, one.seats});
  }
  Answer answer;
  if (trial_days > 0) {
    beginPeriod(desk, {.from = desk.now, .version = plan->version});
    return answer;
  }
  const std::size_t index = beginPeriod(desk, firstPeriod(desk, plan->version));
  answer.receipt.invoice = billStart(desk, index, Heading::By::command);
  return answer;
}

}  // namespace daybook::twin
