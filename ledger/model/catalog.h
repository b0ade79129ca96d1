// What is sold: features, plans, packs and price books (BILLING.md sections 1, 3, 4).
//
// Plain values with ==. Codes are the sellers' names and the identity of an item. A published plan
// version or price-book version never changes; publishing a change makes the next version. Money is
// in the currency named beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/calendar.h"
#include "ledger/base/decimal.h"
#include "ledger/base/ids.h"
#include "ledger/base/instant.h"

namespace daybook {

enum class FeatureType : std::uint16_t { metered = 0, boolean = 1, seats = 2 };
/// How events of a metered feature add up in a usage period. `count`: every event is 1, whatever
/// its quantity. `latest`: the quantity of the event with the latest `at`. `unique`: distinct
/// values of one property.
enum class Meter : std::uint16_t { sum = 0, count = 1, max = 2, latest = 3, unique = 4 };

struct Feature {
  std::string code;
  std::string name;  // for invoices; the code where empty
  FeatureType type = FeatureType::metered;
  Meter meter = Meter::sum;
  std::string unique_property;  // unique meters: the name of the property that is counted
  bool operator==(const Feature&) const = default;
};

enum class Scheme : std::uint16_t {
  perUnit = 0,
  graduated = 1,
  volume = 2,
  package = 3,
  tokens = 4,      // model tokens, from the price book of the currency
  percentage = 5,  // a rate of an amount of money, event by event
};

/// Units up to and including `up_to` (none: unbounded, the last tier), counted after the included
/// ones.
struct Tier {
  std::optional<Decimal> up_to;
  Decimal unit_price;
  Decimal flat_fee;
  bool operator==(const Tier&) const = default;
};

/// What q units beyond the included ones cost, in one currency.
struct Price {
  std::string currency;  // ISO 4217
  Scheme scheme = Scheme::perUnit;
  Decimal unit_price;                    // perUnit
  std::vector<Tier> tiers;               // graduated, volume
  Decimal package_size;                  // package
  Decimal package_price;                 // package
  Decimal margin_percent;                // tokens: 20 is 20 %
  Decimal rate_percent;                  // percentage: 2.9 is 2.9 %
  Decimal fee_per_event;                 // percentage
  std::optional<Decimal> event_minimum;  // percentage: least and most that one event costs
  std::optional<Decimal> event_maximum;
  std::optional<Decimal> minimum_charge;  // per usage period
  std::optional<Decimal> maximum_charge;  // per usage period
  /// Seats: for this billing interval only; absent: for each that has no price of its own.
  std::optional<Interval> interval;
  bool operator==(const Price&) const = default;
};

/// What usage beyond the included units meets.
enum class Overage : std::uint16_t { charge = 0, block = 1 };

/// Prices for usage whose dimension has this value.
struct PriceVariant {
  std::string value;
  std::vector<Price>
      prices;                // as PlanFeature::prices, of the same kind (tokens, percentage, other)
  Decimal credits_per_unit;  // credits plans
  bool operator==(const PriceVariant&) const = default;
};

/// A feature as one plan version sells it. Seats: `included` seats are free, `prices` are per seat
/// and billing period, in every consumption model.
struct PlanFeature {
  std::string feature;     // code
  Decimal included;        // units per usage period (money for tokens and percentage)
  bool unlimited = false;  // metered: never charged, never refused
  Overage overage = Overage::charge;
  std::vector<Price> prices;  // metered and balance plans: one per currency of the plan
  Decimal credits_per_unit;   // credits plans
  Decimal credits_per_money;  // credits plans, token-priced features: per 1 of the currency
  Decimal margin_percent;     // credits plans, token-priced features
  /// The property that selects a variant; empty: none. Other values, and none, have the prices
  /// above. The included units are shared: variants use them up in the order given, then the rest.
  std::string dimension;
  std::vector<PriceVariant> variants;
  bool operator==(const PlanFeature&) const = default;
};

/// The plan's price in one currency for one billing interval. `base` is per billing period;
/// `included_balance` (balance plans) per usage period, by default the base price per month.
struct BasePrice {
  std::string currency;
  std::optional<Interval> interval;  // absent: the plan's
  Decimal base;
  std::optional<Decimal> included_balance;
  Decimal intro_amount;  // introductory discount of an amount; 0: see Plan::intro_percent
  bool operator==(const BasePrice&) const = default;
};

enum class ConsumptionModel : std::uint16_t { metered = 0, credits = 1, balance = 2 };
/// What happens to a spending balance at zero.
enum class AtZero : std::uint16_t { overage = 0, block = 1 };

/// Plan credits that go over into the next usage period: at most `maximum` of what is left (absent:
/// all), each for at most `periods` periods.
struct Rollover {
  std::optional<Decimal> maximum;
  std::uint32_t periods = 1;
  bool operator==(const Rollover&) const = default;
};

/// What an alert watches.
enum class AlertKind : std::uint16_t {
  usage = 0,    // units used of a feature reach the level
  credits = 1,  // credits that may be drawn fall below the level
  balance = 2,  // the spending balance falls below the level
};
/// An alert's level: a percentage (usage: of the included units; credits: of the period's plan
/// grant; balance: of the included amount), or an amount.
struct AlertRule {
  AlertKind kind = AlertKind::usage;
  std::string feature;  // usage: its code; empty: every metered feature of the plan
  Decimal level;
  bool percent = true;
  bool operator==(const AlertRule&) const = default;
};

struct Plan {
  std::string code;
  std::uint32_t version = 0;  // given when published: 1, 2, ...
  std::string name;           // for invoices; the code where empty
  ConsumptionModel model = ConsumptionModel::metered;
  Interval interval = Interval::month;  // of the billing period, unless a price says otherwise
  std::vector<BasePrice> prices;        // one per currency and interval it is sold in
  std::vector<PlanFeature> features;
  Decimal credits;                   // credits plans: the plan grant of each usage period
  std::int32_t grant_priority = 50;  // of the plan grant; lower is drawn first
  AtZero at_zero = AtZero::overage;  // balance plans
  bool carry_top_ups = false;        // balance plans
  std::optional<std::int32_t> rank;  // orders plans of one interval: higher is better
  std::uint32_t trial_days = 0;
  bool free = false;                 // no price, no invoice: what is included blocks when used up
  std::optional<Rollover> rollover;  // credits plans
  Decimal intro_percent;             // introductory discount of the base price; 0: see intro_amount
  std::uint32_t intro_cycles = 0;    // billing cycles it lasts; 0: none
  /// Absent: credits below 10 % of the period's grant, usage at 80 % and 100 % of included.
  std::optional<std::vector<AlertRule>> alerts;
  bool improvements_now = false;  // this version raises allowances of open periods at once
  bool retired = false;           // no new subscriptions
  bool operator==(const Plan&) const = default;
};

struct PackPrice {
  std::string currency;
  Decimal price;
  bool operator==(const PackPrice&) const = default;
};

/// A credit pack.
struct Pack {
  std::string code;
  std::uint32_t version = 0;  // given when published
  std::string name;
  Decimal credits;
  std::vector<PackPrice> prices;
  std::int32_t priority = 50;
  std::uint32_t expires_after_days = 0;  // whole days after purchase; 0: never
  std::vector<std::string> features;     // the credits pay for these only; empty: for all
  bool operator==(const Pack&) const = default;
};

/// Prices per million tokens of one model.
struct ModelPrice {
  std::string provider;
  std::string model;
  Decimal input;
  Decimal output;
  Decimal cache_read;
  Decimal cache_write;
  bool retired = false;
  bool operator==(const ModelPrice&) const = default;
};

/// The model prices in one currency; the whole book is one version.
struct PriceBook {
  std::string currency;       // its identity: one book per currency
  std::uint32_t version = 0;  // given when published
  Instant effective;          // in force from; given when published
  std::vector<ModelPrice> models;
  bool operator==(const PriceBook&) const = default;
};

/// One reviewable set of items: what `catalog apply` sends, and what a reader gets (newest
/// versions).
struct Catalog {
  std::vector<Feature> features;
  std::vector<Plan> plans;
  std::vector<Pack> packs;
  std::vector<PriceBook> price_books;
  bool operator==(const Catalog&) const = default;
};

/// How one item of a set differs from what is published.
enum class ChangeAction : std::uint16_t { unchanged = 0, added = 1, changed = 2 };
enum class ItemKind : std::uint16_t { feature = 0, plan = 1, pack = 2, priceBook = 3 };
struct CatalogChange {
  ItemKind kind = ItemKind::feature;
  std::string code;
  ChangeAction action = ChangeAction::unchanged;
  std::uint32_t version = 0;  // after it is applied; 0 for features
  bool operator==(const CatalogChange&) const = default;
};

/// Minor-unit digits of an ISO 4217 currency (USD 2, JPY 0, KWD 3), or nullopt for an unknown code.
std::optional<int> currencyExponent(std::string_view currency);

}  // namespace daybook
