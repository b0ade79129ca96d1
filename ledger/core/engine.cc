#include "ledger/core/engine.h"

#include <algorithm>
#include <exception>
#include <type_traits>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/core/apply.h"
#include "ledger/core/catalog_rules.h"
#include "ledger/core/decisions.h"
#include "ledger/core/draft.h"
#include "ledger/core/fit_checks.h"
#include "ledger/core/forms.h"
#include "ledger/core/holds.h"
#include "ledger/core/periods.h"
#include "ledger/core/terms.h"

namespace daybook::core {
namespace {

/// Commands that wait for no customer's due work; the rest is decided by decideForCustomer().
template <typename Asked>
inline constexpr bool kIsOfLedger =
    std::is_same_v<Asked, CreateCustomer> || std::is_same_v<Asked, PublishCatalog> ||
    std::is_same_v<Asked, MoveClock>;

// The commands of a customer, by the rule that decides them.
Decision decideAsked(const State& s, const Customer& c, const RecordUsage& a, const Context& x) {
  return decideUsage(s, c, a, x);
}
Decision decideAsked(const State& s, const Customer& c, const BuyCredits& a, const Context& x) {
  return decidePurchase(s, c, a, x);
}
Decision decideAsked(const State& s, const Customer& c, const TopUp& a, const Context& x) {
  return decideTopUp(s, c, a, x);
}
Decision decideAsked(const State&, const Customer& c, const UpdateCustomer& a, const Context& x) {
  return decideUpdate(c, a, x);
}
Decision decideAsked(const State& s, const Customer& c, const Subscribe& a, const Context& x) {
  return decideSubscribe(s, c, a, x);
}
Decision decideAsked(const State& s, const Customer& c, const Cancel& a, const Context& x) {
  return decideCancel(s, c, a, x);
}
Decision decideAsked(const State&, const Customer& c, const RevokeCancel& a, const Context&) {
  return decideRevokeCancel(c, a);
}
Decision decideAsked(const State& s, const Customer& c, const ChangePlan& a, const Context& x) {
  return decideChangePlan(s, c, a, x);
}
Decision decideAsked(const State&, const Customer& c, const RevokeChange& a, const Context&) {
  return decideRevokeChange(c, a);
}
Decision decideAsked(const State& s, const Customer& c, const Pause& a, const Context& x) {
  return decidePause(s, c, a, x);
}
Decision decideAsked(const State& s, const Customer& c, const Resume& a, const Context& x) {
  return decideResume(s, c, a, x);
}
Decision decideAsked(const State&, const Customer& c, const PinVersion& a, const Context&) {
  return decidePin(c, a);
}
Decision decideAsked(const State& s, const Customer& c, const ChangeSeats& a, const Context& x) {
  return decideSeats(s, c, a, x);
}
Decision decideAsked(const State& s, const Customer& c, const GrantCredits& a, const Context& x) {
  return decideGrant(s, c, a, x);
}
Decision decideAsked(const State& s, const Customer& c, const RefundPack& a, const Context& x) {
  return decideRefund(s, c, a, x);
}
Decision decideAsked(const State& s, const Customer& c, const VoidUsage& a, const Context& x) {
  return decideVoid(s, c, a, x);
}
Decision decideAsked(const State& s, const Customer& c, const AddAdjustment& a, const Context& x) {
  return decideAdjustment(s, c, a, x);
}
Decision decideAsked(const State&, const Customer& c, const AddCustomerCredit& a, const Context&) {
  return decideCustomerCredit(c, a);
}
Decision decideAsked(const State& s, const Customer& c, const CreditInvoice& a, const Context& x) {
  return decideCreditNote(s, c, a, x);
}
Decision decideAsked(const State&, const Customer& c, const RecordPayment& a, const Context&) {
  return decidePayment(c, a);
}
Decision decideAsked(const State&, const Customer& c, const RecordPaymentFailure& a,
                     const Context&) {
  return decidePaymentFailure(c, a);
}
Decision decideAsked(const State&, const Customer& c, const MarkUncollectible& a, const Context&) {
  return decideUncollectible(c, a);
}
Decision decideAsked(const State&, const Customer& c, const SetAlerts& a, const Context&) {
  return decisionOf(c.number, AlertsSet{a});
}

Decision decideAsked(const State& s, const Customer& c, const SettleHold& a, const Context& x) {
  return decideSettle(s, c, a, x);
}
Decision decideAsked(const State& s, const Customer& c, const UseHold& a, const Context& x) {
  return decideUse(s, c, a, x);
}
Decision decideAsked(const State&, const Customer& c, const ReleaseHold& a, const Context& x) {
  return decideRelease(c, a, x);
}
Decision decideAsked(const State&, const Customer& c, const ExtendHold& a, const Context& x) {
  return decideExtend(c, a, x);
}
Decision decideAsked(const State& s, const Customer& c, const PlaceHold& a, const Context& x) {
  return decidePlace(s, c, a, x);
}

Decision decideForCustomer(const State& state, const Customer& customer, const Command& command,
                           const Context& context) {
  if (isAnythingDue(state, context.now)) {
    const auto next = nextDue(state.ledger.ledger.settings, customer);
    CHECK(!next || next->at > context.now, "nothing is due for the customer");
  }
  return std::visit(
      [&](const auto& asked) -> Decision {
        using Asked = std::decay_t<decltype(asked)>;
        if constexpr (kIsOfLedger<Asked>) {
          CHECK(false, "the command is of a customer");
          return {};
        } else {
          return decideAsked(state, customer, asked, context);
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

/// The hold that a command is about; nullptr: none.
const std::string* holdOf(const CommandBody& body) {
  if (const auto* settle = std::get_if<SettleHold>(&body)) return &settle->hold;
  if (const auto* use = std::get_if<UseHold>(&body)) return &use->hold;
  if (const auto* release = std::get_if<ReleaseHold>(&body)) return &release->hold;
  if (const auto* extend = std::get_if<ExtendHold>(&body)) return &extend->hold;
  return nullptr;
}

}  // namespace

const std::string* subjectKey(const Customer& customer, const CommandBody& body) {
  if (const auto* voiding = std::get_if<VoidUsage>(&body)) return &voiding->usage_key;
  const std::string* hold = holdOf(body);
  const bool is_in_state = hold == nullptr || findHold(customer.holds, *hold) != nullptr ||
                           findHold(customer.expired_holds, *hold) != nullptr;
  return is_in_state ? nullptr : hold;
}

Decision decisionOf(CustomerNumber customer, EventBody body) {
  Decision decision;
  decision.customer = customer;
  decision.events.push_back(std::move(body));
  return decision;
}

Decision decisionOf(Draft&& draft, std::size_t keyed) {
  Decision decision;
  decision.customer = draft.customer().number;
  decision.keyed = keyed;
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
  Decision nothing;
  nothing.customer = number;
  if (!isAnythingDue(state_, context.now)) return nothing;
  const Customer& customer = state_.customer(number);
  const auto due = nextDue(state_.ledger.ledger.settings, customer);
  if (!due || due->at > context.now) return nothing;
  // Nothing to be drafted: no copy of the customer.
  if (due->kind == DueKind::holdExpiry) return decisionOf(number, expiredHold(customer));
  Draft draft(state_, customer, context.now);
  workOff(draft, *due, context.boundaries);
  return decisionOf(std::move(draft));
}

std::optional<Due> Engine::due(Instant now) const {
  if (!isAnythingDue(state_, now)) return std::nullopt;
  return *state_.due.begin();
}

Event Engine::seal(EventBody body, CustomerNumber customer, Instant recorded,
                   std::string key) const {
  const LedgerState& ledger = state_.ledger;
  if (const auto* moved = std::get_if<ClockMoved>(&body)) recorded = moved->asked.to;
  Event event{ledger.last.next(), recorded,       customer,       0, {},
              kRuleVersion,       std::move(key), std::move(body)};
  if (customer.isNone()) {
    event.sequence = ledger.events + 1;
    event.previous = ledger.last_of_ledger;
  } else if (customer.value > state_.customers.size()) {
    event.sequence = 1;
  } else {
    event.sequence = state_.customer(customer).events + 1;
    event.previous = state_.customer(customer).last;
  }
  return event;
}

void Engine::apply(const Event& event) noexcept {
  try {
    fold(event);
  } catch (const std::exception& error) {
    CHECK(false, error.what());
  }
}

void Engine::requireNext(const Event& event) const {
  const LedgerState& ledger = state_.ledger;
  require(event.position == ledger.last.next(), "positions follow each other");
  require(event.recorded >= ledger.recorded || ledger.last.isNone(), "time never goes back");
  require(ledger.last.isNone() == std::holds_alternative<LedgerCreated>(event.body),
          "a ledger is created by its first event and by no other");
  require(event.customer.isNone() == isOfLedger(event.body),
          "an event belongs to the ledger or to a customer by its kind");
  if (event.customer.isNone()) {
    require(event.sequence == ledger.events + 1 && event.previous == ledger.last_of_ledger,
            "the ledger's events form a chain");
    return;
  }
  const std::size_t customers = state_.customers.size();
  if (std::holds_alternative<CustomerCreated>(event.body)) {
    require(event.customer.value == customers + 1,
            "customers are numbered in the order of their creation");
    require(event.sequence == 1 && event.previous.isNone(),
            "a customer's chain begins with its creation");
    return;
  }
  require(event.customer.value <= customers, "the customer exists");
  const Customer& customer = state_.customer(event.customer);
  require(event.sequence == customer.events + 1 && event.previous == customer.last,
          "a customer's events form a chain");
}

void Engine::fold(const Event& event) {
  requireNext(event);
  if (event.customer.isNone()) {
    foldOfLedger(event);
  } else {
    foldOfCustomer(event);
  }
  state_.ledger.last = event.position;
  state_.ledger.recorded = event.recorded;
}

void Engine::foldOfLedger(const Event& event) {
  LedgerState& ledger = state_.ledger;
  if (const auto* created = std::get_if<LedgerCreated>(&event.body)) {
    requireSettings(created->settings);
    ledger.ledger = *created;
    if (created->settings.clock == ClockKind::manual) ledger.clock = event.recorded;
  } else if (const auto* moved = std::get_if<ClockMoved>(&event.body)) {
    require(ledger.ledger.settings.clock == ClockKind::manual, "only a manual clock is moved");
    require(event.recorded == moved->asked.to, "a clock is moved to where it was asked");
    ledger.clock = event.recorded;
  } else {
    foldPublication(event);
  }
  ledger.events = event.sequence;
  ledger.last_of_ledger = event.position;
}

void Engine::foldPublication(const Event& event) {
  LedgerState& ledger = state_.ledger;
  const std::size_t published = ledger.plans.size();
  applyCatalogEvent(ledger, event.body, event.recorded);
  if (!std::holds_alternative<CatalogPublished>(event.body)) return;
  state_.indexCatalog();
  for (std::size_t i = published; i < ledger.plans.size(); ++i) {
    if (ledger.plans[i].improvements_now) improve(ledger.plans[i]);
  }
}

/// What a new version gives more at once becomes due for each customer whose running period is of
/// the plan. Metered plans raise what they include without an event.
void Engine::improve(const Plan& plan) {
  const LedgerSettings& settings = state_.ledger.ledger.settings;
  if (plan.model == ConsumptionModel::metered) return;
  for (Customer& customer : state_.customers) {
    const UsagePeriod* running = runningPeriod(customer);
    if (running == nullptr || running->terms.plan != plan.code) continue;
    const auto before = nextDue(settings, customer);
    setImprovement(customer, state_);
    const auto after = nextDue(settings, customer);
    if (before == after) continue;
    if (before) state_.due.erase(*before);
    if (after) state_.due.insert(*after);
  }
}

/// Whether the event may change what time will cause for its customer. Most usage does not: only
/// what is late, or empties or fills a grant.
bool Engine::mayMoveDue(const Customer& customer, const EventBody& body) {
  const auto* usage = std::get_if<UsageRecorded>(&body);
  if (usage == nullptr || usage->disposition == Disposition::late) return true;
  if (usage->draws.empty()) return false;
  const Draw& draw = usage->draws.front();
  const auto grant = std::find_if(customer.grants.begin(), customer.grants.end(),
                                  [&draw](const Grant& g) { return g.number == draw.grant; });
  return usage->draws.size() > 1 || grant == customer.grants.end() || grant->remaining.isZero() ||
         grant->remaining == draw.amount;
}

void Engine::foldOfCustomer(const Event& event) {
  LedgerState& ledger = state_.ledger;
  require(ledger.staged.empty(), "a publication is not interrupted");
  if (const auto* created = std::get_if<CustomerCreated>(&event.body)) {
    require(state_.find(created->id) == nullptr, "a customer is created once");
    Customer& customer = state_.customers.emplace_back();
    customer.number = event.customer;
    customer.id = created->id;
    state_.numbers.insert(customer.id, customer.number);
  }
  Customer& customer = state_.customers[event.customer.value - 1];
  if (const auto* closed = std::get_if<InvoiceClosed>(&event.body)) {
    require(closed->invoice.number == state_.nextInvoice(), "no invoice number is left out");
    state_.invoices.push_back(event.position);
  }
  if (const auto* closed = std::get_if<CreditNoteClosed>(&event.body)) {
    require(closed->note.number == state_.nextCreditNote(), "no credit note number is left out");
    state_.credit_notes.push_back(event.position);
  }
  const LedgerSettings& settings = ledger.ledger.settings;
  const bool moves_due = mayMoveDue(customer, event.body);
  const auto before = moves_due ? nextDue(settings, customer) : std::nullopt;
  applyToCustomer(customer, state_, event.body, {event.position, event.recorded, event.key});
  if (!moves_due) return;
  const auto after = nextDue(settings, customer);
  if (before == after) return;
  if (before) state_.due.erase(*before);
  if (after) state_.due.insert(*after);
}

}  // namespace daybook::core
