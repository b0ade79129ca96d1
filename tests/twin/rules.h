// The rules of billing as an accountant applies them by hand, section by section of BILLING.md.
//
// Each function answers from the journals alone, slowly. The section that a group belongs to is the
// file that holds it: section2_numbers.cc and so on.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/model/balance.h"
#include "ledger/model/invoice.h"
#include "ledger/model/outcome.h"
#include "tests/twin/book.h"

namespace daybook::twin {

// Section 2: time and numbers.

/// Whole elapsed seconds.
Number seconds(Instant from, Instant to);
/// The part of its full one that a span is.
Number shareOf(const Span& span);
int minorDigits(const std::string& currency);
Interval usageIntervalOf(Interval billing);
std::int64_t usagePeriodsIn(Interval billing);
/// [from, anchor + (n + 1) x interval) of the period n; what it was cut from, when it is cut.
Instant boundaryOf(const Desk& desk, Instant anchor, Interval interval, std::int64_t n);

// Section 3: prices.

/// What units beyond the included ones cost.
Number chargeFor(const Price& price, const Number& units);
std::vector<TierCharge> tierChargesFor(const Price& price, const Number& units);
bool isByEvent(Scheme scheme);
/// Sum of tokens x price per million, without margin.
Number tokenSum(const ModelPrice& price, const TokenTotals& tokens);
/// Per million tokens, in force at an instant; the outcome says why there is none.
struct FoundModel {
  Outcome outcome = Outcome::ok;
  ModelPrice price;
};
FoundModel findModel(const Published& published, const std::string& currency, Instant at,
                     const Tokens& tokens);
std::uint32_t bookVersionAt(const Published& published, const std::string& currency, Instant at);

/// Units by variant; "" is the default.
using ByVariant = std::map<std::string, Number>;
/// A usage that is being considered: counted as if it were recorded.
struct Considered {
  std::string variant;
  Number quantity;
  Number raw_price;  // percentage and tokens
};
Number usedOf(const Book& book, std::size_t period, const std::string& feature,
              const std::string& variant);
Number usedOf(const Book& book, std::size_t period, const std::string& feature);
Number unpaidOf(const Book& book, std::size_t period, const std::string& feature);
/// By variant: the units beyond the included ones.
ByVariant beyondIncluded(const Desk& desk, std::size_t period, const PlanFeature& sold,
                         const std::optional<Considered>& considered);
/// By variant: the charge so far.
ByVariant chargesOf(const Desk& desk, std::size_t period, const PlanFeature& sold,
                    const std::optional<Considered>& considered);
/// The same after the period's minimum and maximum charges.
ByVariant billedOf(const Desk& desk, std::size_t period, const PlanFeature& sold,
                   const std::optional<Considered>& considered);
Number sumOf(const ByVariant& amounts);
std::vector<std::string> variantsOf(const PlanFeature& sold);
/// Percentage: what one event costs.
Number percentageOf(const Price& price, const Number& beyond);

// Section 4: the three models.

/// What was drawn from it, or is gone.
Number goneOf(const Book& book, std::size_t grant);
/// Neither gone nor pinned.
Number remainingOf(const Book& book, std::size_t grant);
Number debtOf(const Book& book);
enum class Lateness { inTime, late };
bool mayPayFor(const Desk& desk, std::size_t grant, const std::string& feature, Instant at,
               Lateness lateness);
/// Grants that may pay for it, in draw order, empty ones too.
std::vector<std::size_t> payingGrants(const Desk& desk, const std::string& feature, Instant at,
                                      Lateness lateness);
Number drawableFor(const Desk& desk, const std::string& feature, Instant at, Lateness lateness);
/// `amount`, as far as it is there, out of the grants in order.
std::vector<Taken> drawFor(const Desk& desk, const std::vector<std::size_t>& grants, Number amount);
bool isDrawnBefore(const Grant& left, const Grant& right);
/// A new grant; debt is paid from it first. Gives its index.
std::size_t addGrant(Desk& desk, Grant grant);
/// What is left of it is gone: so much.
Number expire(Desk& desk, std::size_t grant);
/// Plan credits end at once.
void endPlanCredits(Desk& desk);

Number moneyOf(const Book& book, std::size_t period);
Number topUpsOf(const Book& book, std::size_t period);
/// The negative part, least recently deducted feature first.
struct Overdraft {
  std::string feature;
  Number amount;
};
std::vector<Overdraft> overdraftsOf(const Book& book, std::size_t period);

// Section 5: usage.

/// What a usage has to do with holds.
struct HoldPart {
  std::optional<HeldAt> own;           // what a live hold set aside for it
  std::optional<std::size_t> settled;  // the hold that it settles, live or expired
  bool places = false;                 // it is held, not used
};
/// A usage that was weighed, and is not written down yet.
struct Judged {
  Verdict verdict;
  Use use;
  /// Out of its own hold.
  Number taken;
  std::vector<Taken> pins;
  /// Left after it: included units, credits for the feature less debt, or money.
  Number balance_after;
};
Judged judge(const Desk& desk, const RecordUsage& asked, const HoldPart& part);
/// Into the journals.
void write(Desk& desk, const Use& use);
/// And the alerts that it raises.
void writeWatched(Desk& desk, const Use& use);
Disposition dispositionOf(const Desk& desk, const Period& period);
Receipt receiptFor(const Desk& desk, const Use& use);
/// What of it costs; percentage and tokens: `raw_price`, too.
void price(const Desk& desk, const PlanFeature& sold, Use& use);
bool isTokenPriced(const Desk& desk, const Period& period, const Plan& plan,
                   const PlanFeature& sold);
/// The variant at whose price something with these properties counts.
std::string variantFor(const PlanFeature& sold, const std::vector<Property>& properties);

Answer recordUsage(Desk& desk, const std::string& key, const RecordUsage& asked);
Answer answerTo(Desk& desk, const VoidUsage& asked);

// Section 6: holds.

/// What an open hold still holds of an item; nothing of another one.
Number heldLeft(const Book& book, const HeldAt& at);
std::vector<Taken> pinsLeft(const Book& book, const HeldAt& at);
Number pinnedIn(const Book& book, std::size_t grant);
/// Units of the feature that are set aside in the period.
Number heldUnits(const Desk& desk, std::size_t period, const PlanFeature& sold);
/// Money that all that is held would cost in the period if it were settled now, in any order.
Number heldMoney(const Desk& desk, std::size_t period);
/// The book as if all that is held of the feature were used in the period; what it costs.
Number settleAll(Desk& desk, std::size_t period, const PlanFeature& sold);
bool isMeasuredAs(const Desk& desk, const Period& period, const Plan& plan, const PlanFeature& sold,
                  const Held& held);
/// The open hold that ends by time next.
std::optional<std::size_t> nextToExpire(const Book& book);
void expireHold(Desk& desk, std::size_t hold);
Answer placeHold(Desk& desk, const std::string& key, const PlaceHold& asked);
Answer settleHold(Desk& desk, const std::string& key, const SettleHold& asked);
Answer useHold(Desk& desk, const std::string& key, const UseHold& asked);
Answer answerTo(Desk& desk, const ReleaseHold& asked);
Answer answerTo(Desk& desk, const ExtendHold& asked);

// Section 7: terms in force, subscriptions.

const Feature* featureOf(const Published& published, const std::string& code);
const Plan* newestPlan(const Published& published, const std::string& code);
/// The version of a plan that was in force when `at` came.
const Plan* planBefore(const Published& published, const std::string& code, Instant at);
const Plan& planOf(const Published& published, const std::string& code, std::uint32_t version);
const Plan& planOf(const Published& published, const Period& period);
const BasePrice* basePriceOf(const Plan& plan, const std::string& currency, Interval interval);
bool isSoldIn(const Plan& plan, const std::string& currency);
const PlanFeature* soldAs(const Plan& plan, const std::string& feature);
/// The price of a period's feature and variant, with the price cuts that reach it.
/// As the period's own plan version says: what is charged in advance at its start.
std::optional<Price> startPriceOf(const Period& period, const PlanFeature& sold,
                                  const std::string& variant);
/// With the cuts that came since.
std::optional<Price> priceOf(const Desk& desk, const Period& period, const PlanFeature& sold,
                             const std::string& variant);
Number creditsPerUnit(const Desk& desk, const Period& period, const PlanFeature& sold,
                      const std::string& variant);
Number includedOf(const Desk& desk, const Period& period, const PlanFeature& sold);
Number includedBalanceOf(const Plan& plan, const std::string& currency, Interval interval);

std::optional<std::size_t> runningPeriod(const Book& book);
Answer answerTo(Desk& desk, const Subscribe& asked);
Answer answerTo(Desk& desk, const Cancel& asked);
Answer revokeCancel(Desk& desk);
Answer answerTo(Desk& desk, const ChangePlan& asked);
Answer revokeChange(Desk& desk);
Answer pause(Desk& desk);
Answer resume(Desk& desk);
Answer answerTo(Desk& desk, const PinVersion& asked);
Answer answerTo(Desk& desk, const ChangeSeats& asked);

/// The subscription goes into a new usage period at `from`.
struct Beginning {
  Instant from;
  std::int64_t index = 0;
  std::uint32_t version = 0;
  enum class Billing { none, starts } billing = Billing::none;
  enum class Stub { no, yes } stub = Stub::no;  // of the period that ends at the next boundary
};
std::size_t beginPeriod(Desk& desk, const Beginning& beginning);
/// The named currency, else the customer's, else the only one there is.
Outcome chooseCurrency(const Desk& desk, const Plan& plan, std::string& currency);
/// Where the billing period ends that holds the usage period with this index.
Instant billingEnd(const Desk& desk, std::int64_t index);
/// Periods that are still in grace close now, each with its invoice.
void closeEarlier(Desk& desk);
/// The running period ends now and is closed, and plan credits with it. Gives the lines of its
/// invoice; the caller closes that.
std::vector<InvoiceLine> cutRunning(Desk& desk);
void carryTopUps(Desk& desk, std::size_t from, std::size_t to);
/// The subscription, and its pause if it is paused, is over.
void endLife(Book& book, Instant at);
/// What an invoice says above its lines.
struct Heading {
  InvoiceType type = InvoiceType::renewal;
  Instant date;
  Instant from;
  Instant to;
  std::string plan;
  std::uint32_t version = 0;
  /// Of what is published at `date`, a command sees what came before it; time sees nothing.
  enum class By { time, command } by = By::time;
};
Heading headingOf(const Period& period, InvoiceType type, Instant date);
/// Closes the invoice of a billing period's start: base and seats.
InvoiceNumber billStart(Desk& desk, std::size_t period, Heading::By by);
InvoiceLine lineOf(LineType type, const Number& exact, Instant from, Instant to);
Outcome checkSeats(const Desk& desk, const Plan& plan, const std::string& feature,
                   std::uint64_t seats);
Number seatCharge(const PlanFeature& sold, const std::optional<Price>& price, std::uint64_t held);
/// The newest entry of the live subscription.
std::optional<SeatsEntry> seatsOf(const Book& book, const std::string& feature);

// Section 8: invoices.

Answer answerTo(Desk& desk, const BuyCredits& asked);
Answer answerTo(Desk& desk, const TopUp& asked);
Answer answerTo(Desk& desk, const GrantCredits& asked);
Answer answerTo(Desk& desk, const RefundPack& asked);
Answer answerTo(Desk& desk, const AddAdjustment& asked);
Answer answerTo(Desk& desk, const AddCustomerCredit& asked);
Answer answerTo(Desk& desk, const CreditInvoice& asked);
Answer answerTo(Desk& desk, const RecordPayment& asked);
Answer answerTo(Desk& desk, const RecordPaymentFailure& asked);
Answer answerTo(Desk& desk, const MarkUncollectible& asked);

/// The lines of a period's close, without what is charged ahead.
std::vector<InvoiceLine> closingLines(const Desk& desk, std::size_t period);
/// Late charges and adjustments that wait, as lines; `close` marks them as billed.
std::vector<InvoiceLine> pendingLines(const Desk& desk);
void markPending(Desk& desk);
/// An invoice of these lines, paid with customer credit; nullopt without lines.
std::optional<Bill> billOf(const Desk& desk, const Heading& heading,
                           std::vector<InvoiceLine> lines);
/// Closes it: numbered, with customer credit used up. Gives the number, or none.
InvoiceNumber closeBill(Desk& desk, const Heading& heading, std::vector<InvoiceLine> lines);
void closePeriod(Desk& desk, std::size_t period);
/// The running period's invoice as it would close with what is recorded now.
std::optional<Invoice> upcomingOf(const Desk& desk);
Number creditLeft(const Book& book);

/// Nothing finer than the currency's minor unit.
bool isInMinorUnits(Decimal amount, const std::string& currency);
/// A new customer with what another system knows of it. Refused: the book is of no use.
Outcome moveIn(Desk& desk, const Opening& opening);

/// What alerts look at in the running period, at an instant.
struct Watched {
  std::map<std::string, Number> used;  // paid units by feature
  Number credits;
  Number money;
};
Watched watched(const Desk& desk, Instant at);
void raiseAlerts(Desk& desk, const Watched& before, const Watched& after);
/// What a period gives, arms its alerts again.
void armAlerts(Desk& desk, std::size_t period, AlertKind kind);
void armCreditAlerts(Desk& desk);

// Section 9: time passing.

/// Everything that time alone caused up to desk.now.
void catchUp(Desk& desk);

// Reads.

Balance balanceOf(const Desk& desk);
Answer refused(Outcome outcome, std::string detail = {});

}  // namespace daybook::twin
