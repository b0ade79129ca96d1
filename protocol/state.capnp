@0xc6d2d53fa40e688f;
# The stored form of the state in snapshots: one LedgerState, then every customer in order of
# number, each one message built canonically. Snapshots are a cache: everything in them follows from
# the log.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("daybook::wire");
using import "common.capnp".Feature;
using import "common.capnp".Plan;
using import "common.capnp".Pack;
using import "common.capnp".ModelPrice;
using import "common.capnp".Grant;
using import "common.capnp".TokenTotals;
using import "common.capnp".SpendingBalance;
using import "common.capnp".Span;
using import "common.capnp".Terms;
using import "common.capnp".Subscription;
using import "event.capnp".LedgerCreated;
using import "event.capnp".Event;

struct FeatureUsage {
  feature @0 :UInt32;
  quantity @1 :Text;
  charged @2 :Text;         # absent: 0
  unpaid @3 :Text;          # absent: 0
  events @4 :UInt64;
  tokens @5 :TokenTotals;   # absent when all are 0
}

struct UsagePeriod {
  index @0 :Int64;
  span @1 :Span;
  terms @2 :Terms;
  billing @3 :Span;
  usage @4 :List(FeatureUsage);
  balance @5 :SpendingBalance;   # absent when all of it is 0
}

struct SubscribedSpan {
  from @0 :Int64;
  to @1 :Int64;
}

struct InvoiceRef {
  number @0 :UInt64;
  position @1 :UInt64;
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
  invoices @11 :List(UInt64); # index = number - 1: position of its InvoiceClosed
  planPublished @12 :List(Int64); # index as in plans: when each version became visible
}
