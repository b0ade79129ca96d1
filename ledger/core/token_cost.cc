// Model tokens: counts, the price in force, the cost with margin (BILLING.md section 3).
#include <algorithm>
#include <string>

#include "ledger/base/limits.h"
#include "ledger/core/rating.h"

namespace daybook::core {
namespace {

TokenCost refusal(Outcome outcome, std::string detail) {
  return {{outcome, std::move(detail)}, {}, {}, {}};
}

/// Form of the counts; on success `totals` has the cached tokens taken out of a total.
TokenCost resolvedCounts(const Tokens& tokens) {
  if (tokens.model.empty()) return refusal(Outcome::tokensMissing, "tokens.model");
  if (!tokens.output) return refusal(Outcome::tokensMissing, "tokens.output");
  if (!tokens.input && !tokens.total_input) return refusal(Outcome::tokensMissing, "tokens.input");
  if (tokens.input && tokens.total_input) {
    return refusal(Outcome::tokensInvalid, "tokens.input and tokens.totalInput exclude each other");
  }
  const std::uint64_t input = tokens.input ? *tokens.input : *tokens.total_input;
  if (std::max({input, *tokens.output, tokens.cache_read, tokens.cache_write}) >
      limits::kTokensMax) {
    return refusal(Outcome::amountOverflow, "tokens");
  }
  TokenCost result;
  result.totals = {input, *tokens.output, tokens.cache_read, tokens.cache_write};
  if (tokens.total_input) {
    const std::uint64_t cached = tokens.cache_read + tokens.cache_write;
    if (cached > input) {
      return refusal(Outcome::tokensInvalid, "more cached tokens than tokens.totalInput");
    }
    result.totals.input = input - cached;
  }
  return result;
}

/// The price in force at `at` of every provider that has the model, in order of first publication.
std::vector<const ModelPrice*> pricesInForce(const LedgerState& ledger, const Tokens& tokens,
                                             std::string_view currency, Instant at) {
  std::vector<const ModelPrice*> newest;
  for (const ModelPriceVersion& version : ledger.model_prices) {
    if (version.effective > at) break;  // later ones are not in force either
    if (version.price.model != tokens.model || version.currency != currency) continue;
    if (!tokens.provider.empty() && version.price.provider != tokens.provider) continue;
    const auto older = std::find_if(newest.begin(), newest.end(), [&version](const ModelPrice* p) {
      return p->provider == version.price.provider;
    });
    if (older == newest.end()) {
      newest.push_back(&version.price);
    } else {
      *older = &version.price;
    }
  }
  return newest;
}

/// Why none of `prices` can be taken. REQUIRES: not exactly one of them is live.
Verdict modelRefusal(const std::vector<const ModelPrice*>& prices, const Tokens& tokens,
                     std::string_view currency) {
  const std::string name =
      tokens.provider.empty() ? tokens.model : tokens.provider + "/" + tokens.model;
  if (prices.empty()) return {Outcome::unknownModel, name + " in " + std::string(currency)};
  std::string live;
  for (const ModelPrice* price : prices) {
    if (!price->retired) live += (live.empty() ? "" : ", ") + price->provider;
  }
  if (live.empty()) return {Outcome::retiredModel, name + " in " + std::string(currency)};
  return {Outcome::ambiguousModel, name + " is offered by " + live};
}

Wide exactTokens(std::uint64_t count, Decimal price) {
  return Wide::product(static_cast<Int128>(count), price.units());
}

}  // namespace

TokenCost tokenCost(const LedgerState& ledger, const Tokens& tokens, std::string_view currency,
                    Decimal margin_percent, Instant at) {
  TokenCost result = resolvedCounts(tokens);
  if (!result.verdict.isOk()) return result;
  const auto prices = pricesInForce(ledger, tokens, currency, at);
  const auto is_live = [](const ModelPrice* candidate) { return !candidate->retired; };
  if (std::count_if(prices.begin(), prices.end(), is_live) != 1) {
    return {modelRefusal(prices, tokens, currency), {}, {}, {}};
  }
  const ModelPrice& price = **std::find_if(prices.begin(), prices.end(), is_live);
  result.provider = price.provider;
  const Wide sum = exactTokens(result.totals.input, price.input) +
                   exactTokens(result.totals.output, price.output) +
                   exactTokens(result.totals.cache_read, price.cache_read) +
                   exactTokens(result.totals.cache_write, price.cache_write);
  // (1 + margin) is (100 + margin_percent) / 100.
  const Decimal percent = Decimal::fromInteger(100) + margin_percent;
  const Wide divisor = Wide::product(Int128{100} * 1'000'000, Decimal::kUnitsPerOne);
  result.cost = Decimal::fromUnits(sum.times(percent.units()).dividedBy(divisor));
  if (result.cost > Decimal::fromInteger(limits::kChargeMax)) throw Overflow();
  return result;
}

}  // namespace daybook::core
