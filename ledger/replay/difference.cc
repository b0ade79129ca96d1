#include "ledger/replay/difference.h"

#include <string_view>
#include <type_traits>

#include "ledger/replay/comparison.h"
#include "ledger/replay/difference_parts.h"

namespace daybook::replay {
namespace {

/// One overload per kind of event that holds more than what was asked.
struct KindFields : PartFields {
  using PartFields::operator();

  void operator()(const FeaturePublished& a, const FeaturePublished& b) const {
    comparison.field("number", a.number, b.number);
  }
  void operator()(const PlanPublished& a, const PlanPublished& b) const {
    comparison.field("plan.code", a.plan.code, b.plan.code);
    comparison.field("plan.version", a.plan.version, b.plan.version);
  }
  void operator()(const PackPublished& a, const PackPublished& b) const {
    comparison.field("pack.code", a.pack.code, b.pack.code);
    comparison.field("pack.version", a.pack.version, b.pack.version);
  }
  void operator()(const ModelPricePublished& a, const ModelPricePublished& b) const {
    comparison.field("currency", a.currency, b.currency);
    comparison.field("bookVersion", a.book_version, b.book_version);
    comparison.field("price.model", a.price.model, b.price.model);
  }
  void operator()(const CatalogPublished& a, const CatalogPublished& b) const {
    comparison.field("items", a.items, b.items);
  }

  void operator()(const CustomerCreated& a, const CustomerCreated& b) const {
    comparison.field("id", a.id, b.id);
    comparison.field("zone", a.zone, b.zone);
  }
  void operator()(const CustomerMovedIn& a, const CustomerMovedIn& b) const {
    comparison.part("subscription", a.subscription, b.subscription, *this);
    comparison.part("period", a.period, b.period, *this);
    comparison.list("usage", a.usage, b.usage, *this);
    comparison.part("balance", a.balance, b.balance, *this);
    comparison.list("grants", a.grants, b.grants, *this);
    comparison.field("customerCredit", a.customer_credit, b.customer_credit);
  }
  void operator()(const AlertRaised& a, const AlertRaised& b) const {
    comparison.part("rule", a.rule, b.rule, *this);
    comparison.field("periodFrom", a.period_from, b.period_from);
    comparison.field("value", a.value, b.value);
    comparison.field("threshold", a.threshold, b.threshold);
  }

  void operator()(const Subscribed& a, const Subscribed& b) const { subscribed(a, b); }
  void operator()(const TrialEnded& a, const TrialEnded& b) const { subscribed(a, b); }
  void operator()(const Resumed& a, const Resumed& b) const { subscribed(a, b); }
  void operator()(const PlanChanged& a, const PlanChanged& b) const {
    comparison.field("at", a.at, b.at);
    subscribed(a, b);
  }
  void operator()(const PeriodClosed& a, const PeriodClosed& b) const {
    comparison.field("index", a.index, b.index);
    comparison.field("from", a.from, b.from);
    comparison.field("to", a.to, b.to);
    comparison.field("carriedTopUps", a.carried_top_ups, b.carried_top_ups);
    comparison.field("invoice", a.invoice, b.invoice);
  }
  void operator()(const CancelScheduled& a, const CancelScheduled& b) const {
    comparison.field("at", a.at, b.at);
  }
  void operator()(const Canceled& a, const Canceled& b) const {
    comparison.field("at", a.at, b.at);
  }
  void operator()(const Paused& a, const Paused& b) const { comparison.field("at", a.at, b.at); }
  void operator()(const ChangeScheduled& a, const ChangeScheduled& b) const {
    comparison.part("change", a.change, b.change, *this);
    comparison.field("at", a.at, b.at);
  }
  void operator()(const VersionPinned& a, const VersionPinned& b) const {
    comparison.field("version", a.version, b.version);
  }
  void operator()(const AllowanceRaised& a, const AllowanceRaised& b) const {
    comparison.field("version", a.version, b.version);
    comparison.optional("grant", a.grant, b.grant, *this);
    comparison.field("debtPaid", a.debt_paid, b.debt_paid);
    comparison.field("includedBalance", a.included_balance, b.included_balance);
  }
  void operator()(const SeatsChanged& a, const SeatsChanged& b) const {
    comparison.field("feature", a.feature, b.feature);
    comparison.field("held", a.held, b.held);
    comparison.field("highest", a.highest, b.highest);
    comparison.field("value", a.value, b.value);
    comparison.field("trueUp", a.true_up, b.true_up);
  }

  void operator()(const UsageRecorded& a, const UsageRecorded& b) const {
    comparison.field("feature", a.feature, b.feature);
    comparison.field("variant", a.variant, b.variant);
    comparison.field("disposition", a.disposition, b.disposition);
    comparison.field("periodFrom", a.period_from, b.period_from);
    comparison.field("quantity", a.quantity, b.quantity);
    comparison.part("tokens", a.tokens, b.tokens, *this);
    comparison.field("provider", a.provider, b.provider);
    comparison.field("price", a.price, b.price);
    comparison.list("draws", a.draws, b.draws, *this);
    comparison.field("overdrawn", a.overdrawn, b.overdrawn);
    comparison.field("unpaid", a.unpaid, b.unpaid);
    comparison.field("lateCharge", a.late_charge, b.late_charge);
    comparison.field("balanceAfter", a.balance_after, b.balance_after);
  }
  void operator()(const UsageVoided& a, const UsageVoided& b) const {
    comparison.field("usage", a.usage, b.usage);
    comparison.field("item", a.item, b.item);
    comparison.field("feature", a.feature, b.feature);
    comparison.field("variant", a.variant, b.variant);
    comparison.field("value", a.value, b.value);
    comparison.field("disposition", a.disposition, b.disposition);
    comparison.field("periodFrom", a.period_from, b.period_from);
    comparison.field("at", a.at, b.at);
    comparison.field("quantity", a.quantity, b.quantity);
    comparison.part("tokens", a.tokens, b.tokens, *this);
    comparison.field("provider", a.provider, b.provider);
    comparison.field("model", a.model, b.model);
    comparison.field("price", a.price, b.price);
    comparison.list("draws", a.draws, b.draws, *this);
    comparison.field("debt", a.debt, b.debt);
    comparison.field("unpaid", a.unpaid, b.unpaid);
    comparison.field("lateCharge", a.late_charge, b.late_charge);
  }

  void operator()(const PlacedItem& a, const PlacedItem& b) const {
    comparison.part("held", a.held, b.held, *this);
    comparison.field("price", a.price, b.price);
    comparison.field("balanceAfter", a.balance_after, b.balance_after);
  }
  void operator()(const HoldPlaced& a, const HoldPlaced& b) const {
    comparison.field("number", a.number, b.number);
    comparison.field("expiry", a.expiry, b.expiry);
    comparison.list("items", a.items, b.items, *this);
  }
  void operator()(const HoldUsed& a, const HoldUsed& b) const {
    comparison.field("number", a.number, b.number);
    comparison.part("usage", a.usage, b.usage, *this);
    comparison.field("taken", a.taken, b.taken);
    comparison.list("pins", a.pins, b.pins, *this);
  }
  void operator()(const HoldSettled& a, const HoldSettled& b) const {
    comparison.field("number", a.number, b.number);
    comparison.field("expired", a.expired, b.expired);
    comparison.list("usages", a.usages, b.usages, *this);
  }
  void operator()(const HoldReleased& a, const HoldReleased& b) const {
    comparison.field("number", a.number, b.number);
  }
  void operator()(const HoldExtended& a, const HoldExtended& b) const {
    comparison.field("number", a.number, b.number);
    comparison.field("expiry", a.expiry, b.expiry);
  }
  void operator()(const HoldExpired& a, const HoldExpired& b) const {
    comparison.field("number", a.number, b.number);
    comparison.field("expiry", a.expiry, b.expiry);
  }

  void operator()(const PackPurchased& a, const PackPurchased& b) const {
    comparison.field("packVersion", a.pack_version, b.pack_version);
    comparison.field("currency", a.currency, b.currency);
    comparison.field("price", a.price, b.price);
    comparison.part("grant", a.grant, b.grant, *this);
    comparison.field("debtPaid", a.debt_paid, b.debt_paid);
    comparison.field("invoice", a.invoice, b.invoice);
  }
  void operator()(const PackRefunded& a, const PackRefunded& b) const {
    comparison.field("credits", a.credits, b.credits);
    comparison.field("creditNote", a.credit_note, b.credit_note);
  }
  void operator()(const ToppedUp& a, const ToppedUp& b) const {
    comparison.field("currency", a.currency, b.currency);
    comparison.field("balanceAfter", a.balance_after, b.balance_after);
    comparison.field("invoice", a.invoice, b.invoice);
  }
  void operator()(const CreditsGranted& a, const CreditsGranted& b) const {
    comparison.part("grant", a.grant, b.grant, *this);
    comparison.field("debtPaid", a.debt_paid, b.debt_paid);
  }
  void operator()(const CreditsRolledOver& a, const CreditsRolledOver& b) const {
    comparison.field("from", a.from, b.from);
    comparison.part("grant", a.grant, b.grant, *this);
  }
  void operator()(const CreditsExpired& a, const CreditsExpired& b) const {
    comparison.field("grant", a.grant, b.grant);
    comparison.field("amount", a.amount, b.amount);
    comparison.field("expiry", a.expiry, b.expiry);
  }

  void operator()(const InvoiceClosed& a, const InvoiceClosed& b) const {
    (*this)(a.invoice, b.invoice);
  }
  void operator()(const AdjustmentAdded& a, const AdjustmentAdded& b) const {
    comparison.field("currency", a.currency, b.currency);
    comparison.field("invoice", a.invoice, b.invoice);
  }
  void operator()(const CustomerCreditAdded& a, const CustomerCreditAdded& b) const {
    comparison.field("currency", a.currency, b.currency);
  }
  void operator()(const CreditNoteClosed& a, const CreditNoteClosed& b) const {
    comparison.part("note", a.note, b.note, *this);
    comparison.field("status", a.status, b.status);
    comparison.field("restored", a.restored, b.restored);
  }
  void operator()(const PaymentRecorded& a, const PaymentRecorded& b) const {
    comparison.field("amount", a.amount, b.amount);
    comparison.field("status", a.status, b.status);
  }
  /// Kinds that hold nothing but what was asked.
  template <typename Other>
  void operator()(const Other& /*decided*/, const Other& /*recorded*/) const {}

 private:
  template <typename Body>
  void subscribed(const Body& a, const Body& b) const {
    comparison.part("subscription", a.subscription, b.subscription, *this);
    comparison.field("invoice", a.invoice, b.invoice);
  }
};

void compareHeads(Comparison& comparison, const Event& a, const Event& b) {
  comparison.field("position", a.position, b.position);
  comparison.field("recorded", a.recorded, b.recorded);
  comparison.field("customer", a.customer, b.customer);
  comparison.field("sequence", a.sequence, b.sequence);
  comparison.field("previous", a.previous, b.previous);
  comparison.field("ruleVersion", a.rule_version, b.rule_version);
  comparison.field("key", a.key, b.key);
}

}  // namespace

std::string differenceOf(const Event& decided, const Event& recorded) {
  if (decided.body.index() != recorded.body.index()) {
    return "decided again " + std::string(eventName(decided.body)) + ", recorded " +
           std::string(eventName(recorded.body));
  }
  Comparison comparison;
  compareHeads(comparison, decided, recorded);
  std::visit(
      [&](const auto& body) {
        const auto& other = std::get<std::decay_t<decltype(body)>>(recorded.body);
        comparison.part(std::string(eventName(decided.body)), body, other, KindFields{comparison});
      },
      decided.body);
  return comparison.text();
}

}  // namespace daybook::replay
