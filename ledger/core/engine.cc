#include "ledger/core/engine.h"

#include <type_traits>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/core/apply.h"
#include "ledger/core/catalog_rules.h"
#include "ledger/core/decisions.h"
#include "ledger/core/draft.h"
#include "ledger/core/forms.h"
#include "ledger/core/periods.h"

namespace daybook::core {
namespace {

/// Commands that wait for no customer's due work; the rest is decided by decideForCustomer().
template <typename Asked>
inline constexpr bool kIsOfLedger =
    std::is_same_v<Asked, CreateCustomer> || std::is_same_v<Asked, PublishCatalog> ||
    std::is_same_v<Asked, MoveClock>;

Decision decideForCustomer(const State& state, const Customer& customer, const Command& command,
                           const Context& context) {
  const auto next = nextDue(state.ledger.ledger.settings, customer);
  CHECK(!next || next->at > context.now, "nothing is due for the customer");
  return std::visit(
      [&](const auto& asked) -> Decision {
        using Asked = std::decay_t<decltype(asked)>;
        if constexpr (std::is_same_v<Asked, RecordUsage>) {
          return decideUsage(state, customer, asked, context);
        } else if constexpr (std::is_same_v<Asked, BuyCredits>) {
          return decidePurchase(state, customer, asked, context);
        } else if constexpr (std::is_same_v<Asked, TopUp>) {
          return decideTopUp(state, customer, asked, context);
        } else if constexpr (std::is_same_v<Asked, UpdateCustomer>) {
          return decideUpdate(customer, asked, context);
        } else if constexpr (std::is_same_v<Asked, Subscribe>) {
          return decideSubscribe(state, customer, asked, context);
        } else if constexpr (std::is_same_v<Asked, Cancel>) {
          return decideCancel(state, customer, asked, context);
        } else if constexpr (std::is_same_v<Asked, RevokeCancel>) {
          return decideRevokeCancel(customer, asked);
        } else {
          static_assert(kIsOfLedger<Asked>);
          CHECK(false, "the command is of a customer");
          return {};
        }
      },
      command.body);
}

Decision decideCommand(const State& state, const Command& command, const Context& context) {
  Verdict form = formOf(command);
  if (!form.isOk()) return refusal(form.outcome, std::move(form.detail));
  if (const auto* create = std::get_if<CreateCustomer>(&command.body)) {
    return decideCreate(state, command.customer, *create, context);
  }
  if (const auto* publish = std::get_if<PublishCatalog>(&command.body)) {
    return decidePublish(state, *publish);
  }
  if (const auto* move = std::get_if<MoveClock>(&command.body)) {
    return decideMoveClock(state, *move);
  }
  const Customer* customer = state.find(command.customer);
  if (customer == nullptr) return refusal(Outcome::unknownCustomer, command.customer);
  return decideForCustomer(state, *customer, command, context);
}

bool isOfLedger(const EventBody& body) {
  return std::holds_alternative<LedgerCreated>(body) ||
         std::holds_alternative<FeaturePublished>(body) ||
         std::holds_alternative<PlanPublished>(body) ||
         std::holds_alternative<PackPublished>(body) ||
         std::holds_alternative<ModelPricePublished>(body) ||
         std::holds_alternative<CatalogPublished>(body) || std::holds_alternative<ClockMoved>(body);
}

}  // namespace

Decision decisionOf(CustomerNumber customer, EventBody body) {
  Decision decision;
  decision.customer = customer;
  decision.events.push_back(std::move(body));
  return decision;
}

Decision decisionOf(Draft&& draft) {
  Decision decision;
  decision.customer = draft.customer().number;
  decision.events = draft.takeEvents();
  return decision;
}

Decision Engine::decide(const Command& command, const Context& context) const {
  CHECK(context.now >= state_.ledger.recorded, "time never goes back");
  CHECK(!state_.ledger.last.isNone(), "the ledger is created");
  try {
    return decideCommand(state_, command, context);
  } catch (const Overflow&) {
    return refusal(Outcome::amountOverflow);
  }
}

Decision Engine::decideDue(CustomerNumber number, const Context& context) const {
  const Customer& customer = state_.customer(number);
  const auto due = nextDue(state_.ledger.ledger.settings, customer);
  if (!due || due->at > context.now) {
    Decision nothing;
    nothing.customer = number;
    return nothing;
  }
  Draft draft(state_, customer);
  workOff(draft, *due, context.boundaries);
  return decisionOf(std::move(draft));
}

std::optional<Due> Engine::due(Instant now) const {
  if (state_.due.empty() || state_.due.begin()->at > now) return std::nullopt;
  return *state_.due.begin();
}

Event Engine::seal(EventBody body, CustomerNumber customer, Instant recorded,
                   std::string key) const {
  const LedgerState& ledger = state_.ledger;
  Event event;
  event.position = ledger.last.next();
  event.recorded = recorded;
  if (const auto* moved = std::get_if<ClockMoved>(&body)) event.recorded = moved->asked.to;
  event.customer = customer;
  if (customer.isNone()) {
    event.sequence = ledger.events + 1;
    event.previous = ledger.last_of_ledger;
  } else if (customer.value > state_.customers.size()) {
    event.sequence = 1;
  } else {
    event.sequence = state_.customer(customer).events + 1;
    event.previous = state_.customer(customer).last;
  }
  event.key = std::move(key);
  event.body = std::move(body);
  return event;
}

void Engine::apply(const Event& event) {
  LedgerState& ledger = state_.ledger;
  CHECK(event.position == ledger.last.next(), "events are applied in the order of the log");
  CHECK(event.recorded >= ledger.recorded || ledger.last.isNone(), "time never goes back");
  CHECK(ledger.last.isNone() == std::holds_alternative<LedgerCreated>(event.body),
        "a ledger is created by its first event");
  CHECK(event.customer.isNone() == isOfLedger(event.body),
        "an event belongs to the ledger or to a customer by its kind");
  if (event.customer.isNone()) {
    applyToLedger(event);
  } else {
    applyToCustomerOf(event);
  }
  ledger.last = event.position;
  ledger.recorded = event.recorded;
}

void Engine::applyToLedger(const Event& event) {
  LedgerState& ledger = state_.ledger;
  CHECK(event.sequence == ledger.events + 1 && event.previous == ledger.last_of_ledger,
        "the ledger's events form a chain");
  if (const auto* created = std::get_if<LedgerCreated>(&event.body)) {
    ledger.ledger = *created;
    if (created->settings.clock == ClockKind::manual) ledger.clock = event.recorded;
  } else if (std::holds_alternative<ClockMoved>(event.body)) {
    CHECK(ledger.ledger.settings.clock == ClockKind::manual, "only a manual clock is moved");
    ledger.clock = event.recorded;
  } else {
    applyCatalogEvent(ledger, event.body, event.recorded);
    if (std::holds_alternative<CatalogPublished>(event.body)) {
      ledger.plan_published.resize(ledger.plans.size(), event.recorded);
      state_.indexCatalog();
    }
  }
  ledger.events = event.sequence;
  ledger.last_of_ledger = event.position;
}

void Engine::applyToCustomerOf(const Event& event) {
  LedgerState& ledger = state_.ledger;
  if (const auto* created = std::get_if<CustomerCreated>(&event.body)) {
    CHECK(event.customer.value == state_.customers.size() + 1,
          "customers are numbered in the order of their creation");
    CHECK(state_.find(created->id) == nullptr, "a customer is created once");
    Customer& customer = state_.customers.emplace_back();
    customer.number = event.customer;
    customer.id = created->id;
    state_.numbers.emplace(customer.id, customer.number);
  }
  CHECK(event.customer.value <= state_.customers.size(), "the customer exists");
  Customer& customer = state_.customers[event.customer.value - 1];
  CHECK(event.sequence == customer.events + 1 && event.previous == customer.last,
        "a customer's events form a chain");
  if (const auto* closed = std::get_if<InvoiceClosed>(&event.body)) {
    CHECK(closed->invoice.number.value == ledger.invoices.size() + 1, "no number is left out");
    ledger.invoices.push_back(event.position);
  }
  const LedgerSettings& settings = ledger.ledger.settings;
  const auto before = nextDue(settings, customer);
  applyToCustomer(customer, state_, event.body, event.position);
  const auto after = nextDue(settings, customer);
  if (before == after) return;
  if (before) state_.due.erase(*before);
  if (after) state_.due.insert(*after);
}

}  // namespace daybook::core
