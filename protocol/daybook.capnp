@0xa056bb211a165627;
# The protocol: what callers of a ledger may ask, as capabilities.
#
# `Daybook` is the bootstrap of a connection. login() gives the capabilities that match the caller's
# roles, and only those: an operation that a caller has no capability for cannot even be named.
# Calls pipeline: login().recorder.customer("acme").record(...) is one round trip.
#
# Durability: nothing is answered before it is on disk. A reply that carries a position, and every
# read, reflects durable state only. When a connection breaks before the answer, the outcome is
# unknown: send the same command with the same key again.
#
# Every list takes `limit` (0: 100, at most 1 000) and `cursor` (empty: from the start) and gives
# `next` (empty: the end). A cursor is `next` of the page before, and nothing else.
#
# `minPosition` asks for an answer that reflects at least that position of the log, as a receipt
# gave it, on whatever connection. A position that the log has not reached (it is another ledger's,
# or the daemon was started on an older copy) is answered unknownPosition, and nothing is recorded.
# Given with a customer it counts for every call on the capability. 0 asks for nothing.
#
# A connection may have 4 096 calls unanswered: further ones are not read until one is answered. One
# that lets go (Finish) of none of 262 144 is closed.
#
# Exceptions: DISCONNECTED (transport), OVERLOADED (nothing was decided, send the same again),
# FAILED (malformed message or a bug).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("daybook::wire");
using Common = import "common.capnp";
using CatalogSchema = import "catalog.capnp";
using EventSchema = import "event.capnp";

struct Receipt {
  # Where the numbers came from. Fields that the command's kind has no use for are absent.
  outcome @0 :Common.Outcome;
  detail @1 :Text;               # names the field, item or value of a refusal
  position @2 :UInt64;           # in the log
  recorded @3 :Int64;
  duplicate @4 :Bool;
  # the key was known: this is the original receipt, nothing was recorded now
  disposition @5 :Common.Disposition;
  periodFrom @6 :Int64;          # usage: the usage period it counts in
  quantity @7 :Text;
  price @8 :Text;                # money, or credits on credits plans
  draws @9 :List(Common.Draw);
  overdrawn @10 :Text;
  unpaid @11 :Text;
  balanceAfter @12 :Text;
  lateCharge @15 :Text;          # late usage and voids: what the next invoice charges
  grant @13 :UInt32;
  invoice @14 :UInt64;
  creditNote @16 :UInt64;
  hold @17 :UInt64;              # its number, of every command about a hold
  holdExpiry @18 :Int64;         # when it was placed or extended
  holdExpired @19 :Bool;         # it was settled after it had expired
  items @20 :List(ReceiptItem);
  # Of a hold that was placed, used or settled. When there is one, the fields above are its own. Of
  # a settlement, first those that need no more than the hold: they are recorded in this order.
}

struct ReceiptItem {
  feature @0 :Text;              # code
  disposition @1 :Common.Disposition;
  periodFrom @2 :Int64;
  quantity @3 :Text;
  price @4 :Text;                # of a hold: what it would cost now, beside the other holds
  draws @5 :List(Common.Draw);   # of a hold: what it pins
  overdrawn @6 :Text;
  unpaid @7 :Text;
  lateCharge @8 :Text;
  balanceAfter @9 :Text;
}

struct UsageEntry {
  customer @0 :Text;
  key @1 :Text;
  usage @2 :Common.RecordUsage;
}

struct Refusal {
  index @0 :UInt32;              # of the entry in its batch
  outcome @1 :Common.Outcome;
  detail @2 :Text;
}

struct BatchResult {
  # The dense answer to a batch: counts, and only what was refused.
  outcome @0 :Common.Outcome;    # ok, or why nothing of the batch was decided
  detail @1 :Text;
  recorded @2 :UInt32;
  duplicates @3 :UInt32;
  refusals @4 :List(Refusal);
  position @5 :UInt64;
  # newest position that any entry is recorded at, originals of duplicates included
}

interface Daybook {
  login @0 (token :Text) -> (session :Session);
  # With an empty token on a Unix socket the peer's uid decides. A failed login says only that: an
  # unknown, a wrong, an expired and a revoked token are answered alike. Three failures, or 10 s
  # without a login, end the connection; until then a message may have 1 MiB. A token that expires,
  # is revoked or loses a role ends the connections that it opened, and with them all that they were
  # given.
}

struct Session {
  outcome @0 :Common.Outcome;    # ok or unauthorized
  detail @1 :Text;
  recorder @2 :Recorder;         # absent where the role is missing, here and below
  reader @3 :Reader;
  billing @4 :Billing;
  auditor @5 :Auditor;
  admin @6 :Admin;
}

# ---- Recorder: usage and holds

interface Recorder {
  customer @0 (id :Text, minPosition :UInt64) -> (customer :CustomerRecorder);
  # Always gives a capability; calls on an unknown customer answer unknownCustomer.

  recordBatch @1 (entries :List(UsageEntry), minPosition :UInt64) -> (result :BatchResult);
  # At most 16 384 entries. Not atomic: each entry is decided alone, in order. Answered when all of
  # it is durable.

  openStream @2 (sink :BatchSink, minPosition :UInt64) -> (stream :UsageStream);
  # Bulk ingest with back-pressure. Results come through `sink`, one per batch, in order.
}

interface CustomerRecorder {
  record @0 (key :Text, usage :Common.RecordUsage) -> (receipt :Receipt);

  hold @1 (key :Text, hold :Common.PlaceHold, releaseOnDrop :Bool)
      -> (receipt :Receipt, hold :Hold);
  # Sets amounts aside. A refused hold comes as a capability that answers with that outcome, so that
  # calls pipelined on it get an answer, not an exception.
  #
  # Dropping the capability leaves the hold to its ttl; with releaseOnDrop it is released at once,
  # unless a later capability of the same hold was given: then that one's drop counts. The end of
  # the daemon is not a drop.

  holdByKey @2 (key :Text) -> (hold :Hold);
  # The hold that was placed with this key, after a reconnect. Dropping it leaves it to its ttl.
}

interface Hold {
  # One hold. It ends exactly once: settled, released or expired. What comes after is answered
  # holdEnded; the same key again is answered with its first receipt.
  settle @0 (key :Text, items :List(Common.HoldItem), at :Int64) -> (receipt :Receipt);
  # Replaces it with what was used (empty: all that it still holds). Recorded in full, whatever is
  # left; an expired hold, too.
  use @1 (key :Text, usage :Common.RecordUsage) -> (receipt :Receipt);
  # Records usage out of it; it holds that much less.
  release @2 (key :Text) -> (receipt :Receipt);
  extend @3 (key :Text, ttlNs :Int64) -> (receipt :Receipt);
  # See ExtendHold.
  info @4 () -> (outcome :Common.Outcome, detail :Text, hold :Common.HoldInfo);
  # What it still sets aside; of an expired one nothing is, but it may still be settled.
}

interface UsageStream {
  write @0 (entries :List(UsageEntry)) -> stream;
  finish @1 () -> (position :UInt64);
  # Answered when everything written is durable and its results are delivered.
}

interface BatchSink {
  results @0 (batch :UInt64, result :BatchResult) -> stream;
  # `batch` counts the writes of the stream from 0. Delivered when the batch is durable.
}

# ---- Reader: balances and invoices

struct FeatureBalance {
  feature @0 :Text;
  variant @9 :Text;              # value of the dimension; empty: the default prices
  unlimited @1 :Bool;
  used @2 :Text;
  included @3 :Text;
  remaining @4 :Text;
  unpaid @5 :Text;
  charge @6 :Text;
  # metered plans: exact charge so far; balance plans: deducted so far
  events @7 :UInt64;
  tokens @8 :Common.TokenTotals; # absent when all are 0
  held @10 :Text;                # set aside by open holds, not in `remaining`; absent: 0
}

struct SeatBalance {
  feature @0 :Text;
  held @1 :UInt64;
  included @2 :Text;
  highest @3 :UInt64;            # paid for, or to be, in the running billing period
  trueUp @4 :Text;               # exact, on the next invoice
}

struct CreditBalance {
  plan @0 :Text;
  promotional @1 :Text;
  purchased @2 :Text;
  debt @3 :Text;
  available @4 :Text;            # what usage now may draw, less the debt
  held @5 :Text;                 # set aside by open holds, in none of the three kinds; absent: 0
}

enum SubscriptionState {
  none @0;
  active @1;
  canceled @2;
  trialing @3;
  paused @4;
}

struct Balance {
  customer @0 :Text;
  asOf @1 :UInt64;               # the log position it reflects
  at @2 :Int64;
  state @3 :SubscriptionState;
  model @4 :CatalogSchema.ConsumptionModel;
  terms @5 :Common.Terms;        # absent without a running period
  periodFrom @6 :Int64;
  periodTo @7 :Int64;
  cancelAt @8 :Int64;            # 0: no cancellation is scheduled
  trialTo @13 :Int64;            # while trialing; else 0
  billingTo @14 :Int64;          # end of the running billing period
  pinnedVersion @15 :UInt32;     # 0: not pinned
  change @16 :Common.ScheduledChange;  # of plan, at billingTo; absent: none
  features @9 :List(FeatureBalance);
  # in the plan's order; each variant used beside it
  enabled @17 :List(Text);       # boolean features of the plan
  seats @18 :List(SeatBalance);
  credits @10 :CreditBalance;    # credits plans, and whoever holds credits
  grants @11 :List(Common.Grant);# usable ones, in draw order
  money @12 :Common.SpendingBalance;  # balance plans
  customerCredit @19 :Text;      # pays later invoices
  late @20 :List(Common.LateCharge);  # on the next invoice, as are these:
  adjustments @21 :List(Common.PendingAdjustment);
  alerts @22 :List(CatalogSchema.AlertRule);
  # raised in the running period, and not armed again
  holds @23 :UInt32;             # open ones
  heldMoney @24 :Text;           # balance plans: set aside by them; absent: 0
  availableMoney @25 :Text;      # balance plans: money.amount less that
  billingInterval @26 :CatalogSchema.Interval;  # while there are terms
  alertRules @27 :List(CatalogSchema.AlertRule);
  # in force: the customer's own, else the plan's, else the defaults; none without a running period
  # and rules of its own
  hasOwnAlertRules @28 :Bool;    # they are the customer's
}

struct CheckAnswer {
  allowed @0 :Bool;
  outcome @1 :Common.Outcome;    # the reason when not allowed
  detail @2 :Text;
  remainingIncluded @3 :Text;
  unlimited @4 :Bool;
  credits @5 :CreditBalance;
  balance @6 :Text;              # balance plans: less what is held
  cost @7 :Text;                 # money, or credits on credits plans
  overageBegins @8 :Bool;
  asOf @9 :UInt64;
}

struct ChangePreview {
  # What a change of plan would do.
  atOnce @0 :Bool;               # else at the end of the billing period
  at @1 :Int64;                  # when it takes effect
  invoice @2 :Common.Invoice;    # at once: the one that would close, not numbered
  asOf @3 :UInt64;
}

struct UsageOfDay {
  # What one feature, at one price variant, used on one day of the customer's zone, by `at`. What
  # was voided is taken off the day it was used on.
  day @0 :Text;                  # "2026-01-31"
  feature @1 :Text;              # code
  variant @2 :Text;              # value of the dimension; empty: the default prices
  events @3 :UInt64;
  quantity @4 :Text;
  # what the meter's total grew by; for token-priced features the money the tokens cost
  price @5 :Text;                # money: what the charge grew by; absent on credits plans
  credits @6 :Text;              # what it cost on credits plans; else absent
  unpaid @7 :Text;               # recorded by `cap` beyond what was left: units, credits or money
  tokens @8 :Common.TokenTotals; # absent when all are 0
}

enum StatementKind {
  movedIn @0;                    # from another system
  subscribed @1;
  trialEnded @2;
  planChanged @3;
  paused @4;
  resumed @5;
  canceled @6;
  invoiceClosed @7;
  creditNoteClosed @8;
  paymentRecorded @9;
  paymentFailed @10;
  invoiceUncollectible @11;      # given up: what was due of it is written off
  customerCreditAdded @12;
  creditsGranted @13;            # of any kind: with a period, bought, promotional
  creditsExpired @14;
  creditsRefunded @15;           # what was left of a pack, taken back
}

struct StatementEntry {
  # One movement of the customer's account. Amounts are signed and in the customer's currency, and
  # absent where the entry does not touch what they count.
  position @0 :UInt64;           # of the event in the log
  at @1 :Int64;                  # recorded
  kind @2 :StatementKind;
  description @3 :Text;
  # what the event says of itself: first line of an invoice, reason, reference of a payment, plan,
  # pack
  invoice @4 :UInt64;            # number; 0: none
  invoiceLabel @5 :Text;
  creditNote @6 :UInt64;         # number; 0: none
  creditNoteLabel @7 :Text;
  grant @12 :UInt32;             # number; 0: none
  total @13 :Text;               # of the invoice, credit note or payment
  amount @8 :Text;
  # What the amount due changes by: that of a credit note is 0 where the invoice was paid, and so is
  # what is paid or credited of an invoice after it was written off.
  customerCredit @9 :Text;       # what the customer credit changes by
  credits @10 :Text;             # what the credits change by, usage apart
  due @11 :Text;
  # Amount due after it: total less paid and credited of all invoices but those written off.
}

struct CustomerInfo {
  id @0 :Text;
  number @1 :UInt32;
  zone @2 :Text;
  currency @3 :Text;
  state @4 :SubscriptionState;
  plan @5 :Text;
}

interface Reader {
  customer @0 (id :Text, minPosition :UInt64) -> (customer :CustomerReader);

  customers @1 (limit :UInt32, cursor :Text, minPosition :UInt64)
      -> (outcome :Common.Outcome, detail :Text, customers :List(CustomerInfo), next :Text);
  # In order of creation.

  invoices @2 (limit :UInt32, cursor :Text, minPosition :UInt64)
      -> (outcome :Common.Outcome, detail :Text, invoices :List(Common.Invoice), next :Text);
  # All of the ledger, in order of number.

  invoice @3 (number :UInt64, label :Text, minPosition :UInt64)
      -> (outcome :Common.Outcome, detail :Text, invoice :Common.Invoice, position :UInt64);
  # By number, or by label ("INV-000001") when number is 0.

  catalog @4 (minPosition :UInt64)
      -> (catalog :CatalogSchema.Catalog, outcome :Common.Outcome, detail :Text);
  # The newest version of everything published.

  creditNotes @5 (limit :UInt32, cursor :Text, minPosition :UInt64)
      -> (outcome :Common.Outcome, detail :Text, creditNotes :List(Common.CreditNote), next :Text);
  # All of the ledger, in order of number.

  creditNote @6 (number :UInt64, label :Text, minPosition :UInt64)
      -> (outcome :Common.Outcome, detail :Text, creditNote :Common.CreditNote, position :UInt64);
  # By number, or by label ("CN-000001") when number is 0. Without it: unknownInvoice.

  watch @7 (what :Watch, watcher :Watcher) -> (ended :WatchEnded);
  # All customers. See Watcher.
}

interface CustomerReader {
  # An unknown customer is answered unknownCustomer.
  info @0 () -> (outcome :Common.Outcome, detail :Text, info :CustomerInfo);
  balance @1 () -> (outcome :Common.Outcome, detail :Text, balance :Balance);
  check @2 (usage :Common.RecordUsage) -> (answer :CheckAnswer);
  # Answers without recording. Cannot prevent two callers from spending the same credit.
  invoices @3 (limit :UInt32, cursor :Text)
      -> (outcome :Common.Outcome, detail :Text, invoices :List(Common.Invoice), next :Text);
  upcoming @4 () -> (outcome :Common.Outcome, detail :Text, invoice :Common.Invoice);
  # The invoice as it would close now; absent when there is no running period.

  previewChange @5 (change :Common.ChangePlan)
      -> (outcome :Common.Outcome, detail :Text, preview :ChangePreview);
  # What changePlan would answer and do. Records nothing.

  creditNotes @6 (limit :UInt32, cursor :Text)
      -> (outcome :Common.Outcome, detail :Text, creditNotes :List(Common.CreditNote), next :Text);

  usage @7 (from :Int64, to :Int64, limit :UInt32, cursor :Text)
      -> (outcome :Common.Outcome, detail :Text, days :List(UsageOfDay), next :Text, zone :Text,
          currency :Text, asOf :UInt64);
  # Usage whose `at` lies in [from, to) (0: from the start, to now), by day in the customer's zone
  # as it is now, feature (in order of publication) and variant. It comes from the log alone and
  # takes time in proportion to the customer's events since `from`. Usage that was moved in has no
  # days.

  statement @8 (from :Int64, to :Int64, limit :UInt32, cursor :Text)
      -> (outcome :Common.Outcome, detail :Text, entries :List(StatementEntry), next :Text,
          currency :Text, opening :Text, closing :Text, asOf :UInt64);
  # What was recorded of the customer in [from, to) (0: from the start, to now) and touches money or
  # credits, in order of the log, usage apart. `opening` is the amount due before the first entry
  # of the page, `closing` that after the last one of the whole range.

  holds @9 (limit :UInt32, cursor :Text)
      -> (outcome :Common.Outcome, detail :Text, holds :List(Common.HoldInfo), next :Text);
  # Open ones, in the order they were placed.
  #
  # All pages of usage and of a statement show the log at `asOf`, the customer's newest position at
  # the first page.

  watch @10 (what :Watch, watcher :Watcher) -> (ended :WatchEnded);
  # This customer. See Watcher.
}

# ---- Watching: told of what happens, as it happens

struct Watch {
  balances @0 :Bool;
  # The balance after events that touch it: several of them may be told by one notice.
  alerts @1 :Bool;               # every alert that is raised
  invoices @2 :Bool;             # every invoice that closes
  # Without any of the three: all three.
  from @3 :UInt64;
  # Position of the first event to be told of, at most one past the newest durable one (else:
  # unknownPosition). 0: what comes from now on; of one customer's balance, first what it is now.
}

struct Notice {
  position @0 :UInt64;           # of the event in the log; of a balance: the newest it stands for
  recorded @1 :Int64;            # when the ledger took it; 0 of a balance, which has its own `at`
  customer @2 :Text;
  union {
    balance @3 :Balance;         # `asOf` is `position`, or later when more was recorded meanwhile
    alert @4 :EventSchema.AlertRaised;
    invoice @5 :Common.Invoice;  # as it closed
  }
}

interface Watcher {
  # The callback of a watch, which the caller implements.
  #
  # A watch is the call of watch(): it goes on until that call is answered with why it ended, and
  # ends when the caller drops the call or the connection is lost. A connection may have 64 (then:
  # tooManyWatches), beside its other calls.
  #
  # Notices come in the order of the log, each at least once, and only of what is durable. After an
  # end, go on with a new watch from the last `next`, or from the position of the last notice that
  # was taken: that one then comes again.
  #
  # The log is the queue. One call is outstanding at a time, with at most 128 notices or 256 KiB (a
  # single notice may have more); what happens meanwhile waits in the log. A watcher that does not
  # return a call within the daemon's write_timeout (60 s unless configured otherwise) is dropped:
  # its watch ends as slow. Nothing else waits for it.

  notices @0 (notices :List(Notice), next :UInt64) -> ();
  # Everything before position `next` was told now or before. The first call comes at once; it, and
  # now and then a later one where much was recorded that is not watched, may have no notices.
}

enum WatchEnd {
  refused @0;                    # it never began: see `outcome`
  slow @1;                       # a call of the watcher was not returned in time
  failed @2;                     # a call of the watcher failed: see `detail`
  stopping @3;                   # the daemon stops: go on when it is back
}

struct WatchEnded {
  outcome @0 :Common.Outcome;    # ok, or why it was refused
  detail @1 :Text;
  end @2 :WatchEnd;
  next @3 :UInt64;               # where to go on: what the watcher did return
}

# ---- Billing: what is sold, and to whom

enum ItemKind {
  feature @0;
  plan @1;
  pack @2;
  priceBook @3;
}

enum ChangeAction {
  unchanged @0;
  added @1;
  changed @2;
}

struct CatalogChange {
  kind @0 :ItemKind;
  code @1 :Text;
  action @2 :ChangeAction;
  version @3 :UInt32;            # after it is applied; 0 for features
}

interface Billing {
  publishCatalog @0 (key :Text, catalog :CatalogSchema.Catalog, minPosition :UInt64)
      -> (receipt :Receipt);
  # Items that do not differ from what is published change nothing; the others become visible
  # together.

  previewCatalog @1 (catalog :CatalogSchema.Catalog, minPosition :UInt64)
      -> (outcome :Common.Outcome, detail :Text, changes :List(CatalogChange));
  # What publishCatalog would do, item by item. Records nothing.

  createCustomer @2 (key :Text, id :Text, customer :Common.CreateCustomer, minPosition :UInt64)
      -> (receipt :Receipt);

  customer @3 (id :Text, minPosition :UInt64) -> (customer :CustomerBilling);

  submit @4 (commands :List(Common.Command), minPosition :UInt64) -> (receipts :List(Receipt));
  # Any commands, of usage too, each decided alone, in order; at most 16 384. moveClock needs the
  # role Admin.
}

interface CustomerBilling {
  update @0 (key :Text, update :Common.UpdateCustomer) -> (receipt :Receipt);
  subscribe @1 (key :Text, subscribe :Common.Subscribe) -> (receipt :Receipt);
  cancel @2 (key :Text, cancel :Common.Cancel) -> (receipt :Receipt);
  revokeCancel @3 (key :Text) -> (receipt :Receipt);
  buyCredits @4 (key :Text, purchase :Common.BuyCredits) -> (receipt :Receipt);
  topUp @5 (key :Text, topUp :Common.TopUp) -> (receipt :Receipt);
  changePlan @6 (key :Text, change :Common.ChangePlan) -> (receipt :Receipt);
  # CustomerReader.previewChange says what it would do.
  revokeChange @7 (key :Text) -> (receipt :Receipt);
  pause @8 (key :Text) -> (receipt :Receipt);
  resume @9 (key :Text) -> (receipt :Receipt);
  pinVersion @10 (key :Text, pin :Common.PinVersion) -> (receipt :Receipt);
  changeSeats @11 (key :Text, change :Common.ChangeSeats) -> (receipt :Receipt);
  grantCredits @12 (key :Text, grant :Common.GrantCredits) -> (receipt :Receipt);
  refundPack @13 (key :Text, refund :Common.RefundPack) -> (receipt :Receipt);
  voidUsage @14 (key :Text, usage :Common.VoidUsage) -> (receipt :Receipt);
  addAdjustment @15 (key :Text, adjustment :Common.AddAdjustment) -> (receipt :Receipt);
  addCustomerCredit @16 (key :Text, credit :Common.AddCustomerCredit) -> (receipt :Receipt);
  creditInvoice @17 (key :Text, credit :Common.CreditInvoice) -> (receipt :Receipt);
  recordPayment @18 (key :Text, payment :Common.RecordPayment) -> (receipt :Receipt);
  recordPaymentFailure @19 (key :Text, failure :Common.RecordPaymentFailure)
      -> (receipt :Receipt);
  markUncollectible @20 (key :Text, invoice :Common.MarkUncollectible) -> (receipt :Receipt);
  setAlerts @21 (key :Text, alerts :Common.SetAlerts) -> (receipt :Receipt);
}

# ---- Auditor: the log

struct LogEntry {
  position @0 :UInt64;
  bytes @1 :Data;                # the stored Event message
}

struct TreeHead {
  size @0 :UInt64;               # = newest durable position
  root @1 :Data;                 # 32 bytes
  recorded @2 :Int64;
}

interface Auditor {
  log @0 (from :UInt64, limit :UInt32, customer :Text, waitMs :UInt32)
      -> (outcome :Common.Outcome, detail :Text, entries :List(LogEntry), next :UInt64,
          head :TreeHead);
  # Durable events from position `from` (0: the first) on; `next` is where to go on. With a customer
  # only its events. With waitMs > 0 and nothing to give, answers when something comes or the time
  # is over.

  head @1 () -> (head :TreeHead);

  inclusionProof @2 (position :UInt64, size :UInt64)
      -> (outcome :Common.Outcome, detail :Text, path :List(Data), size :UInt64);
  # RFC 6962 audit path of the event in the tree of `size` events (0: the newest durable tree).

  consistencyProof @3 (oldSize :UInt64, newSize :UInt64)
      -> (outcome :Common.Outcome, detail :Text, path :List(Data), newSize :UInt64);

  stateDigest @4 () -> (position :UInt64, digest :Data);
  # SHA-256 over the canonical bytes of the whole state: what `replay` of the log to `position`
  # gives, too.
}

# ---- Admin

struct Status {
  version @0 :Text;
  ledgerId @1 :Text;
  clock @2 :EventSchema.ClockKind;
  now @3 :Int64;                 # the ledger's time
  position @4 :UInt64;           # newest durable position
  root @5 :Data;
  customers @6 :UInt64;
  invoices @7 :UInt64;
  keys @8 :UInt64;
  dataDirectory @9 :Text;
  snapshotPosition @10 :UInt64;  # newest snapshot; 0: none
  freeBytes @11 :UInt64;
  storageFull @12 :Bool;
  clockJumped @13 :Bool;         # deciding has stopped until confirmClock
  uptimeMs @14 :UInt64;
  connections @15 :UInt32;
  commits @16 :UInt64;           # since the start
  settings @17 :EventSchema.LedgerCreated;
  creditNotes @18 :UInt64;
}

interface Admin {
  status @0 () -> (status :Status);
  moveClock @1 (key :Text, to :Int64) -> (receipt :Receipt);
  # Manual clocks only. Answered when everything due at the new time is recorded.
  confirmClock @2 () -> (outcome :Common.Outcome, now :Int64);
  # After the wall clock ran ahead of the monotonic one by more than an hour: takes its time as
  # right.
  backup @3 (directory :Text)
      -> (outcome :Common.Outcome, detail :Text, position :UInt64, bytes :UInt64);
  # A hot copy into a new directory (absolute path) on the daemon's machine, synced and verified.
  snapshot @4 () -> (outcome :Common.Outcome, detail :Text, position :UInt64);
}

# ---- Offline: what `daybookd replay` and `daybookd verify` print with --json ---------------------

struct ReplayedCustomer {
  info @0 :CustomerInfo;
  balance @1 :Balance;
  invoices @2 :List(Common.Invoice);   # with their status then, paid and credited
  creditNotes @3 :List(Common.CreditNote);
}

struct ReplayReport {
  head @0 :TreeHead;             # after the last event that was folded
  stateDigest @1 :Data;          # equal for equal states on any machine: see Auditor.stateDigest
  customers @2 :List(ReplayedCustomer);
}

struct VerifyReport {
  ok @0 :Bool;
  position @1 :UInt64;           # the first position that is wrong; 0: none, or not of one event
  problem @2 :Text;              # what is wrong there
  head @3 :TreeHead;             # of the log as far as it was verified
  events @4 :UInt64;             # verified, as are these:
  commits @5 :UInt64;
  customers @6 :UInt64;
  invoices @7 :UInt64;
  snapshots @8 :UInt64;
}
