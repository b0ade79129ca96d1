// The form of commands about holds.
#include "ledger/base/limits.h"
#include "ledger/core/form_checks.h"
#include "ledger/model/text.h"

namespace daybook::core {
namespace {

Verdict formOfHold(const std::string& key) {
  if (isText(key, limits::kKeyBytesMax)) return {};
  return {Outcome::invalidText, "hold"};
}

Verdict formOfTtl(const std::optional<Duration>& ttl) {
  if (!ttl) return {};
  if (ttl->ns <= 0) return {Outcome::invalidTime, "ttl"};
  if (*ttl > Duration::hours(limits::kHoldHoursMax)) return {Outcome::holdTooLong, "ttl"};
  return {};
}

Verdict formOfItems(const std::vector<HoldItem>& items) {
  Verdict count = formOfCount(items.size(), limits::kHoldItemsMax, "items");
  if (!count.isOk()) return count;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Verdict form = formOf(usageOf(items[i], std::nullopt));
    if (form.isOk()) continue;
    form.detail = entry("items", i) + "." + form.detail;
    return form;
  }
  return {};
}

}  // namespace

Verdict formOf(const PlaceHold& place) {
  if (place.items.empty()) return {Outcome::invalidNumber, "items: at least 1"};
  Verdict items = formOfItems(place.items);
  if (!items.isOk()) return items;
  for (std::size_t i = 0; i < place.items.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (place.items[j].feature != place.items[i].feature) continue;
      return {Outcome::invalidText, entry("items", i) + ".feature is repeated"};
    }
  }
  return formOfTtl(place.ttl);
}

Verdict formOf(const SettleHold& settle) {
  return firstRefusal({formOfHold(settle.hold), formOfItems(settle.items)});
}

Verdict formOf(const UseHold& use) {
  Verdict hold = formOfHold(use.hold);
  if (!hold.isOk()) return hold;
  if (use.usage.set) return {Outcome::notSettable, "usage.set"};
  Verdict usage = formOf(use.usage);
  if (!usage.isOk()) usage.detail = "usage." + usage.detail;
  return usage;
}

Verdict formOf(const ReleaseHold& release) { return formOfHold(release.hold); }

Verdict formOf(const ExtendHold& extend) {
  return firstRefusal({formOfHold(extend.hold), formOfTtl(extend.ttl)});
}

}  // namespace daybook::core
