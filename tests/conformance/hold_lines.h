// Lines about holds. A hold is named by its key; items are features with quantities:
//
//   hold acme h1 calls:5 images:2 [ttl=10m] [with.region=eu]
//   settle acme h1 [calls:5 ...] [at=...] [with.region=eu]     no items: all that it still holds
//   use acme h1 calls:5 [at=...] [cap|overdraw]
//   release acme h1
//   extend acme h1 [ttl=10m]
//
// One item of tokens: hold acme h1 chat anthropic/opus in=1000 out=500, and settle and use so.
#pragma once

#include "ledger/model/command.h"
#include "tests/conformance/script.h"

namespace daybook::conformance {

inline Tokens tokensOf(const Line& line, std::size_t word);

inline bool hasTokens(const Line& line) { return line.words.option("out").has_value(); }

inline std::vector<Property> propertiesOf(const Line& line) {
  std::vector<Property> properties;
  for (const auto& [name, value] : line.words.optionsOf("with")) {
    properties.push_back({name, value});
  }
  return properties;
}

/// "calls:5"; without a quantity: absent.
inline HoldItem holdItemOf(const Line& line, const std::string& text) {
  HoldItem item;
  const std::size_t colon = text.find(':');
  item.feature = text.substr(0, colon);
  if (colon != std::string::npos) item.quantity = line.decimal(text.substr(colon + 1));
  item.properties = propertiesOf(line);
  return item;
}

inline std::vector<HoldItem> holdItemsOf(const Line& line) {
  std::vector<HoldItem> items;
  if (hasTokens(line)) {
    items.push_back({line.word(3), std::nullopt, tokensOf(line, 4), propertiesOf(line)});
    return items;
  }
  for (std::size_t i = 3; i < line.words.size(); ++i) {
    items.push_back(holdItemOf(line, line.word(i)));
  }
  return items;
}

inline std::optional<Duration> ttlOf(const Line& line) {
  const auto text = line.words.option("ttl");
  if (!text) return std::nullopt;
  return Duration::parse(*text).value();
}

inline PlaceHold placeHoldOf(const Line& line) { return {holdItemsOf(line), ttlOf(line)}; }
inline SettleHold settleHoldOf(const Line& line) {
  return {line.word(2), holdItemsOf(line), line.instantOption("at")};
}
inline ReleaseHold releaseHoldOf(const Line& line) { return {line.word(2)}; }
inline ExtendHold extendHoldOf(const Line& line) { return {line.word(2), ttlOf(line)}; }

inline UseHold useHoldOf(const Line& line) {
  HoldItem item = hasTokens(line) ? holdItemsOf(line).front() : holdItemOf(line, line.word(3));
  UseHold use{line.word(2), usageOf(item, line.instantOption("at"))};
  if (line.words.has("cap")) use.usage.on_shortfall = OnShortfall::cap;
  if (line.words.has("overdraw")) use.usage.on_shortfall = OnShortfall::overdraw;
  return use;
}

}  // namespace daybook::conformance
