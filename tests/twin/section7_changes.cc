// Section 7: what changes a subscription: cancelling, another plan, a pause, seats.
#include <algorithm>

#include "ledger/base/check.h"
#include "tests/twin/rules.h"

namespace daybook::twin {
namespace {

/// An instant's place in a billing period: what remains of it, in seconds.
struct Remainder {
  Number remaining;
  Number length;
};
Remainder remainderOf(const Span& billing, Instant now) {
  const Number length = seconds(billing.from, billing.to);
  return {length - seconds(billing.from, now), length};
}

/// What was paid in advance and is not used: the base price, and seats.
std::vector<InvoiceLine> unusedCredits(const Desk& desk) {
  const Subscription& subscription = *desk.book.subscription;
  std::vector<InvoiceLine> lines;
  if (subscription.billing_interval == Interval::once || subscription.trial_to) return lines;
  const Remainder rest = remainderOf(subscription.billing, desk.now);
  if (rest.length == 0) return lines;
  const auto add = [&](const std::string& feature, const Number& paid) {
    const Number credit = recorded(paid * rest.remaining / rest.length);
    if (credit == 0) return;
    lines.push_back(lineOf(LineType::prorationCredit, -credit, desk.now, subscription.billing.to));
    lines.back().feature = feature;
  };
  add("", subscription.base_charged);
  // Seats paid for in this billing period, those among them that the plan no longer sells.
  std::size_t began = *runningPeriod(desk.book);
  while (!desk.book.periods[began].billing) --began;
  std::vector<std::string> seen;
  for (const SeatsEntry& entry : desk.book.seats) {
    if (std::count(seen.begin(), seen.end(), entry.feature) > 0) continue;
    seen.push_back(entry.feature);
    const auto held = seatsOf(desk.book, entry.feature);
    if (held && held->period >= began) add(entry.feature, held->value);
  }
  return lines;
}

void append(std::vector<InvoiceLine>& lines, const std::vector<InvoiceLine>& more) {
  lines.insert(lines.end(), more.begin(), more.end());
}

/// Whether a change goes at once: the interval decides, then rank, then price.
bool isUpgrade(const Desk& desk, const Plan& to, Interval interval) {
  const Subscription& subscription = *desk.book.subscription;
  const Plan& from = planOf(desk.published, desk.book.periods[*runningPeriod(desk.book)]);
  if (interval != subscription.billing_interval) return interval > subscription.billing_interval;
  if (from.rank && to.rank) return *to.rank >= *from.rank;
  return basePriceOf(to, subscription.currency, interval)->base >=
         basePriceOf(from, subscription.currency, interval)->base;
}

InvoiceNumber changeNow(Desk& desk, const Plan& plan, Interval interval) {
  Book& book = desk.book;
  closeEarlier(desk);
  const std::size_t old = *runningPeriod(book);
  const std::vector<InvoiceLine> credits = unusedCredits(desk);
  std::vector<InvoiceLine> charges = cutRunning(desk);
  Subscription& subscription = *book.subscription;
  subscription.plan = plan.code;
  subscription.billing_interval = interval;
  subscription.anchor = desk.now;
  subscription.trial_to.reset();
  subscription.cancel_at.reset();
  subscription.change.reset();
  subscription.discount.reset();
  subscription.pinned_version = 0;
  const std::size_t next = beginPeriod(
      desk, {.from = desk.now, .version = plan.version, .billing = Beginning::Billing::starts});
  carryTopUps(desk, old, next);
  std::vector<InvoiceLine> lines = book.periods[next].ahead;
  append(lines, charges);
  append(lines, pendingLines(desk));
  append(lines, credits);
  Heading heading = headingOf(book.periods[old], InvoiceType::planChange, desk.now);
  heading.by = Heading::By::command;
  markPending(desk);
  return closeBill(desk, heading, lines);
}

}  // namespace

void endLife(Book& book, Instant at) {
  for (SubscribedSpan& span : book.spans) {
    if (span.to.isNever()) span.to = at;
  }
  book.subscription.reset();
}

Answer answerTo(Desk& desk, const Cancel& asked) {
  Book& book = desk.book;
  if (!book.subscription) return refused(Outcome::noSubscription);
  Subscription& subscription = *book.subscription;
  if (subscription.paused) {
    const Period last = book.periods.back();
    closeEarlier(desk);
    endLife(book, desk.now);
    const std::vector<InvoiceLine> lines = pendingLines(desk);
    markPending(desk);
    Heading heading = headingOf(last, InvoiceType::adjustment, desk.now);
    heading.from = heading.to = desk.now;
    closeBill(desk, heading, lines);
    return {};
  }
  const std::size_t running = *runningPeriod(book);
  const Plan& plan = planOf(desk.published, book.periods[running]);
  if (asked.when == CancelWhen::periodEnd && !plan.free) {
    const bool once = subscription.billing_interval == Interval::once;
    subscription.cancel_at = once ? book.periods[running].span.to : subscription.billing_to;
    return {};
  }
  closeEarlier(desk);
  const std::vector<InvoiceLine> unused =
      asked.credit_unused ? unusedCredits(desk) : std::vector<InvoiceLine>();
  std::vector<InvoiceLine> lines = cutRunning(desk);
  endLife(book, desk.now);
  append(lines, pendingLines(desk));
  append(lines, unused);
  markPending(desk);
  Heading heading = headingOf(book.periods[running], InvoiceType::final, desk.now);
  heading.by = Heading::By::command;
  closeBill(desk, heading, lines);
  return {};
}

Answer revokeCancel(Desk& desk) {
  if (!desk.book.subscription) return refused(Outcome::noSubscription);
  if (!desk.book.subscription->cancel_at) return refused(Outcome::notCanceled);
  desk.book.subscription->cancel_at.reset();
  return {};
}

Answer answerTo(Desk& desk, const ChangePlan& asked) {
  Book& book = desk.book;
  const Plan* plan = newestPlan(desk.published, asked.plan);
  if (plan == nullptr) return refused(Outcome::unknownPlan);
  if (!book.subscription) return refused(Outcome::noSubscription);
  Subscription& subscription = *book.subscription;
  if (subscription.paused) return refused(Outcome::paused);
  const Interval interval = asked.interval.value_or(plan->interval);
  if (plan->code == subscription.plan && interval == subscription.billing_interval) {
    return refused(Outcome::nothingToChange);
  }
  const bool is_new = plan->code != subscription.plan;
  if (plan->retired && is_new) return refused(Outcome::planRetired);
  if (basePriceOf(*plan, subscription.currency, interval) == nullptr) {
    return refused(Outcome::currencyMismatch);
  }
  const bool once = subscription.billing_interval == Interval::once;
  const bool ends = !once || subscription.trial_to;
  if (!ends && asked.when == ChangeWhen::periodEnd) return refused(Outcome::notAvailableNow);
  bool now = asked.when == ChangeWhen::now;
  if (asked.when == ChangeWhen::automatic) {
    now = once || isUpgrade(desk, *plan, interval);
  }
  if (!now) {
    subscription.change = ScheduledChange{plan->code, interval};
    return {};
  }
  Answer answer;
  answer.receipt.invoice = changeNow(desk, *plan, interval);
  return answer;
}

Answer revokeChange(Desk& desk) {
  if (!desk.book.subscription) return refused(Outcome::noSubscription);
  if (!desk.book.subscription->change) return refused(Outcome::noScheduledChange);
  desk.book.subscription->change.reset();
  return {};
}

Answer pause(Desk& desk) {
  Book& book = desk.book;
  if (!book.subscription) return refused(Outcome::noSubscription);
  Subscription& subscription = *book.subscription;
  if (subscription.paused) return refused(Outcome::paused);
  if (subscription.trial_to) return refused(Outcome::notAvailableNow);
  closeEarlier(desk);
  const std::size_t running = *runningPeriod(book);
  std::vector<InvoiceLine> lines = cutRunning(desk);
  append(lines, pendingLines(desk));
  markPending(desk);
  Heading heading = headingOf(book.periods[running], InvoiceType::final, desk.now);
  heading.by = Heading::By::command;
  closeBill(desk, heading, lines);
  subscription.paused = desk.now;
  subscription.cancel_at.reset();
  subscription.change.reset();
  book.spans.push_back({desk.now, Instant::never(), true});
  return {};
}

Answer resume(Desk& desk) {
  Book& book = desk.book;
  if (!book.subscription) return refused(Outcome::noSubscription);
  Subscription& subscription = *book.subscription;
  if (!subscription.paused) return refused(Outcome::notPaused);
  book.spans.back().to = desk.now;
  subscription.paused.reset();
  subscription.anchor = desk.now;
  subscription.pinned_version = 0;
  const std::uint32_t version = newestPlan(desk.published, subscription.plan)->version;
  const std::size_t index = beginPeriod(
      desk, {.from = desk.now, .version = version, .billing = Beginning::Billing::starts});
  Answer answer;
  answer.receipt.invoice = billStart(desk, index, Heading::By::command);
  return answer;
}

Answer answerTo(Desk& desk, const PinVersion& asked) {
  Book& book = desk.book;
  if (!book.subscription) return refused(Outcome::noSubscription);
  if (book.subscription->paused) return refused(Outcome::paused);
  Period& running = book.periods[*runningPeriod(book)];
  book.subscription->pinned_version = asked.pinned ? running.version : 0;
  running.pinned = asked.pinned;
  return {};
}

Answer answerTo(Desk& desk, const ChangeSeats& asked) {
  Book& book = desk.book;
  if (asked.set ? asked.seats < 0 : asked.seats == 0) return refused(Outcome::invalidNumber);
  if (featureOf(desk.published, asked.feature) == nullptr) {
    return refused(Outcome::unknownFeature);
  }
  if (!book.subscription) return refused(Outcome::noSubscription);
  const Subscription& subscription = *book.subscription;
  if (subscription.paused) return refused(Outcome::paused);
  const std::size_t running = *runningPeriod(book);
  const Period& period = book.periods[running];
  const Plan& plan = planOf(desk.published, period);
  SeatsEntry entry = seatsOf(book, asked.feature).value_or(SeatsEntry{});
  const std::int64_t before = asked.set ? 0 : static_cast<std::int64_t>(entry.held);
  const std::int64_t held = before + asked.seats;
  if (held < 0) return refused(Outcome::invalidNumber);
  const Outcome outcome = checkSeats(desk, plan, asked.feature, static_cast<std::uint64_t>(held));
  if (outcome != Outcome::ok) return refused(outcome);
  entry.life = book.lives;
  entry.period = running;
  entry.feature = asked.feature;
  entry.held = static_cast<std::uint64_t>(held);
  entry.true_up = 0;
  if (!subscription.trial_to && entry.held > entry.highest) {
    const PlanFeature& sold = *soldAs(planOf(desk.published, period), asked.feature);
    const auto price = priceOf(desk, period, sold, "");
    const Number more =
        seatCharge(sold, price, entry.held) - seatCharge(sold, price, entry.highest);
    const Span& billing = subscription.billing;
    const Number length = seconds(billing.full_from, billing.full_to);
    const bool once = subscription.billing_interval == Interval::once;
    const Number part = once ? Number(1) : remainderOf(billing, desk.now).remaining / length;
    entry.true_up = recorded(more * part);
    entry.value += once ? more : more * shareOf(billing);
    entry.highest = entry.held;
  }
  entry.highest = std::max(entry.highest, entry.held);  // in a trial they cost nothing
  book.seats.push_back(entry);
  Answer answer;
  answer.receipt.quantity = Decimal::fromInteger(held);
  answer.receipt.price = entry.true_up.decimal();
  return answer;
}

}  // namespace daybook::twin
