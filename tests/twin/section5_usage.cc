// Section 5: usage events. (What happens to usage that does not fit is section 6's.)
#include <algorithm>
#include <map>

#include "ledger/base/check.h"
#include "tests/twin/rules.h"

namespace daybook::twin {
namespace {

/// A usage on the way through the checks.
struct Case {
  const RecordUsage& asked;
  const HoldPart& part;
  const Feature* feature = nullptr;
  Instant at;
  std::size_t period = 0;
  Lateness lateness = Lateness::inTime;
  const Plan* plan = nullptr;
  const PlanFeature* sold = nullptr;
  Use use;          // what would be written down
  Number cost;      // token-priced features: exact money
  Verdict verdict;  // the first refusal
  Number taken;     // out of its own hold
  std::vector<Taken> pins;
};

void refuse(Case& usage, Outcome outcome) { usage.verdict = {outcome, {}}; }

/// The state of the subscription at the usage's `at`, and the period that it counts in.
void findPeriod(const Desk& desk, Case& usage) {
  const auto holds = [&usage](const SubscribedSpan& span) {
    return span.from <= usage.at && usage.at < span.to;
  };
  bool subscribed = false;
  for (const SubscribedSpan& span : desk.book.spans) {
    if (!holds(span)) continue;
    if (span.paused) return refuse(usage, Outcome::paused);
    subscribed = true;
  }
  if (!subscribed) return refuse(usage, Outcome::noSubscription);
  for (std::size_t i = 0; i < desk.book.periods.size(); ++i) {
    const Span& span = desk.book.periods[i].span;
    if (span.from <= usage.at && usage.at < span.to) {
      usage.period = i;
      usage.lateness = desk.book.periods[i].closed ? Lateness::late : Lateness::inTime;
      return;
    }
  }
  refuse(usage, Outcome::noSubscription);
}

void findTime(const Desk& desk, Case& usage) {
  usage.at = usage.asked.at.value_or(desk.now);
  if (usage.at > desk.now + desk.settings.future_limit) return refuse(usage, Outcome::inFuture);
  if (usage.at < desk.now - desk.settings.late_window) return refuse(usage, Outcome::tooOld);
  usage.at = std::min(usage.at, desk.now);
}

bool isTokenPriced(const Desk& desk, const Case& usage) {
  return isTokenPriced(desk, desk.book.periods[usage.period], *usage.plan, *usage.sold);
}

Decimal marginOf(const Desk& desk, const Case& usage) {
  if (usage.plan->model == ConsumptionModel::credits) return usage.sold->margin_percent;
  return priceOf(desk, desk.book.periods[usage.period], *usage.sold, usage.use.variant)
      ->margin_percent;
}

void countTokens(const Desk& desk, Case& usage) {
  const bool priced = isTokenPriced(desk, usage);
  if (!usage.asked.tokens) {
    if (priced) refuse(usage, Outcome::tokensMissing);
    return;
  }
  if (!priced) return refuse(usage, Outcome::tokensInvalid);
  const Tokens& tokens = *usage.asked.tokens;
  if (tokens.model.empty() || !tokens.output || (!tokens.input && !tokens.total_input)) {
    return refuse(usage, Outcome::tokensMissing);
  }
  const std::uint64_t cached = tokens.cache_read + tokens.cache_write;
  const bool twice = tokens.input && tokens.total_input;
  if (twice || (tokens.total_input && *tokens.total_input < cached)) {
    return refuse(usage, Outcome::tokensInvalid);
  }
  const Period& period = desk.book.periods[usage.period];
  FoundModel found = findModel(desk.published, period.currency, usage.at, tokens);
  if (found.outcome != Outcome::ok && usage.part.settled) {
    const Instant placed = desk.book.holds[*usage.part.settled].placed;
    found = findModel(desk.published, period.currency, placed, tokens);
  }
  if (found.outcome != Outcome::ok) return refuse(usage, found.outcome);
  usage.use.tokens = {tokens.input ? *tokens.input : *tokens.total_input - cached, *tokens.output,
                      tokens.cache_read, tokens.cache_write};
  usage.use.provider = found.price.provider;
  usage.use.model = found.price.model;
  usage.cost =
      tokenSum(found.price, usage.use.tokens) * (Number(1) + Number(marginOf(desk, usage)) / 100);
  usage.use.quantity = recorded(usage.cost);
}

std::int64_t timesSeen(const Book& book, const Use& use) {
  std::int64_t times = 0;
  for (const Use& other : book.uses) {
    const bool same = other.period == use.period && other.feature == use.feature &&
                      other.variant == use.variant && other.value == use.value;
    if (same) times += other.events;
  }
  return times;
}

/// The value that a `latest` meter shows: of the event with the latest `at`, then the last one.
bool isLatest(const Book& book, const Use& use) {
  return std::none_of(book.uses.begin(), book.uses.end(), [&use](const Use& other) {
    return other.period == use.period && other.feature == use.feature &&
           other.variant == use.variant && other.at > use.at;
  });
}

/// What the meter's total grows by.
void countUnits(const Desk& desk, Case& usage) {
  Use& use = usage.use;
  const Number before = usedOf(desk.book, use.period, use.feature, use.variant);
  const Number quantity = usage.asked.quantity ? Number(*usage.asked.quantity) : Number(1);
  const Meter meter = usage.feature->meter;
  if (usage.asked.set) {
    const auto price = priceOf(desk, desk.book.periods[use.period], *usage.sold, "");
    const bool by_event = (price && isByEvent(price->scheme)) || isTokenPriced(desk, usage);
    if ((meter != Meter::sum && meter != Meter::count) || by_event) {
      return refuse(usage, Outcome::notSettable);
    }
    use.set = true;
    use.quantity = quantity - before;
    return;
  }
  switch (meter) {
    case Meter::sum:
      use.quantity = quantity;
      return;
    case Meter::count:
      use.quantity = 1;
      return;
    case Meter::max:
      use.quantity = most(quantity, before) - before;
      return;
    case Meter::latest:
      use.quantity = isLatest(desk.book, use) ? quantity - before : Number();
      return;
    case Meter::unique:
      break;
  }
  const auto property = std::find_if(
      usage.asked.properties.begin(), usage.asked.properties.end(),
      [&usage](const Property& one) { return one.name == usage.feature->unique_property; });
  if (property == usage.asked.properties.end()) return refuse(usage, Outcome::propertyMissing);
  use.value = property->value;
  use.quantity = timesSeen(desk.book, use) == 0 ? 1 : 0;
}

void findTerms(const Desk& desk, Case& usage) {
  const Period& period = desk.book.periods[usage.period];
  usage.plan = &planOf(desk.published, period);
  usage.sold = soldAs(*usage.plan, usage.asked.feature);
  if (usage.sold == nullptr) return refuse(usage, Outcome::featureNotInPlan);
  if (usage.feature->type != FeatureType::metered) {
    return refuse(usage, Outcome::wrongFeatureType);
  }
  usage.use.at = usage.at;
  usage.use.period = usage.period;
  usage.use.feature = usage.asked.feature;
  usage.use.variant = variantFor(*usage.sold, usage.asked.properties);
  countTokens(desk, usage);
  if (usage.verdict.isOk() && !isTokenPriced(desk, usage)) countUnits(desk, usage);
  if (usage.verdict.isOk() && isTokenPriced(desk, usage) && usage.asked.set) {
    refuse(usage, Outcome::notSettable);
  }
}

std::optional<Considered> considering(const Use& use) {
  return Considered{use.variant, use.quantity, use.raw_price};
}

/// What all variants together grow by with this usage.
using Total = ByVariant(const Desk&, std::size_t, const PlanFeature&,
                        const std::optional<Considered>&);
Number growthOf(Total total, const Desk& desk, const PlanFeature& sold, const Use& use) {
  return sumOf(total(desk, use.period, sold, considering(use))) -
         sumOf(total(desk, use.period, sold, std::nullopt));
}

/// A closed period: what was billed for it, minimum and maximum charge included.
Number billedGrowth(const Desk& desk, const PlanFeature& sold, const Use& use) {
  return desk.book.periods[use.period].trial ? Number() : growthOf(billedOf, desk, sold, use);
}

/// What it costs; held: on top, once all that is held of the feature is used.
void priceUse(const Desk& desk, Case& usage) {
  if (!usage.part.places) return price(desk, *usage.sold, usage.use);
  Book settled = desk.book;
  Desk after{desk.published, desk.settings, desk.zones, settled, desk.now};
  settleAll(after, usage.period, *usage.sold);
  price(after, *usage.sold, usage.use);
  usage.use.price = positivePart(usage.use.price);
}

/// The book once the usage is written down: its own hold holds less.
Book bookAfter(const Desk& desk, const Case& usage) {
  Book after = desk.book;
  Desk later{desk.published, desk.settings, desk.zones, after, desk.now};
  if (usage.part.own) after.hold_moves.push_back({*usage.part.own, usage.taken, usage.pins});
  write(later, usage.use);
  return after;
}

enum class Shortage { none, reject, cap, overdraw };
Shortage shortageOf(const Desk& desk, const Case& usage) {
  if (usage.part.settled) return Shortage::overdraw;  // it was done
  const bool trial = desk.book.periods[usage.period].trial;
  switch (usage.asked.on_shortfall) {
    case OnShortfall::reject:
      return Shortage::reject;
    case OnShortfall::cap:
      return Shortage::cap;
    case OnShortfall::overdraw:
      return trial ? Shortage::reject : Shortage::overdraw;
  }
  return Shortage::reject;
}

/// Included units of a feature without overage.
void takeUnits(const Desk& desk, Case& usage) {
  Use& use = usage.use;
  const Period& period = desk.book.periods[use.period];
  const bool trial = period.trial && usage.plan->model == ConsumptionModel::metered;
  if (usage.sold->unlimited || !(trial || usage.sold->overage == Overage::block)) return;
  const Number paid_for =
      usedOf(desk.book, use.period, use.feature) - unpaidOf(desk.book, use.period, use.feature);
  Number held;
  Number own;  // what it takes out of its own hold is there for it
  if (usage.lateness == Lateness::inTime) {
    held = heldUnits(desk, use.period, *usage.sold);
    const Book after = bookAfter(desk, usage);
    Book later = after;
    own = held - heldUnits({desk.published, desk.settings, desk.zones, later, desk.now}, use.period,
                           *usage.sold);
  }
  const Number left = positivePart(includedOf(desk, period, *usage.sold) - paid_for - held) + own;
  if (use.quantity <= 0 || use.quantity <= left) return;
  switch (shortageOf(desk, usage)) {
    case Shortage::reject:
      return refuse(usage, period.trial ? Outcome::trialLimit : Outcome::includedLimitReached);
    case Shortage::cap:
      use.unpaid = use.quantity - left;
      return;
    case Shortage::overdraw:
    case Shortage::none:
      return;
  }
}

/// Whether usage of the period or later took from the grant.
bool isDrawnSince(const Desk& desk, std::size_t grant, std::size_t period) {
  const Instant from = desk.book.periods[period].span.from;
  return std::any_of(desk.book.uses.begin(), desk.book.uses.end(), [&](const Use& use) {
    return use.at >= from &&
           std::any_of(use.draws.begin(), use.draws.end(),
                       [grant](const Taken& t) { return t.grant == grant && t.amount > 0; });
  });
}

/// What costs less than before: debt first, then back into the grants in reverse order.
void putBackCredits(const Desk& desk, Case& usage) {
  Use& use = usage.use;
  Number give = -use.price;
  const Number debt = least(debtOf(desk.book), give);
  use.overdrawn = -debt;
  give -= debt;
  auto grants = payingGrants(desk, use.feature, use.at, usage.lateness);
  std::reverse(grants.begin(), grants.end());
  for (const std::size_t grant : grants) {
    if (!isDrawnSince(desk, grant, use.period)) continue;
    if (desk.book.grants[grant].ended) continue;
    const Number room = goneOf(desk.book, grant);
    const Number part = least(room, give);
    if (part <= 0) continue;
    use.draws.push_back({grant, -part});
    give -= part;
  }
}

void takeCredits(const Desk& desk, Case& usage) {
  Use& use = usage.use;
  const Period& period = desk.book.periods[use.period];
  if (usage.sold->unlimited) return;
  if (usage.sold->credits_per_money > Decimal()) {
    use.price = recorded(usage.cost * usage.sold->credits_per_money);
  } else {
    use.price = recorded(use.quantity * creditsPerUnit(desk, period, *usage.sold, use.variant));
  }
  if (use.price <= 0) return putBackCredits(desk, usage);
  const auto grants = payingGrants(desk, use.feature, use.at, usage.lateness);
  const Number drawable = drawableFor(desk, use.feature, use.at, usage.lateness);
  const Number left = positivePart(drawable - debtOf(desk.book));
  Number rest = use.price;
  if (usage.part.own) {  // what its own hold pinned pays first
    for (const Taken& pin : pinsLeft(desk.book, *usage.part.own)) {
      const Number part = least(pin.amount, rest);
      if (part <= 0) break;
      usage.pins.push_back({pin.grant, part});
      rest -= part;
    }
  }
  Number draw = rest;
  if (rest > left) {
    switch (shortageOf(desk, usage)) {
      case Shortage::reject:
        return refuse(usage, period.trial ? Outcome::trialLimit : Outcome::insufficientCredits);
      case Shortage::cap:
        draw = left;
        use.unpaid = rest - left;
        break;
      case Shortage::overdraw:
      case Shortage::none:
        draw = least(rest, drawable);
        use.overdrawn = rest - draw;
        break;
    }
  }
  use.draws = usage.pins;
  for (const Taken& drawn : drawFor(desk, grants, draw)) {
    const auto same = std::find_if(use.draws.begin(), use.draws.end(),
                                   [&](const Taken& pin) { return pin.grant == drawn.grant; });
    if (same == use.draws.end()) {
      use.draws.push_back(drawn);
    } else {
      same->amount += drawn.amount;
    }
  }
}

/// Money that is held beside the usage: not in closed periods.
Number heldFor(const Desk& desk, const Case& usage) {
  return usage.lateness == Lateness::late ? Number() : heldMoney(desk, usage.use.period);
}

void takeMoney(const Desk& desk, Case& usage) {
  Use& use = usage.use;
  const Period& period = desk.book.periods[use.period];
  const Number money = moneyOf(desk.book, use.period);
  const bool blocks = period.trial || usage.plan->at_zero == AtZero::block;
  const Number before = money - heldFor(desk, usage);
  Number after = before - use.price;
  if (!usage.part.places) {
    Book book = bookAfter(desk, usage);
    after = money - use.price -
            heldFor({desk.published, desk.settings, desk.zones, book, desk.now}, usage);
  }
  const Number short_by = least(before, 0) - after;
  if (blocks && short_by > 0) {
    switch (shortageOf(desk, usage)) {
      case Shortage::reject:
        return refuse(usage, period.trial ? Outcome::trialLimit : Outcome::insufficientBalance);
      case Shortage::cap:
        use.unpaid = least(short_by, positivePart(use.price));
        break;
      case Shortage::overdraw:
      case Shortage::none:
        break;
    }
  }
  if (usage.lateness == Lateness::late) {
    const Number left = money - (use.price - use.unpaid);
    use.late = positivePart(-left) - positivePart(-money);
  }
}

/// Units that its own hold holds less from then on.
Number takenUnits(const Desk& desk, const Case& usage) {
  if (!usage.part.own) return 0;
  const HeldAt& own = *usage.part.own;
  const Held& held = desk.book.holds[own.hold].items[own.item];
  const Period& period = desk.book.periods[usage.period];
  if (!isMeasuredAs(desk, period, *usage.plan, *usage.sold, held)) return 0;
  const Number left = heldLeft(desk.book, own);
  return usage.part.settled ? left : least(left, positivePart(usage.use.quantity));
}

void takeFunds(const Desk& desk, Case& usage) {
  usage.taken = takenUnits(desk, usage);
  if (usage.plan->model == ConsumptionModel::credits) return takeCredits(desk, usage);
  takeUnits(desk, usage);
  if (!usage.verdict.isOk()) return;
  priceUse(desk, usage);
  if (usage.plan->model == ConsumptionModel::balance) return takeMoney(desk, usage);
  if (usage.lateness == Lateness::late) {
    usage.use.late = billedGrowth(desk, *usage.sold, usage.use);
  }
}

/// Left after it: included units, credits for the feature less debt, or money.
Number leftAfter(const Desk& desk, const Case& usage) {
  const Use& use = usage.use;
  if (usage.part.places && usage.plan->model == ConsumptionModel::balance) {
    return moneyOf(desk.book, use.period) - heldFor(desk, usage) - use.price;
  }
  Book book = bookAfter(desk, usage);
  if (usage.part.settled && usage.part.own) {  // what else it held is free
    const HeldAt& own = *usage.part.own;
    book.hold_moves.push_back({own, heldLeft(book, own), pinsLeft(book, own)});
  }
  const Desk after{desk.published, desk.settings, desk.zones, book, desk.now};
  const Number held =
      usage.lateness == Lateness::late ? Number() : heldUnits(after, use.period, *usage.sold);
  switch (usage.plan->model) {
    case ConsumptionModel::balance:
      return moneyOf(book, use.period) - heldFor(after, usage);
    case ConsumptionModel::credits:
      return drawableFor(after, use.feature, use.at, usage.lateness) - debtOf(book);
    case ConsumptionModel::metered:
      break;
  }
  if (usage.sold->unlimited) return 0;
  const Number left = includedOf(desk, desk.book.periods[use.period], *usage.sold) +
                      unpaidOf(book, use.period, use.feature) -
                      usedOf(book, use.period, use.feature) - held;
  const bool blocks = usage.sold->overage == Overage::block || desk.book.periods[use.period].trial;
  return blocks ? left : positivePart(left);
}

/// What became of the subscription since a hold was placed.
bool isOfState(Outcome outcome) {
  return outcome == Outcome::noSubscription || outcome == Outcome::paused ||
         outcome == Outcome::featureNotInPlan || outcome == Outcome::wrongFeatureType;
}

/// The period that the settled hold was placed in, unless it was cut to nothing.
std::optional<std::size_t> placedIn(const Book& book, const Case& usage) {
  for (const Held& held : book.holds[*usage.part.settled].items) {
    if (held.asked.feature != usage.asked.feature) continue;
    for (std::size_t i = 0; i < book.periods.size(); ++i) {
      const Span& span = book.periods[i].span;
      if (span.from == held.period_from && span.to > span.from) return i;
    }
  }
  return std::nullopt;
}

/// Credits go back into the same grants; what was overdrawn comes off the debt, and what of it was
/// paid meanwhile is to be given anew: so much.
Number giveBackCredits(Desk& desk, Use& back) {
  Book& book = desk.book;
  const Use use = book.uses[*back.reverses];
  Number owed = use.overdrawn;
  std::map<std::size_t, Number> given;
  Number elsewhere;
  const auto roomIn = [&](std::size_t grant) -> Number {
    return goneOf(book, grant) - given[grant];
  };
  for (const Taken& draw : use.draws) {
    Number amount = -draw.amount;
    if (amount > 0) {  // the usage had put credits in: they are taken out again, or owed
      const Number there = least(remainingOf(book, draw.grant), amount);
      owed -= amount - there;
      amount = there;
    } else {  // as far as a `set` has not put it back already
      const Number part = least(-amount, roomIn(draw.grant));
      given[draw.grant] += part;
      elsewhere += -amount - part;
      amount = -part;
    }
    if (amount != 0) back.draws.push_back({draw.grant, amount});
  }
  const bool is_late = book.periods[use.period].closed;
  auto grants =
      payingGrants(desk, use.feature, use.at, is_late ? Lateness::late : Lateness::inTime);
  std::reverse(grants.begin(), grants.end());
  for (const std::size_t grant : grants) {
    if (!isDrawnSince(desk, grant, use.period) || book.grants[grant].ended) continue;
    const Number part = least(roomIn(grant), elsewhere);
    if (part <= 0) continue;
    auto same = std::find_if(back.draws.begin(), back.draws.end(),
                             [grant](const Taken& taken) { return taken.grant == grant; });
    if (same == back.draws.end()) same = back.draws.insert(same, {grant, 0});
    same->amount -= part;
    elsewhere -= part;
  }
  const Number off = owed > 0 ? least(owed, debtOf(book)) : owed;
  back.overdrawn = -off;
  return positivePart(owed - off);
}

}  // namespace

Disposition dispositionOf(const Desk& desk, const Period& period) {
  if (period.closed) return Disposition::late;
  return desk.now >= period.span.to ? Disposition::grace : Disposition::current;
}

void write(Desk& desk, const Use& use) {
  Book& book = desk.book;
  book.uses.push_back(use);
  for (const Taken& draw : use.draws) book.credit_moves.push_back({draw.grant, draw.amount});
  if (use.overdrawn != 0) book.debt_moves.push_back(use.overdrawn);
  const Plan& plan = planOf(desk.published, book.periods[use.period]);
  if (plan.model == ConsumptionModel::balance) {
    book.money_moves.push_back({use.period, use.feature, use.unpaid - use.price});
  }
  if (use.late != 0) {
    book.late.push_back({use.period, use.feature, use.variant, use.quantity, use.late});
  }
}

void writeWatched(Desk& desk, const Use& use) {
  const Watched before = watched(desk, desk.now);
  write(desk, use);
  if (dispositionOf(desk, desk.book.periods[use.period]) == Disposition::current) {
    raiseAlerts(desk, before, watched(desk, desk.now));
  }
}

Receipt receiptFor(const Desk& desk, const Use& use) {
  const Period& period = desk.book.periods[use.period];
  Receipt receipt;
  receipt.disposition = dispositionOf(desk, period);
  receipt.period_from = period.span.from;
  receipt.quantity = use.quantity.decimal();
  receipt.price = use.price.decimal();
  for (const Taken& draw : use.draws) {
    receipt.draws.push_back({desk.book.grants[draw.grant].terms.number, draw.amount.decimal()});
  }
  receipt.overdrawn = use.overdrawn.decimal();
  receipt.unpaid = use.unpaid.decimal();
  receipt.late_charge = use.late.decimal();
  return receipt;
}

void price(const Desk& desk, const PlanFeature& sold, Use& use) {
  const Period& period = desk.book.periods[use.period];
  const auto terms = priceOf(desk, period, sold, use.variant);
  if (terms && isByEvent(terms->scheme)) {
    const Number included = includedOf(desk, period, sold);
    const Number before = usedOf(desk.book, use.period, use.feature);
    const Number beyond =
        positivePart(before + use.quantity - included) - positivePart(before - included);
    use.raw_price = terms->scheme == Scheme::tokens ? beyond : percentageOf(*terms, beyond);
    if (growthOf(chargesOf, desk, sold, use) == 0) {
      use.raw_price = 0;  // unlimited, blocked, in a trial
    }
  }
  use.price = growthOf(chargesOf, desk, sold, use);
}

bool isTokenPriced(const Desk& desk, const Period& period, const Plan& plan,
                   const PlanFeature& sold) {
  if (plan.model == ConsumptionModel::credits) return sold.credits_per_money > Decimal();
  const auto price = priceOf(desk, period, sold, "");
  return price && price->scheme == Scheme::tokens;
}

std::string variantFor(const PlanFeature& sold, const std::vector<Property>& properties) {
  for (const Property& property : properties) {
    if (sold.dimension.empty() || property.name != sold.dimension) continue;
    for (const PriceVariant& variant : sold.variants) {
      if (variant.value == property.value) return variant.value;
    }
  }
  return {};
}

Judged judge(const Desk& desk, const RecordUsage& asked, const HoldPart& part) {
  Case usage{.asked = asked, .part = part};
  usage.feature = featureOf(desk.published, asked.feature);
  if (usage.feature == nullptr) return {{Outcome::unknownFeature, {}}, {}, {}, {}, {}};
  findTime(desk, usage);
  if (usage.verdict.isOk()) findPeriod(desk, usage);
  if (usage.verdict.isOk()) findTerms(desk, usage);
  if (part.settled && isOfState(usage.verdict.outcome)) {
    if (const auto placed = placedIn(desk.book, usage)) {
      usage.verdict = {};
      usage.use = {};
      usage.period = *placed;
      usage.lateness = desk.book.periods[*placed].closed ? Lateness::late : Lateness::inTime;
      findTerms(desk, usage);
    }
  }
  if (part.places) usage.use.quantity = positivePart(usage.use.quantity);
  if (usage.verdict.isOk()) takeFunds(desk, usage);
  if (!usage.verdict.isOk()) return {usage.verdict, {}, {}, {}, {}};
  return {{}, usage.use, usage.taken, usage.pins, leftAfter(desk, usage)};
}

Answer refused(Outcome outcome, std::string detail) {
  Answer answer;
  answer.verdict = {outcome, std::move(detail)};
  return answer;
}

Answer recordUsage(Desk& desk, const std::string& key, const RecordUsage& asked) {
  if (asked.quantity && asked.quantity->isNegative()) return refused(Outcome::invalidNumber);
  Judged judged = judge(desk, asked, {});
  if (!judged.verdict.isOk()) return refused(judged.verdict.outcome);
  judged.use.key = key;
  writeWatched(desk, judged.use);
  Answer answer;
  answer.receipt = receiptFor(desk, judged.use);
  answer.receipt.balance_after = judged.balance_after.decimal();
  return answer;
}

namespace {

/// One usage of a command taken back; refused where it cannot be.
Outcome reverse(Desk& desk, std::size_t index, Number& repaid, Use& back) {
  Book& book = desk.book;
  const Use use = book.uses[index];
  const Instant reached = desk.now - desk.settings.late_window;
  if (book.periods[use.period].span.to <= reached) return Outcome::periodClosed;
  const Feature& feature = *featureOf(desk.published, use.feature);
  if (use.set || feature.meter == Meter::max || feature.meter == Meter::latest) {
    return Outcome::notVoidable;
  }
  if (usedOf(book, use.period, use.feature, use.variant) < use.quantity) {
    return Outcome::notVoidable;
  }
  const Period& period = book.periods[use.period];
  const Plan& plan = planOf(desk.published, period);
  back = use;
  back.reverses = index;
  back.events = -1;
  back.draws.clear();
  back.quantity = -use.quantity;
  if (feature.meter == Meter::unique) back.quantity = timesSeen(book, use) == 1 ? -1 : 0;
  back.tokens = {};
  back.raw_price = -use.raw_price;
  back.unpaid = -use.unpaid;
  back.overdrawn = 0;
  back.late = 0;
  const PlanFeature& sold = *soldAs(plan, use.feature);
  const bool metered = plan.model == ConsumptionModel::metered;
  back.price = metered ? growthOf(chargesOf, desk, sold, back) : -use.price;
  if (plan.model == ConsumptionModel::credits) repaid += giveBackCredits(desk, back);
  if (period.closed && metered) back.late = billedGrowth(desk, sold, back);
  if (period.closed && plan.model == ConsumptionModel::balance) {
    const Number before = moneyOf(book, use.period);
    back.late = positivePart(back.price - back.unpaid - before) - positivePart(-before);
  }
  write(desk, back);
  return Outcome::ok;
}

}  // namespace

Answer answerTo(Desk& desk, const VoidUsage& asked) {
  std::vector<std::size_t> uses;
  for (std::size_t i = 0; i < desk.book.uses.size(); ++i) {
    const Use& use = desk.book.uses[i];
    if (!use.reverses && !use.key.empty() && use.key == asked.usage_key) uses.push_back(i);
  }
  if (uses.empty()) return refused(Outcome::unknownUsage);
  if (desk.book.uses[uses.front()].at < desk.now - desk.settings.late_window) {
    return refused(Outcome::tooOld);
  }
  for (const Use& other : desk.book.uses) {
    if (other.reverses == uses.front()) return refused(Outcome::alreadyVoided);
  }
  Book book = desk.book;
  Desk after{desk.published, desk.settings, desk.zones, book, desk.now};
  Number repaid;
  std::vector<Use> back(uses.size());
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const Outcome outcome = reverse(after, uses[i], repaid, back[i]);
    if (outcome != Outcome::ok) return refused(outcome);
  }
  if (repaid > 0) {
    Grant anew;
    anew.kind = GrantKind::promotional;
    anew.number = GrantNumber(static_cast<std::uint32_t>(book.grants.size() + 1));
    anew.credits = repaid.decimal();
    anew.effective = desk.now;
    book.grants.push_back({anew});
  }
  desk.book = std::move(book);
  Answer answer;
  answer.receipt = receiptFor(desk, back.front());
  return answer;
}

}  // namespace daybook::twin
