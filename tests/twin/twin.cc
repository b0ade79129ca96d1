#include "tests/twin/twin.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "ledger/base/check.h"
#include "tests/twin/rules.h"

namespace daybook::twin {
namespace {

/// The newest of the items that `same` picks, or nullptr.
template <typename Items, typename Same>
auto* newest(Items& items, Same same) {
  const auto found = std::find_if(items.rbegin(), items.rend(), same);
  return found == items.rend() ? nullptr : &*found;
}

Answer decideForCustomer(Desk& desk, const Command& command) {
  return std::visit(
      [&](const auto& asked) -> Answer {
        using Asked = std::decay_t<decltype(asked)>;
        if constexpr (std::is_same_v<Asked, RecordUsage>) {
          return recordUsage(desk, command.key, asked);
        } else if constexpr (std::is_same_v<Asked, UpdateCustomer>) {
          if (!desk.zones.isKnown(asked.zone)) return refused(Outcome::unknownZone);
          desk.book.zone = asked.zone;
          return {};
        } else if constexpr (std::is_same_v<Asked, SetAlerts>) {
          desk.book.alert_rules = asked.rules;
          return {};
        } else if constexpr (std::is_same_v<Asked, RevokeCancel>) {
          return revokeCancel(desk);
        } else if constexpr (std::is_same_v<Asked, RevokeChange>) {
          return revokeChange(desk);
        } else if constexpr (std::is_same_v<Asked, Pause>) {
          return pause(desk);
        } else if constexpr (std::is_same_v<Asked, Resume>) {
          return resume(desk);
        } else if constexpr (std::is_same_v<Asked, CreateCustomer> ||
                             std::is_same_v<Asked, PublishCatalog> ||
                             std::is_same_v<Asked, MoveClock>) {
          CHECK(false, "the command is of a customer");
          return {};
        } else if constexpr (std::is_same_v<Asked, PlaceHold>) {
          return placeHold(desk, command.key, asked);
        } else if constexpr (std::is_same_v<Asked, SettleHold>) {
          return settleHold(desk, command.key, asked);
        } else if constexpr (std::is_same_v<Asked, UseHold>) {
          return useHold(desk, command.key, asked);
        } else {
          return answerTo(desk, asked);
        }
      },
      command.body);
}

}  // namespace

Twin::Twin(const ZoneRules& zones, LedgerSettings settings)
    : zones_(zones), settings_(std::move(settings)) {}

Answer Twin::give(const Command& command, Instant now) {
  Answer answer = decide(command, now);
  if (answer.verdict.isOk()) accepted_.push_back({command, now});
  return answer;
}

Answer Twin::decide(const Command& command, Instant now) {
  if (const auto* asked = std::get_if<PublishCatalog>(&command.body)) {
    publish(asked->catalog, now);
    return {};
  }
  if (std::holds_alternative<MoveClock>(command.body)) return {};
  if (const auto* asked = std::get_if<CreateCustomer>(&command.body)) {
    return create(command, *asked, now);
  }
  const auto found = books_.find(command.customer);
  if (found == books_.end()) return refused(Outcome::unknownCustomer);
  Desk desk{published_, settings_, zones_, found->second, now};
  catchUp(desk);
  Answer answer = decideForCustomer(desk, command);
  catchUp(desk);
  return answer;
}

Answer Twin::create(const Command& command, const CreateCustomer& asked, Instant now) {
  const std::string zone = asked.zone.empty() ? "UTC" : asked.zone;
  if (books_.count(command.customer) > 0) return refused(Outcome::customerExists);
  if (!zones_.isKnown(zone)) return refused(Outcome::unknownZone);
  Book book;
  book.id = command.customer;
  book.zone = zone;
  if (asked.opening) {
    Desk desk{published_, settings_, zones_, book, now};
    const Outcome outcome = moveIn(desk, *asked.opening);
    if (outcome != Outcome::ok) return refused(outcome);
  }
  books_[command.customer] = std::move(book);
  return {};
}

void Twin::publish(const Catalog& catalog, Instant now) {
  for (const Feature& feature : catalog.features) {
    auto* known =
        newest(published_.features, [&](const Feature& one) { return one.code == feature.code; });
    if (known != nullptr) *known = feature;
    if (known == nullptr) published_.features.push_back(feature);
  }
  for (Plan plan : catalog.plans) {
    const auto* known = newest(published_.plans, [&](const Published::PlanVersion& one) {
      return one.plan.code == plan.code;
    });
    plan.version = known == nullptr ? 0 : known->plan.version;
    if (known != nullptr && known->plan == plan) continue;
    ++plan.version;
    published_.plans.push_back({plan, now});
  }
  for (Pack pack : catalog.packs) {
    const auto* known =
        newest(published_.packs, [&](const Pack& one) { return one.code == pack.code; });
    pack.version = known == nullptr ? 1 : known->version + 1;
    published_.packs.push_back(pack);
  }
  for (PriceBook book : catalog.price_books) {
    const auto* known = newest(published_.books,
                               [&](const PriceBook& one) { return one.currency == book.currency; });
    if (known != nullptr && known->models == book.models) continue;
    book.version = known == nullptr ? 1 : known->version + 1;
    book.effective = now;
    published_.books.push_back(book);
  }
}

Book Twin::book(const std::string& customer, Instant now) const {
  Book book = books_.at(customer);
  Desk desk{published_, settings_, zones_, book, now};
  catchUp(desk);
  return book;
}

Balance Twin::balance(const std::string& customer, Instant now) const {
  Book projected = book(customer, now);
  return balanceOf({published_, settings_, zones_, projected, now});
}

std::optional<Invoice> Twin::upcoming(const std::string& customer, Instant now) const {
  Book projected = book(customer, now);
  return upcomingOf({published_, settings_, zones_, projected, now});
}

std::vector<Bill> Twin::bills(const std::string& customer, Instant now) const {
  return book(customer, now).bills;
}

std::vector<CreditNote> Twin::creditNotes(const std::string& customer) const {
  return books_.at(customer).notes;
}

std::vector<AlertRaised> Twin::alerts(const std::string& customer, Instant now) const {
  std::vector<AlertRaised> raised;
  for (const AlertEntry& entry : book(customer, now).alerts) {
    if (!entry.arms) raised.push_back(entry.raised);
  }
  return raised;
}

Twin Twin::retold() const {
  Twin twin(zones_, settings_);
  for (const Accepted& accepted : accepted_) twin.give(accepted.command, accepted.recorded);
  return twin;
}

}  // namespace daybook::twin
