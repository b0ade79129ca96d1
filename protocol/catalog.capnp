@0xc058301c2131616c;
# What is sold: features, plans with their prices, packs, price books.
#
# By the conventions at the head of common.capnp.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("daybook::wire");

enum FeatureType {
  metered @0;   # consumed
  boolean @1;   # on or off; answered by check, never charged
  seats @2;     # held; charged in advance
}

enum Meter {
  # How events of a metered feature add up in a usage period.
  sum @0;       # quantities add up
  count @1;     # every event is 1, whatever its quantity
  max @2;       # the largest quantity
  latest @3;    # the quantity of the event with the latest `at`
  unique @4;    # distinct values of one property
}

struct Feature {
  code @0 :Text;          # its identity
  name @1 :Text;          # for invoices; empty: the code
  type @2 :FeatureType;   # fixed by the first publication
  meter @3 :Meter;        # fixed by the first publication
  uniqueProperty @4 :Text;
  # unique meters: name of the property that is counted; fixed by the first publication
}

enum Scheme {
  perUnit @0;     # q x unitPrice
  graduated @1;  # each tier's units at that tier's price, plus its flat fee if any unit falls in it
  volume @2;      # all units at the price of the tier q falls in, plus its flat fee
  package @3;     # ceil(q / packageSize) x packagePrice
  tokens @4;      # from the price book of the currency, with margin
  percentage @5;  # q x ratePercent + feePerEvent, event by event; q is an amount of money
}

enum Interval {
  # Of billing periods. A usage period lasts a month, a week for weekly billing.
  week @0;
  month @1;
  quarter @2;
  year @3;
  once @4;      # paid for once; allowances last a month
}

enum OptionalInterval {
  # An interval that may be left open. JSON leaves the field out or says "absent".
  absent @0;
  week @1;
  month @2;
  quarter @3;
  year @4;
  once @5;
}

struct Tier {
  upTo @0 :Text;
  # last unit of the tier, counted after the included ones; empty: unbounded, the last tier
  unitPrice @1 :Text;
  flatFee @2 :Text;
}

struct Price {
  # What q units beyond the included ones cost in one usage period; seats: in one billing period.
  currency @0 :Text;        # ISO 4217
  scheme @1 :Scheme;
  unitPrice @2 :Text;       # perUnit
  tiers @3 :List(Tier);     # graduated, volume
  packageSize @4 :Text;     # package
  packagePrice @5 :Text;    # package
  marginPercent @6 :Text;   # tokens: "20" is 20 %
  ratePercent @9 :Text;     # percentage: "2.9" is 2.9 %
  feePerEvent @10 :Text;    # percentage
  eventMinimum @11 :Text;   # percentage: least that one event costs; empty: none
  eventMaximum @12 :Text;   # percentage: most that one event costs; empty: none
  minimumCharge @7 :Text;   # per usage period; empty: none
  maximumCharge @8 :Text;   # per usage period; empty: none
  interval @13 :OptionalInterval;
  # seats: for this billing interval only; absent: for each that has no price of its own
}

enum Overage {
  charge @0;
  block @1;     # usage beyond the included units is refused
}

struct PriceVariant {
  # Prices for usage whose dimension has this value.
  value @0 :Text;
  prices @1 :List(Price);       # as those of the feature, and of the same kind
  creditsPerUnit @2 :Text;      # credits plans
}

struct PlanFeature {
  # A feature as one plan version sells it. Seats: `included` ones are free, `prices` are per seat
  # and billing period, in every consumption model.
  feature @0 :Text;             # code
  included @1 :Text;            # units per usage period; money for tokens and percentage
  unlimited @2 :Bool;
  overage @3 :Overage;
  prices @4 :List(Price);       # metered and balance plans: one per currency of the plan
  creditsPerUnit @5 :Text;      # credits plans
  creditsPerMoney @6 :Text;     # credits plans, by tokens: credits per 1 of the plan's currency
  marginPercent @7 :Text;       # credits plans, by tokens
  dimension @8 :Text;
  # name of the property that selects a variant; empty: none. Another value, or none, has the prices
  # above
  variants @9 :List(PriceVariant);
  # they use up the included units in this order, then the rest does
}

struct BasePrice {
  # The price in one currency for one billing interval.
  currency @0 :Text;
  interval @3 :OptionalInterval;  # absent: the plan's
  base @1 :Text;              # per billing period
  includedBalance @2 :Text;   # balance plans, per usage period; empty: the base price per month
  introAmount @4 :Text;       # introductory discount of an amount; empty: see Plan.introPercent
}

enum ConsumptionModel {
  metered @0;   # usage accumulates; beyond what is included it is charged in arrears
  credits @1;   # usage draws credits from grants
  balance @2;   # usage deducts its price from a spending balance
}

enum AtZero {
  overage @0;   # usage goes on, the negative part is charged at the usage period's end
  block @1;
}

struct Rollover {
  # Plan credits that go over into the next usage period.
  maximum @0 :Text;           # at most so many of what is left; empty: all
  periods @1 :UInt32 = 1;     # each at most so often
}

enum AlertKind {
  usage @0;     # units used of a feature reach the level
  credits @1;   # credits that may be drawn fall below the level
  balance @2;   # the spending balance falls below the level
}

struct AlertRule {
  kind @0 :AlertKind;
  feature @1 :Text;           # usage: its code; empty: every metered feature of the plan
  level @2 :Text;
  percent @3 :Bool = true;
  # `level` is a percentage: of the included units, of the period's plan grant, of the included
  # balance; else it is an amount
}

struct AlertRules {
  rules @0 :List(AlertRule);  # none: no alerts
}

struct Plan {
  code @0 :Text;
  version @1 :UInt32;             # given when published; ignored in what is sent
  name @2 :Text;
  model @3 :ConsumptionModel;
  interval @4 :Interval = month;  # of the billing period, unless a price says otherwise
  prices @5 :List(BasePrice);     # one per currency and interval it is sold in
  features @6 :List(PlanFeature);
  credits @7 :Text;               # credits plans: granted each usage period
  grantPriority @8 :Int32 = 50;   # of that grant; lower is drawn first
  atZero @9 :AtZero;              # balance plans
  carryTopUps @10 :Bool;          # balance plans
  rollover @14 :Rollover;         # credits plans; absent: none
  rank @11 :Int32 = -2147483648;
  # orders plans of one interval: higher is better. The default, -2^31, stands for absent
  trialDays @12 :UInt32;          # 0: no trial
  free @13 :Bool;                 # no price, no invoice: what is included blocks when used up
  introPercent @15 :Text;         # introductory discount of the base price; empty: see introAmount
  introCycles @16 :UInt32;        # billing cycles it lasts; 0: none
  alerts @17 :AlertRules;
  # absent: credits below 10 % of the period's grant, usage at 80 % and 100 % of included
  improvementsNow @18 :Bool;      # this version raises allowances of open periods at once
  retired @19 :Bool;              # takes no new subscriptions
}

struct PackPrice {
  currency @0 :Text;
  price @1 :Text;
}

struct Pack {
  code @0 :Text;
  version @1 :UInt32;              # given when published
  name @2 :Text;
  credits @3 :Text;
  prices @4 :List(PackPrice);
  priority @5 :Int32 = 50;
  expiresAfterDays @6 :UInt32;     # 0: never
  features @7 :List(Text);         # codes the credits may pay for; empty: all
}

struct ModelPrice {
  # Per million tokens.
  provider @0 :Text;
  model @1 :Text;
  input @2 :Text;
  output @3 :Text;
  cacheRead @4 :Text;
  cacheWrite @5 :Text;
  retired @6 :Bool;
}

struct PriceBook {
  currency @0 :Text;           # its identity
  version @1 :UInt32;          # given when published
  effective @2 :Int64;         # given when published: in force from
  models @3 :List(ModelPrice);
}

struct Catalog {
  features @0 :List(Feature);
  plans @1 :List(Plan);
  packs @2 :List(Pack);
  priceBooks @3 :List(PriceBook);
}
