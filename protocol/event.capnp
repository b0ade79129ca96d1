@0x9c14581217dbe91a;
# The stored form of the log: one Event message per record, hashed as stored.
#
# A stored event is one Cap'n Proto message: the standard stream framing with a single segment in
# Cap'n Proto's canonical form, not packed, at most 65 535 bytes. Absent and empty text is a null
# pointer, amounts are in their shortest spelling: so the bytes follow from the contents. Leaf hash
# = SHA-256(0x00 || bytes), tree of RFC 6962 over all events in order. `capnp decode event.capnp
# Event` reads it.
#
# Every event holds what the command asked, as sent, beside what was decided, with the results:
# readers fold, they never price.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("daybook::wire");
using import "catalog.capnp".Feature;
using import "catalog.capnp".Plan;
using import "catalog.capnp".Pack;
using import "catalog.capnp".ModelPrice;
using import "common.capnp".RecordUsage;
using import "common.capnp".BuyCredits;
using import "common.capnp".TopUp;
using import "common.capnp".CreateCustomer;
using import "common.capnp".UpdateCustomer;
using import "common.capnp".Subscribe;
using import "common.capnp".Cancel;
using import "common.capnp".RevokeCancel;
using import "common.capnp".MoveClock;
using import "common.capnp".ChangePlan;
using import "common.capnp".RevokeChange;
using import "common.capnp".Pause;
using import "common.capnp".Resume;
using import "common.capnp".PinVersion;
using import "common.capnp".ChangeSeats;
using import "common.capnp".GrantCredits;
using import "common.capnp".RefundPack;
using import "common.capnp".VoidUsage;
using import "common.capnp".AddAdjustment;
using import "common.capnp".AddCustomerCredit;
using import "common.capnp".CreditInvoice;
using import "common.capnp".RecordPayment;
using import "common.capnp".RecordPaymentFailure;
using import "common.capnp".MarkUncollectible;
using import "common.capnp".SetAlerts;
using import "common.capnp".PlaceHold;
using import "common.capnp".SettleHold;
using import "common.capnp".UseHold;
using import "common.capnp".ReleaseHold;
using import "common.capnp".ExtendHold;
using import "common.capnp".HeldItem;
using import "catalog.capnp".AlertRule;
using import "common.capnp".ScheduledChange;
using import "common.capnp".FeatureUsage;
using import "common.capnp".SpendingBalance;
using import "common.capnp".SeatsHeld;
using import "common.capnp".Subscription;
using import "common.capnp".Span;
using import "common.capnp".Terms;
using import "common.capnp".Grant;
using import "common.capnp".Draw;
using import "common.capnp".Tokens;
using import "common.capnp".TokenTotals;
using import "common.capnp".Property;
using import "common.capnp".OnShortfall;
using import "common.capnp".Disposition;
using import "common.capnp".Invoice;
using import "common.capnp".InvoiceStatus;
using import "common.capnp".CreditNote;

enum ClockKind {
  wall @0;
  manual @1;   # moves only when told to; can never change
}

struct Event {
  position @0 :UInt64;      # in the log: 1, 2, ...; the leaf's index is position - 1
  recorded @1 :Int64;       # when the ledger took it; never decreasing
  sequence @2 :UInt64;      # the customer's events so far, this one included
  previous @3 :UInt64;      # position of the customer's previous event; 0 for the first
  customer @4 :UInt32;      # number; 0: the ledger itself, whose events form a chain of their own
  ruleVersion @5 :UInt16;   # of the rules it was decided by
  key @6 :Text;
  # the command's idempotency key; absent for what time or another event caused
  body :union {
    # The order is the events' stable numbering.
    ledgerCreated @7 :LedgerCreated;
    featurePublished @8 :FeaturePublished;
    planPublished @9 :PlanPublished;
    packPublished @10 :PackPublished;
    modelPricePublished @11 :ModelPricePublished;
    catalogPublished @12 :CatalogPublished;
    customerCreated @13 :CustomerCreated;
    customerUpdated @14 :CustomerUpdated;
    subscribed @15 :Subscribed;
    periodStarted @16 :PeriodStarted;
    periodClosed @17 :PeriodClosed;
    cancelScheduled @18 :CancelScheduled;
    cancelRevoked @19 :CancelRevoked;
    canceled @20 :Canceled;
    usageRecorded @21 :UsageRecorded;
    packPurchased @22 :PackPurchased;
    toppedUp @23 :ToppedUp;
    creditsExpired @24 :CreditsExpired;
    invoiceClosed @25 :InvoiceClosed;
    clockMoved @26 :ClockMoved;
    trialEnded @27 :TrialEnded;
    planChanged @28 :PlanChanged;
    changeScheduled @29 :ChangeScheduled;
    changeRevoked @30 :ChangeRevoked;
    paused @31 :Paused;
    resumed @32 :Resumed;
    versionPinned @33 :VersionPinned;
    allowanceRaised @34 :AllowanceRaised;
    seatsChanged @35 :SeatsChanged;
    creditsGranted @36 :CreditsGranted;
    creditsRolledOver @37 :CreditsRolledOver;
    packRefunded @38 :PackRefunded;
    usageVoided @39 :UsageVoided;
    adjustmentAdded @40 :AdjustmentAdded;
    customerCreditAdded @41 :CustomerCreditAdded;
    creditNoteClosed @42 :CreditNoteClosed;
    paymentRecorded @43 :PaymentRecorded;
    paymentFailed @44 :PaymentFailed;
    invoiceUncollectible @45 :InvoiceUncollectible;
    alertsSet @46 :AlertsSet;
    alertRaised @47 :AlertRaised;
    customerMovedIn @48 :CustomerMovedIn;
    holdPlaced @49 :HoldPlaced;
    holdUsed @50 :HoldUsed;
    holdSettled @51 :HoldSettled;
    holdReleased @52 :HoldReleased;
    holdExtended @53 :HoldExtended;
    holdExpired @54 :HoldExpired;
  }
}

struct LedgerCreated {
  ledgerId @0 :Text;          # 32 hex digits, random
  formatVersion @1 :UInt32;
  clock @2 :ClockKind;
  graceNs @3 :Int64;
  lateWindowNs @4 :Int64;
  futureLimitNs @5 :Int64;
  invoicePrefix @6 :Text;
  dueDays @7 :UInt32;         # from an invoice's date to its due date
  creditNotePrefix @8 :Text;
  firstInvoice @9 :UInt64 = 1;      # number of the first one: a ledger that moves in goes on
  firstCreditNote @10 :UInt64 = 1;
}

# A set of catalog changes is recorded item by item and becomes visible with the CatalogPublished
# that closes it.

struct FeaturePublished {
  number @0 :UInt32;
  feature @1 :Feature;
}

struct PlanPublished {
  plan @0 :Plan;
}

struct PackPublished {
  pack @0 :Pack;
}

struct ModelPricePublished {
  currency @0 :Text;
  bookVersion @1 :UInt32;
  price @2 :ModelPrice;
}

struct CatalogPublished {
  digest @0 :Text;    # SHA-256 of the catalog as sent, hex
  items @1 :UInt32;   # events of the set before this one
}

struct CustomerCreated {
  asked @0 :CreateCustomer;
  id @1 :Text;
  zone @2 :Text;
}

struct CustomerUpdated {
  asked @0 :UpdateCustomer;
}

struct Subscribed {
  asked @0 :Subscribe;
  subscription @1 :Subscription;
  invoice @2 :UInt64;
}

struct PeriodStarted {
  index @0 :Int64;            # n of the boundary it starts at: anchor + n x usage interval
  span @1 :Span;
  terms @2 :Terms;
  billing @3 :Span;           # the billing period that starts with it; absent if none does
  billingTo @4 :Int64;
  grant @5 :Grant;            # the plan grant; absent if none. `remaining` is after paying the debt
  debtPaid @6 :Text;          # credit debt paid from the grant; absent: 0
  includedBalance @7 :Text;   # absent: 0
  trial @8 :Bool;
  seats @9 :List(SeatsHeld);  # held; with `billing` as charged in advance for it
}

struct PeriodClosed {
  index @0 :Int64;
  from @1 :Int64;
  to @2 :Int64;
  carriedTopUps @3 :Text;   # absent: 0
  invoice @4 :UInt64;
}

struct CancelScheduled {
  asked @0 :Cancel;
  at @1 :Int64;
}

struct CancelRevoked {
  asked @0 :RevokeCancel;
}

struct Canceled {
  asked @0 :Cancel;   # absent when a scheduled cancellation falls due
  at @1 :Int64;
}

struct UsageDetails {
  # What few events have, kept apart so that the others stay small.
  tokens @0 :Tokens;                # as sent
  totals @1 :TokenTotals;           # as resolved; absent when all are 0
  properties @2 :List(Property);    # as sent
  variant @3 :Text;                 # value of the dimension that selected the price
  provider @4 :Text;                # of the model, where none was sent
}

struct Shortfall {
  # What few events have: usage that was not covered, or came late.
  overdrawn @0 :Text;     # credits added to the debt; absent: 0
  unpaid @1 :Text;        # `cap`: units, credits or money that was not there; absent: 0
  lateCharge @2 :Text;    # late: what the next invoice charges for it; absent: 0
}

struct UsageRecorded {
  # As sent: feature, quantitySent, at, onShortfall, set, details.tokens, details.properties. The
  # rest was decided. What most events have comes first: the canonical form cuts the rest off.
  feature @0 :Text;
  quantitySent @1 :Text;          # canonical decimal; absent as sent
  at @2 :Int64;
  onShortfall @3 :OnShortfall;
  disposition @4 :Disposition;
  featureNumber @5 :UInt32;
  periodFrom @6 :Int64;           # the usage period it counts in
  balanceAfter @7 :Text;
  price @8 :Text;
  # Absent: 0. What the period's charge grew by, or credits on credits plans.
  quantity @9 :Text;
  # what the meter's total grew by, maybe negative; absent: equal to quantitySent
  drawnFrom @10 :UInt32;
  # The one grant that all of `price` was taken from; `draws` is absent then. 0: see `draws`.
  draws @11 :List(Draw);          # credits taken from grants
  details @12 :UsageDetails;      # absent when empty
  shortfall @13 :Shortfall;       # absent when empty
  set @14 :Bool;
}

struct UsageVoided {
  asked @0 :VoidUsage;
  usage @1 :UInt64;               # position of the event that is reversed
  featureNumber @2 :UInt32;
  disposition @3 :Disposition;
  variant @4 :Text;
  value @5 :Text;                 # unique meters: of the property
  periodFrom @6 :Int64;
  at @7 :Int64;                   # of the usage
  quantity @8 :Text;              # taken off the meter's total
  totals @9 :TokenTotals;         # absent when all are 0
  price @10 :Text;                # given back: what the charge shrinks by, or credits; absent: 0
  draws @11 :List(Draw);          # credits put back, into the same grants
  debt @12 :Text;                 # credit debt taken back; absent: 0
  unpaid @13 :Text;               # of the usage; absent: 0
  lateCharge @14 :Text;           # closed periods: credited on the next invoice; absent: 0
  item @15 :UInt32;          # which of the event's usages: a settled hold has several
  provider @16 :Text;        # of tokens, as resolved; so is the model
  model @17 :Text;
}

struct PackPurchased {
  asked @0 :BuyCredits;
  packVersion @1 :UInt32;
  currency @2 :Text;
  price @3 :Text;
  grant @4 :Grant;      # `remaining` is after paying the debt
  debtPaid @5 :Text;    # absent: 0
  invoice @6 :UInt64;
}

struct ToppedUp {
  asked @0 :TopUp;
  currency @1 :Text;
  balanceAfter @2 :Text;
  invoice @3 :UInt64;
}

struct CreditsExpired {
  grant @0 :UInt32;
  amount @1 :Text;
  expiry @2 :Int64;
}

struct CreditsRolledOver {
  # Credits left at a period's end that go over: less of `from`, and a new plan grant.
  from @0 :UInt32;
  grant @1 :Grant;
}

struct CreditsGranted {
  asked @0 :GrantCredits;   # absent: given back by a voided overdraft that was paid
  grant @1 :Grant;          # `remaining` is after paying the debt
  debtPaid @2 :Text;        # absent: 0
}

struct PackRefunded {
  asked @0 :RefundPack;
  credits @1 :Text;         # taken back
  creditNote @2 :UInt64;    # 0: it was free
}

struct TrialEnded {
  subscription @0 :Subscription;
  invoice @1 :UInt64;
}

struct PlanChanged {
  # The running period ends at `at`, and the next one is of another plan.
  asked @0 :ChangePlan;     # absent when a scheduled change falls due
  at @1 :Int64;
  subscription @2 :Subscription;
  invoice @3 :UInt64;       # at once: the one that closes what ran
}

struct ChangeScheduled {
  asked @0 :ChangePlan;
  change @1 :ScheduledChange;
  at @2 :Int64;
}

struct ChangeRevoked {
  asked @0 :RevokeChange;
}

struct Paused {
  asked @0 :Pause;
  at @1 :Int64;
}

struct Resumed {
  asked @0 :Resume;
  subscription @1 :Subscription;
  invoice @2 :UInt64;
}

struct VersionPinned {
  asked @0 :PinVersion;
  version @1 :UInt32;       # 0: let go
}

struct AllowanceRaised {
  # A version published with improvementsNow raises what the running period gives.
  version @0 :UInt32;
  grant @1 :Grant;          # credits plans: the difference; absent: none
  debtPaid @2 :Text;        # absent: 0
  includedBalance @3 :Text; # balance plans: the difference; absent: 0
}

struct SeatsChanged {
  asked @0 :ChangeSeats;
  featureNumber @1 :UInt32;
  held @2 :UInt64;          # from now on
  highest @3 :UInt64;       # in the running billing period
  value @4 :Text;           # see SeatsHeld; absent: 0
  trueUp @5 :Text;          # exact: added to the next invoice; absent: 0
}

struct AdjustmentAdded {
  asked @0 :AddAdjustment;
  currency @1 :Text;
  invoice @2 :UInt64;       # 0: on the next invoice
}

struct CustomerCreditAdded {
  asked @0 :AddCustomerCredit;
  currency @1 :Text;
}

struct InvoiceClosed {
  invoice @0 :Invoice;
}

struct CreditNoteClosed {
  asked @0 :CreditInvoice;  # absent: a pack was refunded
  note @1 :CreditNote;
  status @2 :InvoiceStatus; # of the invoice, from now on
  restored @3 :Text;
  # customer credit that the voided invoice had used, given back; absent: 0
}

struct PaymentRecorded {
  asked @0 :RecordPayment;
  amount @1 :Text;
  status @2 :InvoiceStatus; # of the invoice, from now on
}

struct PaymentFailed {
  asked @0 :RecordPaymentFailure;
}

struct InvoiceUncollectible {
  asked @0 :MarkUncollectible;
}

struct AlertsSet {
  asked @0 :SetAlerts;
}

struct AlertRaised {
  # A level was crossed; recorded once until a reset or refill arms it again.
  rule @0 :AlertRule;       # with the feature it is about
  periodFrom @1 :Int64;
  value @2 :Text;           # used units, credits or money now
  threshold @3 :Text;       # what the level is in units, credits or money
}

struct CustomerMovedIn {
  # What a customer brings along; follows its CustomerCreated.
  subscription @0 :Subscription;
  period @1 :PeriodStarted;      # the running one, as the anchor gives it, with the seats held
  usage @2 :List(FeatureUsage);
  balance @3 :SpendingBalance;   # absent when all of it is 0
  grants @4 :List(Grant);
  customerCredit @5 :Text;       # absent: 0
}

struct PlacedItem {
  held @0 :HeldItem;
  price @1 :Text;
  # What it would cost now, beside the other holds: money, or credits on credits plans; absent: 0.
  balanceAfter @2 :Text;         # left: see UsageRecorded
}

struct HoldPlaced {
  asked @0 :PlaceHold;           # `items` are in `items` below
  number @1 :UInt64;             # within the customer
  expiry @2 :Int64;
  items @3 :List(PlacedItem);    # in the order asked
}

struct HoldUsed {
  # Usage out of a hold, which stays open.
  hold @0 :Text;                 # as asked
  number @1 :UInt64;
  usage @2 :UsageRecorded;
  taken @3 :Text;                # what its item holds less from then on; absent: 0
  pins @4 :List(Draw);           # of the usage's draws: those that were set aside for it
}

struct HoldSettled {
  # The end of a hold: all that it set aside is free, and then the usages are recorded.
  asked @0 :SettleHold;
  number @1 :UInt64;
  expired @2 :Bool;              # it had ended by time before: plain usage
  usages @3 :List(UsageRecorded);
}

struct HoldReleased {
  asked @0 :ReleaseHold;
  number @1 :UInt64;
}

struct HoldExtended {
  asked @0 :ExtendHold;
  number @1 :UInt64;
  expiry @2 :Int64;              # from now on
}

struct HoldExpired {
  # The end of a hold by time.
  number @0 :UInt64;
  expiry @1 :Int64;
}

struct ClockMoved {
  asked @0 :MoveClock;
}
