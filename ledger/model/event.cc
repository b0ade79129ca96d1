#include "ledger/model/event.h"

#include <array>

namespace daybook {
namespace {

// By the index of the alternative, which is the event's number.
constexpr std::array<std::string_view, std::variant_size_v<EventBody>> kNames = {
    "ledgerCreated",
    "featurePublished",
    "planPublished",
    "packPublished",
    "modelPricePublished",
    "catalogPublished",
    "customerCreated",
    "customerUpdated",
    "subscribed",
    "periodStarted",
    "periodClosed",
    "cancelScheduled",
    "cancelRevoked",
    "canceled",
    "usageRecorded",
    "packPurchased",
    "toppedUp",
    "creditsExpired",
    "invoiceClosed",
    "clockMoved",
    "trialEnded",
    "planChanged",
    "changeScheduled",
    "changeRevoked",
    "paused",
    "resumed",
    "versionPinned",
    "allowanceRaised",
    "seatsChanged",
    "creditsGranted",
    "creditsRolledOver",
    "packRefunded",
    "usageVoided",
    "adjustmentAdded",
    "customerCreditAdded",
    "creditNoteClosed",
    "paymentRecorded",
    "paymentFailed",
    "invoiceUncollectible",
    "alertsSet",
    "alertRaised",
    "customerMovedIn",
    "holdPlaced",
    "holdUsed",
    "holdSettled",
    "holdReleased",
    "holdExtended",
    "holdExpired"};

using Asked = std::optional<CommandBody>;

Asked asked(const CatalogPublished& body) { return PublishCatalog{{}, body.digest}; }
/// Of events that time may cause, too.
template <typename Body>
Asked askedIfAny(const Body& body) {
  if (!body.asked) return std::nullopt;
  return *body.asked;
}
Asked asked(const Canceled& body) { return askedIfAny(body); }
Asked asked(const PlanChanged& body) { return askedIfAny(body); }
Asked asked(const CreditsGranted& body) { return askedIfAny(body); }
Asked asked(const CreditNoteClosed& body) { return askedIfAny(body); }
Asked asked(const LedgerCreated&) { return std::nullopt; }
Asked asked(const FeaturePublished&) { return std::nullopt; }
Asked asked(const PlanPublished&) { return std::nullopt; }
Asked asked(const PackPublished&) { return std::nullopt; }
Asked asked(const ModelPricePublished&) { return std::nullopt; }
Asked asked(const PeriodStarted&) { return std::nullopt; }
Asked asked(const PeriodClosed&) { return std::nullopt; }
Asked asked(const CreditsExpired&) { return std::nullopt; }
Asked asked(const InvoiceClosed&) { return std::nullopt; }
Asked asked(const TrialEnded&) { return std::nullopt; }
Asked asked(const AllowanceRaised&) { return std::nullopt; }
Asked asked(const CreditsRolledOver&) { return std::nullopt; }
Asked asked(const AlertRaised&) { return std::nullopt; }
Asked asked(const CustomerMovedIn&) { return std::nullopt; }
Asked asked(const HoldExpired&) { return std::nullopt; }
/// Everything else holds the command as it was sent.
template <typename Body>
Asked asked(const Body& body) {
  return body.asked;
}

}  // namespace

std::optional<CommandBody> askedOf(const EventBody& body) {
  return std::visit([](const auto& event) { return asked(event); }, body);
}

std::span<const UsageRecorded> usagesOf(const EventBody& body) {
  if (const auto* usage = std::get_if<UsageRecorded>(&body)) return {usage, 1};
  if (const auto* used = std::get_if<HoldUsed>(&body)) return {&used->usage, 1};
  if (const auto* settled = std::get_if<HoldSettled>(&body)) return settled->usages;
  return {};
}

std::string_view eventName(const EventBody& body) { return kNames[body.index()]; }

CustomerNumber keyScope(const Event& event) {
  if (std::holds_alternative<CustomerCreated>(event.body)) return {};
  return event.customer;
}

}  // namespace daybook
