// Conversions of balances, invoices and reports.
#include <cstdint>
#include <string>
#include <vector>

#include "client/src/convert.h"

namespace daybook::client {
namespace {

CreditBalance fromWire(wire::CreditBalance::Reader in) {
  return {.plan = toString(in.getPlan()),
          .promotional = toString(in.getPromotional()),
          .purchased = toString(in.getPurchased()),
          .debt = toString(in.getDebt()),
          .available = toString(in.getAvailable()),
          .held = toString(in.getHeld())};
}

TokenTotals fromWire(wire::TokenTotals::Reader in) {
  return {.input = in.getInput(),
          .output = in.getOutput(),
          .cache_read = in.getCacheRead(),
          .cache_write = in.getCacheWrite()};
}

FeatureBalance fromWire(wire::FeatureBalance::Reader in) {
  FeatureBalance out{.feature = toString(in.getFeature()),
                     .variant = toString(in.getVariant()),
                     .unlimited = in.getUnlimited(),
                     .used = toString(in.getUsed()),
                     .included = toString(in.getIncluded()),
                     .remaining = toString(in.getRemaining()),
                     .unpaid = toString(in.getUnpaid()),
                     .charge = toString(in.getCharge()),
                     .events = in.getEvents(),
                     .tokens = {},
                     .held = toString(in.getHeld())};
  if (in.hasTokens()) out.tokens = fromWire(in.getTokens());
  return out;
}

SeatBalance fromWire(wire::SeatBalance::Reader in) {
  return {.feature = toString(in.getFeature()),
          .held = in.getHeld(),
          .included = toString(in.getIncluded()),
          .highest = in.getHighest(),
          .true_up = toString(in.getTrueUp())};
}

Grant fromWire(wire::Grant::Reader in) {
  Grant out{.number = in.getNumber(),
            .kind = enumFromWire<GrantKind>(in.getKind()),
            .priority = in.getPriority(),
            .credits = toString(in.getCredits()),
            .remaining = toString(in.getRemaining()),
            .effective_ns = in.getEffective(),
            .expiry_ns = in.getExpiry(),
            .features = {},
            .pack = toString(in.getPack()),
            .price = toString(in.getPrice()),
            .invoice = in.getInvoice(),
            .rollovers = in.getRollovers()};
  for (std::uint32_t feature : in.getFeatures()) out.features.push_back(feature);
  return out;
}

Terms fromWire(wire::Terms::Reader in) {
  return {.plan = toString(in.getPlan()),
          .version = in.getVersion(),
          .currency = toString(in.getCurrency())};
}

HeldItem fromWire(wire::HeldItem::Reader in) {
  return {.asked = client::fromWire(in.getAsked()),
          .feature = in.getFeature(),
          .variant = toString(in.getVariant()),
          .period_from_ns = in.getPeriodFrom(),
          .quantity = toString(in.getQuantity()),
          .pins = listFromWire<Draw>(in.getPins()),
          .used = in.getUsed()};
}

LateCharge fromWire(wire::LateCharge::Reader in) {
  return {.feature = in.getFeature(),
          .variant = toString(in.getVariant()),
          .from_ns = in.getSpan().getFrom(),
          .to_ns = in.getSpan().getTo(),
          .terms = fromWire(in.getTerms()),
          .quantity = toString(in.getQuantity()),
          .exact = toString(in.getExact())};
}

PendingAdjustment fromWire(wire::PendingAdjustment::Reader in) {
  return {.description = toString(in.getDescription()), .amount = toString(in.getAmount())};
}

TierCharge fromWire(wire::TierCharge::Reader in) {
  return {.quantity = toString(in.getQuantity()),
          .unit_price = toString(in.getUnitPrice()),
          .flat_fee = toString(in.getFlatFee()),
          .exact = toString(in.getExact())};
}

ModelUsage fromWire(wire::ModelUsage::Reader in) {
  return {.provider = toString(in.getProvider()),
          .model = toString(in.getModel()),
          .tokens = fromWire(in.getTokens()),
          .cost = toString(in.getCost())};
}

InvoiceLine fromWire(wire::InvoiceLine::Reader in);

// Lists of the values that the header does not know.
template <typename T, typename List>
std::vector<T> convertAll(List list) {
  std::vector<T> out;
  out.reserve(list.size());
  for (auto item : list) out.push_back(fromWire(item));
  return out;
}

InvoiceLine fromWire(wire::InvoiceLine::Reader in) {
  return {.type = enumFromWire<LineType>(in.getType()),
          .feature = toString(in.getFeature()),
          .variant = toString(in.getVariant()),
          .description = toString(in.getDescription()),
          .quantity = toString(in.getQuantity()),
          .included = toString(in.getIncluded()),
          .unit_price = toString(in.getUnitPrice()),
          .tiers = convertAll<TierCharge>(in.getTiers()),
          .models = convertAll<ModelUsage>(in.getModels()),
          .exact = toString(in.getExact()),
          .amount = toString(in.getAmount()),
          .from_ns = in.getFrom(),
          .to_ns = in.getTo()};
}

}  // namespace

Hold fromWire(wire::HoldInfo::Reader in) {
  return {.number = in.getNumber(),
          .key = toString(in.getKey()),
          .placed_ns = in.getPlaced(),
          .expiry_ns = in.getExpiry(),
          .items = convertAll<HeldItem>(in.getItems())};
}

Balance fromWire(wire::Balance::Reader in) {
  Balance out{.customer = toString(in.getCustomer()),
              .as_of = in.getAsOf(),
              .at_ns = in.getAt(),
              .state = enumFromWire<SubscriptionState>(in.getState()),
              .model = enumFromWire<ConsumptionModel>(in.getModel()),
              .terms = std::nullopt,
              .period_from_ns = in.getPeriodFrom(),
              .period_to_ns = in.getPeriodTo(),
              .cancel_at_ns = in.getCancelAt(),
              .trial_to_ns = in.getTrialTo(),
              .billing_to_ns = in.getBillingTo(),
              .billing_interval = enumFromWire<Interval>(in.getBillingInterval()),
              .pinned_version = in.getPinnedVersion(),
              .change = std::nullopt,
              .features = convertAll<FeatureBalance>(in.getFeatures()),
              .enabled = {},
              .seats = convertAll<SeatBalance>(in.getSeats()),
              .credits = std::nullopt,
              .grants = convertAll<Grant>(in.getGrants()),
              .money = std::nullopt,
              .customer_credit = toString(in.getCustomerCredit()),
              .late = convertAll<LateCharge>(in.getLate()),
              .adjustments = convertAll<PendingAdjustment>(in.getAdjustments()),
              .alerts = listFromWire<AlertRule>(in.getAlerts()),
              .alert_rules = listFromWire<AlertRule>(in.getAlertRules()),
              .has_own_alert_rules = in.getHasOwnAlertRules(),
              .holds = in.getHolds()};
  for (capnp::Text::Reader feature : in.getEnabled()) out.enabled.push_back(toString(feature));
  if (in.hasTerms()) out.terms = fromWire(in.getTerms());
  if (in.hasChange()) {
    out.change = ScheduledChange{.plan = toString(in.getChange().getPlan()),
                                 .interval = enumFromWire<Interval>(in.getChange().getInterval())};
  }
  if (in.hasCredits()) out.credits = fromWire(in.getCredits());
  if (in.hasMoney()) {
    auto money = in.getMoney();
    out.money = SpendingBalance{.included = toString(money.getIncluded()),
                                .top_ups = toString(money.getTopUps()),
                                .amount = toString(money.getAmount()),
                                .held = toString(in.getHeldMoney()),
                                .available = toString(in.getAvailableMoney())};
  }
  return out;
}

CheckAnswer fromWire(wire::CheckAnswer::Reader in) {
  CheckAnswer out{.allowed = in.getAllowed(),
                  .reason = client::fromWire(in.getOutcome()),
                  .detail = toString(in.getDetail()),
                  .remaining_included = toString(in.getRemainingIncluded()),
                  .unlimited = in.getUnlimited(),
                  .credits = std::nullopt,
                  .balance = toString(in.getBalance()),
                  .cost = toString(in.getCost()),
                  .overage_begins = in.getOverageBegins(),
                  .as_of = in.getAsOf()};
  if (in.hasCredits()) out.credits = fromWire(in.getCredits());
  return out;
}

Customer fromWire(wire::CustomerInfo::Reader in) {
  return {.id = toString(in.getId()),
          .number = in.getNumber(),
          .zone = toString(in.getZone()),
          .currency = toString(in.getCurrency()),
          .state = enumFromWire<SubscriptionState>(in.getState()),
          .plan = toString(in.getPlan())};
}

Invoice fromWire(wire::Invoice::Reader in) {
  return {.number = in.getNumber(),
          .label = toString(in.getLabel()),
          .type = enumFromWire<InvoiceType>(in.getType()),
          .status = enumFromWire<InvoiceStatus>(in.getStatus()),
          .customer = toString(in.getCustomer()),
          .currency = toString(in.getCurrency()),
          .date_ns = in.getDate(),
          .due_ns = in.getDue(),
          .from_ns = in.getFrom(),
          .to_ns = in.getTo(),
          .plan = toString(in.getPlan()),
          .plan_version = in.getPlanVersion(),
          .price_book_version = in.getPriceBookVersion(),
          .computed_at = in.getComputedAt(),
          .lines = convertAll<InvoiceLine>(in.getLines()),
          .total = toString(in.getTotal()),
          .paid = toString(in.getPaid()),
          .credited = toString(in.getCredited())};
}

CreditNote fromWire(wire::CreditNote::Reader in) {
  return {.number = in.getNumber(),
          .label = toString(in.getLabel()),
          .invoice = in.getInvoice(),
          .customer = toString(in.getCustomer()),
          .currency = toString(in.getCurrency()),
          .date_ns = in.getDate(),
          .reason = toString(in.getReason()),
          .total = toString(in.getTotal()),
          .as_customer_credit = in.getAsCustomerCredit(),
          .computed_at = in.getComputedAt()};
}

ChangePreview fromWire(wire::ChangePreview::Reader in) {
  ChangePreview out{.at_once = in.getAtOnce(),
                    .at_ns = in.getAt(),
                    .invoice = std::nullopt,
                    .as_of = in.getAsOf()};
  if (in.hasInvoice()) out.invoice = fromWire(in.getInvoice());
  return out;
}

UsageOfDay fromWire(wire::UsageOfDay::Reader in) {
  UsageOfDay out{.day = toString(in.getDay()),
                 .feature = toString(in.getFeature()),
                 .variant = toString(in.getVariant()),
                 .events = in.getEvents(),
                 .quantity = toString(in.getQuantity()),
                 .price = toString(in.getPrice()),
                 .credits = toString(in.getCredits()),
                 .unpaid = toString(in.getUnpaid()),
                 .tokens = {}};
  if (in.hasTokens()) out.tokens = fromWire(in.getTokens());
  return out;
}

StatementEntry fromWire(wire::StatementEntry::Reader in) {
  return {.position = in.getPosition(),
          .at_ns = in.getAt(),
          .kind = enumFromWire<StatementKind>(in.getKind()),
          .description = toString(in.getDescription()),
          .invoice = in.getInvoice(),
          .invoice_label = toString(in.getInvoiceLabel()),
          .credit_note = in.getCreditNote(),
          .credit_note_label = toString(in.getCreditNoteLabel()),
          .amount = toString(in.getAmount()),
          .customer_credit = toString(in.getCustomerCredit()),
          .credits = toString(in.getCredits()),
          .due = toString(in.getDue())};
}

}  // namespace daybook::client
