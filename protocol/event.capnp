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
using import "common.capnp".Feature;
using import "common.capnp".Plan;
using import "common.capnp".Pack;
using import "common.capnp".ModelPrice;
using import "common.capnp".RecordUsage;
using import "common.capnp".BuyCredits;
using import "common.capnp".TopUp;
using import "common.capnp".CreateCustomer;
using import "common.capnp".UpdateCustomer;
using import "common.capnp".Subscribe;
using import "common.capnp".Cancel;
using import "common.capnp".RevokeCancel;
using import "common.capnp".MoveClock;
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
  dueDays @7 :UInt32;
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
}

struct Funding {
  draws @0 :List(Draw);   # credits taken from grants
  overdrawn @1 :Text;     # credits added to the debt; absent: 0
  unpaid @2 :Text;        # `cap`: units, credits or money that was not there; absent: 0
}

struct UsageRecorded {
  # As sent: feature, quantitySent, at, onShortfall, details.tokens, details.properties. The rest
  # was decided.
  feature @0 :Text;
  quantitySent @1 :Text;          # canonical decimal; absent as sent
  at @2 :Int64;
  onShortfall @3 :OnShortfall;
  details @4 :UsageDetails;       # absent when empty
  disposition @5 :Disposition;
  featureNumber @6 :UInt32;
  periodFrom @7 :Int64;           # the usage period it counts in
  quantity @8 :Text;              # units added; absent: equal to quantitySent
  price @9 :Text;                 # absent: 0. Money, or credits on credits plans
  funding @10 :Funding;           # absent when empty
  balanceAfter @11 :Text;
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

struct InvoiceClosed {
  invoice @0 :Invoice;
}

struct ClockMoved {
  asked @0 :MoveClock;
}
