#include "ledger/replay/difference.h"

#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace daybook::replay {
namespace {

std::string textOf(const std::string& text) { return '"' + text + '"'; }
std::string textOf(Decimal value) { return value.toString(); }
std::string textOf(Instant at) { return at.toString(); }
template <std::integral Number>
std::string textOf(Number number) {
  return std::to_string(number);
}
template <typename Enum>
requires std::is_enum_v<Enum> std::string textOf(Enum value) {
  return std::to_string(static_cast<int>(value));
}
template <typename Tag, typename Number>
std::string textOf(Id<Tag, Number> id) {
  return id.isNone() ? "none" : std::to_string(id.value);
}

/// Finds the first difference. A path is that of the parts entered: "invoice.lines[2]".
class Comparison {
 public:
  const std::string& text() const { return text_; }
  bool isDone() const { return !text_.empty(); }

  template <typename T>
  void field(const char* name, const T& decided, const T& recorded) {
    if (isDone() || decided == recorded) return;
    report(name, textOf(decided), textOf(recorded));
  }
  /// What has no text of its own.
  template <typename T>
  void contents(const char* name, const T& decided, const T& recorded) {
    if (!isDone() && !(decided == recorded)) text_ = pathOf(name) + " differs";
  }
  /// Parts that have fields of their own, by compare(decided, recorded).
  template <typename T, typename Compare>
  void part(const std::string& name, const T& decided, const T& recorded, Compare compare) {
    if (isDone() || decided == recorded) return;
    const std::string outer = path_;
    path_ = pathOf(name);
    compare(decided, recorded);
    if (!isDone()) text_ = path_ + " differs";
    path_ = outer;
  }
  template <typename T, typename Compare>
  void optional(const char* name, const std::optional<T>& decided, const std::optional<T>& recorded,
                Compare compare) {
    if (isDone() || decided == recorded) return;
    if (decided && recorded) return part(name, *decided, *recorded, compare);
    report(name, decided ? "given" : "none", recorded ? "given" : "none");
  }
  template <typename T, typename Compare>
  void list(const std::string& name, const std::vector<T>& decided, const std::vector<T>& recorded,
            Compare compare) {
    if (isDone() || decided == recorded) return;
    if (decided.size() != recorded.size()) {
      return report(name, std::to_string(decided.size()) + " entries",
                    std::to_string(recorded.size()) + " entries");
    }
    for (std::size_t i = 0; i < decided.size(); ++i) {
      part(name + '[' + std::to_string(i) + ']', decided[i], recorded[i], compare);
    }
  }

 private:
  std::string pathOf(const std::string& name) const {
    return path_.empty() ? name : path_ + '.' + name;
  }
  void report(const std::string& name, const std::string& decided, const std::string& recorded) {
    text_ = pathOf(name) + ": decided again " + decided + ", recorded " + recorded;
  }

  std::string path_;
  std::string text_;
};

/// Compares two values of one type, field by field.
struct Fields {
  Comparison& comparison;

  void operator()(const Span& a, const Span& b) const {
    comparison.field("from", a.from, b.from);
    comparison.field("to", a.to, b.to);
    comparison.field("fullFrom", a.full_from, b.full_from);
    comparison.field("fullTo", a.full_to, b.full_to);
  }
  void operator()(const Terms& a, const Terms& b) const {
    comparison.field("plan", a.plan, b.plan);
    comparison.field("version", a.version, b.version);
    comparison.field("currency", a.currency, b.currency);
  }
  void operator()(const Grant& a, const Grant& b) const {
    comparison.field("number", a.number, b.number);
    comparison.field("kind", a.kind, b.kind);
    comparison.field("priority", a.priority, b.priority);
    comparison.field("credits", a.credits, b.credits);
    comparison.field("remaining", a.remaining, b.remaining);
    comparison.field("effective", a.effective, b.effective);
    comparison.field("expiry", a.expiry, b.expiry);
    comparison.contents("features", a.features, b.features);
    comparison.field("pack", a.pack, b.pack);
  }
  void operator()(const Draw& a, const Draw& b) const {
    comparison.field("grant", a.grant, b.grant);
    comparison.field("amount", a.amount, b.amount);
  }
  void operator()(const TokenTotals& a, const TokenTotals& b) const {
    comparison.field("input", a.input, b.input);
    comparison.field("output", a.output, b.output);
    comparison.field("cacheRead", a.cache_read, b.cache_read);
    comparison.field("cacheWrite", a.cache_write, b.cache_write);
  }
  void operator()(const Subscription& a, const Subscription& b) const {
    comparison.field("plan", a.plan, b.plan);
    comparison.field("currency", a.currency, b.currency);
    comparison.field("billingInterval", a.billing_interval, b.billing_interval);
    comparison.field("started", a.started, b.started);
    comparison.field("anchor", a.anchor, b.anchor);
    comparison.field("billingTo", a.billing_to, b.billing_to);
  }
  void operator()(const TierCharge& a, const TierCharge& b) const {
    comparison.field("quantity", a.quantity, b.quantity);
    comparison.field("unitPrice", a.unit_price, b.unit_price);
    comparison.field("flatFee", a.flat_fee, b.flat_fee);
    comparison.field("exact", a.exact, b.exact);
  }
  void operator()(const InvoiceLine& a, const InvoiceLine& b) const {
    comparison.field("type", a.type, b.type);
    comparison.field("feature", a.feature, b.feature);
    comparison.field("description", a.description, b.description);
    comparison.field("quantity", a.quantity, b.quantity);
    comparison.field("included", a.included, b.included);
    comparison.field("unitPrice", a.unit_price, b.unit_price);
    comparison.list("tiers", a.tiers, b.tiers, *this);
    comparison.field("exact", a.exact, b.exact);
    comparison.field("amount", a.amount, b.amount);
    comparison.field("from", a.from, b.from);
    comparison.field("to", a.to, b.to);
  }
  void operator()(const Invoice& a, const Invoice& b) const {
    comparison.field("number", a.number, b.number);
    comparison.field("label", a.label, b.label);
    comparison.field("type", a.type, b.type);
    comparison.field("status", a.status, b.status);
    comparison.field("customer", a.customer, b.customer);
    comparison.field("currency", a.currency, b.currency);
    comparison.field("date", a.date, b.date);
    comparison.field("due", a.due, b.due);
    comparison.field("from", a.from, b.from);
    comparison.field("to", a.to, b.to);
    comparison.field("plan", a.plan, b.plan);
    comparison.field("planVersion", a.plan_version, b.plan_version);
    comparison.field("priceBookVersion", a.price_book_version, b.price_book_version);
    comparison.field("computedAt", a.computed_at, b.computed_at);
    comparison.list("lines", a.lines, b.lines, *this);
    comparison.field("total", a.total, b.total);
  }

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
  void operator()(const Subscribed& a, const Subscribed& b) const {
    comparison.part("subscription", a.subscription, b.subscription, *this);
    comparison.field("invoice", a.invoice, b.invoice);
  }
  void operator()(const PeriodStarted& a, const PeriodStarted& b) const {
    comparison.field("index", a.index, b.index);
    comparison.part("span", a.span, b.span, *this);
    comparison.part("terms", a.terms, b.terms, *this);
    comparison.optional("billing", a.billing, b.billing, *this);
    comparison.field("billingTo", a.billing_to, b.billing_to);
    comparison.optional("grant", a.grant, b.grant, *this);
    comparison.field("debtPaid", a.debt_paid, b.debt_paid);
    comparison.field("includedBalance", a.included_balance, b.included_balance);
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
  void operator()(const UsageRecorded& a, const UsageRecorded& b) const {
    comparison.field("feature", a.feature, b.feature);
    comparison.field("disposition", a.disposition, b.disposition);
    comparison.field("periodFrom", a.period_from, b.period_from);
    comparison.field("quantity", a.quantity, b.quantity);
    comparison.part("tokens", a.tokens, b.tokens, *this);
    comparison.field("price", a.price, b.price);
    comparison.list("draws", a.draws, b.draws, *this);
    comparison.field("overdrawn", a.overdrawn, b.overdrawn);
    comparison.field("unpaid", a.unpaid, b.unpaid);
    comparison.field("balanceAfter", a.balance_after, b.balance_after);
  }
  void operator()(const PackPurchased& a, const PackPurchased& b) const {
    comparison.field("packVersion", a.pack_version, b.pack_version);
    comparison.field("currency", a.currency, b.currency);
    comparison.field("price", a.price, b.price);
    comparison.part("grant", a.grant, b.grant, *this);
    comparison.field("debtPaid", a.debt_paid, b.debt_paid);
    comparison.field("invoice", a.invoice, b.invoice);
  }
  void operator()(const ToppedUp& a, const ToppedUp& b) const {
    comparison.field("currency", a.currency, b.currency);
    comparison.field("balanceAfter", a.balance_after, b.balance_after);
    comparison.field("invoice", a.invoice, b.invoice);
  }
  void operator()(const CreditsExpired& a, const CreditsExpired& b) const {
    comparison.field("grant", a.grant, b.grant);
    comparison.field("amount", a.amount, b.amount);
    comparison.field("expiry", a.expiry, b.expiry);
  }
  void operator()(const InvoiceClosed& a, const InvoiceClosed& b) const {
    (*this)(a.invoice, b.invoice);
  }
  /// Kinds that hold nothing but what was asked.
  template <typename Other>
  void operator()(const Other& /*decided*/, const Other& /*recorded*/) const {}
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
        comparison.part(std::string(eventName(decided.body)), body, other, Fields{comparison});
      },
      decided.body);
  return comparison.text();
}

}  // namespace daybook::replay
