// Outcomes: what a command was answered. Refused business is data, not an exception.
//
// The numbers are stored in clients, scripts and files: they never change and are never reused.
// Names are those of the Cap'n Proto enum `Outcome` in protocol/common.capnp, which has the same
// numbers. When several apply, checks are made in the order: form, key, existence, time, state,
// terms, funds. New outcomes are appended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daybook {

enum class Outcome : std::uint16_t {
  ok = 0,
  // Form of the command.
  invalidText = 1,        // id, code, name, zone, key: empty, too long or with control characters
  invalidNumber = 2,      // no decimal, negative where that makes no sense, or not whole where due
  amountOverflow = 3,     // a number past its limit, or a result that does not fit
  invalidProperties = 4,  // too many, too long, or twice the same name
  batchTooLarge = 5,      // more entries than one call takes; nothing was decided
  eventTooLarge = 6,      // the record would pass 65 535 bytes
  invalidCursor = 7,      // a list cursor that this ledger did not give
  invalidTime = 8,        // an anchor, interval or clock value that cannot be used
  // Keys.
  keyMissing = 9,  // every command that records anything carries an idempotency key
  keyReused = 10,  // same key, other contents; the detail names the first field that differs
  // Existence.
  unknownCustomer = 11,
  customerExists = 12,
  unknownFeature = 13,
  unknownPlan = 14,
  unknownPack = 15,
  unknownModel = 16,  // no live price for provider/model
  retiredModel = 17,
  ambiguousModel = 18,  // several providers have it: name one
  unknownZone = 19,
  unknownCurrency = 20,
  unknownInvoice = 21,
  unknownPosition = 22,  // not in the log
  // Time.
  inFuture = 23,      // `at` is more than the future limit ahead
  tooOld = 24,        // `at` is before the late window
  periodClosed = 25,  // `at` lies in a period whose invoice is closed
  // State of the customer.
  noSubscription = 26,
  alreadySubscribed = 27,
  notCanceled = 28,       // there is no scheduled cancellation to revoke
  currencyMismatch = 29,  // it is not sold in that, or the customer's is fixed and another one
  tooManyGrants = 30,
  ledgerFull = 31,
  // Terms.
  featureNotInPlan = 32,
  wrongFeatureType = 33,   // usage of a boolean feature
  tokensMissing = 34,      // priced by tokens: model, output and one input count are required
  tokensInvalid = 35,      // the feature has no token price, or the counts contradict each other
  notSoldInCurrency = 36,  // not given any more: see currencyMismatch
  wrongModel = 37,         // a top-up needs a balance plan; a pack gives credits none can draw
  // Funds.
  includedLimitReached = 38,
  insufficientCredits = 39,
  insufficientBalance = 40,
  // Catalog.
  invalidCatalog = 41,  // the detail names item, field and rule
  // The daemon.
  unauthorized = 42,    // login refused, or the caller lacks the role
  storageFull = 43,     // writes are refused until there is room; reads go on
  clockNotManual = 44,  // only a ledger created with a manual clock can be moved
  clockBackwards = 45,  // time never goes back
  clockJumped = 46,     // the wall clock ran ahead of the monotonic one: confirm it
  unavailable = 47,     // stopping, or the job could not be done; the detail says why
  // Of the whole rule book, appended: the numbers above are taken.
  paused = 48,             // the subscription is paused (usage: was at its `at`)
  notPaused = 49,          // there is nothing to resume
  trialLimit = 50,         // beyond what a trial gives
  nothingToChange = 51,    // same plan and interval
  noScheduledChange = 52,  // there is no change of plan to revoke
  planRetired = 53,        // takes no new subscriptions
  unknownUsage = 54,       // no usage event of the customer carries that key
  alreadyVoided = 55,
  notVoidable = 56,      // max and latest meters cannot take an event back
  notSettable = 57,      // `set` needs a sum or count total that is priced by quantity
  propertyMissing = 58,  // a unique meter counts the values of this property
  tooManyValues = 59,    // a unique meter holds no more distinct values in a period
  tooManyPending = 60,   // the next invoice takes no further line
  unknownGrant = 61,
  nothingToRefund = 62,  // not a purchased grant, or nothing is left of it
  invoiceSettled = 63,   // paid, voided, credited or written off: nothing is due
  amountTooLarge = 64,   // more than what is left of the invoice
  notAvailableNow = 65,  // the subscription's state does not allow it; the detail says why
  // Of holds.
  unknownHold = 66,     // the customer placed no hold with that key
  holdEnded = 67,       // settled or released already, or expired too long ago
  tooManyHolds = 68,    // the customer has as many open holds as one can have
  holdTooLong = 69,     // a hold lives for at most 24 hours in all
  featureNotHeld = 70,  // the hold holds nothing of that feature
  // Of watches.
  tooManyWatches = 71,  // the connection has as many watches as one can have
};

/// The stable name, as in the schema ("insufficientCredits"); "unknown" for a number this version
/// does not know.
std::string_view outcomeName(Outcome outcome);
std::optional<Outcome> outcomeFromName(std::string_view name);
/// One sentence for people that says what happened and what to do.
std::string_view outcomeText(Outcome outcome);

/// A refusal, or ok. `detail` names the field, item or value; it may be empty.
struct Verdict {
  Outcome outcome = Outcome::ok;
  std::string detail;
  bool isOk() const { return outcome == Outcome::ok; }
  bool operator==(const Verdict&) const = default;
};

}  // namespace daybook
