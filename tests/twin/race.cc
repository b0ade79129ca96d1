#include "tests/twin/race.h"

#include <algorithm>
#include <utility>

#include "ledger/base/check.h"

namespace daybook::twin {
namespace {

/// Collects what differs, by name.
class Difference {
 public:
  void add(const std::string& name, const std::string& core, const std::string& twin) {
    if (core == twin) return;
    text_ += "\n  " + name + ": core " + core + ", twin " + twin;
  }
  void add(const std::string& name, Decimal core, Decimal twin) {
    add(name, core.toString(), twin.toString());
  }
  void add(const std::string& name, Instant core, Instant twin) {
    add(name, core.toString(), twin.toString());
  }
  template <typename Number>
  requires std::is_integral_v<Number> || std::is_enum_v<Number>
  void add(const std::string& name, Number core, Number twin) {
    add(name, std::to_string(static_cast<std::int64_t>(core)),
        std::to_string(static_cast<std::int64_t>(twin)));
  }
  std::optional<std::string> found() const {
    return text_.empty() ? std::nullopt : std::optional(text_);
  }

 private:
  std::string text_;
};

std::string text(const std::vector<Draw>& draws) {
  std::string all;
  for (const Draw& draw : draws) {
    all += std::to_string(draw.grant.value) + ":" + draw.amount.toString() + " ";
  }
  return all;
}

std::string text(const InvoiceLine& line) {
  const char* const names[] = {"plan_base", "overage",          "minimum",    "balance_overage",
                               "pack",      "top_up",           "discount",   "seats",
                               "late",      "proration_credit", "adjustment", "customer_credit"};
  std::string all = names[static_cast<std::size_t>(line.type)];
  all += " " + line.feature + (line.variant.empty() ? "" : "/" + line.variant) + " " +
         line.amount.toString() + " exact=" + line.exact.toString();
  if (line.type == LineType::overage) {
    all += " quantity=" + line.quantity.toString() + " included=" + line.included.toString() +
           " unit=" + line.unit_price.toString();
    for (const TierCharge& tier : line.tiers) {
      all += " (" + tier.quantity.toString() + " x " + tier.unit_price.toString() + " + " +
             tier.flat_fee.toString() + " = " + tier.exact.toString() + ")";
    }
    for (const ModelUsage& usage : line.models) {
      all += " (" + usage.provider + "/" + usage.model + " " + std::to_string(usage.tokens.input) +
             "+" + std::to_string(usage.tokens.output) + "+" +
             std::to_string(usage.tokens.cache_read) + "+" +
             std::to_string(usage.tokens.cache_write) + " = " + usage.cost.toString() + ")";
    }
  }
  if (line.type == LineType::lateAdjustment) all += " quantity=" + line.quantity.toString();
  const bool dated = line.type != LineType::customerCredit && line.type != LineType::adjustment;
  if (dated) all += " " + line.from.toString() + ".." + line.to.toString();
  return all;
}

std::string text(const Invoice& invoice) {
  const char* const types[] = {"start", "renewal",    "final",     "creditPurchase",
                               "topUp", "planChange", "adjustment"};
  std::string all = types[static_cast<std::size_t>(invoice.type)];
  all += " " + invoice.currency + " total=" + invoice.total.toString() + " " +
         invoice.date.toString() + " due=" + invoice.due.toString() + " of " +
         invoice.from.toString() + ".." + invoice.to.toString() + " book " +
         std::to_string(invoice.price_book_version) + " status " +
         std::to_string(static_cast<int>(invoice.status));
  const bool of_plan = invoice.type == InvoiceType::start || invoice.type == InvoiceType::renewal ||
                       invoice.type == InvoiceType::final ||
                       invoice.type == InvoiceType::planChange;
  if (of_plan) all += " " + invoice.plan + ":" + std::to_string(invoice.plan_version);
  for (const InvoiceLine& line : invoice.lines) all += "\n    " + text(line);
  return all;
}

std::string text(const Grant& grant) {
  std::string all = std::to_string(grant.number.value) + ":" + grant.remaining.toString() + "/" +
                    grant.credits.toString() + " held " + grant.held.toString() + " " +
                    grant.effective.toString() + ".." + grant.expiry.toString() + " kind " +
                    std::to_string(static_cast<int>(grant.kind)) + " priority " +
                    std::to_string(grant.priority);
  for (const FeatureNumber feature : grant.features) all += " f" + std::to_string(feature.value);
  return all;
}

void compare(Difference& difference, const Receipt& core, const Receipt& twin) {
  difference.add("disposition", core.disposition, twin.disposition);
  difference.add("period_from", core.period_from, twin.period_from);
  difference.add("quantity", core.quantity, twin.quantity);
  difference.add("price", core.price, twin.price);
  difference.add("draws", text(core.draws), text(twin.draws));
  difference.add("overdrawn", core.overdrawn, twin.overdrawn);
  difference.add("unpaid", core.unpaid, twin.unpaid);
  difference.add("balance_after", core.balance_after, twin.balance_after);
  difference.add("late_charge", core.late_charge, twin.late_charge);
  difference.add("grant", core.grant.value, twin.grant.value);
  difference.add("expiry", core.expiry, twin.expiry);
  difference.add("hold_expired", core.hold_expired, twin.hold_expired);
  const auto items = [](const Receipt& receipt) {
    std::string all;
    for (const ReceiptItem& item : receipt.items) {
      all += "\n    " + item.feature + " " + item.period_from.toString() + " disposition " +
             std::to_string(static_cast<int>(item.disposition)) +
             " quantity=" + item.quantity.toString() + " price=" + item.price.toString() +
             " draws " + text(item.draws) + "overdrawn=" + item.overdrawn.toString() +
             " unpaid=" + item.unpaid.toString() + " late=" + item.late_charge.toString() +
             " after=" + item.balance_after.toString();
    }
    return all;
  };
  difference.add("items", items(core), items(twin));
  difference.add("has credit note", core.credit_note.isNone(), twin.credit_note.isNone());
}

void compare(Difference& difference, const FeatureBalance& core, const FeatureBalance& twin) {
  const std::string name = core.feature + "/" + core.variant + ".";
  difference.add("feature", core.feature + "/" + core.variant, twin.feature + "/" + twin.variant);
  difference.add(name + "unlimited", core.unlimited, twin.unlimited);
  difference.add(name + "used", core.used, twin.used);
  difference.add(name + "included", core.included, twin.included);
  difference.add(name + "remaining", core.remaining, twin.remaining);
  difference.add(name + "held", core.held, twin.held);
  difference.add(name + "unpaid", core.unpaid, twin.unpaid);
  difference.add(name + "charge", core.charge, twin.charge);
  difference.add(name + "events", core.events, twin.events);
}

void compareMoney(Difference& difference, const SpendingBalance& core,
                  const SpendingBalance& twin) {
  difference.add("money.included", core.included, twin.included);
  difference.add("money.top_ups", core.top_ups, twin.top_ups);
  difference.add("money.amount", core.amount, twin.amount);
  const auto overage = [](const SpendingBalance& balance) {
    std::string all;
    for (const BalanceOverage& part : balance.overage) {
      all += std::to_string(part.feature.value) + ":" + part.amount.toString() + " ";
    }
    return all;
  };
  difference.add("money.overage", overage(core), overage(twin));
}

void compare(Difference& difference, const Balance& core, const Balance& twin) {
  difference.add("state", core.state, twin.state);
  difference.add("customer_credit", core.customer_credit, twin.customer_credit);
  difference.add("credits.plan", core.credits.plan, twin.credits.plan);
  difference.add("credits.promotional", core.credits.promotional, twin.credits.promotional);
  difference.add("credits.purchased", core.credits.purchased, twin.credits.purchased);
  difference.add("credits.held", core.credits.held, twin.credits.held);
  difference.add("credits.debt", core.credits.debt, twin.credits.debt);
  difference.add("credits.available", core.credits.available, twin.credits.available);
  const auto grants = [](const Balance& balance) {
    std::string all;
    for (const Grant& grant : balance.grants) all += "\n    " + text(grant);
    return all;
  };
  difference.add("grants", grants(core), grants(twin));
  const auto adjustments = [](const Balance& balance) {
    std::string all;
    for (const PendingAdjustment& one : balance.adjustments) all += one.amount.toString() + " ";
    return all;
  };
  difference.add("adjustments", adjustments(core), adjustments(twin));
  const bool runs =
      core.state == SubscriptionState::active || core.state == SubscriptionState::trialing;
  if (!runs) return;
  difference.add("model", core.model, twin.model);
  difference.add("plan", core.terms.plan + ":" + std::to_string(core.terms.version),
                 twin.terms.plan + ":" + std::to_string(twin.terms.version));
  difference.add("period_from", core.period_from, twin.period_from);
  difference.add("period_to", core.period_to, twin.period_to);
  difference.add("cancel_at", core.cancel_at, twin.cancel_at);
  difference.add("trial_to", core.trial_to, twin.trial_to);
  difference.add("billing_to", core.billing_to, twin.billing_to);
  difference.add("pinned", core.pinned_version, twin.pinned_version);
  const auto change = [](const Balance& balance) {
    return balance.change ? balance.change->plan : std::string("none");
  };
  difference.add("change", change(core), change(twin));
  difference.add("features", core.features.size(), twin.features.size());
  for (std::size_t i = 0; i < std::min(core.features.size(), twin.features.size()); ++i) {
    compare(difference, core.features[i], twin.features[i]);
  }
  difference.add("enabled", core.enabled.size(), twin.enabled.size());
  difference.add("seats", core.seats.size(), twin.seats.size());
  for (std::size_t i = 0; i < std::min(core.seats.size(), twin.seats.size()); ++i) {
    difference.add("seats.held", core.seats[i].held, twin.seats[i].held);
    difference.add("seats.highest", core.seats[i].highest, twin.seats[i].highest);
    difference.add("seats.true_up", core.seats[i].true_up, twin.seats[i].true_up);
  }
  compareMoney(difference, core.money, twin.money);
  difference.add("held_money", core.held_money, twin.held_money);
  difference.add("available_money", core.available_money, twin.available_money);
}

}  // namespace

Race::Race(const Scenario& scenario)
    : settings_(settingsOf(scenario.settings)),
      ledger_(zones_, startOf(scenario), settings_),
      twin_(zones_, settings_) {
  const PublishCatalog first{catalogOf(scenario.plans), "digest"};
  testing::publish(ledger_, first.catalog);
  story_ = "start " + ledger_.now().toString() + ", grace " + settings_.grace.toString() +
           ", late window " + settings_.late_window.toString();
  first_ = first.catalog;
  const Answer answer = twin_.give({"catalog", "", first}, ledger_.now());
  CHECK(answer.verdict.isOk(), "the twin takes every catalog");
  for (int who = 0; who < kCustomers; ++who) {
    CreateCustomer create{who == 1 ? "Test/Summer" : "", std::nullopt};
    if (who == kCustomers - 1 && scenario.moving != 0) {
      create.opening = openingOf(scenario.moving, first_, ledger_.now());
      begun_ = give(customerId(who), create);
      create.opening.reset();
    }
    ledger_.give(customerId(who), create);  // refused where it has moved in
    twin_.give({"c", customerId(who), create}, ledger_.now());
  }
}

std::string Race::story() const {
  std::string all;
  for (const Plan& plan : first_.plans) {
    if (story_.find(" " + plan.code) != std::string::npos) all += describe(plan);
  }
  return all + "\n" + story_;
}

View Race::viewOf(const std::string& customer) const {
  View view{ledger_.now(), settings_, twin_.balance(customer, ledger_.now()), {}, {}, {}, 0, {}, 0};
  const auto keys = usage_keys_.find(customer);
  if (keys != usage_keys_.end()) view.usage_keys = keys->second;
  for (const auto& [who, placed] : hold_keys_) {
    for (const PlacedHold& hold : placed) {
      if (!hold.ended && hold.expiry > view.now) view.hold_ends.push_back(hold.expiry);
    }
  }
  const auto holds = hold_keys_.find(customer);
  if (holds != hold_keys_.end()) view.holds = holds->second;
  const Customer& known = ledger_.customer(customer);
  view.grants = known.last_grant.value;
  for (const InvoiceRef& ref : known.invoices) view.invoices.push_back(ref.number);
  return view;
}

void Race::tell(const std::string& customer, const CommandBody& body, const Answer& answer) {
  story_ += "\n" + ledger_.now().toString() + " " + customer + " " + describe(body) + " -> " +
            std::string(outcomeName(answer.verdict.outcome));
  if (!answer.verdict.isOk()) return;
  const Receipt& receipt = answer.receipt;
  const bool is_named =
      std::holds_alternative<RecordUsage>(body) || std::holds_alternative<PlaceHold>(body) ||
      std::holds_alternative<UseHold>(body) || std::holds_alternative<SettleHold>(body);
  if (is_named) {
    story_ += " " + ledger_.log()[receipt.position.value - 1].key;
  }
  const auto say = [this](const char* name, Decimal value) {
    if (!value.isZero()) story_ += " " + std::string(name) + "=" + value.toString();
  };
  say("quantity", receipt.quantity);
  say("price", receipt.price);
  say("unpaid", receipt.unpaid);
  say("overdrawn", receipt.overdrawn);
  say("late", receipt.late_charge);
  say("left", receipt.balance_after);
  if (!receipt.draws.empty()) story_ += " draws " + text(receipt.draws);
  if (!receipt.credit_note.isNone()) story_ += " with a credit note";
}

InvoiceNumber Race::withinCustomer(const std::string& customer, InvoiceNumber number) const {
  const auto& invoices = ledger_.customer(customer).invoices;
  for (std::size_t i = 0; i < invoices.size(); ++i) {
    if (invoices[i].number == number) return InvoiceNumber(i + 1);
  }
  return {};
}

CommandBody Race::forTwin(const std::string& customer, CommandBody body) const {
  if (auto* command = std::get_if<CreditInvoice>(&body)) {
    command->invoice = withinCustomer(customer, command->invoice);
  } else if (auto* payment = std::get_if<RecordPayment>(&body)) {
    payment->invoice = withinCustomer(customer, payment->invoice);
  } else if (auto* failure = std::get_if<RecordPaymentFailure>(&body)) {
    failure->invoice = withinCustomer(customer, failure->invoice);
  } else if (auto* mark = std::get_if<MarkUncollectible>(&body)) {
    mark->invoice = withinCustomer(customer, mark->invoice);
  }
  return body;
}

namespace {

/// The core forgets grants that are long gone; the twin forgets nothing.
bool isForgotten(Outcome core, Outcome twin) {
  return core == Outcome::unknownGrant && twin == Outcome::nothingToRefund;
}

}  // namespace

std::optional<std::string> Race::give(const std::string& customer, const CommandBody& body) {
  const Answer core = ledger_.give(customer, body);
  tell(customer, body, core);
  std::string key = "none";
  if (core.verdict.isOk()) key = ledger_.log()[core.receipt.position.value - 1].key;
  const Answer twin = twin_.give({key, customer, forTwin(customer, body)}, ledger_.now());
  Difference difference;
  if (!isForgotten(core.verdict.outcome, twin.verdict.outcome)) {
    difference.add("outcome", std::string(outcomeName(core.verdict.outcome)),
                   std::string(outcomeName(twin.verdict.outcome)));
  }
  if (core.verdict.isOk() && twin.verdict.isOk()) {
    compare(difference, core.receipt, twin.receipt);
    if (!customer.empty()) {
      difference.add("invoice", withinCustomer(customer, core.receipt.invoice).value,
                     twin.receipt.invoice.value);
    }
  }
  if (!core.verdict.isOk() && difference.found()) {
    difference.add("the core's detail", core.verdict.detail, "");
  }
  if (!core.verdict.isOk()) return difference.found();
  const bool is_usage = std::holds_alternative<RecordUsage>(body) ||
                        std::holds_alternative<UseHold>(body) ||
                        std::holds_alternative<SettleHold>(body);
  if (is_usage) usage_keys_[customer].push_back(key);
  for (PlacedHold& hold : hold_keys_[customer]) {
    if (const auto* settle = std::get_if<SettleHold>(&body)) hold.ended |= hold.key == settle->hold;
    if (const auto* drop = std::get_if<ReleaseHold>(&body)) hold.ended |= hold.key == drop->hold;
    if (const auto* longer = std::get_if<ExtendHold>(&body)) {
      if (hold.key == longer->hold) hold.expiry = core.receipt.expiry;
    }
  }
  if (const auto* place = std::get_if<PlaceHold>(&body)) {
    hold_keys_[customer].push_back({key, *place, core.receipt.expiry});
  }
  return difference.found();
}

std::optional<std::string> Race::take(const Step& step) {
  const std::string customer = customerId(step.who);
  const Instant to = momentOf(step, viewOf(customer));
  if (to > ledger_.now()) ledger_.moveClock(to);
  if (step.gap % 4 != 3) ledger_.workOffAll();  // else it waits for the customer's next command
  const CommandBody body = commandOf(step, viewOf(customer));
  const bool of_ledger = std::holds_alternative<PublishCatalog>(body);
  if (const auto* publish = std::get_if<PublishCatalog>(&body)) {
    const Answer answer = ledger_.give("", body);
    tell("", body, answer);
    if (!answer.verdict.isOk()) return "the catalog is refused: " + answer.verdict.detail;
    twin_.give({"p", "", *publish}, ledger_.now());
  }
  if (of_ledger) return std::nullopt;
  return give(customer, body);
}

std::optional<std::string> Race::compareBills(const std::string& customer) const {
  const std::vector<Invoice> core = ledger_.invoices(customer);
  const std::vector<Bill> twin = twin_.bills(customer, ledger_.now());
  const auto& refs = ledger_.customer(customer).invoices;
  Difference difference;
  for (std::size_t i = 0; i < std::max(core.size(), twin.size()); ++i) {
    const std::string name = "invoice " + std::to_string(i + 1) + " of " + customer;
    difference.add(name, i < core.size() ? text(core[i]) : "none",
                   i < twin.size() ? text(twin[i].invoice) : "none");
    if (difference.found()) return difference.found();
    difference.add(name + ".status", refs[i].status, twin[i].status);
    difference.add(name + ".paid", refs[i].paid, twin[i].paid.decimal());
    difference.add(name + ".credited", refs[i].credited, twin[i].credited.decimal());
  }
  return difference.found();
}

std::optional<std::string> Race::compareAlerts(const std::string& customer) const {
  const CustomerNumber number = ledger_.customer(customer).number;
  const std::vector<AlertRaised> twin = twin_.alerts(customer, ledger_.now());
  const auto text = [](const AlertRaised& alert) {
    const char* const kinds[] = {"usage", "credits", "balance"};
    return std::string(kinds[static_cast<std::size_t>(alert.rule.kind)]) + " " +
           alert.rule.feature + " " + alert.rule.level.toString() +
           (alert.rule.percent ? "%" : "") + " value=" + alert.value.toString() +
           " threshold=" + alert.threshold.toString() + " of " + alert.period_from.toString();
  };
  std::vector<std::string> core;
  for (const Event& event : ledger_.log()) {
    const auto* alert = std::get_if<AlertRaised>(&event.body);
    if (alert != nullptr && event.customer == number) core.push_back(text(*alert));
  }
  Difference difference;
  for (std::size_t i = 0; i < std::max(core.size(), twin.size()); ++i) {
    difference.add("alert " + std::to_string(i + 1) + " of " + customer,
                   i < core.size() ? core[i] : "none", i < twin.size() ? text(twin[i]) : "none");
    if (difference.found()) break;
  }
  return difference.found();
}

std::optional<std::string> Race::compareNotes(const std::string& customer) const {
  const std::vector<CreditNoteRef>& core = ledger_.customer(customer).credit_notes;
  const std::vector<CreditNote> twin = twin_.creditNotes(customer);
  Difference difference;
  difference.add("credit notes of " + customer, core.size(), twin.size());
  for (std::size_t i = 0; i < std::min(core.size(), twin.size()); ++i) {
    const Event& event = ledger_.log()[core[i].position.value - 1];
    const CreditNote& note = std::get<CreditNoteClosed>(event.body).note;
    const std::string name = "credit note " + std::to_string(i + 1) + " of " + customer + ".";
    difference.add(name + "invoice", withinCustomer(customer, note.invoice).value,
                   twin[i].invoice.value);
    difference.add(name + "customer", note.customer, twin[i].customer);
    difference.add(name + "currency", note.currency, twin[i].currency);
    difference.add(name + "date", note.date, twin[i].date);
    difference.add(name + "reason", note.reason, twin[i].reason);
    difference.add(name + "total", note.total, twin[i].total);
    difference.add(name + "asCustomerCredit", note.as_customer_credit, twin[i].as_customer_credit);
  }
  return difference.found();
}

std::optional<std::string> Race::compareAll() const {
  for (int who = 0; who < kCustomers; ++who) {
    const std::string customer = customerId(who);
    Difference difference;
    compare(difference, ledger_.balance(customer), twin_.balance(customer, ledger_.now()));
    if (difference.found()) return "balance of " + customer + ":" + *difference.found();
    const auto next =
        core::upcoming(ledger_.state(), ledger_.customer(customer), ledger_.context());
    const auto theirs = twin_.upcoming(customer, ledger_.now());
    difference.add("upcoming of " + customer, next ? text(*next) : "none",
                   theirs ? text(*theirs) : "none");
    if (difference.found()) return difference.found();
    // What is due is done in the copy of the twin, and not yet in the log: compared later.
    if (ledger_.engine().due(ledger_.now())) continue;
    if (const auto found = compareBills(customer)) return found;
    if (const auto found = compareNotes(customer)) return found;
    if (const auto found = compareAlerts(customer)) return found;
  }
  return std::nullopt;
}

}  // namespace daybook::twin
