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
                {"onShortfall", a.on_shortfall == b.on_shortfall}});
}

Difference compare(const BuyCredits& a, const BuyCredits& b) {
  return first({{"pack", a.pack == b.pack}, {"currency", a.currency == b.currency}});
}

Difference compare(const TopUp& a, const TopUp& b) {
  return first({{"amount", a.amount == b.amount}, {"currency", a.currency == b.currency}});
}

Difference compare(const CreateCustomer& a, const CreateCustomer& b) {
  return first({{"zone", a.zone == b.zone}});
}

Difference compare(const UpdateCustomer& a, const UpdateCustomer& b) {
  return first({{"zone", a.zone == b.zone}});
}

Difference compare(const Subscribe& a, const Subscribe& b) {
  return first({{"plan", a.plan == b.plan},
                {"currency", a.currency == b.currency},
                {"anchor", a.anchor == b.anchor}});
}

Difference compare(const Cancel& a, const Cancel& b) { return first({{"when", a.when == b.when}}); }

Difference compare(const RevokeCancel&, const RevokeCancel&) { return std::nullopt; }

/// The log keeps the digest of a set, not the set.
Difference compare(const PublishCatalog& a, const PublishCatalog& b) {
  return first({{"catalog", a.digest == b.digest}});
}

Difference compare(const MoveClock& a, const MoveClock& b) { return first({{"to", a.to == b.to}}); }

}  // namespace

std::optional<std::string_view> firstDifference(const CommandBody& before, const CommandBody& now) {
  if (before.index() != now.index()) return "command";
  return std::visit(
      [&now](const auto& body) {
        return compare(body, std::get<std::decay_t<decltype(body)>>(now));
      },
      before);
}

}  // namespace daybook
