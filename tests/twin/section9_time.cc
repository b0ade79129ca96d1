// Section 9: time passing.
#include <algorithm>
#include <tuple>

#include "tests/twin/rules.h"

namespace daybook::twin {
namespace {

/// In the order in which they go when they fall due at one instant.
enum class Kind { holdExpiry, close, expiry, change, trialEnd, start, raise };

struct Due {
  Instant at = Instant::never();
  Kind kind = Kind::close;
  std::size_t what = 0;  // period, or grant
  bool operator<(const Due& other) const {
    return std::tie(at, kind, what) < std::tie(other.at, other.kind, other.what);
  }
};

/// A version that raises what a period gives, not given yet.
const Published::PlanVersion* raiseFor(const Desk& desk, const Period& period) {
  if (period.closed || period.pinned) return nullptr;
  for (const Published::PlanVersion& version : desk.published.plans) {
    if (version.plan.code == period.plan && version.plan.version > period.raised_to &&
        version.plan.improvements_now && version.at < period.span.to) {
      return &version;
    }
  }
  return nullptr;
}

/// Late charges that no invoice of a running subscription will take.
bool isStranded(const Book& book) {
  if (runningPeriod(book) || book.periods.empty()) return false;
  return std::any_of(book.late.begin(), book.late.end(),
                     [](const LateEntry& entry) { return !entry.billed; }) ||
         std::any_of(book.adjustments.begin(), book.adjustments.end(),
                     [](const Adjustment& entry) { return !entry.billed; });
}

Due nextDue(const Desk& desk) {
  const Book& book = desk.book;
  Due next;
  const auto consider = [&next](const Due& due) { next = std::min(next, due); };
  const auto running = runningPeriod(book);
  for (std::size_t i = 0; i < book.periods.size(); ++i) {
    const Period& period = book.periods[i];
    if (!period.closed && i != running) {
      consider({period.span.to + desk.settings.grace, Kind::close, i});
    }
    if (const auto* version = raiseFor(desk, period)) consider({version->at, Kind::raise, i});
  }
  for (std::size_t i = 0; i < book.grants.size(); ++i) {
    const Granted& granted = book.grants[i];
    if (granted.terms.expiry.isNever()) continue;
    if (granted.ended && remainingOf(book, i) == 0) continue;  // what is freed late goes at once
    consider({granted.terms.expiry + desk.settings.grace, Kind::expiry, i});
  }
  if (const auto hold = nextToExpire(book)) {
    consider({book.holds[*hold].expiry, Kind::holdExpiry, *hold});
  }
  if (isStranded(book)) {
    consider({book.periods.back().span.to + desk.settings.late_window, Kind::close,
              book.periods.size()});
  }
  if (!running) return next;
  const Subscription& subscription = *book.subscription;
  const Instant end = book.periods[*running].span.to;
  if (subscription.cancel_at == end) {
    consider({end, Kind::change, *running});
  } else if (subscription.change && subscription.billing_to == end) {
    consider({end, Kind::change, *running});
  } else if (subscription.trial_to) {
    consider({end, Kind::trialEnd, *running});
  } else {
    consider({end, Kind::start, *running});
  }
  return next;
}

std::uint32_t versionAt(const Desk& desk, Instant at) {
  const Subscription& subscription = *desk.book.subscription;
  if (subscription.pinned_version != 0) return subscription.pinned_version;
  return planBefore(desk.published, subscription.plan, at)->version;
}

std::int64_t remainderOf(std::int64_t index, std::int64_t by) { return (index % by + by) % by; }

/// The zone may have changed since the billing period began: its end is looked up again.
void lookUpBillingEnd(Desk& desk, std::int64_t index) {
  Subscription& subscription = *desk.book.subscription;
  const Instant to = billingEnd(desk, index);
  if (subscription.cancel_at == subscription.billing_to) subscription.cancel_at = to;
  subscription.billing_to = to;
}

void startNext(Desk& desk, std::size_t running) {
  Book& book = desk.book;
  const Period& period = book.periods[running];
  Beginning beginning{.from = period.span.to, .index = period.index + 1};
  beginning.version = versionAt(desk, beginning.from);
  if (book.subscription->billing_to == beginning.from) {
    beginning.billing = Beginning::Billing::starts;
  } else if (book.subscription->billing_interval != Interval::once) {
    lookUpBillingEnd(desk, beginning.index);
  }
  const std::size_t next = beginPeriod(desk, beginning);
  book.periods[running].next = next;
}

void changeAtEnd(Desk& desk, std::size_t running) {
  Book& book = desk.book;
  Subscription& subscription = *book.subscription;
  const Period& period = book.periods[running];
  const Instant at = period.span.to;
  if (subscription.cancel_at) return endLife(book, at);
  Beginning beginning{.from = at, .index = period.index + 1, .billing = Beginning::Billing::starts};
  const Interval interval = subscription.change->interval;
  const bool same_usage =
      usageIntervalOf(interval) == usageIntervalOf(subscription.billing_interval);
  const bool was_trial = subscription.trial_to.has_value();
  subscription.trial_to.reset();
  // A one-time plan has no billing periods to keep in step with: its months count from here.
  if (was_trial || !same_usage || interval == Interval::once ||
      remainderOf(beginning.index, usagePeriodsIn(interval)) != 0) {
    subscription.anchor = at;
    beginning.index = 0;
  }
  subscription.plan = subscription.change->plan;
  subscription.billing_interval = interval;
  subscription.change.reset();
  subscription.discount.reset();
  subscription.pinned_version = 0;
  beginning.version = versionAt(desk, at);
  const std::size_t next = beginPeriod(desk, beginning);
  book.periods[running].next = next;
  if (was_trial) billStart(desk, next, Heading::By::time);
}

void endTrial(Desk& desk, std::size_t running) {
  Book& book = desk.book;
  Subscription& subscription = *book.subscription;
  const Instant at = *subscription.trial_to;
  subscription.trial_to.reset();
  subscription.anchor = at;
  const std::size_t next = beginPeriod(
      desk, {.from = at, .version = versionAt(desk, at), .billing = Beginning::Billing::starts});
  book.periods[running].next = next;
  billStart(desk, next, Heading::By::time);
}

void raise(Desk& desk, std::size_t index) {
  Period& period = desk.book.periods[index];
  const Plan& plan = raiseFor(desk, period)->plan;
  Number credits;
  Number balance;
  for (const Published::PlanVersion& version : desk.published.plans) {
    const bool given = version.plan.code == plan.code && version.plan.version >= period.version &&
                       version.plan.version <= period.raised_to &&
                       (version.plan.version == period.version || version.plan.improvements_now);
    if (!given) continue;
    credits = most(credits, version.plan.credits);
    balance = most(balance, includedBalanceOf(version.plan, period.currency, period.interval));
  }
  period.raised_to = plan.version;
  if (plan.model == ConsumptionModel::credits && plan.credits > credits) {
    Grant grant;
    grant.kind = GrantKind::plan;
    grant.priority = planOf(desk.published, period).grant_priority;
    grant.credits = (Number(plan.credits) - credits).decimal();
    grant.effective = period.span.from;
    grant.expiry = period.span.to;
    const std::size_t given = addGrant(desk, grant);
    desk.book.grants[given].period = index;
    armAlerts(desk, index, AlertKind::credits);
  }
  const Number more = includedBalanceOf(plan, period.currency, period.interval) - balance;
  if (plan.model == ConsumptionModel::balance && more > 0) {
    desk.book.money_moves.push_back({index, "", more, MoneyMove::Kind::raise});
    armAlerts(desk, index, AlertKind::balance);
  }
}

/// The terms on which plan credits that end at `expiry` go over; none when they do not.
const Rollover* rolloverAt(const Desk& desk, Instant expiry) {
  const Book& book = desk.book;
  const auto running = runningPeriod(book);
  if (!running) return nullptr;
  for (const Period& period : book.periods) {
    if (period.life != book.lives || period.span.to != expiry || !period.next || period.trial) {
      continue;
    }
    const Plan& plan = planOf(desk.published, period);
    const Plan& now = planOf(desk.published, book.periods[*running]);
    if (plan.rollover && now.model == ConsumptionModel::credits) return &*plan.rollover;
  }
  return nullptr;
}

/// What is left of plan credits at one expiry: carried as far as the rollover goes, then gone: so
/// much.
Number endPlanBatch(Desk& desk, Instant expiry) {
  Book& book = desk.book;
  std::vector<std::size_t> batch;
  for (std::size_t i = 0; i < book.grants.size(); ++i) {
    const Granted& granted = book.grants[i];
    if (granted.terms.kind == GrantKind::plan && granted.terms.expiry == expiry) {
      batch.push_back(i);
    }
  }
  std::stable_sort(batch.begin(), batch.end(), [&book](std::size_t left, std::size_t right) {
    return book.grants[left].terms.rollovers < book.grants[right].terms.rollovers;
  });
  const Rollover* rollover = rolloverAt(desk, expiry);
  Number carried;
  for (const std::size_t from : batch) {
    const Grant old = book.grants[from].terms;
    if (book.grants[from].ended) continue;
    if (rollover == nullptr || old.rollovers >= rollover->periods) continue;
    Number part = remainingOf(book, from);
    if (rollover->maximum) part = least(part, Number(*rollover->maximum) - carried);
    if (part <= 0) continue;
    carried += part;
    book.credit_moves.push_back({from, part});
    Grant grant = old;
    grant.number = GrantNumber(static_cast<std::uint32_t>(book.grants.size() + 1));
    grant.credits = part.decimal();
    grant.expiry = book.periods[*runningPeriod(book)].span.to;
    grant.rollovers = old.rollovers + 1;
    book.grants.push_back({grant, false});
    armCreditAlerts(desk);
  }
  Number lost;
  for (const std::size_t grant : batch) lost += expire(desk, grant);
  return lost;
}

/// All grants of one expiry are over for good at `at`.
void endBatch(Desk& desk, Instant expiry, Instant at) {
  Number lost = endPlanBatch(desk, expiry);
  for (std::size_t i = 0; i < desk.book.grants.size(); ++i) {
    const Granted& granted = desk.book.grants[i];
    if (granted.terms.expiry == expiry) lost += expire(desk, i);
  }
  const auto running = runningPeriod(desk.book);
  if (!running) return;
  const Span& span = desk.book.periods[*running].span;
  if (expiry <= span.from || span.to <= at) return;  // gone before it began, or reset next
  const Watched after = watched(desk, at);
  Watched before = after;
  before.credits += lost;
  raiseAlerts(desk, before, after);
}

void closeStranded(Desk& desk, Instant at) {
  const std::vector<InvoiceLine> lines = pendingLines(desk);
  markPending(desk);
  closeBill(desk, {InvoiceType::adjustment, at, at, at, "", 0}, lines);
}

void workOff(Desk& desk, const Due& due) {
  switch (due.kind) {
    case Kind::holdExpiry:
      return expireHold(desk, due.what);
    case Kind::close:
      if (due.what == desk.book.periods.size()) return closeStranded(desk, due.at);
      return closePeriod(desk, due.what);
    case Kind::expiry:
      return endBatch(desk, desk.book.grants[due.what].terms.expiry, due.at);
    case Kind::change:
      return changeAtEnd(desk, due.what);
    case Kind::trialEnd:
      return endTrial(desk, due.what);
    case Kind::start:
      return startNext(desk, due.what);
    case Kind::raise:
      return raise(desk, due.what);
  }
}

}  // namespace

void catchUp(Desk& desk) {
  for (Due due = nextDue(desk); due.at <= desk.now; due = nextDue(desk)) workOff(desk, due);
}

}  // namespace daybook::twin
