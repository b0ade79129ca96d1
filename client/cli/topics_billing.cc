// The rules of billing in short; protocol/BILLING.md has them in full.
#include <array>

#include "client/cli/topics.h"

namespace daybook::cli {
namespace {

constexpr char kBilling[] = R"(
A customer has one live subscription to a plan at most. A plan sells features: metered ones are
consumed, boolean ones are on or off, seats are held. Its consumption model says what usage does:
it adds up (metered), draws credits (credits), or spends money (balance).

One base price pays for a billing period, in advance: a week, month, quarter or year. What is
included lasts for a usage period: a month, or a week for weekly plans. When a usage period ends,
late events are taken for the grace period (an hour, unless the ledger was created with another);
then it is closed, and its invoice never changes.

Every command that records something takes a --key. The same key with the same contents counts
once, for ever, and is answered with the first receipt; with other contents it is refused.

  daybook customer create acme --zone Europe/Berlin
  daybook subscribe acme team --key order-1
  daybook subscribe acme team --key order-1       # already recorded
  daybook record acme calls 12000
  daybook upcoming acme                           # 20.00, 99.00

Topics: prices, models, credits, late-usage, asking, holding, subscriptions, invoicing, periods,
moving-in. All of it, with every rule: protocol/BILLING.md.
)";

constexpr char kPrices[] = R"(
What usage beyond the included units costs, by the price's scheme:

  perUnit     units x unit price
  graduated   each tier's units at that tier's price, plus its flat fee if any unit falls in it
  volume      all units at the price of the tier that the total falls in, plus its flat fee
  package     packages begun x package price
  percentage  amount x rate + fee per event, with a least and a most that one event costs
  tokens      tokens x the price book's price, plus the plan's margin for the feature

Tiers begin after the included units; their bounds are inclusive. A charge follows from the
period's total, so it does not depend on the order of events; percentage and tokens add up event by
event. minimumCharge and maximumCharge hold for one usage period. A feature may have other prices
where a property of the event has a value (dimension, variants); the included units are shared, and
variants use them up first.
Amounts are exact to 12 digits; an invoice's line is rounded once, half away from zero. What each
tier and each model comes to is below its line, not rounded.

  daybook customer create acme
  daybook subscribe acme team
  daybook record acme calls 10100 --property region=eu                # price          1.2
  daybook record acme calls 100                                       # price          1
  daybook record acme storage 150
  daybook record acme payments 1500                                   # price          14.8
  daybook record acme chat --model swift --input 1000 --output 500    # price          0.0126
  daybook upcoming acme                                # 28.50, 1.20, 14.80, 0.01, acme-ai/swift

More: protocol/BILLING.md, section 3; the fields: daybook help catalog-file.
)";

constexpr char kModels[] = R"(
A plan has one of three consumption models.

metered   Usage accumulates. Beyond what is included it is charged when the usage period closes, or
          refused where the feature's overage is "block" (includedLimitReached).
credits   Each unit costs credits. Usage that the credits do not cover is refused, whole
          (insufficientCredits); nothing is ever charged for overage. See: daybook help credits.
balance   Each usage spends money of the plan's included amount, then of top-ups. At zero it goes
          on and the negative part is charged at the close, or it is refused (atZero, "block").
          What is left at the period's end is gone; with carryTopUps, what was topped up stays.

What a caller wants to happen to usage that does not fit is --on-shortfall: reject it (the default),
cap (record all of it, pay with what is left, the rest as unpaid) or overdraw (go negative).

  daybook customer create acme
  daybook subscribe acme starter --trial-days 0
  daybook record acme calls 1000
  daybook record acme calls 1                          # refused: includedLimitReached
  daybook record acme calls 1 --on-shortfall cap       # unpaid         1
  daybook customer create otto
  daybook subscribe otto agent
  daybook topup otto 5
  daybook record otto chat --model swift --input 10000000 --output 0
  daybook balance otto                                 # -6.00 USD
  daybook upcoming otto                                # balanceOverage, 6.00

More: protocol/BILLING.md, section 4.
)";

constexpr char kCredits[] = R"(
Credits come in grants: plan (each usage period), promotional (daybook grant) and purchased
(daybook buy). Usage draws them in this order: lower priority first (50 unless said), then sooner
expiry, then those limited to fewer features, plan before promotional before purchased, older first.

Plan credits end with their usage period; with a rollover, some of what is left goes on for some
periods. The others end at their expiry, if they have one, and are kept over changes, pauses and
cancellation. What `--on-shortfall overdraw` takes beyond them is a debt, which the next grant pays.
Voiding usage puts back what it drew, into the same grants. A refund of a pack takes back what is
left of it, with a credit note for that share of its price.

  daybook customer create lumen
  daybook subscribe lumen studio
  daybook grant lumen 20 --priority 10 --expires 2026-03-01 --reason welcome
  daybook buy lumen hundred
  daybook record lumen images 50 --key batch-1         # 20 of grant 2, 100 of grant 1, 5 of grant 3
  daybook balance lumen                                # 95 available
  daybook void lumen batch-1                           # 20 into grant 2
  daybook refund lumen 3                               # credit note
  daybook credit-notes                                 # 12.00

More: protocol/BILLING.md, section 4.
)";

constexpr char kLateUsage[] = R"(
An event counts in the period that its --at lies in, at that period's terms. The receipt says how:

  current   the period is running
  grace     it has ended and is not closed yet: it still counts in it
  late      it is closed: the next invoice charges what it costs, in a line that names the period

Usage from before the late window (35 days) is tooOld, from more than 5 minutes ahead inFuture.

Nothing is edited. `void` takes one event back by its key, exactly as it was priced or drawn; in a
closed period the next invoice has a credit line. `record --set` records the difference to a total.

  daybook customer create acme
  daybook subscribe acme team
  daybook record acme calls 10000 --key jan
  daybook clock set 2026-02-01T00:30:00Z
  daybook record acme calls 500 --at 2026-01-31T23:00:00Z --key a   # grace period
  daybook clock set 2026-02-01T01:00:00Z
  daybook record acme calls 700 --at 2026-01-31T23:00:00Z --key b   # on the next invoice  7
  daybook void acme a --reason "sent twice"                         # on the next invoice  -5
  daybook record acme calls 40
  daybook record acme calls 25 --set                                # -15
  daybook upcoming acme                                             # lateAdjustment, 2.00

More: protocol/BILLING.md, section 5.
)";

constexpr char kAsking[] = R"(
`check` answers whether usage would be taken, and records nothing: allowed or the reason, what is
left, what it would cost, and whether overage would begin. It ends with 1 where the answer is no, so
that a script can go by it. For a boolean feature it says whether the plan has it. Another caller
may use the same credits in between: a hold prevents that (daybook help holding).

Reasons: includedLimitReached, insufficientCredits, insufficientBalance, featureNotInPlan,
noSubscription, paused, trialLimit.

  daybook customer create acme
  daybook check acme calls                      # refused: no: noSubscription
  daybook subscribe acme team
  daybook check acme sso                        # yes
  daybook check acme calls 10001                # would begin
  daybook customer create lumen
  daybook subscribe lumen studio
  daybook check lumen images 40                 # yes
  daybook check lumen images 41                 # refused: no: insufficientCredits

More: protocol/BILLING.md, section 6.
)";

constexpr char kHolds[] = R"(
A hold sets an amount aside before the work: included units, credits or money, by the plan. It is
refused when `check` would be. What is held nobody else can use, and no balance shows it: what is
available is the balance less what is held. Its key names it.

settle      Replaces it with what was used, in full. Less frees the rest; more is drawn like any
            usage, and may make the balance negative. Never refused for want of funds, nor when
            the subscription was paused or canceled meanwhile.
release     Ends it; all of it is free again.
use         Records usage out of it, any number of times; it holds that much less.
extend      Lets it live longer, from now on; 24 hours in all are the most.

Left alone it expires, 5 minutes after it was placed or after its --ttl. It can still be settled
then, once, as plain usage. A hold ends exactly once: all that comes later is holdEnded, and the
same --key again gets its first receipt. Several features are held together or not at all. Credits
that are held do not expire meanwhile. `void` takes a settlement back by its own key.

A lease of the C++ library (daybook/lease.h) is a hold of many units, out of which a program decides
by itself, in nanoseconds: its holds have random keys, its reports are uses of them, and the rest is
released. A report whose hold has expired is recorded in full, under HOLD:NUMBER, as an overdraw.

  daybook customer create lumen
  daybook subscribe lumen studio
  daybook hold lumen images=30 --key job-7       # held as job-7
  daybook check lumen images 11                  # refused: no: insufficientCredits
  daybook use lumen job-7 images=4               # 10 of grant 1
  daybook holds lumen                            # 65 of grant 1
  daybook settle lumen job-7 images=20           # balance after  40
  daybook release lumen job-7                    # refused: holdEnded
  daybook balance lumen                          # 40 available

More: protocol/BILLING.md, section 6.
)";

constexpr char kSubscriptions[] = R"(
start       The base price is invoiced at once. With --anchor the first period is a stub, prorated.
trial       No charge and no overage: beyond the allowance it is trialLimit. Ends by itself.
change      To a longer interval, a higher rank or price: an upgrade, at once. One invoice: what was
            used, a credit for the unused time (to the second), the new price in full; the period
            starts anew. Else a downgrade: at the end of the billing period, revocable until then.
cancel      At the end of the billing period, revocable; or --now, without credit for the unused
            time unless --credit-unused. Purchased credits are kept.
pause       Closes what ran with an invoice; usage is refused. resume starts a new period.
seats       Charged in advance for the coming billing period. Added ones are charged for the
            remaining time on the next monthly invoice, above the highest number already paid for.
versions    A new version of a plan counts from the next usage period; lower prices at once. A
            customer who is pinned stays on its version.

  daybook customer create acme
  daybook subscribe acme starter --trial-days 0 --key start
  daybook clock set 2026-01-16
  daybook preview acme team                        # -14.97, 84.03, nothing was recorded
  daybook change-plan acme team                    # invoice
  daybook seats acme editors +4                    # held                 4
  daybook change-plan acme starter                 # recorded
  daybook plan acme                                # Changes to, starter, 2026-02-16T00:00:00Z
  daybook revoke-change acme
  daybook pin acme
  daybook pause acme
  daybook record acme calls                        # refused: paused
  daybook resume acme
  daybook cancel acme --now --credit-unused        # canceled

More: protocol/BILLING.md, section 7.
)";

constexpr char kInvoicing[] = R"(
An invoice is closed once, numbered without gaps, and never changes. Its lines, in this order:
planBase, discount, seats, then per feature overage and minimum (or balanceOverage), lateAdjustment,
adjustment, prorationCredit, customerCredit. `upcoming` shows the next one as it would close now.

Payment is outside the ledger; it is told with `payment`: open becomes paid, or uncollectible. A
credit note reverses an invoice or a part of it; an open one that is credited in full is void.
Customer credit is money that the seller owes; it pays any later invoice, oldest first. Adjustments
are one-off charges or credits on the next invoice. `statement` lists all of it with the amount due,
of which an uncollectible invoice is written off.

Alerts are events, recorded once when a level is crossed and armed again by a new period or refill.

  daybook customer create acme
  daybook subscribe acme team
  daybook credit-note 1 --amount 9.00 --reason "late start"
  daybook payment 1 --amount 50 --reference tr-1      # paid         50.00 USD
  daybook invoice 1                                   # Due, 40.00 USD
  daybook payment 1                                   # 40.00 USD
  daybook credit acme 15.00 --reason "outage"
  daybook adjust acme 250 "Onboarding"
  daybook upcoming acme                               # Onboarding, -15.00, 334.00
  daybook alerts acme --set usage:calls=50%
  daybook record acme calls 5000
  daybook alerts acme                                 # 50 %
  daybook statement acme                              # paymentRecorded, creditNoteClosed
  daybook usage acme --csv                            # 2026-01-01,calls,,1,5000

More: protocol/BILLING.md, section 8.
)";

constexpr char kPeriods[] = R"(
Ranges hold their start and not their end. Boundaries are the anchor plus n intervals, in the
customer's time zone, never the last boundary plus one: an anchor of 31 January gives 28 February
(29 in leap years) and 31 March. They are local wall time: one that a clock change skips moves on by
the gap, of two equal ones the first counts. A change of zone takes effect at the next boundary.

What time causes (closing, expiry, renewal, the end of a trial) happens by itself, in order, and in
the same way when the daemon was off for months. A ledger that was created with a manual clock moves
only when it is told to: good for trying things out, and it can never become another.

  daybook clock set 2026-01-31
  daybook customer create acme --zone UTC
  daybook subscribe acme team
  daybook balance acme                          # 2026-02-28T00:00:00Z
  daybook clock set 2026-03-01
  daybook balance acme                          # 2026-03-31T00:00:00Z
  daybook clock advance 62d
  daybook invoices                              # INV-000004

More: protocol/BILLING.md, sections 2 and 9.
)";

constexpr char kMovingIn[] = R"(
A customer of another system is created with --opening: a file that says what it brings along in
the middle of a period. The billing period that runs is taken as paid for, so that its base price is
not invoiced again. The file is TOML or JSON with the fields of Opening in protocol/common.capnp; in
TOML times are written as such:

  plan = "studio"
  anchor = 2025-12-15           # in the past, or now: its periods go on from there
  interval = "month"            # default: the plan's
  currency = "USD"              # default: the plan's only one
  baseCharged = 49              # paid for the running period: credited on an upgrade
  customerCredit = "7.50"       # pays later invoices
  # balance = 12, topUps = 5    # balance plans
  usage = [{ feature = "images", quantity = 12 }]     # so far; variant, charged
  seats = []                    # [{ feature = "editors", seats = 3 }]
  [[grants]]
  kind = "plan"                 # plan, promotional, purchased; plan grants end with the period
  credits = 100
  remaining = 70
  [[grants]]
  credits = 50
  remaining = 50
  expiry = 2026-12-31T00:00:00Z # also effective, priority, features

  daybook customer create lumen --opening opening.toml
  daybook balance lumen                       # 120 available, 12, 7.50
  daybook plan lumen                          # 2026-01-15T00:00:00Z
  daybook invoices                            # INVOICE

Invoice numbers go on from where the other system stopped when the ledger is created so: see
first_invoice in daybookd's configuration. More: protocol/BILLING.md, section 8.
)";

constexpr std::array kBillingTopics = {
    Topic{"billing", "Words, periods, keys: where to begin", kBilling},
    Topic{"prices", "Price schemes, tiers, variants, tokens, rounding", kPrices},
    Topic{"models", "Metered, credits and balance plans", kModels},
    Topic{"credits", "Grants: order, expiry, rollover, debt, refunds", kCredits},
    Topic{"late-usage", "Grace, late usage, void and set", kLateUsage},
    Topic{"asking", "Asking whether usage would be taken", kAsking},
    Topic{"holding", "Setting amounts aside before the work", kHolds},
    Topic{"subscriptions", "Trials, changes of plan, cancel, pause, seats, versions",
          kSubscriptions},
    Topic{"invoicing", "Invoices, payments, credit notes, alerts, statements", kInvoicing},
    Topic{"periods", "Boundaries, time zones, and what time causes", kPeriods},
    Topic{"moving-in", "Customers from another system, in mid-period", kMovingIn},
};

}  // namespace

std::span<const Topic> billingTopics() { return kBillingTopics; }

}  // namespace daybook::cli
