@0xc6d2d53fa40e688f;
# The stored form of the state in snapshots: one LedgerState, then every customer in order of
# number, each one message built canonically. Snapshots are a cache: everything in them follows from
# the log.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("daybook::wire");
using import "catalog.capnp".Feature;
using import "catalog.capnp".Plan;
using import "catalog.capnp".Pack;
using import "catalog.capnp".ModelPrice;
using import "common.capnp".Grant;
using import "common.capnp".HoldInfo;
using import "common.capnp".FeatureUsage;
using import "common.capnp".SpendingBalance;
using import "common.capnp".Span;
using import "common.capnp".Terms;
using import "common.capnp".Subscription;
using import "common.capnp".SeatsHeld;
using import "common.capnp".LateCharge;
using import "common.capnp".PendingAdjustment;
using import "catalog.capnp".AlertRule;
using import "catalog.capnp".AlertRules;
using import "common.capnp".InvoiceStatus;
using import "event.capnp".LedgerCreated;
using import "event.capnp".Event;

struct PeriodSeats {
  feature @0 :UInt32;
  atStart @1 :UInt64;            # held when it began
  trueUp @2 :Text;               # exact: for seats added in it; absent: 0
}

struct UsagePeriod {
  index @0 :Int64;
  span @1 :Span;
  terms @2 :Terms;
  billing @3 :Span;
  usage @4 :List(FeatureUsage);
  balance @5 :SpendingBalance;   # absent when all of it is 0
  trial @6 :Bool;
  pinned @7 :Bool;               # later plan versions change nothing of it
  granted @8 :Text;              # credits plans: plan grants of this period; absent: 0
  raiseAt @9 :Int64;             # improvements published then are still to be granted; 0: none
  seats @10 :List(PeriodSeats);
  alerts @11 :List(AlertRule);   # raised, and not armed again yet
  started @12 :UInt64;           # position of the event that began it
}

struct SubscribedSpan {
  from @0 :Int64;
  to @1 :Int64;
  paused @2 :Bool;
}

struct InvoiceRef {
  number @0 :UInt64;
  position @1 :UInt64;
  status @2 :InvoiceStatus;
  total @3 :Text;
  paid @4 :Text;       # absent: 0
  credited @5 :Text;   # absent: 0
  creditUsed @6 :Text; # customer credit that paid a part of it; absent: 0
  writtenOff @7 :Bool; # it was uncollectible once
}

struct CreditNoteRef {
  number @0 :UInt64;
  position @1 :UInt64;
}

struct CustomerCredit {
  remaining @0 :Text;
  reason @1 :Text;
}

struct VoidedUsage {
  position @0 :UInt64;
  at @1 :Int64;        # of the usage
}

struct CustomerState {
  number @0 :UInt32;
  id @1 :Text;
  zone @2 :Text;
  currency @3 :Text;
  events @4 :UInt64;
  last @5 :UInt64;
  subscription @6 :Subscription;
  periods @7 :List(UsagePeriod);
  subscribed @8 :List(SubscribedSpan);
  grants @9 :List(Grant);
  lastGrant @10 :UInt32;
  creditDebt @11 :Text;          # absent: 0
  invoices @12 :List(InvoiceRef);
  closed @13 :List(UsagePeriod);   # as far back as late usage may lie
  creditNotes @14 :List(CreditNoteRef);
  seats @15 :List(SeatsHeld);
  late @16 :List(LateCharge);
  adjustments @17 :List(PendingAdjustment);
  credits @18 :List(CustomerCredit);   # oldest first
  voided @19 :List(VoidedUsage);
  alertRules @20 :AlertRules;      # absent: the plan's
  holds @21 :List(HoldInfo);       # open ones, by number
  lastHold @22 :UInt64;
  expiredHolds @23 :List(HoldInfo);  # that may still be settled, as they expired
}

struct ModelPriceVersion {
  currency @0 :Text;
  bookVersion @1 :UInt32;
  effective @2 :Int64;
  price @3 :ModelPrice;
}

struct LedgerState {
  ledger @0 :LedgerCreated;
  features @1 :List(Feature);
  plans @2 :List(Plan);
  packs @3 :List(Pack);
  modelPrices @4 :List(ModelPriceVersion);
  staged @5 :List(Event);     # items published since the last CatalogPublished: only `body` is used
  events @6 :UInt64;
  lastOfLedger @7 :UInt64;
  last @8 :UInt64;
  recorded @9 :Int64;
  clock @10 :Int64;
  planPublished @11 :List(Int64); # index as in plans: when each version became visible
}
