#include "ledger/model/command.h"

#include <initializer_list>
#include <type_traits>

namespace daybook {
namespace {

using Difference = std::optional<std::string_view>;

/// One field: its name, and whether it is the same in both.
struct Field {
  std::string_view name;
  bool is_same;
};

Difference first(std::initializer_list<Field> fields) {
  for (const Field& field : fields) {
    if (!field.is_same) return field.name;
  }
  return std::nullopt;
}

Difference compare(const Tokens& a, const Tokens& b) {
  return first({{"tokens.provider", a.provider == b.provider},
                {"tokens.model", a.model == b.model},
                {"tokens.input", a.input == b.input},
                {"tokens.totalInput", a.total_input == b.total_input},
                {"tokens.output", a.output == b.output},
                {"tokens.cacheRead", a.cache_read == b.cache_read},
                {"tokens.cacheWrite", a.cache_write == b.cache_write}});
}

Difference compare(const RecordUsage& a, const RecordUsage& b) {
  if (const Difference difference =
          first({{"feature", a.feature == b.feature},
                 {"quantity", a.quantity == b.quantity},
                 {"tokens", a.tokens.has_value() == b.tokens.has_value()}})) {
    return difference;
  }
  if (a.tokens) {
    if (const Difference difference = compare(*a.tokens, *b.tokens)) return difference;
  }
  return first({{"at", a.at == b.at},
                {"properties", a.properties == b.properties},
                {"onShortfall", a.on_shortfall == b.on_shortfall},
                {"set", a.set == b.set}});
}

Difference compare(const PlaceHold& a, const PlaceHold& b) {
  return first({{"items", a.items == b.items}, {"ttl", a.ttl == b.ttl}});
}

Difference compare(const SettleHold& a, const SettleHold& b) {
  return first({{"hold", a.hold == b.hold}, {"items", a.items == b.items}, {"at", a.at == b.at}});
}

Difference compare(const UseHold& a, const UseHold& b) {
  if (a.hold != b.hold) return "hold";
  return compare(a.usage, b.usage);
}

Difference compare(const ReleaseHold& a, const ReleaseHold& b) {
  return first({{"hold", a.hold == b.hold}});
}

Difference compare(const ExtendHold& a, const ExtendHold& b) {
  return first({{"hold", a.hold == b.hold}, {"ttl", a.ttl == b.ttl}});
}

Difference compare(const BuyCredits& a, const BuyCredits& b) {
  return first({{"pack", a.pack == b.pack}, {"currency", a.currency == b.currency}});
}

Difference compare(const TopUp& a, const TopUp& b) {
  return first({{"amount", a.amount == b.amount}, {"currency", a.currency == b.currency}});
}

Difference compare(const CreateCustomer& a, const CreateCustomer& b) {
  return first({{"zone", a.zone == b.zone}, {"opening", a.opening == b.opening}});
}

Difference compare(const UpdateCustomer& a, const UpdateCustomer& b) {
  return first({{"zone", a.zone == b.zone}});
}

Difference compare(const Subscribe& a, const Subscribe& b) {
  return first({{"plan", a.plan == b.plan},
                {"currency", a.currency == b.currency},
                {"anchor", a.anchor == b.anchor},
                {"interval", a.interval == b.interval},
                {"trialDays", a.trial_days == b.trial_days},
                {"seats", a.seats == b.seats}});
}

Difference compare(const Cancel& a, const Cancel& b) {
  return first({{"when", a.when == b.when}, {"creditUnused", a.credit_unused == b.credit_unused}});
}

Difference compare(const RevokeCancel&, const RevokeCancel&) { return std::nullopt; }

/// The log keeps the digest of a set, not the set.
Difference compare(const PublishCatalog& a, const PublishCatalog& b) {
  return first({{"catalog", a.digest == b.digest}});
}

Difference compare(const MoveClock& a, const MoveClock& b) { return first({{"to", a.to == b.to}}); }

Difference compare(const ChangePlan& a, const ChangePlan& b) {
  return first({{"plan", a.plan == b.plan},
                {"interval", a.interval == b.interval},
                {"when", a.when == b.when}});
}

Difference compare(const RevokeChange&, const RevokeChange&) { return std::nullopt; }
Difference compare(const Pause&, const Pause&) { return std::nullopt; }
Difference compare(const Resume&, const Resume&) { return std::nullopt; }

Difference compare(const PinVersion& a, const PinVersion& b) {
  return first({{"pinned", a.pinned == b.pinned}});
}

Difference compare(const ChangeSeats& a, const ChangeSeats& b) {
  return first({{"feature", a.feature == b.feature},
                {"seats", a.seats == b.seats},
                {"set", a.set == b.set}});
}

Difference compare(const GrantCredits& a, const GrantCredits& b) {
  return first({{"credits", a.credits == b.credits},
                {"priority", a.priority == b.priority},
                {"effective", a.effective == b.effective},
                {"expiry", a.expiry == b.expiry},
                {"features", a.features == b.features},
                {"reason", a.reason == b.reason}});
}

Difference compare(const RefundPack& a, const RefundPack& b) {
  return first({{"grant", a.grant == b.grant}, {"reason", a.reason == b.reason}});
}

Difference compare(const VoidUsage& a, const VoidUsage& b) {
  return first({{"usageKey", a.usage_key == b.usage_key}, {"reason", a.reason == b.reason}});
}

Difference compare(const AddAdjustment& a, const AddAdjustment& b) {
  return first({{"amount", a.amount == b.amount},
                {"currency", a.currency == b.currency},
                {"description", a.description == b.description},
                {"atOnce", a.at_once == b.at_once}});
}

Difference compare(const AddCustomerCredit& a, const AddCustomerCredit& b) {
  return first({{"amount", a.amount == b.amount},
                {"currency", a.currency == b.currency},
                {"reason", a.reason == b.reason}});
}

Difference compare(const CreditInvoice& a, const CreditInvoice& b) {
  return first({{"invoice", a.invoice == b.invoice},
                {"amount", a.amount == b.amount},
                {"reason", a.reason == b.reason},
                {"asCustomerCredit", a.as_customer_credit == b.as_customer_credit}});
}

Difference compare(const RecordPayment& a, const RecordPayment& b) {
  return first({{"invoice", a.invoice == b.invoice},
                {"amount", a.amount == b.amount},
                {"reference", a.reference == b.reference}});
}

Difference compare(const RecordPaymentFailure& a, const RecordPaymentFailure& b) {
  return first({{"invoice", a.invoice == b.invoice}, {"reason", a.reason == b.reason}});
}

Difference compare(const MarkUncollectible& a, const MarkUncollectible& b) {
  return first({{"invoice", a.invoice == b.invoice}});
}

Difference compare(const SetAlerts& a, const SetAlerts& b) {
  return first({{"rules", a.rules == b.rules}});
}

}  // namespace

RecordUsage usageOf(const HoldItem& item, std::optional<Instant> at) {
  RecordUsage usage;
  usage.feature = item.feature;
  usage.quantity = item.quantity;
  usage.tokens = item.tokens;
  usage.at = at;
  usage.properties = item.properties;
  return usage;
}

std::optional<std::string_view> firstDifference(const CommandBody& before, const CommandBody& now) {
  if (before.index() != now.index()) return "command";
  return std::visit(
      [&now](const auto& body) {
        return compare(body, std::get<std::decay_t<decltype(body)>>(now));
      },
      before);
}

}  // namespace daybook
