#include "ledger/core/apply.h"

#include <algorithm>

#include "ledger/base/limits.h"
#include "ledger/core/catalog_lookup.h"
#include "ledger/core/fit_checks.h"
#include "ledger/core/holds.h"
#include "ledger/core/model_usage.h"
#include "ledger/core/spending.h"
#include "ledger/core/terms.h"
#include "ledger/core/usage.h"

namespace daybook::core {
namespace {

Grant& grantOf(Customer& customer, GrantNumber number) {
  const auto found =
      std::lower_bound(customer.grants.begin(), customer.grants.end(), number,
                       [](const Grant& grant, GrantNumber n) { return grant.number < n; });
  require(found != customer.grants.end() && found->number == number, "the grant is there");
  return *found;
}

FeatureUsage& usageOf(UsagePeriod& period, FeatureNumber feature, const std::string& variant) {
  for (FeatureUsage& usage : period.usage) {
    if (usage.feature == feature && usage.variant == variant) return usage;
  }
  FeatureUsage& usage = period.usage.emplace_back();
  usage.feature = feature;
  usage.variant = variant;
  return usage;
}

InvoiceRef& invoiceOf(Customer& customer, InvoiceNumber number) {
  const auto found =
      std::lower_bound(customer.invoices.begin(), customer.invoices.end(), number,
                       [](const InvoiceRef& ref, InvoiceNumber n) { return ref.number < n; });
  require(found != customer.invoices.end() && found->number == number, "the invoice is there");
  return *found;
}

/// What a period gives, arms its alert again.
void rearm(UsagePeriod& period, AlertKind kind) {
  std::erase_if(period.alerts,
                [kind](const RaisedAlert& alert) { return alert.rule.kind == kind; });
}

void rearmRunning(Customer& customer, AlertKind kind) {
  if (runningPeriod(customer) != nullptr) rearm(customer.periods.back(), kind);
}

/// The running period ends at `at`, and what it gave with it.
void endRunning(Customer& customer, Instant at) {
  if (runningPeriod(customer) == nullptr) return;
  Span& span = customer.periods.back().span;
  require(span.from <= at && at <= span.to, "a usage period ends within its boundaries");
  span.to = at;
  for (Grant& grant : customer.grants) {
    if (grant.kind == GrantKind::plan) grant.expiry = std::min(grant.expiry, at);
  }
}

void draw(Customer& customer, const std::vector<Draw>& draws, Instant at) {
  for (const Draw& part : draws) {
    Grant& grant = grantOf(customer, part.grant);
    grant.remaining -= part.amount;
    require(!grant.remaining.isNegative() && grant.remaining + grant.held <= grant.credits,
            "no grant gives more than it has, or gets more back than it gave");
    if (part.amount.isPositive()) grant.last_drawn = std::max(grant.last_drawn, at);
  }
}

/// What costs nothing is on no line; what cancels out is none.
void addLate(Customer& customer, const UsagePeriod& period, FeatureNumber feature,
             const std::string& variant, Decimal quantity, Decimal exact) {
  if (exact.isZero()) return;
  auto found =
      std::find_if(customer.late.begin(), customer.late.end(), [&](const LateCharge& charge) {
        return charge.feature == feature && charge.variant == variant && charge.span == period.span;
      });
  if (found == customer.late.end()) {
    customer.late.push_back({feature, variant, period.span, period.terms, {}, {}});
    found = customer.late.end() - 1;
  }
  found->quantity += quantity;
  found->exact += exact;
  if (found->exact.isZero()) customer.late.erase(found);
}

/// Customer credit of which `amount` is used up, oldest first.
void useCredit(Customer& customer, Decimal amount) {
  while (amount.isPositive()) {
    require(!customer.credits.empty(), "no more customer credit is used than there is");
    CustomerCredit& oldest = customer.credits.front();
    const Decimal part = least(oldest.remaining, amount);
    oldest.remaining -= part;
    amount -= part;
    if (oldest.remaining.isZero()) customer.credits.erase(customer.credits.begin());
  }
}

SeatsHeld& seatsOf(Customer& customer, FeatureNumber feature) {
  for (SeatsHeld& seats : customer.seats) {
    if (seats.feature == feature) return seats;
  }
  customer.seats.emplace_back().feature = feature;
  return customer.seats.back();
}

PeriodSeats& periodSeatsOf(UsagePeriod& period, FeatureNumber feature) {
  for (PeriodSeats& seats : period.seats) {
    if (seats.feature == feature) return seats;
  }
  period.seats.emplace_back().feature = feature;
  return period.seats.back();
}

/// Whether a live subscription waits for its first usage period, or the first of another plan.
bool awaitsPeriod(const Customer& customer) {
  return customer.subscription && !customer.subscription->paused &&
         runningPeriod(customer) == nullptr;
}

/// The open hold with this number.
std::vector<Hold>::iterator openHold(Customer& customer, HoldNumber number) {
  const auto found = std::find_if(customer.holds.begin(), customer.holds.end(),
                                  [number](const Hold& hold) { return hold.number == number; });
  require(found != customer.holds.end(), "the hold is open");
  return found;
}

/// A hold ends: what it pinned is free.
Hold takeHold(Customer& customer, HoldNumber number) {
  const auto found = openHold(customer, number);
  Hold hold = std::move(*found);
  customer.holds.erase(found);
  for (const HeldItem& item : hold.items) unpin(customer, item.pins);
  return hold;
}

/// Whether a hold that is open, or may still be settled, was placed in the period.
bool isHeldIn(const Customer& customer, const UsagePeriod& period) {
  const auto is_in = [&period](const Hold& hold) {
    return std::any_of(hold.items.begin(), hold.items.end(), [&period](const HeldItem& item) {
      return item.period_from == period.span.from;
    });
  };
  return std::any_of(customer.holds.begin(), customer.holds.end(), is_in) ||
         std::any_of(customer.expired_holds.begin(), customer.expired_holds.end(), is_in);
}

/// The customer and the state that one event is folded into; one overload per kind.
struct Fold {
  Customer& customer;
  const State& state;
  Position position;
  Instant recorded;
  std::string_view key;

  // ---- the customer

  void operator()(const CustomerCreated& created) const { customer.zone = created.zone; }

  void operator()(const CustomerUpdated& updated) const { customer.zone = updated.asked.zone; }

  void operator()(const CustomerMovedIn& moved) const {
    require(customer.events == 1, "a customer moves in when it is created");
    require(moved.period.billing.has_value(), "a billing period runs when a customer moves in");
    requireBalanced(moved.balance);
    for (const FeatureUsage& usage : moved.usage) requirePublished(state.ledger, usage.feature);
    subscribe(moved.subscription);
    customer.subscribed.push_back({moved.period.span.from, Instant::never()});
    start(moved.period);
    Subscription& subscription = *customer.subscription;
    subscription.base_charged = moved.subscription.base_charged;
    UsagePeriod& period = customer.periods.back();
    period.usage = moved.usage;
    period.balance = moved.balance;
    for (const Grant& grant : moved.grants) addGrant(grant, {});
    // Given elsewhere, all of it: what of it is left has moved in as grants.
    period.granted = state.plan(period.terms).credits;
    if (moved.customer_credit.isPositive()) {
      customer.credits.push_back({moved.customer_credit, "moved in"});
    }
  }

  void operator()(const AlertsSet& set) const { customer.alert_rules = set.asked.rules; }

  void operator()(const AlertRaised& raised) const {
    require(runningPeriod(customer) != nullptr, "alerts are about the running period");
    customer.periods.back().alerts.push_back({raised.rule});
  }

  // ---- subscription and periods

  void operator()(const Subscribed& subscribed) const {
    require(!customer.subscription, "a customer has one live subscription at most");
    require(subscribed.subscription.started == subscribed.subscription.since,
            "a subscription is anchored since its start");
    subscribe(subscribed.subscription);
    customer.subscribed.push_back({subscribed.subscription.started, Instant::never()});
  }

  void operator()(const PeriodStarted& started) const { start(started); }

  void operator()(const PeriodClosed& closed) const {
    require(!customer.periods.empty(), "a period is open");
    const auto first = customer.periods.begin();
    require(&*first != runningPeriod(customer), "a running period does not close");
    require(first->index == closed.index && first->span.from == closed.from &&
                first->span.to == closed.to,
            "the oldest open period closes first");
    require(!closed.carried_top_ups.isNegative() &&
                closed.carried_top_ups <= carriedTopUps(first->balance),
            "no more top-ups are carried than are left");
    if (closed.carried_top_ups.isPositive()) {
      require(customer.periods.size() > 1, "top-ups are carried into a period");
      topUp((first + 1)->balance, closed.carried_top_ups);
      rearm(*(first + 1), AlertKind::balance);
      first->balance.amount -= closed.carried_top_ups;
      first->balance.top_ups -= closed.carried_top_ups;
    }
    // Plan credits that were all drawn by now are over, too: what is put back does not go over.
    for (Grant& grant : customer.grants) {
      const bool is_over = grant.kind == GrantKind::plan && grant.expiry <= closed.to;
      if (is_over && grant.remaining.isZero()) grant.expired = true;
    }
    // No room to grow: most customers have one period of each kind, and a period is large.
    customer.closed.reserve(customer.closed.size() + 1);
    customer.closed.push_back(std::move(*first));
    customer.periods.erase(first);
    customer.periods.shrink_to_fit();
    forget(closed.to);
  }

  void operator()(const CancelScheduled& scheduled) const {
    require(customer.subscription.has_value(), "there is a live subscription");
    customer.subscription->cancel_at = scheduled.at;
  }

  void operator()(const CancelRevoked& /*revoked*/) const {
    require(customer.subscription.has_value(), "there is a live subscription");
    customer.subscription->cancel_at.reset();
  }

  void operator()(const Canceled& canceled) const {
    require(customer.subscription.has_value(), "there is a live subscription");
    endRunning(customer, canceled.at);
    customer.subscribed.back().to = canceled.at;
    customer.subscription.reset();
    customer.seats.clear();
  }

  void operator()(const TrialEnded& ended) const {
    const UsagePeriod* running = runningPeriod(customer);
    require(running != nullptr && running->trial, "a trial runs");
    subscribe(ended.subscription);
  }

  void operator()(const PlanChanged& changed) const {
    require(runningPeriod(customer) != nullptr, "a plan changes while a period runs");
    endRunning(customer, changed.at);
    subscribe(changed.subscription);
  }

  void operator()(const ChangeScheduled& scheduled) const {
    require(customer.subscription.has_value(), "there is a live subscription");
    customer.subscription->change = scheduled.change;
    requireSubscription(state, *customer.subscription);
  }

  void operator()(const ChangeRevoked& /*revoked*/) const {
    require(customer.subscription.has_value(), "there is a live subscription");
    customer.subscription->change.reset();
  }

  void operator()(const Paused& paused) const {
    require(runningPeriod(customer) != nullptr, "a usage period is running");
    endRunning(customer, paused.at);
    Subscription& subscription = *customer.subscription;
    subscription.since = paused.at;
    subscription.paused = paused.at;
    subscription.cancel_at.reset();
    subscription.change.reset();
    customer.subscribed.back().to = paused.at;
    customer.subscribed.push_back({paused.at, Instant::never(), true});
  }

  void operator()(const Resumed& resumed) const {
    require(customer.subscription && customer.subscription->paused, "the subscription is paused");
    subscribe(resumed.subscription);
    customer.subscribed.back().to = resumed.subscription.since;
    customer.subscribed.push_back({resumed.subscription.since, Instant::never()});
  }

  void operator()(const VersionPinned& pinned) const {
    const UsagePeriod* running = runningPeriod(customer);
    require(running != nullptr, "a version is pinned while a period runs");
    require(pinned.version == 0 || pinned.version == running->terms.version,
            "the version that runs is pinned");
    customer.subscription->pinned_version = pinned.version;
    customer.periods.back().pinned = pinned.version != 0;
    setImprovement(customer, state);
  }

  void operator()(const AllowanceRaised& raised) const {
    require(runningPeriod(customer) != nullptr, "allowances are of the running period");
    UsagePeriod& period = customer.periods.back();
    if (raised.grant) {
      addGrant(*raised.grant, raised.debt_paid);
      period.granted += raised.grant->credits;
      rearm(period, AlertKind::credits);
    }
    if (raised.included_balance.isPositive()) {
      period.balance.included += raised.included_balance;
      giveBack(period.balance, FeatureNumber(), raised.included_balance);
      rearm(period, AlertKind::balance);
    }
    setImprovement(customer, state);
  }

  void operator()(const SeatsChanged& changed) const {
    require(runningPeriod(customer) != nullptr, "seats are held while a period runs");
    const SeatsHeld now{changed.feature, changed.held, changed.highest, changed.value};
    requireSeats(state.ledger, now);
    seatsOf(customer, changed.feature) = now;
    if (changed.true_up.isZero()) return;
    periodSeatsOf(customer.periods.back(), changed.feature).true_up += changed.true_up;
  }

  // ---- usage

  void operator()(const UsageRecorded& usage) const {
    requirePublished(state.ledger, usage.feature);
    UsagePeriod& period = periodOf(usage.disposition, usage.period_from);
    const Instant at = judgedAt(usage.asked, recorded);
    FeatureUsage& total = usageOf(period, usage.feature, usage.variant);
    total.quantity += usage.quantity;
    total.unpaid += usage.unpaid;
    total.events += 1;
    total.tokens.input += usage.tokens.input;
    total.tokens.output += usage.tokens.output;
    total.tokens.cache_read += usage.tokens.cache_read;
    total.tokens.cache_write += usage.tokens.cache_write;
    if (usage.asked.tokens) addModel(total.models, modelCall(usage));
    const Feature& feature = featureOf(state.ledger, usage.feature);
    if (feature.meter == Meter::latest) total.latest_at = std::max(total.latest_at, at);
    if (feature.meter == Meter::unique) {
      const std::string* value = countedValue(feature, usage.asked);
      require(value != nullptr, "usage of a unique meter has its property");
      addValue(total, *value);
    }
    draw(customer, usage.draws, at);
    customer.credit_debt += usage.overdrawn;
    require(!customer.credit_debt.isNegative(), "no more debt is taken back than there is");
    const ConsumptionModel model = state.plan(period.terms).model;
    if (model != ConsumptionModel::credits) total.charged += usage.price;
    if (model == ConsumptionModel::balance) {
      deduct(period.balance, usage.feature, usage.price - usage.unpaid);
    }
    if (usage.disposition == Disposition::late) {
      addLate(customer, period, usage.feature, usage.variant, usage.quantity, usage.late_charge);
    }
  }

  void operator()(const UsageVoided& voided) const {
    requirePublished(state.ledger, voided.feature);
    auto& periods = voided.disposition == Disposition::late ? customer.closed : customer.periods;
    const auto found = findPeriod(periods, voided.period_from, voided.usage);
    require(found != periods.end(), "the usage period is known");
    UsagePeriod& period = *found;
    FeatureUsage& total = usageOf(period, voided.feature, voided.variant);
    require(total.events > 0, "the usage was counted");
    total.quantity -= voided.quantity;
    total.unpaid -= voided.unpaid;
    total.events -= 1;
    total.tokens.input -= voided.tokens.input;
    total.tokens.output -= voided.tokens.output;
    total.tokens.cache_read -= voided.tokens.cache_read;
    total.tokens.cache_write -= voided.tokens.cache_write;
    if (!voided.model.empty()) {
      removeModel(total.models, {voided.provider, voided.model, voided.tokens, voided.quantity});
    }
    if (!voided.value.empty()) {
      require(valueCount(total, voided.value) > 0, "the value was counted");
      removeValue(total, voided.value);
    }
    draw(customer, voided.draws, voided.at);
    customer.credit_debt -= voided.debt;
    require(!customer.credit_debt.isNegative(), "no more debt is taken back than there is");
    const ConsumptionModel model = state.plan(period.terms).model;
    if (model != ConsumptionModel::credits) total.charged -= voided.price;
    if (model == ConsumptionModel::balance) {
      giveBack(period.balance, voided.feature, voided.price - voided.unpaid);
    }
    if (voided.disposition == Disposition::late) {
      addLate(customer, period, voided.feature, voided.variant, -voided.quantity,
              -voided.late_charge);
    }
    if (voided.item == 0) customer.voided.push_back({voided.usage, voided.at});
  }

  // ---- holds

  void operator()(const HoldPlaced& placed) const {
    require(placed.number == customer.last_hold.next(), "holds are numbered 1, 2, ...");
    require(!key.empty() && findHold(customer.holds, key) == nullptr, "a hold is named by its key");
    require(placed.expiry > recorded, "a hold lives for some time");
    Hold& hold = customer.holds.emplace_back();
    hold.number = placed.number;
    hold.key = key;
    hold.placed = recorded;
    hold.expiry = placed.expiry;
    for (const PlacedItem& item : placed.items) {
      requirePublished(state.ledger, item.held.feature);
      require(!item.held.quantity.isNegative(), "a hold sets something aside, or nothing");
      pin(customer, item.held.pins);
      hold.items.push_back(item.held);
    }
    customer.last_hold = placed.number;
  }

  void operator()(const HoldUsed& used) const {
    Hold& hold = *openHold(customer, used.number);
    const auto item = std::find_if(
        hold.items.begin(), hold.items.end(),
        [&used](const HeldItem& candidate) { return candidate.feature == used.usage.feature; });
    require(item != hold.items.end(), "what is used is held");
    reduce(customer, *item, used.taken, used.pins);
    item->used = true;
    (*this)(used.usage);
  }

  void operator()(const HoldSettled& settled) const {
    if (settled.expired) {
      const auto is_it = [&settled](const Hold& hold) { return hold.number == settled.number; };
      require(std::erase_if(customer.expired_holds, is_it) == 1, "the hold has expired");
    } else {
      takeHold(customer, settled.number);
    }
    for (const UsageRecorded& usage : settled.usages) (*this)(usage);
  }

  void operator()(const HoldReleased& released) const { takeHold(customer, released.number); }

  void operator()(const HoldExtended& extended) const {
    Hold& hold = *openHold(customer, extended.number);
    require(extended.expiry >= hold.expiry, "a hold is not shortened");
    hold.expiry = extended.expiry;
  }

  void operator()(const HoldExpired& expired) const {
    require(
        openHold(customer, expired.number)->expiry == expired.expiry && expired.expiry <= recorded,
        "a hold expires at its time");
    Hold hold = takeHold(customer, expired.number);
    for (HeldItem& item : hold.items) item.pins.clear();
    const Duration kept =
        std::max(state.ledger.ledger.settings.late_window, Duration::hours(limits::kHoldHoursMax));
    std::erase_if(customer.expired_holds,
                  [&](const Hold& earlier) { return earlier.expiry < expired.expiry - kept; });
    if (customer.expired_holds.size() == limits::kHoldsPerCustomerMax) {
      customer.expired_holds.erase(customer.expired_holds.begin());
    }
    customer.expired_holds.push_back(std::move(hold));
  }

  // ---- credits and money

  void operator()(const PackPurchased& purchased) const {
    setCurrency(purchased.currency);
    addGrant(purchased.grant, purchased.debt_paid);
    rearmRunning(customer, AlertKind::credits);
  }

  void operator()(const CreditsGranted& granted) const {
    addGrant(granted.grant, granted.debt_paid);
    rearmRunning(customer, AlertKind::credits);
  }

  void operator()(const CreditsRolledOver& rolled) const {
    Grant& from = grantOf(customer, rolled.from);
    from.remaining -= rolled.grant.credits;
    require(!from.remaining.isNegative(), "no more goes over than was left");
    from.expired = true;
    addGrant(rolled.grant, {});
    rearmRunning(customer, AlertKind::credits);
  }

  void operator()(const CreditsExpired& expired) const {
    Grant& grant = grantOf(customer, expired.grant);
    require(grant.remaining == expired.amount, "all that is left of a grant expires");
    grant.remaining = {};
    grant.expired = true;
  }

  void operator()(const PackRefunded& refunded) const {
    Grant& grant = grantOf(customer, refunded.asked.grant);
    require(grant.remaining == refunded.credits, "all that is left of a pack is refunded");
    grant.remaining = {};
    // What is left may be refunded, too, when usage is voided: at the same price.
    const Decimal kept = grant.credits - refunded.credits;
    grant.price = multiplyDivide(grant.price, kept, grant.credits);
    grant.credits = kept;
  }

  void operator()(const ToppedUp& topped) const {
    require(runningPeriod(customer) != nullptr, "a usage period is running");
    require(!topped.asked.amount.isNegative(), "a top-up adds");
    topUp(customer.periods.back().balance, topped.asked.amount);
    rearm(customer.periods.back(), AlertKind::balance);
  }

  // ---- invoices

  void operator()(const InvoiceClosed& closed) const {
    const Invoice& invoice = closed.invoice;
    setCurrency(invoice.currency);
    customer.invoices.push_back(
        {invoice.number, position, invoice.status, invoice.total, {}, {}, {}});
    for (const InvoiceLine& line : invoice.lines) takeLine(invoice, line);
  }

  void operator()(const AdjustmentAdded& added) const {
    setCurrency(added.currency);
    if (!added.invoice.isNone()) return;
    customer.adjustments.push_back({added.asked.description, added.asked.amount});
  }

  void operator()(const CustomerCreditAdded& added) const {
    setCurrency(added.currency);
    require(added.asked.amount.isPositive(), "customer credit is above 0");
    customer.credits.push_back({added.asked.amount, added.asked.reason});
  }

  void operator()(const CreditNoteClosed& closed) const {
    customer.credit_notes.push_back({closed.note.number, position});
    InvoiceRef& invoice = invoiceOf(customer, closed.note.invoice);
    invoice.credited += closed.note.total - closed.restored;
    invoice.credit_used -= closed.restored;
    require(!closed.restored.isNegative() && !invoice.credit_used.isNegative(),
            "no more customer credit is given back than was used");
    invoice.status = closed.status;
    const Decimal credit = closed.note.as_customer_credit ? closed.note.total : closed.restored;
    if (credit.isPositive()) customer.credits.push_back({credit, closed.note.label});
  }

  void operator()(const PaymentRecorded& payment) const {
    InvoiceRef& invoice = invoiceOf(customer, payment.asked.invoice);
    invoice.paid += payment.amount;
    invoice.status = payment.status;
  }

  void operator()(const PaymentFailed& /*failed*/) const {}

  void operator()(const InvoiceUncollectible& marked) const {
    InvoiceRef& invoice = invoiceOf(customer, marked.asked.invoice);
    invoice.status = InvoiceStatus::uncollectible;
    invoice.written_off = true;
  }

  template <typename Other>
  void operator()(const Other& /*body*/) const {
    require(false, "the event is a customer's");
  }

 private:
  void setCurrency(const std::string& currency) const {
    require(customer.currency.empty() || customer.currency == currency,
            "a customer has one currency");
    if (!customer.currency.empty()) return;
    require(currencyExponent(currency).has_value(), "the currency is known");
    customer.currency = currency;
  }

  void addGrant(const Grant& grant, Decimal debt_paid) const {
    requireNextGrant(state.ledger, customer, grant, debt_paid);
    customer.grants.push_back(grant);
    customer.last_grant = grant.number;
    customer.credit_debt -= debt_paid;
  }

  void subscribe(const Subscription& subscription) const {
    requireSubscription(state, subscription);
    require(!subscription.paused, "a subscription does not begin with a pause");
    setCurrency(subscription.currency);
    customer.subscription = subscription;
    require(runningPeriod(customer) == nullptr, "what ran before is over");
  }

  void start(const PeriodStarted& started) const {
    requireNextPeriod(state, customer, started);
    Subscription& subscription = *customer.subscription;
    UsagePeriod& period = customer.periods.emplace_back();
    period.started = position;
    period.index = started.index;
    period.span = started.span;
    period.terms = started.terms;
    period.billing = started.billing;
    period.trial = started.trial;
    period.pinned = subscription.pinned_version != 0;
    period.balance.included = started.included_balance;
    period.balance.amount = started.included_balance;
    if (started.grant) {
      addGrant(*started.grant, started.debt_paid);
      period.granted = started.grant->credits;
    }
    if (started.billing || started.trial) customer.seats = started.seats;
    for (const SeatsHeld& seats : customer.seats) {
      period.seats.push_back({seats.feature, seats.held, {}});
    }
    subscription.billing_to = started.billing_to;
    // A change of zone moves the end of the running billing period, and what waits for it.
    if (subscription.cancel_at && !started.billing_to.isNever()) {
      subscription.cancel_at = started.billing_to;
    }
    if (started.billing) {
      subscription.billing = *started.billing;
      subscription.base_charged = {};
    }
    setImprovement(customer, state);
  }

  UsagePeriod& periodOf(Disposition disposition, Instant from) const {
    auto& periods = disposition == Disposition::late ? customer.closed : customer.periods;
    const auto found = std::find_if(periods.begin(), periods.end(), [from](const UsagePeriod& p) {
      return p.span.from == from && p.span.to > from;
    });
    require(found != periods.end(), "the usage period is known");
    return *found;
  }

  /// Drops what no usage can reach any more once a period that ended at `to` is closed.
  void forget(Instant to) const {
    const Instant horizon = to - state.ledger.ledger.settings.late_window;
    std::erase_if(customer.closed, [this, horizon](const UsagePeriod& period) {
      return period.span.to <= horizon && !isHeldIn(customer, period);
    });
    std::erase_if(customer.voided,
                  [horizon](const VoidedUsage& voided) { return voided.at < horizon; });
    // Usage of the periods that are left may be corrected.
    const Instant reached = customer.closed.empty() ? to : customer.closed.front().span.from;
    std::erase_if(customer.grants, [to, reached](const Grant& grant) {
      const bool runs = grant.kind == GrantKind::plan && grant.expiry > to;
      const bool is_empty = grant.remaining.isZero() && grant.held.isZero();
      return is_empty && !runs && grant.last_drawn < reached;
    });
  }

  /// What one line of a closed invoice settles.
  void takeLine(const Invoice& invoice, const InvoiceLine& line) const {
    switch (line.type) {
      case LineType::planBase:
        return chargeBase(line);
      case LineType::discount:
        return discountBase(line);
      case LineType::lateAdjustment:
        return customer.late.clear();
      case LineType::adjustment:
        // One that was asked for at once never waited.
        if (invoice.type != InvoiceType::adjustment) customer.adjustments.clear();
        return;
      case LineType::customerCredit:
        if (line.amount.isNegative()) {
          useCredit(customer, -line.amount);
          customer.invoices.back().credit_used -= line.amount;
        } else if (line.amount.isPositive()) {
          customer.credits.push_back({line.amount, invoice.label});
        }
        return;
      default:
        return;
    }
  }

  bool isRunningBilling(const InvoiceLine& line) const {
    if (!customer.subscription) return false;
    const Span& billing = customer.subscription->billing;
    return line.from == billing.from && line.to == billing.to;
  }

  void chargeBase(const InvoiceLine& line) const {
    if (isRunningBilling(line)) customer.subscription->base_charged += line.amount;
  }

  void discountBase(const InvoiceLine& line) const {
    if (!isRunningBilling(line)) return;
    Subscription& subscription = *customer.subscription;
    subscription.base_charged += line.amount;
    require(subscription.discount.has_value(), "a discount is in force");
    if (--subscription.discount->cycles == 0) subscription.discount.reset();
  }
};

}  // namespace

void setImprovement(Customer& customer, const State& state) {
  UsagePeriod& period = customer.periods.back();
  const auto next = nextImprovement(state, period, customer.subscription->billing_interval);
  period.raise_at = next ? next->at : Instant{};
}

void applyUsage(Customer& customer, const State& state, const UsageRecorded& usage,
                Instant recorded) {
  Fold{customer, state, {}, recorded, {}}(usage);
}

void pin(Customer& customer, const std::vector<Draw>& pins) {
  for (const Draw& part : pins) {
    Grant& grant = grantOf(customer, part.grant);
    grant.remaining -= part.amount;
    grant.held += part.amount;
    require(part.amount.isPositive() && !grant.remaining.isNegative(),
            "no more is pinned of a grant than is left of it");
  }
}

void unpin(Customer& customer, const std::vector<Draw>& pins) {
  for (const Draw& part : pins) {
    Grant& grant = grantOf(customer, part.grant);
    grant.held -= part.amount;
    grant.remaining += part.amount;
    require(!grant.held.isNegative(), "no more of a grant is freed than was pinned");
  }
}

void reduce(Customer& customer, HeldItem& item, Decimal taken, const std::vector<Draw>& pins) {
  item.quantity -= taken;
  require(!taken.isNegative() && !item.quantity.isNegative(), "no more is taken than is held");
  for (const Draw& part : pins) {
    const auto found =
        std::find_if(item.pins.begin(), item.pins.end(),
                     [&part](const Draw& candidate) { return candidate.grant == part.grant; });
    require(found != item.pins.end() && part.amount.isPositive() && part.amount <= found->amount,
            "no more of a grant is freed than was pinned");
    found->amount -= part.amount;
    if (found->amount.isZero()) item.pins.erase(found);
  }
  unpin(customer, pins);
}

void applyToCustomer(Customer& customer, const State& state, const EventBody& body,
                     const EventHead& head) {
  require(!awaitsPeriod(customer) || std::holds_alternative<PeriodStarted>(body),
          "a subscription's first usage period follows at once");
  std::visit(Fold{customer, state, head.position, head.recorded, head.key}, body);
  customer.events += 1;
  customer.last = head.position;
}

}  // namespace daybook::core
