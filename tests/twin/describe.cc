// Commands and plans as text, close to the tables of tests/conformance.
#include <string>
#include <type_traits>

#include "tests/twin/scenario.h"

namespace daybook::twin {
namespace {

std::string text(Interval interval) {
  const char* const names[] = {"week", "month", "quarter", "year", "once"};
  return names[static_cast<std::size_t>(interval)];
}
template <typename Value>
std::string option(const char* name, const std::optional<Value>& value) {
  return value ? " " + std::string(name) + "=" + value->toString() : std::string();
}
std::string number(const char* name, const std::optional<std::uint64_t>& value) {
  return value ? " " + std::string(name) + "=" + std::to_string(*value) : std::string();
}
std::string list(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ",") + word;
  return all;
}

std::string of(const RecordUsage& usage) {
  std::string line = usage.set ? "set " : usage.tokens ? "tokens " : "record ";
  line += usage.feature;
  if (usage.tokens) {
    line += " " + usage.tokens->provider + "/" + usage.tokens->model;
    line += number("in", usage.tokens->input) + number("total", usage.tokens->total_input) +
            number("out", usage.tokens->output);
    line += number("read", usage.tokens->cache_read) + number("write", usage.tokens->cache_write);
  }
  if (usage.quantity) line += " " + usage.quantity->toString();
  if (usage.on_shortfall == OnShortfall::cap) line += " cap";
  if (usage.on_shortfall == OnShortfall::overdraw) line += " overdraw";
  for (const Property& one : usage.properties) line += " with." + one.name + "=" + one.value;
  return line + option("at", usage.at);
}
std::string of(const BuyCredits& buy) { return "buy " + buy.pack + " " + buy.currency; }
std::string of(const TopUp& top_up) { return "topup " + top_up.amount.toString(); }
std::string of(const CreateCustomer& create) {
  std::string line = "customer zone=" + create.zone;
  if (!create.opening) return line;
  const Opening& opening = *create.opening;
  line += " moves in " + opening.plan + " " + opening.currency;
  if (opening.interval) line += " " + text(*opening.interval);
  line += " anchor=" + opening.anchor.toString() + " paid=" + opening.base_charged.toString();
  for (const OpeningUsage& used : opening.usage) {
    line += " used=" + used.feature + "/" + used.variant + ":" + used.quantity.toString() + ":" +
            used.charged.toString();
  }
  for (const OpeningGrant& grant : opening.grants) {
    line += " grant" + std::to_string(static_cast<int>(grant.kind)) + "=" +
            grant.remaining.toString() + "/" + grant.credits.toString() +
            option("effective", grant.effective) + option("expiry", grant.expiry) + " " +
            list(grant.features);
  }
  for (const SeatCount& one : opening.seats) line += " seats=" + std::to_string(one.seats);
  return line + option("balance", opening.balance) + " topUps=" + opening.top_ups.toString() +
         " credit=" + opening.customer_credit.toString();
}
std::string of(const UpdateCustomer& update) { return "zone " + update.zone; }
std::string of(const Subscribe& subscribe) {
  std::string line = "subscribe " + subscribe.plan + " " + subscribe.currency;
  if (subscribe.interval) line += " " + text(*subscribe.interval);
  if (subscribe.trial_days) line += " trial=" + std::to_string(*subscribe.trial_days);
  for (const SeatCount& one : subscribe.seats) {
    line += " seats=" + one.feature + ":" + std::to_string(one.seats);
  }
  return line + option("anchor", subscribe.anchor);
}
std::string of(const Cancel& cancel) {
  return std::string("cancel") + (cancel.when == CancelWhen::now ? " now" : "") +
         (cancel.credit_unused ? " creditUnused" : "");
}
std::string of(const RevokeCancel&) { return "revoke"; }
std::string of(const ChangePlan& change) {
  const char* const times[] = {"", " now", " atPeriodEnd"};
  return "change-plan " + change.plan + (change.interval ? " " + text(*change.interval) : "") +
         times[static_cast<std::size_t>(change.when)];
}
std::string of(const RevokeChange&) { return "revoke-change"; }
std::string of(const Pause&) { return "pause"; }
std::string of(const Resume&) { return "resume"; }
std::string of(const PinVersion& pin) { return pin.pinned ? "pin" : "unpin"; }
std::string of(const ChangeSeats& change) {
  return "seats " + change.feature + (change.set || change.seats < 0 ? " " : " +") +
         std::to_string(change.seats);
}
std::string of(const GrantCredits& grant) {
  std::string line = "grant " + grant.credits.toString();
  if (grant.priority != 50) line += " priority=" + std::to_string(grant.priority);
  line += option("from", grant.effective) + option("expires", grant.expiry);
  return grant.features.empty() ? line : line + " for=" + list(grant.features);
}
std::string of(const RefundPack& refund) { return "refund " + std::to_string(refund.grant.value); }
std::string of(const VoidUsage& voided) { return "void " + voided.usage_key; }
std::string of(const AddAdjustment& adjustment) {
  return "adjust " + adjustment.amount.toString() + (adjustment.at_once ? " now" : "");
}
std::string of(const AddCustomerCredit& credit) {
  return "customer-credit " + credit.amount.toString();
}
std::string of(const CreditInvoice& credit) {
  return "credit-note " + std::to_string(credit.invoice.value) + option("amount", credit.amount) +
         (credit.as_customer_credit ? " asCredit" : "");
}
std::string of(const RecordPayment& payment) {
  return "payment " + std::to_string(payment.invoice.value) + option("amount", payment.amount);
}
std::string of(const RecordPaymentFailure& failure) {
  return "payment-failed " + std::to_string(failure.invoice.value);
}
std::string of(const MarkUncollectible& mark) {
  return "uncollectible " + std::to_string(mark.invoice.value);
}
std::string of(const AlertRule& rule) {
  const char* const kinds[] = {"usage", "credits", "balance"};
  return " " + std::string(kinds[static_cast<std::size_t>(rule.kind)]) +
         (rule.feature.empty() ? "" : ".") + rule.feature + ":" + rule.level.toString() +
         (rule.percent ? "%" : "");
}
std::string of(const SetAlerts& alerts) {
  std::string line = "alerts";
  if (!alerts.rules) return line + " of the plan";
  for (const AlertRule& rule : *alerts.rules) line += of(rule);
  return line;
}
std::string of(const std::vector<HoldItem>& items) {
  std::string line;
  for (const HoldItem& item : items) line += " [" + of(usageOf(item, std::nullopt)) + "]";
  return line;
}
std::string of(const PlaceHold& place) {
  return "hold" + of(place.items) + (place.ttl ? " ttl=" + place.ttl->toString() : std::string());
}
std::string of(const SettleHold& settle) {
  return "settle " + settle.hold + of(settle.items) + option("at", settle.at);
}
std::string of(const UseHold& use) { return "use " + use.hold + " " + of(use.usage); }
std::string of(const ReleaseHold& release) { return "release " + release.hold; }
std::string of(const ExtendHold& extend) { return "extend " + extend.hold; }
std::string of(const MoveClock& move) { return "clock " + move.to.toString(); }
std::string of(const PublishCatalog& publish) {
  std::string all = "publish";
  for (const Plan& plan : publish.catalog.plans) all += " " + describe(plan);
  for (const PriceBook& book : publish.catalog.price_books) {
    all += " book " + book.currency;
    for (const ModelPrice& price : book.models) {
      all += " " + price.provider + "/" + price.model + " " + price.input.toString() + " " +
             price.output.toString() + (price.retired ? " retired" : "") + ";";
    }
  }
  return all;
}

std::string of(const Price& price) {
  std::string line = price.currency;
  if (price.interval) line += " by " + text(*price.interval);
  switch (price.scheme) {
    case Scheme::perUnit:
      line += " unit=" + price.unit_price.toString();
      break;
    case Scheme::graduated:
    case Scheme::volume:
      line += price.scheme == Scheme::volume ? " volume=" : " graduated=";
      for (const Tier& tier : price.tiers) {
        line += (tier.up_to ? tier.up_to->toString() : "*") + ":" + tier.unit_price.toString() +
                ":" + tier.flat_fee.toString() + ",";
      }
      break;
    case Scheme::package:
      line += " package=" + price.package_size.toString() + ":" + price.package_price.toString();
      break;
    case Scheme::tokens:
      line += " tokens margin=" + price.margin_percent.toString();
      break;
    case Scheme::percentage:
      line += " percent=" + price.rate_percent.toString() +
              " fee=" + price.fee_per_event.toString() + option("least", price.event_minimum) +
              option("most", price.event_maximum);
      break;
  }
  return line + option("min", price.minimum_charge) + option("max", price.maximum_charge);
}

std::string of(const PlanFeature& sold) {
  std::string line = "\n    " + sold.feature;
  if (!sold.included.isZero()) line += " included=" + sold.included.toString();
  if (sold.unlimited) line += " unlimited";
  if (sold.overage == Overage::block) line += " block";
  if (!sold.credits_per_unit.isZero()) line += " credits=" + sold.credits_per_unit.toString();
  if (!sold.credits_per_money.isZero()) {
    line += " creditsPerMoney=" + sold.credits_per_money.toString() +
            " margin=" + sold.margin_percent.toString();
  }
  for (const Price& price : sold.prices) line += " " + of(price);
  if (!sold.dimension.empty()) line += " by." + sold.dimension;
  for (const PriceVariant& variant : sold.variants) {
    line += " [" + variant.value;
    if (!variant.credits_per_unit.isZero()) {
      line += " credits=" + variant.credits_per_unit.toString();
    }
    for (const Price& price : variant.prices) line += " " + of(price);
    line += "]";
  }
  return line;
}

}  // namespace

std::string describe(const Plan& plan) {
  const char* const models[] = {"metered", "credits", "balance"};
  std::string line = "\n  plan " + plan.code + " " + models[static_cast<std::size_t>(plan.model)];
  for (const BasePrice& price : plan.prices) {
    line += " " + price.currency + " " + text(price.interval.value_or(plan.interval)) + " " +
            price.base.toString() + option("balance", price.included_balance);
    if (!price.intro_amount.isZero()) line += " introAmount=" + price.intro_amount.toString();
  }
  if (!plan.credits.isZero()) line += " credits=" + plan.credits.toString();
  if (plan.grant_priority != 50) line += " priority=" + std::to_string(plan.grant_priority);
  if (plan.at_zero == AtZero::block) line += " block";
  if (plan.carry_top_ups) line += " carryTopUps";
  if (plan.rank) line += " rank=" + std::to_string(*plan.rank);
  if (plan.trial_days > 0) line += " trial=" + std::to_string(plan.trial_days);
  if (plan.free) line += " free";
  if (plan.rollover) {
    line += " rollover=" +
            (plan.rollover->maximum ? plan.rollover->maximum->toString() : std::string("all")) +
            ":" + std::to_string(plan.rollover->periods);
  }
  if (plan.intro_cycles > 0) {
    line += " intro=" + plan.intro_percent.toString() + "%:" + std::to_string(plan.intro_cycles);
  }
  if (plan.improvements_now) line += " improvementsNow";
  if (plan.retired) line += " retired";
  if (plan.alerts) {
    line += " alerts=";
    for (const AlertRule& rule : *plan.alerts) line += of(rule);
  }
  for (const PlanFeature& sold : plan.features) line += of(sold);
  return line;
}

std::string describe(const CommandBody& body) {
  return std::visit([](const auto& command) { return of(command); }, body);
}

}  // namespace daybook::twin
