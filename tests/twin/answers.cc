// What the twin answers to reads: sums over the journals, with everything due at that instant done.
#include <algorithm>

#include "tests/twin/rules.h"

namespace daybook::twin {
namespace {

bool isThere(const Desk& desk, const Granted& granted) {
  const Grant& grant = granted.terms;
  return grant.effective <= desk.now && desk.now < grant.expiry;
}

CreditBalance creditsOf(const Desk& desk) {
  Number sums[3];
  for (std::size_t i = 0; i < desk.book.grants.size(); ++i) {
    const Granted& granted = desk.book.grants[i];
    if (!isThere(desk, granted)) continue;
    sums[static_cast<std::size_t>(granted.terms.kind)] += remainingOf(desk.book, i);
  }
  CreditBalance credits;
  credits.plan = sums[0].decimal();
  credits.promotional = sums[1].decimal();
  credits.purchased = sums[2].decimal();
  credits.debt = debtOf(desk.book).decimal();
  Number held;
  for (std::size_t i = 0; i < desk.book.grants.size(); ++i) held += pinnedIn(desk.book, i);
  credits.held = held.decimal();
  const auto running = runningPeriod(desk.book);
  if (running &&
      planOf(desk.published, desk.book.periods[*running]).model == ConsumptionModel::credits) {
    credits.available = (sums[0] + sums[1] + sums[2] - debtOf(desk.book)).decimal();
  }
  return credits;
}

std::vector<Grant> grantsOf(const Desk& desk) {
  std::vector<Grant> grants;
  for (std::size_t i = 0; i < desk.book.grants.size(); ++i) {
    if (!isThere(desk, desk.book.grants[i]) || remainingOf(desk.book, i) == 0) continue;
    grants.push_back(desk.book.grants[i].terms);
    grants.back().remaining = remainingOf(desk.book, i).decimal();
    grants.back().credits =
        (Number(grants.back().credits) - desk.book.grants[i].refunded).decimal();
    grants.back().held = pinnedIn(desk.book, i).decimal();
  }
  std::sort(grants.begin(), grants.end(), isDrawnBefore);
  return grants;
}

FeatureBalance featureBalance(const Desk& desk, std::size_t index, const PlanFeature& sold,
                              const std::string& variant) {
  const Period& period = desk.book.periods[index];
  const Plan& plan = planOf(desk.published, period);
  FeatureBalance balance;
  balance.feature = sold.feature;
  balance.variant = variant;
  balance.unlimited = sold.unlimited;
  balance.used = usedOf(desk.book, index, sold.feature, variant).decimal();
  Number deducted;
  Number unpaid;
  for (const Use& use : desk.book.uses) {
    if (use.period != index || use.feature != sold.feature || use.variant != variant) continue;
    unpaid += use.unpaid;
    deducted += use.price - use.unpaid;
    balance.events += static_cast<std::uint64_t>(use.events);
  }
  balance.unpaid = unpaid.decimal();
  const Number included = includedOf(desk, period, sold);
  balance.included = included.decimal();
  const Number held = heldUnits(desk, index, sold);
  balance.held = held.decimal();
  if (plan.model == ConsumptionModel::balance) balance.charge = deducted.decimal();
  if (plan.model == ConsumptionModel::metered) {
    balance.charge = chargesOf(desk, index, sold, std::nullopt)[variant].decimal();
  }
  if (!sold.unlimited && plan.model != ConsumptionModel::credits) {
    const Number left = included + unpaidOf(desk.book, index, sold.feature) -
                        usedOf(desk.book, index, sold.feature) - held;
    const bool is_trial = plan.model == ConsumptionModel::metered && period.trial;
    const bool blocks = sold.overage == Overage::block || is_trial;
    balance.remaining = (blocks ? left : positivePart(left)).decimal();
  }
  return balance;
}

bool wasUsed(const Book& book, std::size_t period, const std::string& feature,
             const std::string& variant) {
  return std::any_of(book.uses.begin(), book.uses.end(), [&](const Use& use) {
    return use.period == period && use.feature == feature && use.variant == variant;
  });
}

void describePeriod(const Desk& desk, std::size_t index, Balance& balance) {
  const Period& period = desk.book.periods[index];
  const Plan& plan = planOf(desk.published, period);
  balance.model = plan.model;
  balance.terms = {period.plan, period.version, period.currency};
  balance.period_from = period.span.from;
  balance.period_to = period.span.to;
  for (const PlanFeature& sold : plan.features) {
    const FeatureType type = featureOf(desk.published, sold.feature)->type;
    if (type == FeatureType::boolean) balance.enabled.push_back(sold.feature);
    if (type == FeatureType::seats) {
      const SeatsEntry held = seatsOf(desk.book, sold.feature).value_or(SeatsEntry{});
      Number true_up;
      for (const SeatsEntry& entry : desk.book.seats) {
        const bool now = entry.feature == sold.feature && entry.period == index;
        if (now) true_up += entry.true_up;
      }
      balance.seats.push_back(
          {sold.feature, held.held, sold.included, held.highest, true_up.decimal()});
    }
    if (type != FeatureType::metered) continue;
    balance.features.push_back(featureBalance(desk, index, sold, ""));
    for (const PriceVariant& variant : sold.variants) {
      if (!wasUsed(desk.book, index, sold.feature, variant.value)) continue;
      balance.features.push_back(featureBalance(desk, index, sold, variant.value));
    }
  }
  if (plan.model != ConsumptionModel::balance) return;
  balance.money.amount = moneyOf(desk.book, index).decimal();
  balance.held_money = heldMoney(desk, index).decimal();
  balance.available_money = (moneyOf(desk.book, index) - heldMoney(desk, index)).decimal();
  balance.money.top_ups = topUpsOf(desk.book, index).decimal();
  Number included = period.included_balance;
  for (const MoneyMove& move : desk.book.money_moves) {
    if (move.period == index && move.kind == MoneyMove::Kind::raise) included += move.amount;
  }
  balance.money.included = included.decimal();
  for (const Overdraft& overdraft : overdraftsOf(desk.book, index)) {
    const auto feature =
        std::find_if(desk.published.features.begin(), desk.published.features.end(),
                     [&overdraft](const Feature& one) { return one.code == overdraft.feature; });
    const auto number = feature - desk.published.features.begin() + 1;
    balance.money.overage.push_back(
        {FeatureNumber(static_cast<std::uint32_t>(number)), overdraft.amount.decimal()});
  }
}

}  // namespace

Balance balanceOf(const Desk& desk) {
  const Book& book = desk.book;
  Balance balance;
  balance.customer = book.id;
  balance.at = desk.now;
  if (book.lives > 0) balance.state = SubscriptionState::canceled;
  if (book.subscription) {
    const Subscription& subscription = *book.subscription;
    balance.state = SubscriptionState::active;
    if (subscription.trial_to) balance.state = SubscriptionState::trialing;
    if (subscription.paused) balance.state = SubscriptionState::paused;
    balance.cancel_at = subscription.cancel_at.value_or(Instant::never());
    balance.trial_to = subscription.trial_to.value_or(Instant::never());
    balance.billing_to = subscription.billing_to;
    balance.pinned_version = subscription.pinned_version;
    balance.change = subscription.change;
  }
  if (const auto running = runningPeriod(book)) describePeriod(desk, *running, balance);
  balance.credits = creditsOf(desk);
  balance.grants = grantsOf(desk);
  balance.customer_credit = creditLeft(book).decimal();
  for (const InvoiceLine& line : pendingLines(desk)) {
    if (line.type == LineType::adjustment) {
      balance.adjustments.push_back({line.description, line.exact});
    }
  }
  return balance;
}

std::optional<Invoice> upcomingOf(const Desk& desk) {
  const auto running = runningPeriod(desk.book);
  if (!running) return std::nullopt;
  Book ahead = desk.book;
  Desk later{desk.published, desk.settings, desk.zones, ahead, ahead.periods[*running].span.to};
  catchUp(later);
  const Period& period = ahead.periods[*running];
  if (period.trial) {  // the first invoice, when the trial ends
    if (!period.next) return std::nullopt;
    const Bill* last = ahead.bills.empty() ? nullptr : &ahead.bills.back();
    const bool starts = last != nullptr && last->invoice.type == InvoiceType::start &&
                        last->invoice.date == later.now;
    return starts ? std::optional(last->invoice) : std::nullopt;
  }
  std::vector<InvoiceLine> lines;
  if (period.next) lines = ahead.periods[*period.next].ahead;
  for (const InvoiceLine& line : closingLines(later, *running)) lines.push_back(line);
  for (const InvoiceLine& line : pendingLines(later)) lines.push_back(line);
  const InvoiceType type = period.next ? InvoiceType::renewal : InvoiceType::final;
  const auto bill = billOf(later, headingOf(period, type, later.now), lines);
  if (!bill) return std::nullopt;
  return bill->invoice;
}

}  // namespace daybook::twin
