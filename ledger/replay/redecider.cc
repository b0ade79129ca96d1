#include "ledger/replay/redecider.h"

#include <algorithm>
#include <utility>

#include "ledger/core/periods.h"
#include "ledger/replay/difference.h"
#include "ledger/replay/period_check.h"
#include "ledger/replay/publication.h"

namespace daybook::replay {
namespace {

std::string nameOf(const Event& event) { return std::string(eventName(event.body)); }

std::string refusalText(const Event& event, const Verdict& verdict) {
  std::string text =
      nameOf(event) + ": decided again it is refused, " + std::string(outcomeName(verdict.outcome));
  return verdict.detail.empty() ? text : text + " (" + verdict.detail + ")";
}

/// What a decision may look up in time-zone data, as its events recorded it.
struct LookedUp {
  core::RecordedBoundaries boundaries;
  std::string problem;  // empty: none
  Position position;    // of the problem
};

/// The boundaries of a period, once `requirement` has held.
template <typename Requirement>
LookedUp lookedUp(Position position, const PeriodStarted& started, Interval billing_interval,
                  Requirement requirement) {
  // A trial lasts a number of days.
  if (started.trial) return {};
  try {
    requirement();
  } catch (const core::UnfitEvent& error) {
    return {{}, error.text(), position};
  }
  return {{started, billing_interval}, {}, {}};
}

LookedUp withoutPeriod(const Event& event) {
  return {{},
          nameOf(event) + ": its first usage period does not follow in the same commit",
          event.position};
}

/// Where the usage period that a command starts comes from.
struct PeriodOrigin {
  Interval billing_interval = Interval::month;
  Instant anchor;
};

std::optional<Interval> intervalOf(const core::State& state, const std::string& code,
                                   std::optional<Interval> asked) {
  if (asked) return asked;
  const Plan* plan = state.newestPlan(code);
  return plan == nullptr ? std::nullopt : std::optional(plan->interval);
}

/// nullopt for a command that starts none, and for one that will be refused.
std::optional<PeriodOrigin> originOf(const core::State& state, const Event& keyed, Instant now) {
  std::optional<Interval> interval;
  Instant anchor = now;
  if (const auto* subscribed = std::get_if<Subscribed>(&keyed.body)) {
    interval = intervalOf(state, subscribed->asked.plan, subscribed->asked.interval);
    anchor = subscribed->asked.anchor.value_or(anchor);
  } else if (const auto* changed = std::get_if<PlanChanged>(&keyed.body)) {
    interval = intervalOf(state, changed->asked->plan, changed->asked->interval);
  } else if (std::holds_alternative<Resumed>(keyed.body)) {
    const auto& subscription = state.customer(keyed.customer).subscription;
    if (subscription) interval = subscription->billing_interval;
  }
  if (!interval) return std::nullopt;
  return PeriodOrigin{*interval, anchor};
}

/// Of a command given at `now`, whose keyed event is the first of `events`.
LookedUp lookedUpByCommand(const core::State& state, std::span<const Event> events, Instant now) {
  const Event& keyed = events.front();
  const Event* next = events.size() < 2 ? nullptr : &events[1];
  if (const auto* created = std::get_if<CustomerCreated>(&keyed.body)) {
    if (!created->asked.opening) return {};
    const Opening& opening = *created->asked.opening;
    const auto interval = intervalOf(state, opening.plan, opening.interval);
    if (!interval) return {};
    const auto* moved = next == nullptr ? nullptr : std::get_if<CustomerMovedIn>(&next->body);
    if (moved == nullptr) return withoutPeriod(keyed);
    return lookedUp(next->position, moved->period, *interval,
                    [&] { requireRunningPeriod(moved->period, *interval, opening.anchor, now); });
  }
  const auto origin = originOf(state, keyed, now);
  if (!origin) return {};
  const auto* started = next == nullptr ? nullptr : std::get_if<PeriodStarted>(&next->body);
  if (started == nullptr) return withoutPeriod(keyed);
  return lookedUp(next->position, *started, origin->billing_interval, [&] {
    requireFirstPeriod(*started, origin->billing_interval, origin->anchor, now);
  });
}

bool startsPeriod(core::DueKind kind) {
  return kind == core::DueKind::periodStart || kind == core::DueKind::planChange ||
         kind == core::DueKind::trialEnd;
}

/// The due work that begins with such an event and starts a period; nullopt for any other event.
std::optional<core::DueKind> startedBy(const EventBody& body) {
  if (std::holds_alternative<PeriodStarted>(body)) return core::DueKind::periodStart;
  if (std::holds_alternative<PlanChanged>(body)) return core::DueKind::planChange;
  if (std::holds_alternative<TrialEnded>(body)) return core::DueKind::trialEnd;
  return std::nullopt;
}

/// Of due work that begins with the first of `events`.
LookedUp lookedUpByTime(const Customer& customer, std::span<const Event> events,
                        core::DueKind kind) {
  if (!startsPeriod(kind)) return {};
  const std::size_t index = kind == core::DueKind::periodStart ? 0 : 1;
  const auto* started =
      events.size() <= index ? nullptr : std::get_if<PeriodStarted>(&events[index].body);
  if (started == nullptr) return withoutPeriod(events.front());
  const core::NextPeriod next = core::nextPeriod(customer);
  return lookedUp(events[index].position, *started, next.subscription.billing_interval,
                  [&] { requireFollowingPeriod(*started, next); });
}

}  // namespace

Redecider::Redecider(const store::Store& store, const Codec& codec)
    : store_(store), codec_(codec) {}

std::optional<Redecider::Problem> Redecider::take(std::span<const Event> events,
                                                  std::span<const BytesView> stored) {
  const Commit commit{events, stored};
  std::size_t next = 0;
  while (next < events.size()) {
    if (auto problem = takeDecision(commit, next)) return problem;
  }
  return std::nullopt;
}

std::optional<Redecider::Problem> Redecider::takeDecision(const Commit& commit,
                                                          std::size_t& first) {
  const std::span<const Event> events = commit.events.subspan(first);
  try {
    engine_.requireNext(events.front());
  } catch (const core::UnfitEvent& error) {
    return Problem{Position(state().ledger.last.next()), error.text()};
  }
  try {
    Attempt attempt = decideAgain(events);
    if (attempt.problem.empty() && !attempt.decision.verdict.isOk()) {
      attempt.problem = refusalText(events.front(), attempt.decision.verdict);
    }
    if (!attempt.problem.empty()) {
      const bool is_elsewhere = !attempt.position.isNone();
      return Problem{is_elsewhere ? attempt.position : events.front().position, attempt.problem};
    }
    const std::size_t count = attempt.decision.events.size();
    if (count == 0) {
      return Problem{events.front().position,
                     nameOf(events.front()) + ": decided again there is nothing to record"};
    }
    if (auto problem = compare(commit, first, std::move(attempt.decision))) return problem;
    first += count;
    return std::nullopt;
  } catch (const core::UnrecordedBoundary& error) {
    return Problem{events.front().position, error.what()};
  } catch (const Overflow& error) {
    return Problem{events.front().position, error.what()};
  }
}

std::optional<Redecider::Problem> Redecider::compare(const Commit& commit, std::size_t first,
                                                     core::Decision decision) {
  const Instant recorded = commit.events[first].recorded;
  for (std::size_t i = 0; i < decision.events.size(); ++i) {
    if (first + i == commit.events.size()) {
      return Problem{Position(commit.events.back().position.next()),
                     "decided again, " + std::string(eventName(decision.events[i])) +
                         " follows in the same commit, but the commit ends"};
    }
    const Event& found = commit.events[first + i];
    const bool is_keyed = i == decision.keyed;
    const Event decided = engine_.seal(std::move(decision.events[i]), decision.customer, recorded,
                                       is_keyed ? found.key : std::string());
    const Bytes bytes = codec_.encode(decided);
    if (!std::ranges::equal(bytes, commit.stored[first + i])) {
      const std::string difference = differenceOf(decided, found);
      return Problem{decided.position, difference.empty() ? "its bytes differ" : difference};
    }
    if (!decided.key.empty()) {
      if (std::string problem = keyProblem(decided); !problem.empty()) {
        return Problem{decided.position, std::move(problem)};
      }
    }
    try {
      engine_.fold(decided);
    } catch (const core::UnfitEvent& error) {
      return Problem{decided.position, error.text()};
    }
  }
  return std::nullopt;
}

Redecider::Attempt Redecider::decideAgain(std::span<const Event> events) const {
  const Event& first = events.front();
  if (std::holds_alternative<LedgerCreated>(first.body)) return decideLedger(first);
  const LedgerState& ledger = state().ledger;
  const bool is_manual = ledger.ledger.settings.clock == ClockKind::manual;
  if (is_manual && !std::holds_alternative<ClockMoved>(first.body) &&
      first.recorded != ledger.clock) {
    return {"recorded at " + first.recorded.toString() + ", when the manual clock showed " +
                ledger.clock.toString(),
            {}};
  }
  if (isItem(first.body) || std::holds_alternative<CatalogPublished>(first.body)) {
    return decidePublication(events);
  }
  if (first.customer.isNone() || std::holds_alternative<CustomerCreated>(first.body)) {
    return decideCommand(events, {0, *askedOf(first.body)});
  }
  return decideForCustomer(events);
}

Redecider::Attempt Redecider::decideLedger(const Event& created) const {
  Attempt attempt;
  attempt.decision.events.push_back(created.body);
  if (!created.key.empty()) attempt.problem = "the first event has a key";
  return attempt;
}

Redecider::Attempt Redecider::decidePublication(std::span<const Event> events) const {
  std::size_t items = 0;
  while (items < events.size() && isItem(events[items].body)) ++items;
  if (items == events.size()) return {"catalog items that no catalogPublished closes", {}};
  const auto* published = std::get_if<CatalogPublished>(&events[items].body);
  if (published == nullptr) return {"catalog items that no catalogPublished closes", {}};
  const Command command{
      events[items].key,
      {},
      PublishCatalog{catalogOf(state().ledger, events.first(items)), published->digest}};
  const core::RecordedBoundaries boundaries;
  return {{}, engine_.decide(command, {events.front().recorded, boundaries})};
}

Redecider::Attempt Redecider::decideForCustomer(std::span<const Event> events) const {
  const Event& first = events.front();
  const Customer& customer = state().customer(first.customer);
  const auto due = core::nextDue(state().ledger.ledger.settings, customer);
  const bool is_due = due && due->at <= first.recorded;
  std::optional<Keyed> keyed = keyedOf(events);
  if (keyed && !is_due) return decideCommand(events, std::move(*keyed));
  if (keyed && keyed->index == 0) {
    return {"what was due for the customer at " + due->at.toString() +
                " is not recorded before this command",
            {}};
  }
  if (!first.key.empty()) return {nameOf(first) + " has a key, but no command asks for it", {}};
  if (!is_due) return {nameOf(first) + ": nothing was due then", {}};
  return decideDue(events, *due);
}

/// A command may close what is still in grace before its own event.
std::optional<Redecider::Keyed> Redecider::keyedOf(std::span<const Event> events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    const EventBody& body = events[i].body;
    if (events[i].customer != events.front().customer) return std::nullopt;
    if (auto asked = askedOf(body)) return Keyed{i, std::move(*asked)};
    const bool closes =
        std::holds_alternative<InvoiceClosed>(body) || std::holds_alternative<PeriodClosed>(body);
    if (!closes) return std::nullopt;
  }
  return std::nullopt;
}

Redecider::Attempt Redecider::decideCommand(std::span<const Event> events, Keyed keyed) const {
  const Event& event = events[keyed.index];
  Command command{event.key, {}, std::move(keyed.asked)};
  Instant now = events.front().recorded;
  std::optional<Event> subject;
  if (const auto* created = std::get_if<CustomerCreated>(&event.body)) {
    command.customer = created->id;
  } else if (event.customer.isNone()) {
    now = state().ledger.recorded;  // of a clock that is moved: as it was before
  } else {
    command.customer = state().customer(event.customer).id;
  }
  if (const auto* voided = std::get_if<UsageVoided>(&event.body)) {
    subject = voidedBy(event, *voided);
    if (!subject) {
      return {"usageVoided: no usage of the customer with the key \"" + voided->asked.usage_key +
                  "\" is at position " + std::to_string(voided->usage.value),
              {}};
    }
  }
  const LookedUp looked_up = lookedUpByCommand(state(), events.subspan(keyed.index), now);
  if (!looked_up.problem.empty()) return {looked_up.problem, {}, looked_up.position};
  const core::Context context{now, looked_up.boundaries, subject ? &*subject : nullptr};
  return {{}, engine_.decide(command, context)};
}

/// The usage that is reversed, as stored; nullopt when it is not what it is said to be.
std::optional<Event> Redecider::voidedBy(const Event& voiding, const UsageVoided& voided) const {
  if (voided.usage.isNone() || voided.usage > state().ledger.last) return std::nullopt;
  const auto bytes = store_.read(voided.usage);
  if (!bytes) return std::nullopt;
  Event usage = codec_.decodeEvent(*bytes);
  const bool is_it = usage.customer == voiding.customer && usage.key == voided.asked.usage_key &&
                     !usagesOf(usage.body).empty();
  return is_it ? std::optional(std::move(usage)) : std::nullopt;
}

Redecider::Attempt Redecider::decideDue(std::span<const Event> events, const core::Due& due) const {
  const Event& first = events.front();
  const std::optional<core::DueKind> started = startedBy(first.body);
  if ((started || startsPeriod(due.kind)) && started != due.kind) {
    return {nameOf(first) + ": not what was due at " + due.at.toString(), {}};
  }
  const LookedUp looked_up = lookedUpByTime(state().customer(first.customer), events, due.kind);
  if (!looked_up.problem.empty()) return {looked_up.problem, {}, looked_up.position};
  core::Decision decision =
      engine_.decideDue(first.customer, {first.recorded, looked_up.boundaries});
  decision.keyed = decision.events.size();  // none
  return {{}, std::move(decision)};
}

std::string Redecider::keyProblem(const Event& event) {
  const CustomerNumber scope = keyScope(event);
  const std::uint64_t fingerprint = store::KeyIndex::fingerprint(seed_, scope, event.key);
  std::string problem;
  keys_.candidates(fingerprint, [&](Position position) {
    const auto bytes = store_.read(position);
    if (!bytes || !problem.empty()) return;
    const Event earlier = codec_.decodeEvent(*bytes);
    if (earlier.key != event.key || keyScope(earlier) != scope) return;
    problem = "its key is that of position " + std::to_string(position.value) + " already";
  });
  keys_.insert(fingerprint, event.position);
  return problem;
}

}  // namespace daybook::replay
