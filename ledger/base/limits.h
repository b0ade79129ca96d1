// Every limit of the product, in one place, with what happens at it.
//
// A limit that a caller can reach is refused with the named outcome; one that only the process can
// reach makes callers wait or answers OVERLOADED (nothing was decided, send the same again). The
// static checks at the end hold them together.
#pragma once

#include <cstddef>
#include <cstdint>

namespace daybook::limits {

// Text in commands, in bytes of UTF-8. Longer, empty or with control characters: outcome
// invalidText.
inline constexpr std::size_t kCustomerIdBytesMax = 64;
inline constexpr std::size_t kCodeBytesMax = 64;
inline constexpr std::size_t kNameBytesMax = 128;
inline constexpr std::size_t kKeyBytesMax = 128;
inline constexpr std::size_t kZoneBytesMax = 64;
/// reasons of corrections and credits, references of payments
inline constexpr std::size_t kReasonBytesMax = 256;

// Properties of one usage event. More or longer: outcome invalidProperties.
inline constexpr std::size_t kPropertiesMax = 32;
inline constexpr std::size_t kPropertyNameBytesMax = 64;
inline constexpr std::size_t kPropertyValueBytesMax = 256;

// Numbers in commands. Larger: outcome amountOverflow.
inline constexpr std::int64_t kQuantityMax = 1'000'000'000'000'000;  // 10^15 units
/// 10^12 in any price or amount
inline constexpr std::int64_t kMoneyMax = 1'000'000'000'000;
/// 10^18 per feature and period
inline constexpr std::int64_t kChargeMax = 1'000'000'000'000'000'000;
inline constexpr std::uint64_t kTokensMax = 1'000'000'000'000;  // 10^12 per count and event
inline constexpr std::int64_t kSeatsMax = 1'000'000'000;        // held of one feature
inline constexpr std::uint32_t kTrialDaysMax = 730;

// Time. A manual clock moved past 2200-01-01T00:00:00Z: outcome invalidTime. Period boundaries,
// grace and expiries beyond it still fit an Instant.
inline constexpr std::int64_t kClockMaxNs = 7'258'118'400'000'000'000;
/// A ledger with a longer grace is not created: a week has to close before the next but one begins.
inline constexpr std::int64_t kGraceDaysMax = 7;

// Catalog. Past any of these: outcome invalidCatalog, naming the item and the limit.
inline constexpr std::size_t kFeaturesMax = 1024;
inline constexpr std::size_t kPlansMax = 1024;
inline constexpr std::size_t kPacksMax = 1024;
inline constexpr std::size_t kPriceBooksMax = 64;
inline constexpr std::size_t kModelsPerPriceBookMax = 512;
inline constexpr std::size_t kFeaturesPerPlanMax = 64;
inline constexpr std::size_t kTiersMax = 32;
inline constexpr std::size_t kCurrenciesPerPlanMax = 8;
inline constexpr std::size_t kVariantsMax = 32;           // of one feature in a plan
inline constexpr std::size_t kVariantValueBytesMax = 64;  // the dimension's value that selects it
inline constexpr std::uint32_t kRolloverPeriodsMax = 120;
inline constexpr std::uint32_t kIntroCyclesMax = 120;
/// rules of one plan; of one customer: outcome amountOverflow
inline constexpr std::size_t kAlertRulesMax = 16;
inline constexpr std::size_t kItemsPerPublishMax = 2048;
inline constexpr std::uint32_t kPackExpiryDaysMax = 36'500;

// Customers.
inline constexpr std::uint32_t kCustomersMax = 100'000'000;  // outcome ledgerFull
/// live ones; outcome tooManyGrants
inline constexpr std::size_t kGrantsPerCustomerMax = 256;
/// distinct values that a unique meter holds per usage period and variant, each with its count;
/// outcome tooManyValues. They stay until the period is too old for late usage: at the longest
/// values some 35 MB, at ordinary ones 8 MB.
inline constexpr std::size_t kUniqueValuesMax = 100'000;
/// models whose usage of one feature and variant is told apart in a usage period; further ones are
/// counted together
inline constexpr std::size_t kUsageModelsMax = 64;
/// lines that wait for the next invoice: late usage, one per feature, variant and period, and
/// one-off adjustments; outcome tooManyPending
inline constexpr std::size_t kPendingLinesMax = 40;
/// open at a time; outcome tooManyHolds. Of expired ones that may still be settled as many are
/// kept, the newest.
inline constexpr std::size_t kHoldsPerCustomerMax = 1'000;
/// features of one hold, and usages that settle one; outcome amountOverflow
inline constexpr std::size_t kHoldItemsMax = 16;
inline constexpr std::int64_t kHoldMinutesDefault = 5;
/// from placed to expiry, extensions counted; outcome holdTooLong
inline constexpr std::int64_t kHoldHoursMax = 24;
/// usage totals that one customer moves in with; outcome amountOverflow
inline constexpr std::size_t kOpeningUsageMax = 256;

// Invoices. Closing a period cannot be refused, so what its invoice takes at most is bounded by
// the plans that may be published and by the lines that may wait: usage and seats of the old plan,
// seats of the new one (another plan, or a later version), waiting lines, and the fixed ones.
inline constexpr std::size_t kInvoiceLinesMax = 256;
inline constexpr std::size_t kEventBytesMax = 65'535;  // outcome eventTooLarge
/// the event with its fixed lines: base price, discount, unused time of the base, customer credit
inline constexpr std::size_t kInvoiceHeadBytesMax = 3'072;
inline constexpr std::size_t kInvoiceLineBytesMax = 720;  // any other line beside its details
inline constexpr std::size_t kTierChargeBytesMax = 224;
inline constexpr std::size_t kModelUsageBytesMax = 256;
/// models that a line of tokens shows; of more the cheapest are the last, together
inline constexpr std::size_t kLineModelsMax = 6;
/// all seat lines that one plan causes, tiers included
inline constexpr std::size_t kSeatLinesBytesMax = 6 * kInvoiceLineBytesMax;
/// all usage lines of one plan, true-ups of seats and credits for their unused time
inline constexpr std::size_t kUsageLinesBytesMax = kEventBytesMax - kInvoiceHeadBytesMax -
                                                   kPendingLinesMax * kInvoiceLineBytesMax -
                                                   kSeatLinesBytesMax;

// Commits.
inline constexpr std::size_t kCommitEventsMax = 65'536;
inline constexpr std::size_t kCommitBytesMax = 8u << 20;
inline constexpr std::size_t kPipelineBytesMax = 16u << 20;                 // past it: OVERLOADED
inline constexpr std::size_t kStorageReserveBytes = 2 * kPipelineBytesMax;  // below it: storageFull
/// due works per turn of the loop: callers wait for them
inline constexpr std::size_t kTickSlice = 64;

// Calls.
inline constexpr std::size_t kBatchEntriesMax = 16'384;  // outcome batchTooLarge
inline constexpr std::size_t kListLimitDefault = 100;
/// larger limits are cut to it
inline constexpr std::size_t kListLimitMax = 1'000;
inline constexpr std::size_t kMessageBytesMax = 64u << 20;  // the connection is dropped
/// further ones are closed at once
inline constexpr std::size_t kConnectionsMax = 4'096;
/// not yet answered; reading from the connection stops until one is
inline constexpr std::size_t kConnectionCallsMax = 4'096;
/// answered or not, that the client has not let go of; past it the connection is dropped
inline constexpr std::size_t kConnectionAnswersMax = 262'144;
/// before it has logged in; the connection is dropped
inline constexpr std::size_t kLoginMessageBytesMax = 1u << 20;
/// then the connection is dropped
inline constexpr std::uint32_t kFailedLoginsMax = 3;
inline constexpr std::size_t kConnectionBytesInFlightMax = 16u << 20;  // reading from it stops

// Watching.
/// of one connection; outcome tooManyWatches
inline constexpr std::size_t kConnectionWatchesMax = 64;
/// in one call of a watcher; the rest is in the next one
inline constexpr std::size_t kWatchNoticesMax = 128;
/// likewise; but one notice is sent whatever it takes
inline constexpr std::size_t kWatchBytesMax = 256u << 10;

static_assert(kCommitBytesMax <= kPipelineBytesMax);
static_assert(kEventBytesMax < 65'536, "an event fits the public tile format");
static_assert(kCommitBytesMax >= 8 * kEventBytesMax);
static_assert(kStorageReserveBytes >= 2 * kPipelineBytesMax);
static_assert(kListLimitDefault <= kListLimitMax);
static_assert(kLoginMessageBytesMax < kMessageBytesMax);
static_assert(kConnectionCallsMax < kConnectionAnswersMax);
static_assert(kConnectionWatchesMax < kConnectionCallsMax, "watches leave room for calls");
static_assert(kWatchBytesMax >= kEventBytesMax);
static_assert((kEventBytesMax - kInvoiceHeadBytesMax) / kInvoiceLineBytesMax + 8 <=
                  kInvoiceLinesMax,
              "an invoice that fits an event keeps within its lines, fixed ones among them");
static_assert(kUsageLinesBytesMax >= 40 * kInvoiceLineBytesMax,
              "a plan may charge for forty features and variants");

}  // namespace daybook::limits
