#include "ledger/model/outcome.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace daybook {
namespace {

struct Entry {
  Outcome outcome;
  std::string_view name;
  std::string_view text;
};

constexpr std::array kEntries = {
    Entry{Outcome::ok, "ok", "Done."},
    Entry{Outcome::invalidText, "invalidText",
          "A text is empty, too long or holds control characters; send one within its limit."},
    Entry{Outcome::invalidNumber, "invalidNumber",
          "A number is not a decimal, is negative or is not whole; correct it."},
    Entry{Outcome::amountOverflow, "amountOverflow",
          "A number, or what follows from it, passes its limit; send a smaller one."},
    Entry{Outcome::invalidProperties, "invalidProperties",
          "Properties are too many, too long or named twice; send fewer or shorter ones."},
    Entry{Outcome::batchTooLarge, "batchTooLarge",
          "The batch has more entries than one call takes; nothing was decided, send it in parts."},
    Entry{Outcome::eventTooLarge, "eventTooLarge",
          "The record would pass 65 535 bytes; send less in one command."},
    Entry{Outcome::invalidCursor, "invalidCursor",
          "The cursor is not one that this ledger gave; start the list again."},
    Entry{Outcome::invalidTime, "invalidTime",
          "The time cannot be used; send one in the range that the command takes."},
    Entry{Outcome::keyMissing, "keyMissing",
          "The command has no idempotency key; every command that records anything needs one."},
    Entry{Outcome::keyReused, "keyReused",
          "The key was used with other contents; use a new key, or send what was sent first."},
    Entry{Outcome::unknownCustomer, "unknownCustomer",
          "There is no such customer; create it first."},
    Entry{Outcome::customerExists, "customerExists",
          "A customer with this id exists; use it, or choose another id."},
    Entry{Outcome::unknownFeature, "unknownFeature",
          "There is no such feature; publish it first, or correct its code."},
    Entry{Outcome::unknownPlan, "unknownPlan",
          "There is no such plan; publish it first, or correct its code."},
    Entry{Outcome::unknownPack, "unknownPack",
          "There is no such pack; publish it first, or correct its code."},
    Entry{Outcome::unknownModel, "unknownModel",
          "The price book has no such model at that time; publish its price first."},
    Entry{Outcome::retiredModel, "retiredModel",
          "The model is retired; use another one, or publish its price again."},
    Entry{Outcome::ambiguousModel, "ambiguousModel", "Several providers have the model; name one."},
    Entry{Outcome::unknownZone, "unknownZone",
          "The time zone is not known; send an IANA name such as Europe/Berlin."},
    Entry{Outcome::unknownCurrency, "unknownCurrency",
          "The currency is not known or cannot be told; send an ISO 4217 code such as USD."},
    Entry{Outcome::unknownInvoice, "unknownInvoice", "There is no such invoice."},
    Entry{Outcome::unknownPosition, "unknownPosition", "The log has no such position."},
    Entry{Outcome::inFuture, "inFuture",
          "The usage lies too far in the future; check the sender's clock."},
    Entry{Outcome::tooOld, "tooOld", "The usage lies before the late window."},
    Entry{Outcome::periodClosed, "periodClosed",
          "The usage lies in a period whose invoice is closed."},
    Entry{Outcome::noSubscription, "noSubscription",
          "The customer has no subscription at that time; subscribe first."},
    Entry{Outcome::alreadySubscribed, "alreadySubscribed",
          "The customer has a live subscription; cancel it first."},
    Entry{Outcome::notCanceled, "notCanceled", "No cancellation is scheduled."},
    Entry{Outcome::currencyMismatch, "currencyMismatch",
          "It is not sold in that currency, or the customer's currency is fixed and another one."},
    Entry{Outcome::tooManyGrants, "tooManyGrants",
          "The customer has as many live credit grants as one can have; use some up first."},
    Entry{Outcome::ledgerFull, "ledgerFull", "The ledger has as many customers as it can have."},
    Entry{Outcome::featureNotInPlan, "featureNotInPlan",
          "The customer's plan does not have the feature."},
    Entry{Outcome::wrongFeatureType, "wrongFeatureType",
          "The feature is on or off and has no usage; ask with check."},
    Entry{Outcome::tokensMissing, "tokensMissing",
          "The feature is priced by tokens; send model, output and one input count."},
    Entry{Outcome::tokensInvalid, "tokensInvalid",
          "The token counts contradict each other, or the feature is not priced by tokens."},
    Entry{Outcome::notSoldInCurrency, "notSoldInCurrency",
          "The plan or pack has no price in that currency."},
    Entry{
        Outcome::wrongModel, "wrongModel",
        "The customer's plan has no use for it: top-ups are for balance plans, packs for credits."},
    Entry{Outcome::includedLimitReached, "includedLimitReached",
          "The included units do not cover it, and the plan sells no more."},
    Entry{Outcome::insufficientCredits, "insufficientCredits",
          "The credits that may be drawn do not cover it; buy more."},
    Entry{Outcome::insufficientBalance, "insufficientBalance",
          "The balance does not cover it; top it up."},
    Entry{Outcome::invalidCatalog, "invalidCatalog",
          "The catalog set breaks a rule; nothing of it was published."},
    Entry{Outcome::unauthorized, "unauthorized",
          "The login was refused, or the caller may not do this."},
    Entry{Outcome::storageFull, "storageFull",
          "There is no room to record; reads go on. Make room and send it again."},
    Entry{Outcome::clockNotManual, "clockNotManual",
          "The ledger's clock cannot be moved; only a ledger created with a manual clock can."},
    Entry{Outcome::clockBackwards, "clockBackwards", "Time never goes back; send a later time."},
    Entry{Outcome::clockJumped, "clockJumped",
          "The wall clock jumped ahead; an operator must confirm it before anything is decided."},
    Entry{Outcome::unavailable, "unavailable", "The daemon cannot do this now."},
    Entry{Outcome::paused, "paused", "The subscription is paused: resume it first."},
    Entry{Outcome::notPaused, "notPaused", "The subscription is not paused."},
    Entry{Outcome::trialLimit, "trialLimit", "This is beyond what the trial gives."},
    Entry{Outcome::nothingToChange, "nothingToChange",
          "The subscription has this plan and interval already."},
    Entry{Outcome::noScheduledChange, "noScheduledChange",
          "There is no scheduled change of plan to revoke."},
    Entry{Outcome::planRetired, "planRetired", "The plan takes no new subscriptions."},
    Entry{Outcome::unknownUsage, "unknownUsage",
          "No usage event of this customer carries that key."},
    Entry{Outcome::alreadyVoided, "alreadyVoided", "The usage event is voided already."},
    Entry{Outcome::notVoidable, "notVoidable",
          "Events of a max or latest meter cannot be taken back."},
    Entry{Outcome::notSettable, "notSettable",
          "Only the total of a sum or count meter that is priced by quantity can be set."},
    Entry{Outcome::propertyMissing, "propertyMissing",
          "The feature counts the values of a property that the event does not have."},
    Entry{Outcome::tooManyValues, "tooManyValues",
          "The unique meter holds no more distinct values in this usage period."},
    Entry{Outcome::tooManyPending, "tooManyPending",
          "The customer's next invoice takes no further line."},
    Entry{Outcome::unknownGrant, "unknownGrant", "The customer has no such grant."},
    Entry{Outcome::nothingToRefund, "nothingToRefund",
          "The grant was not purchased, or nothing is left of it."},
    Entry{Outcome::invoiceSettled, "invoiceSettled", "Nothing of this invoice is due any more."},
    Entry{Outcome::amountTooLarge, "amountTooLarge",
          "The amount is more than what is left of the invoice."},
    Entry{Outcome::notAvailableNow, "notAvailableNow",
          "The subscription's state does not allow this now."},
    Entry{Outcome::unknownHold, "unknownHold", "The customer placed no hold with that key."},
    Entry{Outcome::holdEnded, "holdEnded", "The hold has ended; what it set aside is free."},
    Entry{Outcome::tooManyHolds, "tooManyHolds",
          "The customer has as many open holds as one can have; settle or release some first."},
    Entry{Outcome::holdTooLong, "holdTooLong", "A hold lives for at most 24 hours in all."},
    Entry{Outcome::featureNotHeld, "featureNotHeld", "The hold sets nothing of the feature aside."},
    Entry{
        Outcome::tooManyWatches, "tooManyWatches",
        "The connection has as many watches as one can have; end some, or use another connection."},
};

/// Whether every outcome stands at the index that is its number.
constexpr bool isIndexed() {
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    if (static_cast<std::size_t>(kEntries[i].outcome) != i) return false;
  }
  return true;
}
static_assert(isIndexed());

const Entry* find(Outcome outcome) {
  const auto index = static_cast<std::size_t>(outcome);
  return index < kEntries.size() ? &kEntries[index] : nullptr;
}

}  // namespace

std::string_view outcomeName(Outcome outcome) {
  const Entry* entry = find(outcome);
  return entry ? entry->name : "unknown";
}

std::optional<Outcome> outcomeFromName(std::string_view name) {
  const auto entry = std::find_if(kEntries.begin(), kEntries.end(),
                                  [name](const Entry& other) { return other.name == name; });
  if (entry == kEntries.end()) return std::nullopt;
  return entry->outcome;
}

std::string_view outcomeText(Outcome outcome) {
  const Entry* entry = find(outcome);
  return entry ? entry->text : "An answer that this version does not know; update it.";
}

}  // namespace daybook
