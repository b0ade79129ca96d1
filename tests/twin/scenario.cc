#include "tests/twin/scenario.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "ledger/base/check.h"

namespace daybook::twin {
namespace {

Decimal dec(std::string_view text) { return Decimal::parse(text).value(); }
Instant when(std::string_view text) { return Instant::parse(text).value(); }

/// Choices that follow from a seed; from 0 all of them are 0.
class Dice {
 public:
  explicit Dice(int seed) : state_(static_cast<std::uint64_t>(seed)) {}
  std::size_t below(std::size_t count) {
    if (state_ == 0) return 0;
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return static_cast<std::size_t>((mixed ^ (mixed >> 31)) % count);
  }
  /// One time out of so many; never from 0.
  bool once(std::size_t in) { return below(in) == in - 1; }
  template <std::size_t Count>
  Decimal of(const std::array<std::string_view, Count>& texts) {
    return dec(texts[below(Count)]);
  }

 private:
  std::uint64_t state_;
};

template <typename Items>
const auto& pick(const Items& items, int number) {
  return items[static_cast<std::size_t>(number) % std::size(items)];
}

constexpr std::array<std::string_view, 5> kIncluded = {"0", "3", "10", "2.5", "40"};
constexpr std::array<std::string_view, 5> kUnitPrices = {"1", "0.5", "0.333", "2", "0.01"};
constexpr std::array<std::string_view, 4> kFees = {"0", "2", "0.25", "5"};
constexpr std::array<std::string_view, 6> kBases = {"31", "10", "99", "0", "29.99", "20"};
constexpr std::array<std::string_view, 4> kCreditPrices = {"1", "0.5", "2.5", "0.1"};
constexpr std::array<std::string_view, 5> kCredits = {"20", "5", "100", "0", "33.3"};

struct PlanFrame {
  const char* code;
  ConsumptionModel model;
  std::vector<Interval> intervals;
  std::vector<const char*> currencies;
  bool free;
};

const std::vector<PlanFrame>& frames() {
  using enum Interval;
  using enum ConsumptionModel;
  static const std::vector<PlanFrame> kFrames = {
      {"basic", metered, {month}, {"USD"}, false},
      {"studio", credits, {month}, {"USD"}, false},
      {"payg", balance, {month}, {"USD"}, false},
      {"pro", metered, {month, quarter, year}, {"USD", "JPY"}, false},
      {"agency", credits, {month, quarter, week}, {"USD", "JPY"}, false},
      {"prepaid", balance, {month, week, year}, {"USD", "JPY"}, false},
      {"weekly", metered, {week}, {"USD"}, false},
      {"free", metered, {month}, {"USD", "JPY"}, true},
      {"gratis", credits, {month}, {"USD"}, true},
      {"lifetime", metered, {once}, {"USD"}, false},
  };
  return kFrames;
}

Price anyPrice(Dice& dice, const std::string& currency) {
  Price price;
  price.currency = currency;
  constexpr Scheme kSchemes[] = {Scheme::perUnit, Scheme::perUnit, Scheme::graduated,
                                 Scheme::volume, Scheme::package};
  price.scheme = kSchemes[dice.below(std::size(kSchemes))];
  switch (price.scheme) {
    case Scheme::perUnit:
      price.unit_price = dice.of(kUnitPrices);
      break;
    case Scheme::graduated:
    case Scheme::volume:
      price.tiers = {{dec("5"), dice.of(kUnitPrices), dice.of(kFees)},
                     {dec("12.5"), dice.of(kUnitPrices), dice.of(kFees)},
                     {std::nullopt, dice.of(kUnitPrices), dice.of(kFees)}};
      break;
    default:
      price.package_size = dec(dice.once(2) ? "2.5" : "10");
      price.package_price = dice.of(kUnitPrices);
      break;
  }
  return price;
}

void addRange(Dice& dice, Price& price) {
  if (dice.once(4)) price.minimum_charge = dec("7");
  if (dice.once(4)) price.maximum_charge = dec("15");
}

PlanFeature unitsFeature(Dice& dice, const PlanFrame& frame, std::string code) {
  PlanFeature sold;
  sold.feature = std::move(code);
  const bool varied = dice.once(3);
  if (varied) sold.dimension = "region";
  if (frame.model == ConsumptionModel::credits) {
    sold.credits_per_unit = dice.of(kCreditPrices);
    if (varied) sold.variants = {{"eu", {}, dice.of(kCreditPrices)}, {"us", {}, dec("3")}};
    if (!varied && dice.once(8)) sold.unlimited = true;
    return sold;
  }
  sold.included = dice.of(kIncluded);
  if (frame.free) {
    sold.dimension.clear();
    sold.overage = Overage::block;
    if (dice.once(3)) sold.unlimited = true;
    return sold;
  }
  if (varied) sold.variants = {{"eu", {}, {}}, {"us", {}, {}}};
  for (const char* currency : frame.currencies) {
    sold.prices.push_back(anyPrice(dice, currency));
    if (frame.model == ConsumptionModel::metered) addRange(dice, sold.prices.back());
    for (PriceVariant& variant : sold.variants) {
      variant.prices.push_back(anyPrice(dice, currency));
      if (frame.model == ConsumptionModel::metered) addRange(dice, variant.prices.back());
    }
  }
  if (frame.model == ConsumptionModel::metered && dice.once(4)) {
    sold.overage = Overage::block;
    for (Price& price : sold.prices) price.minimum_charge.reset();
    for (PriceVariant& variant : sold.variants) {
      for (Price& price : variant.prices) price.minimum_charge.reset();
    }
  }
  return sold;
}

PlanFeature moneyFeature(Dice& dice, const PlanFrame& frame, Scheme scheme) {
  PlanFeature sold;
  sold.feature = scheme == Scheme::tokens ? "chat" : "fees";
  if (frame.model == ConsumptionModel::credits) {
    sold.credits_per_money = dec("100");
    sold.margin_percent = dec(dice.once(2) ? "20" : "0");
    return sold;
  }
  sold.included = dec(dice.once(2) ? "1.5" : "0");
  for (const char* currency : frame.currencies) {
    Price price;
    price.currency = currency;
    price.scheme = scheme;
    if (scheme == Scheme::tokens) {
      price.margin_percent = dec(dice.once(2) ? "12.5" : "0");
    } else {
      price.rate_percent = dec(dice.once(2) ? "10" : "2.9");
      price.fee_per_event = dec(dice.once(2) ? "0.3" : "0");
      if (dice.once(3)) price.event_minimum = dec("0.5");
      if (dice.once(3)) price.event_maximum = dec("4");
    }
    if (frame.model == ConsumptionModel::metered) addRange(dice, price);
    sold.prices.push_back(price);
  }
  return sold;
}

PlanFeature seatsFeature(Dice& dice, const PlanFrame& frame) {
  PlanFeature sold;
  sold.feature = "team";
  sold.included = dec(dice.once(2) ? "2" : "0");
  if (frame.free || dice.once(6)) {
    sold.overage = Overage::block;
    return sold;
  }
  for (const char* currency : frame.currencies) {
    Price price = anyPrice(dice, currency);
    if (price.scheme == Scheme::package) price.package_size = dec("3");
    sold.prices.push_back(price);
    if (frame.intervals.size() > 1 && dice.once(2)) {
      sold.prices.push_back(anyPrice(dice, currency));
      sold.prices.back().interval = frame.intervals.back();
    }
  }
  return sold;
}

void addFeatures(Dice& dice, const PlanFrame& frame, Plan& plan) {
  plan.features.push_back(unitsFeature(dice, frame, "calls"));
  for (const char* code : {"jobs", "peak", "level", "users"}) {
    if (dice.once(3)) plan.features.push_back(unitsFeature(dice, frame, code));
  }
  if (!frame.free && dice.once(3)) {
    plan.features.push_back(moneyFeature(dice, frame, Scheme::tokens));
  }
  if (!frame.free && frame.model != ConsumptionModel::credits && dice.once(3)) {
    plan.features.push_back(moneyFeature(dice, frame, Scheme::percentage));
  }
  if (dice.once(2)) plan.features.push_back(seatsFeature(dice, frame));
  if (dice.once(2)) plan.features.push_back({.feature = "sso"});
}

void addPrices(Dice& dice, const PlanFrame& frame, Plan& plan) {
  for (const char* currency : frame.currencies) {
    for (const Interval interval : frame.intervals) {
      BasePrice price;
      price.currency = currency;
      if (interval != frame.intervals.front()) price.interval = interval;
      price.base = frame.free ? Decimal() : dice.of(kBases);
      if (std::string_view(currency) == "JPY") price.base = price.base.roundedTo(0);
      const bool needs_balance = frame.model == ConsumptionModel::balance && dice.once(2);
      if (needs_balance) price.included_balance = dice.of(kCredits);
      plan.prices.push_back(price);
    }
  }
}

void addOffers(Dice& dice, Plan& plan) {
  if (dice.once(3)) plan.rank = static_cast<std::int32_t>(dice.below(3));
  if (plan.free) return;
  if (dice.once(4)) plan.trial_days = dice.once(2) ? 14 : 3;
  if (!dice.once(4)) return;
  plan.intro_cycles = dice.once(2) ? 2 : 1;
  if (dice.once(2)) {
    plan.intro_percent = dec("33.3");
    return;
  }
  for (BasePrice& price : plan.prices) price.intro_amount = daybook::least(price.base, dec("15"));
  const bool any = std::any_of(plan.prices.begin(), plan.prices.end(),
                               [](const BasePrice& one) { return !one.intro_amount.isZero(); });
  if (!any) plan.intro_cycles = 0;
}

std::vector<AlertRule> alertsOf(Dice& dice, const Plan& plan) {
  constexpr std::array<std::string_view, 5> kLevels = {"50", "80", "5", "12", "0.5"};
  std::vector<AlertRule> rules = {{AlertKind::usage, {}, dice.of(kLevels), dice.once(2)}};
  if (dice.once(2)) rules.push_back({AlertKind::usage, "calls", dice.of(kLevels), dice.once(2)});
  if (plan.model == ConsumptionModel::credits) {
    rules.push_back({AlertKind::credits, {}, dice.of(kLevels), dice.once(2)});
  }
  if (plan.model == ConsumptionModel::balance) {
    rules.push_back({AlertKind::balance, {}, dice.of(kLevels), dice.once(2)});
  }
  return rules;
}

Plan planOf(const PlanFrame& frame, int seed) {
  Dice dice(seed);
  Plan plan;
  plan.code = frame.code;
  plan.model = frame.model;
  plan.interval = frame.intervals.front();
  plan.free = frame.free;
  addPrices(dice, frame, plan);
  addFeatures(dice, frame, plan);
  addOffers(dice, plan);
  if (frame.model == ConsumptionModel::credits) {
    plan.credits = dice.of(kCredits);
    if (dice.once(3)) plan.grant_priority = 40;
    if (dice.once(2)) plan.rollover = Rollover{};
    if (plan.rollover && dice.once(2)) plan.rollover->maximum = dec("7");
    if (plan.rollover && dice.once(2)) plan.rollover->periods = 3;
  }
  if (frame.model == ConsumptionModel::balance) {
    if (frame.free || dice.once(3)) plan.at_zero = AtZero::block;
    plan.carry_top_ups = dice.once(2);
  }
  if (dice.once(3)) plan.alerts = alertsOf(dice, plan);
  plan.improvements_now = dice.once(3);
  plan.retired = dice.once(12);
  return plan;
}

Feature feature(std::string code, FeatureType type, Meter meter = Meter::sum) {
  Feature one;
  one.code = std::move(code);
  one.type = type;
  one.meter = meter;
  if (meter == Meter::unique) one.unique_property = "user";
  return one;
}

std::vector<Pack> packs() {
  const auto pack = [](std::string code, std::string_view credits, std::string_view price) {
    Pack one;
    one.code = std::move(code);
    one.credits = dec(credits);
    one.prices = {{"USD", dec(price)}, {"JPY", dec("500")}};
    return one;
  };
  Pack soon = pack("soon", "8", "3");
  soon.expires_after_days = 10;
  soon.priority = 40;
  Pack narrow = pack("narrow", "6", "2.5");
  narrow.features = {"calls"};
  Pack month = pack("month", "25", "9.99");
  month.expires_after_days = 31;
  month.features = {"calls", "jobs"};
  Pack gift = pack("gift", "4", "0");
  gift.prices[1].price = Decimal();
  return {pack("small", "10", "5"), soon, narrow, month, gift};
}

std::vector<PriceBook> priceBooks(int seed) {
  Dice dice(seed);
  std::vector<PriceBook> books;
  for (const char* currency : {"USD", "JPY"}) {
    PriceBook book;
    book.currency = currency;
    const auto add = [&](const char* provider, const char* model) {
      book.models.push_back({provider, model, dice.of(kBases), dice.of(kBases), dec("0.3"),
                             dec("3.75"), dice.once(8)});
    };
    add("acme", "large");
    add("acme", "small");
    if (!dice.once(2)) add("other", "small");
    books.push_back(book);
  }
  return books;
}

// ---- steps

Duration gapOf(int choice) {
  const Duration gaps[] = {Duration::seconds(0),  Duration::minutes(1),  Duration::hours(6),
                           Duration::days(1),     Duration::days(5),     Duration{1},
                           Duration::minutes(59), Duration::hours(1),    Duration::days(12),
                           Duration::days(31),    Duration::seconds(30), Duration::days(3)};
  return pick(gaps, choice);
}

std::optional<Instant> instantOf(int choice, const View& view) {
  const Instant now = view.now;
  const Instant from = view.balance.period_from;
  switch (choice % 24) {
    case 12:
      return now - Duration::minutes(1);
    case 13:
      return now - Duration::minutes(40);
    case 14:
      return now - Duration::hours(30);
    case 15:
      return now - Duration::days(10);
    case 16:
      return now - Duration::days(33);
    case 17:
      return now - view.settings.late_window;
    case 18:
      return now - view.settings.late_window - Duration{1};
    case 19:
      return from;
    case 20:
      return from - Duration{1};
    case 21:
      return now + view.settings.future_limit;
    case 22:
      return now + Duration::minutes(1);
    case 23:
      return now + view.settings.future_limit + Duration{1};
    default:
      return std::nullopt;
  }
}

const char* const kMetered[] = {"calls", "calls", "jobs", "peak", "level", "users", "fees"};

Tokens tokensOf(const Step& step) {
  const std::pair<const char*, const char*> models[] = {{"acme", "large"},  {"acme", "small"},
                                                        {"", "large"},      {"", "small"},
                                                        {"other", "small"}, {"acme", "none"}};
  Tokens tokens;
  tokens.provider = pick(models, step.b).first;
  tokens.model = pick(models, step.b).second;
  const std::uint64_t counts[] = {10'000, 0, 1, 123'456, 1'000'000};
  tokens.output = pick(counts, step.b / 6);
  if (step.b % 17 == 16) tokens.output.reset();
  const std::uint64_t input = pick(counts, step.b / 7);
  if (step.c / 24 % 3 != 2) tokens.input = input;
  if (step.c / 24 % 3 == 2) tokens.total_input = input;
  tokens.cache_read = step.b % 5 == 4 ? 2'000 : 0;
  tokens.cache_write = step.b % 7 == 6 ? 500 : 0;
  return tokens;
}

RecordUsage usageOf(const Step& step, const View& view) {
  RecordUsage usage;
  usage.at = instantOf(step.c, view);
  const OnShortfall choices[] = {OnShortfall::reject, OnShortfall::reject, OnShortfall::cap,
                                 OnShortfall::overdraw};
  usage.on_shortfall = pick(choices, step.c / 24);
  const int kind = step.a % 10;
  const std::vector<FeatureBalance>& sold = view.balance.features;
  if (!sold.empty() && step.b % 2 == 1) {
    usage.feature = pick(sold, kind).feature;
  } else {
    usage.feature = kind == 9 ? "chat" : pick(kMetered, kind);
  }
  if (usage.feature == "chat") {
    if (step.b % 31 == 30) usage.feature = "team";
    usage.tokens = tokensOf(step);
    return usage;
  }
  if (step.b % 41 == 40) usage.feature = "sso";
  if (step.b % 43 == 42) usage.feature = "nothing";
  const char* const quantities[] = {"1", "4", "0", "0.5", "12", "55", "3.25"};
  usage.quantity = dec(pick(quantities, step.b));
  if (step.b % 8 == 7) usage.quantity.reset();
  const char* const regions[] = {"", "eu", "us", "mars"};
  const std::string region = pick(regions, step.a / 10);
  if (!region.empty()) usage.properties.push_back({"region", region});
  const char* const people[] = {"ann", "bob", "cat", "dan", ""};
  const std::string person = pick(people, step.b);
  if (!person.empty()) usage.properties.push_back({"user", person});
  usage.set = step.a / 40 % 8 == 7 && usage.quantity;
  return usage;
}

/// Mostly one that fits.
std::string currencyOf(int choice, const View& view) {
  if (choice % 13 == 12) return {};
  if (!view.balance.terms.currency.empty()) return view.balance.terms.currency;
  return choice % 7 == 6 ? "JPY" : "USD";
}

Subscribe subscribeTo(const Step& step, const View& view) {
  Subscribe subscribe;
  const PlanFrame& frame = pick(frames(), step.a);
  subscribe.plan = frame.code;
  subscribe.currency = currencyOf(step.b, view);
  if (step.b % 3 == 2) subscribe.interval = pick(frame.intervals, step.c);
  if (step.b % 7 == 6) subscribe.trial_days = static_cast<std::uint32_t>(step.c % 3 * 7);
  if (step.b % 5 == 4) {
    const Duration ahead[] = {Duration::days(5), Duration::hours(1), Duration::days(28),
                              Duration::days(60), Duration{}};
    subscribe.anchor = view.now + pick(ahead, step.c);
  }
  if (step.c % 3 == 2) subscribe.seats = {{"team", static_cast<std::uint64_t>(step.c % 7)}};
  return subscribe;
}

ChangePlan changeTo(const Step& step) {
  ChangePlan change;
  const PlanFrame& frame = pick(frames(), step.a);
  change.plan = frame.code;
  if (step.b % 2 == 1) change.interval = pick(frame.intervals, step.c);
  const ChangeWhen times[] = {ChangeWhen::automatic, ChangeWhen::now, ChangeWhen::periodEnd};
  change.when = pick(times, step.b / 2);
  return change;
}

GrantCredits grantOf(const Step& step, const View& view) {
  GrantCredits grant;
  const char* const credits[] = {"10", "3", "0.5", "50"};
  grant.credits = dec(pick(credits, step.a));
  grant.priority = step.a % 5 == 4 ? 45 : 50;
  if (step.b % 4 == 3) grant.effective = view.now + Duration::days(step.b % 9);
  if (step.b % 3 == 2) {
    const Instant from = grant.effective.value_or(view.now);
    grant.expiry = step.c % 2 == 1 ? from + Duration::days(step.c % 40) : view.balance.period_to;
  }
  if (step.c % 5 == 4) grant.features = {"calls"};
  if (step.c % 7 == 6) grant.features = {"jobs", "chat"};
  grant.reason = "promotion";
  return grant;
}

Decimal amountOf(int choice) {
  const char* const amounts[] = {"5", "1", "20", "100", "37"};
  return dec(pick(amounts, choice));
}

InvoiceNumber invoiceOf(int choice, const View& view) {
  if (view.invoices.empty()) return {};
  const auto back = static_cast<std::size_t>(choice) % view.invoices.size();
  return view.invoices[view.invoices.size() - 1 - back];
}

CommandBody moneyCommand(const Step& step, const View& view) {
  switch (step.a % 7) {
    case 0:
      return RecordPayment{invoiceOf(step.b, view),
                           step.c % 2 == 1 ? std::optional(amountOf(step.c)) : std::nullopt, "ref"};
    case 1:
      return CreditInvoice{invoiceOf(step.b, view),
                           step.c % 2 == 1 ? std::optional(amountOf(step.c)) : std::nullopt,
                           "error", step.c % 3 == 2};
    case 2:
      return AddCustomerCredit{amountOf(step.b), currencyOf(step.c, view), "sorry"};
    case 3:
      return AddAdjustment{step.c % 2 == 1 ? -amountOf(step.b) : amountOf(step.b),
                           currencyOf(step.b, view), "setup", step.c % 3 == 2};
    case 4:
      return RecordPaymentFailure{invoiceOf(step.b, view), "declined"};
    case 5:
      return MarkUncollectible{invoiceOf(step.b, view)};
    default:
      return RefundPack{
          GrantNumber(static_cast<std::uint32_t>(
              view.grants == 0 ? 1 : static_cast<std::size_t>(step.b) % view.grants + 1)),
          "unhappy"};
  }
}

HoldItem itemOf(const Step& step, const View& view) {
  const RecordUsage usage = usageOf(step, view);
  return {usage.feature, usage.quantity, usage.tokens, usage.properties};
}

PlaceHold placeOf(const Step& step, const View& view) {
  PlaceHold place;
  place.items = {itemOf(step, view)};
  const Duration ttls[] = {Duration::minutes(5), Duration::hours(24), Duration::hours(6),
                           Duration::minutes(90), Duration::seconds(1)};
  if (step.c % 6 > 0) place.ttl = pick(ttls, step.c);
  Step other = step;
  for (const int turn : {7, 3}) {
    other.a += turn;
    other.b += turn;
    if (step.c / 6 % 4 < (turn == 7 ? 2 : 3)) continue;
    HoldItem item = itemOf(other, view);
    const bool is_same =
        std::any_of(place.items.begin(), place.items.end(),
                    [&item](const HoldItem& known) { return known.feature == item.feature; });
    if (!is_same) place.items.push_back(std::move(item));
  }
  return place;
}

/// What was used of what was held: the same, less, more.
HoldItem usedOf(HoldItem item, int choice) {
  const char* const quantities[] = {"1", "0.5", "3", "20", "0"};
  if (choice % 3 == 0) return item;
  if (item.tokens) {
    item.tokens->output = choice % 3 == 1 ? 500 : 2'000'000;
  } else {
    item.quantity = dec(pick(quantities, choice / 3));
  }
  return item;
}

bool isOpen(const PlacedHold& hold, const View& view) {
  return !hold.ended && hold.expiry > view.now;
}

CommandBody holdCommand(const Step& step, const View& view) {
  const int kind = step.gap / 100;  // what else no choice hangs on
  const bool is_any_open =
      std::any_of(view.holds.begin(), view.holds.end(),
                  [&view](const PlacedHold& hold) { return isOpen(hold, view); });
  const bool ends = kind >= 4 && (is_any_open || step.a % 3 == 0);
  if (view.holds.empty() || !ends) return placeOf(step, view);
  const auto back = static_cast<std::size_t>(step.a) % std::min<std::size_t>(view.holds.size(), 4);
  const PlacedHold* chosen = &view.holds[view.holds.size() - 1 - back];
  for (const PlacedHold& one : view.holds) {
    if (isOpen(one, view) && step.a % 5 != 4) chosen = &one;
  }
  const PlacedHold& hold = *chosen;
  const std::vector<HoldItem>& items = hold.asked.items;
  const HoldItem& any = items[static_cast<std::size_t>(step.b) % items.size()];
  switch (kind) {
    case 4:
    case 5: {
      SettleHold settle{hold.key, {}, std::nullopt};
      if (step.c % 4 == 3) settle.at = instantOf(step.b, view);
      if (step.c % 5 == 0) return settle;
      for (const HoldItem& item : items) {
        if (step.c % 7 == 6 && &item == &any) continue;
        settle.items.push_back(usedOf(item, step.b + static_cast<int>(settle.items.size())));
      }
      if (step.c % 11 == 10) settle.items.push_back(usedOf(any, step.b / 3));
      return settle;
    }
    case 6:
      return ReleaseHold{hold.key};
    case 7: {
      const Duration ttls[] = {Duration::minutes(5), Duration::hours(12), Duration::hours(24)};
      return ExtendHold{hold.key, pick(ttls, step.b)};
    }
    default: {
      UseHold use{hold.key, usageOf(usedOf(any, step.b), std::nullopt)};
      const OnShortfall choices[] = {OnShortfall::reject, OnShortfall::cap, OnShortfall::overdraw};
      use.usage.on_shortfall = pick(choices, step.c);
      if (step.c % 9 == 8) use.usage.at = instantOf(step.b, view);
      return use;
    }
  }
}

CommandBody alertsCommand(const Step& step) {
  if (step.a % 4 == 3) return SetAlerts{};
  SetAlerts alerts;
  alerts.rules.emplace();
  const char* const levels[] = {"50", "3", "10", "100", "7.5"};
  const AlertKind kinds[] = {AlertKind::usage, AlertKind::credits, AlertKind::balance};
  const auto add = [&](int choice) {
    AlertRule rule{pick(kinds, choice), {}, dec(pick(levels, choice / 3)), choice % 2 == 0};
    if (rule.kind == AlertKind::usage && choice % 5 == 4) rule.feature = "calls";
    alerts.rules->push_back(std::move(rule));
  };
  add(step.b);
  if (step.c % 3 == 2 && step.c % 30 != step.b % 30) add(step.c);
  return alerts;
}

CommandBody subscriptionCommand(const Step& step, const View& view) {
  const char* const zones[] = {"UTC", "Test/East", "Test/Summer"};
  switch (step.b % 12) {
    case 0:
    case 1:
    case 2:
      return changeTo({0, 0, 0, step.a, step.c, step.c / 6});
    case 3:
      return Cancel{step.c % 2 == 1 ? CancelWhen::now : CancelWhen::periodEnd, step.c % 3 == 2};
    case 4:
      return RevokeCancel{};
    case 5:
      return RevokeChange{};
    case 6:
      return Pause{};
    case 7:
      return Resume{};
    case 8:
      return PinVersion{step.c % 2 == 0};
    case 9:
      return UpdateCustomer{pick(zones, step.c)};
    case 10:
      return Cancel{CancelWhen::now, step.c % 2 == 1};
    default:
      return subscribeTo(step, view);
  }
}

}  // namespace

std::string customerId(int who) {
  return std::string(1, static_cast<char>('a' + who % kCustomers));
}

LedgerSettings settingsOf(int choice) {
  LedgerSettings settings;
  settings.clock = ClockKind::manual;
  if (choice % 4 == 2) settings.grace = Duration::days(2);
  if (choice % 4 == 3) settings.late_window = Duration::days(12);
  return settings;
}

Instant startOf(const Scenario& scenario) {
  const char* const starts[] = {"2026-01-01",           "2026-01-31T10:00:00Z",
                                "2028-02-29",           "2026-03-09T23:30:00.000000001Z",
                                "2026-10-31T00:30:00Z", "2027-12-31T23:59:59Z"};
  return when(pick(starts, scenario.settings / 4));
}

Catalog catalogOf(int seed) {
  Catalog catalog;
  catalog.features = {feature("calls", FeatureType::metered),
                      feature("jobs", FeatureType::metered, Meter::count),
                      feature("peak", FeatureType::metered, Meter::max),
                      feature("level", FeatureType::metered, Meter::latest),
                      feature("users", FeatureType::metered, Meter::unique),
                      feature("chat", FeatureType::metered),
                      feature("fees", FeatureType::metered),
                      feature("team", FeatureType::seats),
                      feature("sso", FeatureType::boolean)};
  int offset = 0;
  for (const PlanFrame& frame : frames()) {
    catalog.plans.push_back(planOf(frame, seed == 0 ? 0 : seed * 16 + ++offset));
    catalog.plans.back().retired = false;
  }
  catalog.packs = packs();
  catalog.price_books = priceBooks(0);
  return catalog;
}

Opening openingOf(int seed, const Catalog& catalog, Instant now) {
  Dice dice(seed);
  const std::size_t chosen = dice.below(frames().size());
  const PlanFrame& frame = frames()[chosen];
  const Plan& plan = catalog.plans[chosen];
  Opening opening;
  opening.plan = frame.code;
  opening.currency = frame.currencies[dice.below(frame.currencies.size())];
  if (dice.once(2)) opening.interval = frame.intervals[dice.below(frame.intervals.size())];
  constexpr int kDaysAgo[] = {0, 1, 10, 31, 45, 100, 400};
  opening.anchor = now - Duration::days(kDaysAgo[dice.below(std::size(kDaysAgo))]);
  constexpr std::array<std::string_view, 4> kPaid = {"31", "0", "99", "12"};
  constexpr std::array<std::string_view, 5> kUsed = {"4", "1", "12", "55", "0.5"};
  constexpr std::array<std::string_view, 3> kCharged = {"3", "0", "12.5"};
  opening.base_charged = dice.of(kPaid);
  for (const PlanFeature& sold : plan.features) {
    if (sold.feature == "users" || sold.feature == "sso") continue;
    if (sold.feature == "team") {
      if (dice.once(2)) opening.seats = {{"team", 1 + dice.below(5)}};
      continue;
    }
    if (!dice.once(2)) continue;
    const bool varied = !sold.variants.empty() && dice.once(2);
    const bool charged =
        plan.model == ConsumptionModel::balance || sold.feature == "chat" || sold.feature == "fees";
    opening.usage.push_back({sold.feature, varied ? sold.variants[0].value : "", dice.of(kUsed),
                             charged && !sold.unlimited ? dice.of(kCharged) : Decimal()});
  }
  if (plan.model == ConsumptionModel::credits) {
    OpeningGrant grant;
    if (dice.once(2)) grant.kind = GrantKind::plan;
    grant.credits = dec("20");
    grant.remaining = dec(dice.once(3) ? "20" : "7.5");
    opening.grants.push_back(grant);
    grant.kind = dice.once(2) ? GrantKind::promotional : GrantKind::purchased;
    if (dice.once(2)) grant.expiry = now + Duration::days(10);
    if (dice.once(3)) grant.effective = now - Duration::days(3);
    if (dice.once(3)) grant.features = {"calls"};
    if (dice.once(2)) opening.grants.push_back(grant);
  }
  if (plan.model == ConsumptionModel::balance) {
    constexpr std::array<std::string_view, 4> kMoney = {"12", "-5", "0", "100"};
    if (dice.once(2)) opening.balance = dice.of(kMoney);
    if (dice.once(2)) opening.top_ups = dec("10");
  }
  if (dice.once(2)) opening.customer_credit = dec("15");
  return opening;
}

Instant momentOf(const Step& step, const View& view) {
  const auto notBefore = [&view](Instant at) { return std::max(at, view.now); };
  const Balance& balance = view.balance;
  const Instant end = balance.period_to;
  const bool runs = end > view.now && !end.isNever();
  if (runs && step.gap % 10 == 7) {
    const Duration edges[] = {Duration{}, Duration{-1}, view.settings.grace,
                              Duration{view.settings.grace.ns - 1}, Duration::minutes(20)};
    return notBefore(end + pick(edges, step.gap / 10));
  }
  if (!view.hold_ends.empty() && step.gap % 16 != 0) {  // mostly, while a hold lives
    const Instant hold_end = pick(view.hold_ends, step.gap / 20);
    const Instant moments[] = {view.now, view.now + Duration::seconds(1),
                               view.now + Duration::minutes(2), hold_end, hold_end - Duration{1}};
    return notBefore(step.gap / 4 % 3 == 0 ? pick(moments, step.gap / 12) : moments[1]);
  }
  if (step.gap % 50 == 49) return view.now + Duration::days(100);
  return view.now + gapOf(step.gap / 2);
}

CommandBody commandOf(const Step& step, const View& view) {
  const int what = step.what % 100;
  const bool lives = view.balance.state != SubscriptionState::none &&
                     view.balance.state != SubscriptionState::canceled;
  if (!lives && what < 50 && step.gap % 2 == 1) return subscribeTo(step, view);
  const bool holds = std::any_of(view.holds.begin(), view.holds.end(),
                                 [&view](const PlacedHold& hold) { return isOpen(hold, view); });
  if (holds && what % 2 == 1) return holdCommand(step, view);
  if (what < 32) return usageOf(step, view);
  if (what < 50) return holdCommand(step, view);
  if (what < 55) return subscribeTo(step, view);
  if (what < 68) return subscriptionCommand(step, view);
  if (what < 73) {
    const char* const codes[] = {"small", "soon", "narrow", "month", "gift"};
    return BuyCredits{pick(codes, step.a), currencyOf(step.b, view)};
  }
  if (what < 77) return TopUp{amountOf(step.a), ""};
  if (what < 81) return grantOf(step, view);
  if (what < 86) {
    const bool none = view.usage_keys.empty();
    if (none) return VoidUsage{"no-such-key", "error"};
    const auto back = static_cast<std::size_t>(step.a) % view.usage_keys.size();
    return VoidUsage{view.usage_keys[view.usage_keys.size() - 1 - back], "error"};
  }
  if (what < 91)
    return ChangeSeats{"team", step.a % 9 - (step.b % 2 == 1 ? 0 : 3), step.b % 2 == 1};
  if (what < 95) return moneyCommand(step, view);
  if (what < 97) return alertsCommand(step);
  Catalog catalog;
  if (what == 99 && step.c % 2 == 1) {
    catalog.price_books = priceBooks(step.a);
  } else {
    catalog.plans = {planOf(pick(frames(), step.b), step.a)};
  }
  return PublishCatalog{catalog, "digest"};
}

}  // namespace daybook::twin
