@0xa433647867d80150;
# Words that the wire and the log share: outcomes, catalog items, commands' contents, grants, draws,
# invoices.
#
# Conventions, in every schema of this folder:
# - Amounts of money, quantities, credits and rates are exact decimals as Text: an optional minus
#   sign, digits, and after a point at most 12 digits ("0.0126"). Empty text is the default that the
#   field names, else 0. No binary floating point.
# - Instants are Int64 nanoseconds since the Unix epoch, UTC; ranges are [from, to). 0 is "absent",
#   2^63 - 1 is "never".
# - Positions, numbers of customers, features, grants and invoices start at 1; 0 is "none".
# - The JSON form of any message is the one of the standard Cap'n Proto JSON codec: 64-bit integers
#   as strings, absent pointers left out.
# - Numbers of fields, enumerants and methods are never reused; COMPATIBILITY.md beside this file
#   says how forms evolve.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("daybook::wire");

enum Outcome {
  # What a command was answered. Refused business is data: an exception means broken transport,
  # overload (OVERLOADED: nothing was decided, send the same again) or a bug.
  ok @0;
  invalidText @1;  # an id, code, name, zone or key is empty, too long or holds control characters
  invalidNumber @2;
  # not a decimal, negative where that makes no sense, or not a whole number where one is due
  amountOverflow @3;  # a number past its limit, or a result that does not fit
  invalidProperties @4;  # too many, too long, or twice the same name
  batchTooLarge @5;  # more entries than one call takes; nothing was decided
  eventTooLarge @6;  # the record would pass 65 535 bytes
  invalidCursor @7;  # a list cursor that this ledger did not give
  invalidTime @8;  # an anchor, interval or clock value that cannot be used
  keyMissing @9;  # every command that records anything carries an idempotency key
  keyReused @10;  # same key, other contents; the detail names the first field that differs
  unknownCustomer @11;
  customerExists @12;
  unknownFeature @13;
  unknownPlan @14;
  unknownPack @15;
  unknownModel @16;  # no live price for provider/model
  retiredModel @17;
  ambiguousModel @18;  # several providers have it: name one
  unknownZone @19;
  unknownCurrency @20;
  unknownInvoice @21;
  unknownPosition @22;  # not in the log
  inFuture @23;  # `at` is more than the future limit ahead
  tooOld @24;  # `at` is before the late window
  periodClosed @25;  # `at` lies in a period whose invoice is closed
  noSubscription @26;
  alreadySubscribed @27;
  notCanceled @28;  # there is no scheduled cancellation to revoke
  currencyMismatch @29;  # the customer's currency is fixed and is another one
  tooManyGrants @30;
  ledgerFull @31;  # no further customer number
  featureNotInPlan @32;
  wrongFeatureType @33;  # usage of a boolean feature
  tokensMissing @34;
  # the feature is priced by tokens: model, output and one input count are required
  tokensInvalid @35;
  # tokens for a feature that has no token price, or more cached tokens than total ones
  notSoldInCurrency @36;  # the plan version or pack has no price in that currency
  wrongModel @37;  # a top-up needs a balance plan; a pack gives credits nobody could draw
  includedLimitReached @38;
  insufficientCredits @39;
  insufficientBalance @40;
  invalidCatalog @41;  # the detail names item, field and rule
  unauthorized @42;  # login refused, or the caller lacks the role
  storageFull @43;  # writes are refused until there is room; reads go on
  clockNotManual @44;  # only a ledger created with a manual clock can be moved
  clockBackwards @45;  # time never goes back
  clockJumped @46;  # the wall clock ran ahead of the monotonic one: an operator must confirm it
  unavailable @47;  # stopping, or the job could not be done; the detail says why
}

# ---- Catalog

enum FeatureType {
  metered @0;   # consumed
  boolean @1;   # on or off; answered by check, never charged
}

enum Meter {
  sum @0;       # quantities add up
  count @1;     # every event is 1
}

struct Feature {
  code @0 :Text;          # its identity
  name @1 :Text;          # for invoices; empty: the code
  type @2 :FeatureType;   # fixed by the first publication
  meter @3 :Meter;        # fixed by the first publication
}

enum Scheme {
  perUnit @0;     # q x unitPrice
  graduated @1;
  # each tier's units at that tier's price, plus its flat fee if any unit falls in it
  volume @2;      # all units at the price of the tier q falls in, plus its flat fee
  package @3;     # ceil(q / packageSize) x packagePrice
  tokens @4;      # from the price book of the currency, with margin
}

struct Tier {
  upTo @0 :Text;
  # last unit of the tier, counted after the included ones; empty: unbounded, the last tier
  unitPrice @1 :Text;
  flatFee @2 :Text;
}

struct Price {
  # What q units beyond the included ones cost in one usage period.
  currency @0 :Text;        # ISO 4217
  scheme @1 :Scheme;
  unitPrice @2 :Text;       # perUnit
  tiers @3 :List(Tier);     # graduated, volume
  packageSize @4 :Text;     # package
  packagePrice @5 :Text;    # package
  marginPercent @6 :Text;   # tokens: "20" is 20 %
  minimumCharge @7 :Text;   # per usage period; empty: none
  maximumCharge @8 :Text;   # per usage period; empty: none
}

enum Overage {
  charge @0;
  block @1;     # usage beyond the included units is refused
}

struct PlanFeature {
  feature @0 :Text;             # code
  included @1 :Text;            # units per usage period; money for the tokens scheme
  unlimited @2 :Bool;
  overage @3 :Overage;
  prices @4 :List(Price);       # metered and balance plans: one per currency of the plan
  creditsPerUnit @5 :Text;      # credits plans
  creditsPerMoney @6 :Text;     # credits plans, by tokens: credits per 1 of the plan's currency
  marginPercent @7 :Text;       # credits plans, by tokens
}

struct BasePrice {
  currency @0 :Text;
  base @1 :Text;              # per billing period
  includedBalance @2 :Text;   # balance plans, per usage period; empty: the base price per month
}

enum ConsumptionModel {
  metered @0;   # usage accumulates; beyond what is included it is charged in arrears
  credits @1;   # usage draws credits from grants
  balance @2;   # usage deducts its price from a spending balance
}

enum Interval {
  week @0;
  month @1;
  quarter @2;
  year @3;
}

enum AtZero {
  overage @0;   # usage goes on, the negative part is charged at the usage period's end
  block @1;
}

struct Plan {
  code @0 :Text;
  version @1 :UInt32;             # given when published; ignored in what is sent
  name @2 :Text;
  model @3 :ConsumptionModel;
  interval @4 :Interval = month;
  # of the billing period; the usage period is a month, a week for weekly plans
  prices @5 :List(BasePrice);     # one per currency it is sold in
  features @6 :List(PlanFeature);
  credits @7 :Text;               # credits plans: granted each usage period
  grantPriority @8 :Int32 = 50;   # of that grant; lower is drawn first
  atZero @9 :AtZero;              # balance plans
  carryTopUps @10 :Bool;          # balance plans
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

# ---- What commands ask

struct Tokens {
  provider @0 :Text;               # empty: resolved when exactly one live provider has the model
  model @1 :Text;
  input @2 :Int64 = -1;            # without cached ones; -1: absent
  totalInput @3 :Int64 = -1;
  # cached ones included; -1: absent. Exactly one of the two is required
  output @4 :Int64 = -1;           # required
  cacheRead @5 :UInt64;
  cacheWrite @6 :UInt64;
}

struct Property {
  name @0 :Text;
  value @1 :Text;
}

enum OnShortfall {
  # What happens to usage that does not fit.
  reject @0;     # refused, whole
  cap @1;        # recorded in full; what is left pays, the rest is recorded as unpaid
  overdraw @2;   # recorded in full, goes negative
}

struct RecordUsage {
  feature @0 :Text;
  quantity @1 :Text;               # not negative; empty: 1
  tokens @2 :Tokens;               # instead of a quantity, for features priced by tokens
  at @3 :Int64;                    # when it happened; 0: now
  properties @4 :List(Property);   # at most 32
  onShortfall @5 :OnShortfall;
}

struct BuyCredits {
  pack @0 :Text;
  currency @1 :Text;   # empty: the customer's, else the pack's only one
}

struct TopUp {
  amount @0 :Text;     # > 0
  currency @1 :Text;   # empty: the customer's
}

struct CreateCustomer {
  zone @0 :Text;       # IANA time zone; empty: UTC
}

struct UpdateCustomer {
  zone @0 :Text;       # takes effect at the next boundary
}

struct Subscribe {
  plan @0 :Text;
  currency @1 :Text;   # empty: the customer's, else the plan's only one
  anchor @2 :Int64;    # 0: the start; later: the first period is a stub
}

enum CancelWhen {
  periodEnd @0;
  now @1;
}

struct Cancel {
  when @0 :CancelWhen;
}

struct RevokeCancel {}

struct MoveClock {
  to @0 :Int64;
}

struct Command {
  # One command, as `import` reads it, one JSON object a line, and as Billing.submit takes it.
  key @0 :Text;
  # idempotency key: unique per customer for ever; per ledger for createCustomer, publishCatalog,
  # moveClock
  customer @1 :Text;     # id
  union {
    recordUsage @2 :RecordUsage;
    buyCredits @3 :BuyCredits;
    topUp @4 :TopUp;
    createCustomer @5 :CreateCustomer;
    updateCustomer @6 :UpdateCustomer;
    subscribe @7 :Subscribe;
    cancel @8 :Cancel;
    revokeCancel @9 :RevokeCancel;
    publishCatalog @10 :Catalog;
    moveClock @11 :MoveClock;
  }
}

# ---- Grants, draws, periods

enum GrantKind {
  plan @0;
  promotional @1;
  purchased @2;
}

struct Grant {
  number @0 :UInt32;            # within the customer
  kind @1 :GrantKind;
  priority @2 :Int32;
  credits @3 :Text;             # as granted
  remaining @4 :Text;           # not yet drawn
  effective @5 :Int64;
  expiry @6 :Int64;
  features @7 :List(UInt32);    # numbers; empty: all
  pack @8 :Text;                # code
}

struct Draw {
  grant @0 :UInt32;
  amount @1 :Text;
}

struct TokenTotals {
  input @0 :UInt64;             # without cached ones
  output @1 :UInt64;
  cacheRead @2 :UInt64;
  cacheWrite @3 :UInt64;
}

struct Terms {
  plan @0 :Text;
  version @1 :UInt32;
  currency @2 :Text;
}

struct Span {
  # [from, to), charged as its part of [fullFrom, fullTo).
  from @0 :Int64;
  to @1 :Int64;
  fullFrom @2 :Int64;
  fullTo @3 :Int64;
}

enum Disposition {
  current @0;   # the period is running
  grace @1;     # ended, not yet closed
}

struct BalanceOverage {
  feature @0 :UInt32;
  amount @1 :Text;
}

struct SpendingBalance {
  included @0 :Text;
  topUps @1 :Text;
  amount @2 :Text;                       # what is left: signed
  overage @3 :List(BalanceOverage);      # least recently deducted feature first
}

struct Subscription {
  plan @0 :Text;
  currency @1 :Text;
  billingInterval @2 :Interval;
  started @3 :Int64;
  anchor @4 :Int64;
  cancelAt @5 :Int64;          # 0: no cancellation is scheduled
  billingTo @6 :Int64;         # end of the running billing period
}

# ---- Invoices

enum InvoiceType {
  start @0;            # the first base price, at once
  renewal @1;          # closes a usage period, charges the coming billing period
  final @2;            # closes the last usage period of a canceled subscription
  creditPurchase @3;
  balanceTopUp @4;
}

enum LineType {
  planBase @0;
  overage @1;
  minimum @2;
  balanceOverage @3;
  pack @4;
  topUp @5;
}

enum InvoiceStatus {
  open @0;
}

struct TierCharge {
  quantity @0 :Text;
  unitPrice @1 :Text;
  flatFee @2 :Text;
  exact @3 :Text;
}

struct InvoiceLine {
  type @0 :LineType;
  feature @1 :Text;             # code
  description @2 :Text;
  quantity @3 :Text;            # used; for token-priced features the money the tokens cost
  included @4 :Text;            # of it, not charged
  unitPrice @5 :Text;           # where one price applies to all of it; else see tiers
  tiers @6 :List(TierCharge);   # unrounded details
  exact @7 :Text;
  amount @8 :Text;
  # `exact` rounded once to the currency's minor unit, half away from zero
  from @9 :Int64;
  to @10 :Int64;
}

struct Invoice {
  number @0 :UInt64;            # gapless within the ledger; 0 for an upcoming invoice
  label @1 :Text;               # "INV-000001"
  type @2 :InvoiceType;
  status @3 :InvoiceStatus;
  customer @4 :Text;            # id
  currency @5 :Text;
  date @6 :Int64;
  due @7 :Int64;
  from @8 :Int64;
  to @9 :Int64;
  plan @10 :Text;
  planVersion @11 :UInt32;
  priceBookVersion @12 :UInt32;
  computedAt @13 :UInt64;       # replaying the log to this position gives the same bytes
  lines @14 :List(InvoiceLine); # at most 256
  total @15 :Text;              # the sum of the rounded lines
}
