#include "ledger/core/forms.h"

#include <string>
#include <type_traits>
#include <utility>

#include "ledger/base/limits.h"
#include "ledger/core/form_checks.h"
#include "ledger/model/text.h"

namespace daybook::core {
namespace {

Verdict refused(Outcome outcome, std::string detail) { return {outcome, std::move(detail)}; }

/// Properties are few: comparing each with those before it needs no memory.
bool isRepeated(const std::vector<Property>& properties, std::size_t index) {
  for (std::size_t i = 0; i < index; ++i) {
    if (properties[i].name == properties[index].name) return true;
  }
  return false;
}

Verdict formOf(const std::vector<Property>& properties) {
  if (properties.size() > limits::kPropertiesMax) {
    return refused(Outcome::invalidProperties,
                   "more than " + std::to_string(limits::kPropertiesMax));
  }
  for (std::size_t i = 0; i < properties.size(); ++i) {
    const Property& property = properties[i];
    const std::string name = "properties[" + std::to_string(i) + "]";
    if (!isText(property.name, limits::kPropertyNameBytesMax)) {
      return refused(Outcome::invalidProperties, name + ".name");
    }
    if (!isTextOrEmpty(property.value, limits::kPropertyValueBytesMax)) {
      return refused(Outcome::invalidProperties, name + ".value");
    }
    if (isRepeated(properties, i))
      return refused(Outcome::invalidProperties, name + " is repeated");
  }
  return {};
}

Verdict formOf(const Tokens& tokens) {
  if (!isTextOrEmpty(tokens.provider, limits::kCodeBytesMax)) {
    return refused(Outcome::invalidText, "tokens.provider");
  }
  if (!isTextOrEmpty(tokens.model, limits::kCodeBytesMax)) {
    return refused(Outcome::invalidText, "tokens.model");
  }
  const std::pair<const char*, std::uint64_t> counts[] = {
      {"tokens.input", tokens.input.value_or(0)},
      {"tokens.totalInput", tokens.total_input.value_or(0)},
      {"tokens.output", tokens.output.value_or(0)},
      {"tokens.cacheRead", tokens.cache_read},
      {"tokens.cacheWrite", tokens.cache_write}};
  for (const auto& [field, count] : counts) {
    if (count > limits::kTokensMax) return refused(Outcome::amountOverflow, field);
  }
  return {};
}

/// Of these nothing can be wrong that does not hang on the customer.
template <typename Asked>
inline constexpr bool kHasNoForm =
    std::is_same_v<Asked, Cancel> || std::is_same_v<Asked, RevokeCancel> ||
    std::is_same_v<Asked, RevokeChange> || std::is_same_v<Asked, Pause> ||
    std::is_same_v<Asked, Resume> || std::is_same_v<Asked, PinVersion> ||
    std::is_same_v<Asked, MarkUncollectible>;

/// The items are validated against what is published.
Verdict formOf(const PublishCatalog& publish) { return formOfCode(publish.digest, "digest"); }

Verdict formOf(const MoveClock& move) {
  if (move.to.ns <= limits::kClockMaxNs) return {};
  return refused(Outcome::invalidTime, "to");
}

bool belongsToLedger(const CommandBody& body) {
  return std::holds_alternative<PublishCatalog>(body) || std::holds_alternative<MoveClock>(body);
}

}  // namespace

Verdict formOf(const RecordUsage& usage) {
  Verdict feature = formOfCode(usage.feature, "feature");
  if (!feature.isOk()) return feature;
  if (usage.quantity && usage.tokens) {
    return refused(Outcome::tokensInvalid, "quantity and tokens exclude each other");
  }
  const bool is_missing = usage.set && !usage.quantity && !usage.tokens;
  if (is_missing || (usage.quantity && usage.quantity->isNegative())) {
    return refused(Outcome::invalidNumber, "quantity");
  }
  if (usage.quantity && *usage.quantity > Decimal::fromInteger(limits::kQuantityMax)) {
    return refused(Outcome::amountOverflow, "quantity");
  }
  if (usage.tokens) {
    Verdict tokens = formOf(*usage.tokens);
    if (!tokens.isOk()) return tokens;
  }
  return formOf(usage.properties);
}

Verdict formOf(const Command& command) {
  if (!belongsToLedger(command.body) && !isText(command.customer, limits::kCustomerIdBytesMax)) {
    return refused(Outcome::invalidText, "customer");
  }
  Verdict body = std::visit(
      [](const auto& asked) -> Verdict {
        if constexpr (kHasNoForm<std::decay_t<decltype(asked)>>) {
          return {};
        } else {
          return formOf(asked);
        }
      },
      command.body);
  if (!body.isOk()) return body;
  if (command.key.empty()) return refused(Outcome::keyMissing, "key");
  if (!isText(command.key, limits::kKeyBytesMax)) return refused(Outcome::invalidText, "key");
  return {};
}

}  // namespace daybook::core
