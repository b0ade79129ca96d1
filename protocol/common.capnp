@0xa433647867d80150;
# Words that the wire and the log share: outcomes, commands, grants, draws, invoices. The catalog's
# are in catalog.capnp.
#
# Conventions, in every schema of this folder:
# - Amounts of money, quantities, credits and rates are exact decimals as Text: an optional minus
#   sign, digits, and after a point at most 12 digits ("0.0126"). Empty text is the default that the
#   field names, else 0. No binary floating point.
# - Instants are Int64 nanoseconds since the Unix epoch, UTC; ranges are [from, to). 0 is "absent",
#   2^63 - 1 is "never".
# - Positions, numbers of customers, features, grants, invoices and credit notes start at 1; 0 is
#   "none".
# - Where 0 is a value, the field's default stands for "absent" and its comment says so: -1 for
#   counts, an enumerant `absent`. A struct that may be absent is a null pointer then.
# - The JSON form of any message is the one of the standard Cap'n Proto JSON codec: 64-bit integers
#   as strings, absent pointers left out.
# - Numbers of fields, enumerants and methods are never reused; COMPATIBILITY.md beside this file
#   says how forms evolve.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("daybook::wire");
using import "catalog.capnp".Interval;
using import "catalog.capnp".OptionalInterval;
using import "catalog.capnp".AlertRules;
using import "catalog.capnp".Catalog;

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
  currencyMismatch @29;
  # it is not sold in that currency, or the customer's is fixed and another one
  tooManyGrants @30;
  ledgerFull @31;  # no further customer number
  featureNotInPlan @32;
  wrongFeatureType @33;  # usage of a boolean feature
  tokensMissing @34;
  # the feature is priced by tokens: model, output and one input count are required
  tokensInvalid @35;
  # tokens for a feature that has no token price, or more cached tokens than total ones
  notSoldInCurrency @36;  # not given any more: see currencyMismatch
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
  paused @48;  # the subscription is paused (usage: was at its `at`)
  notPaused @49;  # there is nothing to resume
  trialLimit @50;  # beyond what a trial gives
  nothingToChange @51;  # same plan and interval
  noScheduledChange @52;  # there is no change of plan to revoke
  planRetired @53;  # takes no new subscriptions
  unknownUsage @54;  # no usage event of the customer carries that key
  alreadyVoided @55;
  notVoidable @56;  # max and latest meters cannot take an event back
  notSettable @57;  # `set` needs a sum or count total that is priced by quantity
  propertyMissing @58;  # a unique meter counts the values of this property
  tooManyValues @59;  # a unique meter holds no more distinct values in a period
  tooManyPending @60;  # the next invoice takes no further line
  unknownGrant @61;
  nothingToRefund @62;  # not a purchased grant, or nothing is left of it
  invoiceSettled @63;  # paid, voided, credited or written off: nothing of the amount is due
  amountTooLarge @64;  # more than what is left of the invoice
  notAvailableNow @65;  # the subscription's state does not allow it; the detail says why
  unknownHold @66;  # the customer placed no hold with that key
  holdEnded @67;  # settled or released already, or expired too long ago
  tooManyHolds @68;  # the customer has as many open holds as one can have
  holdTooLong @69;  # a hold lives for at most 24 hours in all
  featureNotHeld @70;  # the hold holds nothing of that feature
  tooManyWatches @71;  # the connection has as many watches as one can have
}

# ---- What commands ask

struct Tokens {
  provider @0 :Text;               # empty: resolved when exactly one live provider has the model
  model @1 :Text;
  input @2 :Int64 = -1;            # without cached ones; -1: absent
  totalInput @3 :Int64 = -1;  # cached ones included; -1: absent. Exactly one of the two is required
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
  set @6 :Bool;
  # `quantity` is what the usage period's total shall be; recorded as the difference. Sum and count
  # meters that are priced by quantity
}

struct HoldItem {
  # One feature of a hold, or of what settles it: measured as usage with the same fields would be.
  feature @0 :Text;
  quantity @1 :Text;               # not negative; empty: 1
  tokens @2 :Tokens;               # instead of a quantity, for features priced by tokens
  properties @3 :List(Property);   # at most 32
}

struct PlaceHold {
  # Sets amounts aside before the work: of all items, or of none. The hold is named by the key of
  # this command, within its customer.
  items @0 :List(HoldItem);        # at most 16, of one feature each
  ttlNs @1 :Int64;                 # it expires by itself after that; 0: 5 minutes; at most 24 hours
}

struct SettleHold {
  # Replaces a hold with usage: recorded in full, whatever is left. One that expired is settled in
  # the same way, with nothing set aside.
  hold @0 :Text;                   # key of its PlaceHold
  items @1 :List(HoldItem);        # what was used, at most 16; empty: all that it still holds
  at @2 :Int64;                    # when it happened; 0: now
}

struct UseHold {
  # Records usage out of a live hold, which holds that much less from then on.
  hold @0 :Text;                   # key of its PlaceHold
  usage @1 :RecordUsage;           # onShortfall is about what goes beyond the hold
}

struct ReleaseHold {
  hold @0 :Text;                   # key of its PlaceHold
}

struct ExtendHold {
  # The hold lives for the ttl from now on, if that is longer than it would.
  hold @0 :Text;                   # key of its PlaceHold
  ttlNs @1 :Int64;                 # 0: 5 minutes; at most 24 hours after it was placed
}

struct BuyCredits {
  pack @0 :Text;
  currency @1 :Text;   # empty: the customer's, else the pack's only one
}

struct TopUp {
  amount @0 :Text;     # > 0
  currency @1 :Text;   # empty: the customer's
}

struct SeatCount {
  feature @0 :Text;    # code
  seats @1 :UInt64;
}

struct OpeningUsage {
  # What one feature, and variant, used so far in the usage period that is moved in.
  feature @0 :Text;    # code
  variant @1 :Text;
  quantity @2 :Text;
  charged @3 :Text;    # percentage prices and balance plans: what it cost
}

struct OpeningGrant {
  # Plan grants end with the running usage period.
  kind @0 :GrantKind = purchased;
  credits @1 :Text;            # as granted
  remaining @2 :Text;
  priority @3 :Int32 = 50;
  effective @4 :Int64;         # 0: when it is recorded
  expiry @5 :Int64;            # 0: never
  features @6 :List(Text);     # codes; empty: all
}

struct Opening {
  # A customer's state in another system, taken over in mid-period. The billing period that runs at
  # the move is taken as paid for: its base price is not invoiced.
  plan @0 :Text;
  currency @1 :Text;           # empty: the plan's only one
  interval @2 :OptionalInterval;   # absent: the plan's
  anchor @3 :Int64;            # in the past, or the move itself
  baseCharged @4 :Text;        # paid for the running billing period: credited on an upgrade
  usage @5 :List(OpeningUsage);
  grants @6 :List(OpeningGrant);
  balance @7 :Text;            # balance plans; empty: the included amount
  topUps @8 :Text;             # of the balance, bought
  seats @9 :List(SeatCount);   # held, and paid for
  customerCredit @10 :Text;
}

struct CreateCustomer {
  zone @0 :Text;         # IANA time zone; empty: UTC
  opening @1 :Opening;   # absent: begins without a subscription
}

struct UpdateCustomer {
  zone @0 :Text;       # takes effect at the next boundary
}

struct Subscribe {
  plan @0 :Text;
  currency @1 :Text;   # empty: the customer's, else the plan's only one
  anchor @2 :Int64;    # 0: the start; later: the first period is a stub
  interval @3 :OptionalInterval;   # absent: the plan's
  trialDays @4 :Int32 = -1;        # -1: absent, as the plan has it; 0: none
  seats @5 :List(SeatCount);       # held from the start
}

enum CancelWhen {
  periodEnd @0;
  now @1;
}

struct Cancel {
  when @0 :CancelWhen;
  creditUnused @1 :Bool;   # now: credits the unused part of what was paid in advance
}

struct RevokeCancel {}

enum ChangeWhen {
  auto @0;         # an upgrade at once, a downgrade at the end of the billing period
  now @1;
  atPeriodEnd @2;
}

struct ChangePlan {
  plan @0 :Text;
  interval @1 :OptionalInterval;   # absent: the new plan's
  when @2 :ChangeWhen;
}

struct RevokeChange {}
# Takes back a scheduled change of plan.

struct Pause {}
struct Resume {}

struct PinVersion {
  pinned @0 :Bool = true;
  # keeps the subscription on the plan version that runs now; false: lets it go
}

struct ChangeSeats {
  feature @0 :Text;    # code
  seats @1 :Int64;     # to add; negative: to remove
  set @2 :Bool;        # `seats` is how many shall be held
}

struct GrantCredits {
  # Promotional credits.
  credits @0 :Text;          # > 0
  priority @1 :Int32 = 50;   # lower is drawn first
  effective @2 :Int64;       # 0: now; later: usable by usage recorded from then on
  expiry @3 :Int64;          # 0: never
  features @4 :List(Text);   # codes the credits may pay for; empty: all
  reason @5 :Text;
}

struct RefundPack {
  # Takes back what is left of a purchased grant, with a credit note for that share of its price.
  grant @0 :UInt32;
  reason @1 :Text;
}

struct VoidUsage {
  # Reverses the usage event that carries this key.
  usageKey @0 :Text;
  reason @1 :Text;
}

struct AddAdjustment {
  # A one-off charge: a line of the next invoice.
  amount @0 :Text;        # negative: a credit
  currency @1 :Text;      # empty: the customer's
  description @2 :Text;   # of the line
  atOnce @3 :Bool;        # on an invoice of its own, now
}

struct AddCustomerCredit {
  # Money the seller owes the customer: pays later invoices, oldest first.
  amount @0 :Text;        # > 0
  currency @1 :Text;      # empty: the customer's
  reason @2 :Text;
}

struct CreditInvoice {
  # Reverses (part of) an invoice of the customer with a credit note.
  invoice @0 :UInt64;           # number
  amount @1 :Text;              # empty: all that is not credited yet
  reason @2 :Text;
  asCustomerCredit @3 :Bool;
  # pays later invoices instead of being paid out; refused while anything is due on the invoice
}

struct RecordPayment {
  # Payment is outside the ledger; it learns of it.
  invoice @0 :UInt64;     # number
  amount @1 :Text;        # empty: what is due
  reference @2 :Text;     # of the payment, for people
}

struct RecordPaymentFailure {
  invoice @0 :UInt64;     # number
  reason @1 :Text;
}

struct MarkUncollectible {
  invoice @0 :UInt64;     # number
}

struct SetAlerts {
  alerts @0 :AlertRules;  # the customer's own instead of the plan's; absent: the plan's again
}

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
    changePlan @12 :ChangePlan;
    revokeChange @13 :RevokeChange;
    pause @14 :Pause;
    resume @15 :Resume;
    pinVersion @16 :PinVersion;
    changeSeats @17 :ChangeSeats;
    grantCredits @18 :GrantCredits;
    refundPack @19 :RefundPack;
    voidUsage @20 :VoidUsage;
    addAdjustment @21 :AddAdjustment;
    addCustomerCredit @22 :AddCustomerCredit;
    creditInvoice @23 :CreditInvoice;
    recordPayment @24 :RecordPayment;
    recordPaymentFailure @25 :RecordPaymentFailure;
    markUncollectible @26 :MarkUncollectible;
    setAlerts @27 :SetAlerts;
    placeHold @28 :PlaceHold;
    settleHold @29 :SettleHold;
    useHold @30 :UseHold;
    releaseHold @31 :ReleaseHold;
    extendHold @32 :ExtendHold;
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
  remaining @4 :Text;           # neither drawn nor held
  effective @5 :Int64;
  expiry @6 :Int64;
  features @7 :List(UInt32);    # numbers; empty: all
  pack @8 :Text;                # code; purchased ones
  price @9 :Text;               # purchased: what it cost; absent: 0
  invoice @10 :UInt64;          # purchased: number; 0: it was free
  rollovers @11 :UInt32;        # plan: how many period ends it was carried over
  lastDrawn @12 :Int64;         # latest `at` of usage that drew from it; 0: none
  expired @13 :Bool;            # what is put back into it expires at once
  held @14 :Text;               # set aside by open holds; absent: 0
}

struct Draw {
  grant @0 :UInt32;
  amount @1 :Text;              # taken; negative: put back
}

struct HeldItem {
  # What an open hold still sets aside of one feature.
  asked @0 :HoldItem;
  feature @1 :UInt32;           # number
  variant @2 :Text;             # value of the dimension; empty: the default prices
  periodFrom @3 :Int64;         # the usage period that it was placed in
  quantity @4 :Text;            # units; for token-priced features the money that the tokens cost
  pins @5 :List(Draw);          # credits plans: set aside in these grants, in draw order
  used @6 :Bool;                # some of it has been used
}

struct HoldInfo {
  # An open hold, or an expired one that may still be settled.
  number @0 :UInt64;            # within the customer
  key @1 :Text;                 # of the command that placed it
  placed @2 :Int64;
  expiry @3 :Int64;
  items @4 :List(HeldItem);
}

struct TokenTotals {
  input @0 :UInt64;             # without cached ones
  output @1 :UInt64;
  cacheRead @2 :UInt64;
  cacheWrite @3 :UInt64;
}

struct ModelUsage {
  # What the calls of one model used and cost in a usage period.
  provider @0 :Text;            # as resolved
  model @1 :Text;               # empty: models that are not told apart
  tokens @2 :TokenTotals;
  cost @3 :Text;                # money, with the margin
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
  late @2;      # closed: what it costs is billed on the next invoice
}

struct ValueCount {
  # How often a unique meter saw a value.
  value @0 :Text;
  events @1 :UInt64;
}

struct FeatureUsage {
  # What one feature used in one usage period at one price variant.
  feature @0 :UInt32;
  variant @6 :Text;         # value of the dimension; empty: the default prices
  quantity @1 :Text;        # the meter's total; for token-priced features the money they cost
  charged @2 :Text;         # balance plans, percentage: sum of the events' prices; absent: 0
  unpaid @3 :Text;          # of it, recorded by `cap` beyond what was left; absent: 0
  events @4 :UInt64;
  tokens @5 :TokenTotals;   # absent when all are 0
  latestAt @7 :Int64;       # latest meters: of the event that counts
  values @8 :List(ValueCount);   # unique meters
  models @9 :List(ModelUsage);   # of tokens, by model; 64 are told apart, further ones together
}

struct SeatsHeld {
  feature @0 :UInt32;
  held @1 :UInt64;
  highest @2 :UInt64;       # paid for, or to be, in the running billing period
  value @3 :Text;  # what `highest` seats cost for the whole running billing period; absent: 0
}

struct LateCharge {
  # Usage and corrections of a closed period that wait for the next invoice: one line of it.
  feature @0 :UInt32;       # number: the feature's place in Reader.catalog, from 1
  variant @1 :Text;
  span @2 :Span;            # of the usage period, as are the terms
  terms @3 :Terms;
  quantity @4 :Text;
  exact @5 :Text;           # signed
}

struct PendingAdjustment {
  description @0 :Text;
  amount @1 :Text;          # signed
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

struct ScheduledChange {
  # A change of plan that waits for the end of the billing period.
  plan @0 :Text;
  interval @1 :Interval;
}

struct Discount {
  # An introductory discount that is not used up.
  percent @0 :Text;            # of the base price; absent: see amount
  amount @1 :Text;             # off the base price of a whole billing period; absent: 0
  cycles @2 :UInt32;           # billing periods still to be discounted
}

struct Subscription {
  plan @0 :Text;
  currency @1 :Text;
  billingInterval @2 :Interval;
  started @3 :Int64;
  anchor @4 :Int64;
  cancelAt @5 :Int64;          # 0: no cancellation is scheduled
  billingTo @6 :Int64;         # end of the running billing period; never for one-time plans
  trialTo @7 :Int64;           # while trialing; else 0
  paused @8 :Int64;            # since when, while paused; else 0
  pinnedVersion @9 :UInt32;    # 0: not pinned
  change @10 :ScheduledChange; # at billingTo; absent: none
  discount @11 :Discount;      # absent: none
  billing @12 :Span;           # the running billing period
  baseCharged @13 :Text;  # what its base price was charged at, discount taken off; absent: 0
  since @14 :Int64;            # of the anchor: start, end of the trial, upgrade, resumption
}

# ---- Invoices

enum InvoiceType {
  start @0;            # the first base price, at once
  renewal @1;          # closes a usage period, charges the coming billing period
  final @2;            # closes the last usage period of a canceled subscription
  creditPurchase @3;
  balanceTopUp @4;
  planChange @5;       # closes what ran and charges the new plan, at once
  adjustment @6;       # late usage after a subscription, one-off charges
}

enum LineType {
  planBase @0;
  overage @1;
  minimum @2;
  balanceOverage @3;
  pack @4;
  topUp @5;
  discount @6;
  seats @7;
  lateAdjustment @8;
  prorationCredit @9;
  adjustment @10;
  customerCredit @11;
  # negative: paid with customer credit; positive: the rest that becomes customer credit
}

enum InvoiceStatus {
  open @0;
  paid @1;             # nothing is due any more
  void @2;             # credited in full before it was paid
  uncollectible @3;
}

struct TierCharge {
  quantity @0 :Text;
  unitPrice @1 :Text;
  flatFee @2 :Text;
  exact @3 :Text;
}

struct InvoiceLine {
  type @0 :LineType;
  feature @1 :Text;             # code; empty for lines that are not of a feature
  variant @11 :Text;            # value of the dimension; empty: the default prices
  description @2 :Text;
  quantity @3 :Text;            # used; for token-priced features the money the tokens cost
  included @4 :Text;            # of it, not charged
  unitPrice @5 :Text;           # where one price applies to all of it; else see tiers
  tiers @6 :List(TierCharge);   # unrounded details
  exact @7 :Text;
  amount @8 :Text;  # `exact` rounded once to the currency's minor unit, half away from zero
  from @9 :Int64;
  to @10 :Int64;
  models @12 :List(ModelUsage);
  # Overage of tokens: unrounded details, all that was used, dearest first. Of more than six models
  # the cheapest are together in the last one, without a name.
}

struct Invoice {
  number @0 :UInt64;            # gapless within the ledger; 0 for an upcoming invoice
  label @1 :Text;               # "INV-000001"
  type @2 :InvoiceType;
  status @3 :InvoiceStatus;
  # In the log: when it was closed, `paid` where nothing was due. In answers to reads: now.
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
  paid @16 :Text;
  # Up to now, by recorded payments. In answers to reads only, as is `credited`: absent in the log,
  # whose invoices never change, and for upcoming invoices.
  credited @17 :Text;           # by credit notes
}

struct CreditNote {
  # A numbered, immutable reversal of (part of) an invoice.
  number @0 :UInt64;            # gapless within the ledger
  label @1 :Text;               # "CN-000001"
  invoice @2 :UInt64;           # number of what it reverses
  customer @3 :Text;            # id
  currency @4 :Text;
  date @5 :Int64;
  reason @6 :Text;
  total @7 :Text;               # > 0
  asCustomerCredit @8 :Bool;    # pays later invoices instead of being paid out
  computedAt @9 :UInt64;
}
