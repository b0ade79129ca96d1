#include "ledger/core/form_checks.h"

#include <algorithm>

#include "ledger/base/limits.h"
#include "ledger/model/text.h"

namespace daybook::core {
namespace {

bool isOfSign(Decimal value, Sign sign) {
  switch (sign) {
    case Sign::positive:
      return value.isPositive();
    case Sign::notNegative:
      return !value.isNegative();
    case Sign::notZero:
      return !value.isZero();
    case Sign::any:
      break;
  }
  return true;
}

}  // namespace

Verdict firstRefusal(std::initializer_list<Verdict> verdicts) {
  const auto refused = std::find_if(verdicts.begin(), verdicts.end(),
                                    [](const Verdict& verdict) { return !verdict.isOk(); });
  return refused == verdicts.end() ? Verdict() : *refused;
}

Verdict formOfCode(const std::string& code, const std::string& field) {
  if (isText(code, limits::kCodeBytesMax)) return {};
  return {Outcome::invalidText, field};
}

Verdict formOfOptionalCode(const std::string& code, const std::string& field) {
  return code.empty() ? Verdict() : formOfCode(code, field);
}

Verdict formOfText(const std::string& text, std::size_t bytes_max, const std::string& field) {
  if (isTextOrEmpty(text, bytes_max)) return {};
  return {Outcome::invalidText, field};
}

Verdict formOfNumber(Decimal value, Sign sign, std::int64_t max, const std::string& field) {
  if (!isOfSign(value, sign)) return {Outcome::invalidNumber, field};
  const Decimal most = Decimal::fromInteger(max);
  if (value > most || value < -most) return {Outcome::amountOverflow, field};
  return {};
}

Verdict formOfCount(std::size_t count, std::size_t max, const std::string& field) {
  if (count <= max) return {};
  return {Outcome::amountOverflow, field + ": at most " + std::to_string(max)};
}

Verdict formOfFeatures(const std::vector<std::string>& features, const std::string& field) {
  Verdict count = formOfCount(features.size(), limits::kFeaturesPerPlanMax, field);
  if (!count.isOk()) return count;
  for (auto code = features.begin(); code != features.end(); ++code) {
    const auto index = static_cast<std::size_t>(code - features.begin());
    Verdict text = formOfCode(*code, entry(field, index));
    if (!text.isOk()) return text;
    if (std::find(features.begin(), code, *code) != code) {
      return {Outcome::invalidText, entry(field, index) + " is repeated"};
    }
  }
  return {};
}

Verdict formOfTimes(const std::optional<Instant>& effective, const std::optional<Instant>& expiry,
                    const std::string& prefix) {
  const Instant last{limits::kClockMaxNs};
  if (effective && *effective > last) return {Outcome::invalidTime, prefix + "effective"};
  if (expiry && *expiry > last) return {Outcome::invalidTime, prefix + "expiry"};
  if (effective && expiry && *expiry <= *effective) {
    return {Outcome::invalidTime, prefix + "expiry is not after effective"};
  }
  return {};
}

std::string entry(const std::string& list, std::size_t index) {
  return list + "[" + std::to_string(index) + "]";
}

}  // namespace daybook::core
