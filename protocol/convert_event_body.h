// What each kind of event holds: stored form <-> model (event.capnp), one pair of functions for
// each kind.
//
// By the rules of convert_common.h. Functions; usable from any thread.
#pragma once

#include "ledger/model/event.h"
#include "protocol/convert_common.h"
#include "protocol/event.capnp.h"

namespace daybook::protocol {

/// Refuses a format newer than this version's.
LedgerCreated readBody(wire::LedgerCreated::Reader from, Intake& intake, const Place& at);
FeaturePublished readBody(wire::FeaturePublished::Reader from, Intake& intake, const Place& at);
PlanPublished readBody(wire::PlanPublished::Reader from, Intake& intake, const Place& at);
PackPublished readBody(wire::PackPublished::Reader from, Intake& intake, const Place& at);
ModelPricePublished readBody(wire::ModelPricePublished::Reader from, Intake& intake,
                             const Place& at);
CatalogPublished readBody(wire::CatalogPublished::Reader from, Intake& intake, const Place& at);
CustomerCreated readBody(wire::CustomerCreated::Reader from, Intake& intake, const Place& at);
CustomerUpdated readBody(wire::CustomerUpdated::Reader from, Intake& intake, const Place& at);
Subscribed readBody(wire::Subscribed::Reader from, Intake& intake, const Place& at);
PeriodStarted readBody(wire::PeriodStarted::Reader from, Intake& intake, const Place& at);
PeriodClosed readBody(wire::PeriodClosed::Reader from, Intake& intake, const Place& at);
CancelScheduled readBody(wire::CancelScheduled::Reader from, Intake& intake, const Place& at);
CancelRevoked readBody(wire::CancelRevoked::Reader from, Intake& intake, const Place& at);
Canceled readBody(wire::Canceled::Reader from, Intake& intake, const Place& at);
UsageRecorded readBody(wire::UsageRecorded::Reader from, Intake& intake, const Place& at);
PackPurchased readBody(wire::PackPurchased::Reader from, Intake& intake, const Place& at);
ToppedUp readBody(wire::ToppedUp::Reader from, Intake& intake, const Place& at);
CreditsExpired readBody(wire::CreditsExpired::Reader from, Intake& intake, const Place& at);
InvoiceClosed readBody(wire::InvoiceClosed::Reader from, Intake& intake, const Place& at);
ClockMoved readBody(wire::ClockMoved::Reader from, Intake& intake, const Place& at);
TrialEnded readBody(wire::TrialEnded::Reader from, Intake& intake, const Place& at);
PlanChanged readBody(wire::PlanChanged::Reader from, Intake& intake, const Place& at);
ChangeScheduled readBody(wire::ChangeScheduled::Reader from, Intake& intake, const Place& at);
ChangeRevoked readBody(wire::ChangeRevoked::Reader from, Intake& intake, const Place& at);
Paused readBody(wire::Paused::Reader from, Intake& intake, const Place& at);
Resumed readBody(wire::Resumed::Reader from, Intake& intake, const Place& at);
VersionPinned readBody(wire::VersionPinned::Reader from, Intake& intake, const Place& at);
AllowanceRaised readBody(wire::AllowanceRaised::Reader from, Intake& intake, const Place& at);
SeatsChanged readBody(wire::SeatsChanged::Reader from, Intake& intake, const Place& at);
CreditsGranted readBody(wire::CreditsGranted::Reader from, Intake& intake, const Place& at);
CreditsRolledOver readBody(wire::CreditsRolledOver::Reader from, Intake& intake, const Place& at);
PackRefunded readBody(wire::PackRefunded::Reader from, Intake& intake, const Place& at);
UsageVoided readBody(wire::UsageVoided::Reader from, Intake& intake, const Place& at);
AdjustmentAdded readBody(wire::AdjustmentAdded::Reader from, Intake& intake, const Place& at);
CustomerCreditAdded readBody(wire::CustomerCreditAdded::Reader from, Intake& intake,
                             const Place& at);
CreditNoteClosed readBody(wire::CreditNoteClosed::Reader from, Intake& intake, const Place& at);
PaymentRecorded readBody(wire::PaymentRecorded::Reader from, Intake& intake, const Place& at);
PaymentFailed readBody(wire::PaymentFailed::Reader from, Intake& intake, const Place& at);
InvoiceUncollectible readBody(wire::InvoiceUncollectible::Reader from, Intake& intake,
                              const Place& at);
AlertsSet readBody(wire::AlertsSet::Reader from, Intake& intake, const Place& at);
AlertRaised readBody(wire::AlertRaised::Reader from, Intake& intake, const Place& at);
CustomerMovedIn readBody(wire::CustomerMovedIn::Reader from, Intake& intake, const Place& at);
HoldPlaced readBody(wire::HoldPlaced::Reader from, Intake& intake, const Place& at);
HoldUsed readBody(wire::HoldUsed::Reader from, Intake& intake, const Place& at);
HoldSettled readBody(wire::HoldSettled::Reader from, Intake& intake, const Place& at);
HoldReleased readBody(wire::HoldReleased::Reader from, Intake& intake, const Place& at);
HoldExtended readBody(wire::HoldExtended::Reader from, Intake& intake, const Place& at);
HoldExpired readBody(wire::HoldExpired::Reader from, Intake& intake, const Place& at);

/// REQUIRES, of all: an absent instant is nullopt, never the instant 0, which stands for it.
void writeBody(wire::LedgerCreated::Builder to, const LedgerCreated& from);
void writeBody(wire::FeaturePublished::Builder to, const FeaturePublished& from);
void writeBody(wire::PlanPublished::Builder to, const PlanPublished& from);
void writeBody(wire::PackPublished::Builder to, const PackPublished& from);
void writeBody(wire::ModelPricePublished::Builder to, const ModelPricePublished& from);
void writeBody(wire::CatalogPublished::Builder to, const CatalogPublished& from);
void writeBody(wire::CustomerCreated::Builder to, const CustomerCreated& from);
void writeBody(wire::CustomerUpdated::Builder to, const CustomerUpdated& from);
void writeBody(wire::Subscribed::Builder to, const Subscribed& from);
void writeBody(wire::PeriodStarted::Builder to, const PeriodStarted& from);
void writeBody(wire::PeriodClosed::Builder to, const PeriodClosed& from);
void writeBody(wire::CancelScheduled::Builder to, const CancelScheduled& from);
void writeBody(wire::CancelRevoked::Builder to, const CancelRevoked& from);
void writeBody(wire::Canceled::Builder to, const Canceled& from);
void writeBody(wire::UsageRecorded::Builder to, const UsageRecorded& from);
/// One grant paid for all of it: `drawnFrom` says so instead of `draws`.
bool isDrawnFromOne(const UsageRecorded& usage);
void writeBody(wire::PackPurchased::Builder to, const PackPurchased& from);
void writeBody(wire::ToppedUp::Builder to, const ToppedUp& from);
void writeBody(wire::CreditsExpired::Builder to, const CreditsExpired& from);
void writeBody(wire::InvoiceClosed::Builder to, const InvoiceClosed& from);
void writeBody(wire::ClockMoved::Builder to, const ClockMoved& from);
void writeBody(wire::TrialEnded::Builder to, const TrialEnded& from);
void writeBody(wire::PlanChanged::Builder to, const PlanChanged& from);
void writeBody(wire::ChangeScheduled::Builder to, const ChangeScheduled& from);
void writeBody(wire::ChangeRevoked::Builder to, const ChangeRevoked& from);
void writeBody(wire::Paused::Builder to, const Paused& from);
void writeBody(wire::Resumed::Builder to, const Resumed& from);
void writeBody(wire::VersionPinned::Builder to, const VersionPinned& from);
void writeBody(wire::AllowanceRaised::Builder to, const AllowanceRaised& from);
void writeBody(wire::SeatsChanged::Builder to, const SeatsChanged& from);
void writeBody(wire::CreditsGranted::Builder to, const CreditsGranted& from);
void writeBody(wire::CreditsRolledOver::Builder to, const CreditsRolledOver& from);
void writeBody(wire::PackRefunded::Builder to, const PackRefunded& from);
void writeBody(wire::UsageVoided::Builder to, const UsageVoided& from);
void writeBody(wire::AdjustmentAdded::Builder to, const AdjustmentAdded& from);
void writeBody(wire::CustomerCreditAdded::Builder to, const CustomerCreditAdded& from);
void writeBody(wire::CreditNoteClosed::Builder to, const CreditNoteClosed& from);
void writeBody(wire::PaymentRecorded::Builder to, const PaymentRecorded& from);
void writeBody(wire::PaymentFailed::Builder to, const PaymentFailed& from);
void writeBody(wire::InvoiceUncollectible::Builder to, const InvoiceUncollectible& from);
void writeBody(wire::AlertsSet::Builder to, const AlertsSet& from);
void writeBody(wire::AlertRaised::Builder to, const AlertRaised& from);
void writeBody(wire::CustomerMovedIn::Builder to, const CustomerMovedIn& from);
void writeBody(wire::HoldPlaced::Builder to, const HoldPlaced& from);
void writeBody(wire::HoldUsed::Builder to, const HoldUsed& from);
void writeBody(wire::HoldSettled::Builder to, const HoldSettled& from);
void writeBody(wire::HoldReleased::Builder to, const HoldReleased& from);
void writeBody(wire::HoldExtended::Builder to, const HoldExtended& from);
void writeBody(wire::HoldExpired::Builder to, const HoldExpired& from);

}  // namespace daybook::protocol
