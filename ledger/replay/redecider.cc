#include "ledger/replay/redecider.h"

#include <algorithm>
#include <utility>

#include "ledger/replay/difference.h"
#include "ledger/replay/event_check.h"
#include "ledger/replay/publication.h"

namespace daybook::replay {
namespace {

/// Of an event that time or a command caused: what its decision may look up in time-zone data.
/// REQUIRES: Subscribed is followed by its first period; a period starts in a live subscription.
core::RecordedBoundaries boundariesOf(const Customer* customer, std::span<const Event> events) {
  if (const auto* started = std::get_if<PeriodStarted>(&events.front().body)) {
    return {*started, customer->subscription->billing_interval};
  }
  const auto* subscribed = std::get_if<Subscribed>(&events.front().body);
  if (subscribed == nullptr) return {};
  return {std::get<PeriodStarted>(events[1].body), subscribed->subscription.billing_interval};
}

/// Of the first usage period of a subscription, whose boundaries deciding relies on.
std::string firstPeriodProblem(const Event& subscribed, const PeriodStarted& started) {
  const auto& body = std::get<Subscribed>(subscribed.body);
  const Instant start = subscribed.recorded;
  const Instant anchor = body.asked.anchor.value_or(start);
  if (started.span.from != start || !started.billing || started.billing->from != start) {
    return "the first usage period does not begin with the subscription";
  }
  if (anchor == start ? started.index != 0 : started.index >= 0) {
    return "the first usage period has an index that is not its own";
  }
  return anchorProblem(started, body.subscription.billing_interval, anchor).value_or(std::string());
}

/// Of a usage period that follows another one.
std::string nextPeriodProblem(const Customer& customer, const PeriodStarted& started) {
  const UsagePeriod& running = *core::runningPeriod(customer);
  if (started.span.from != running.span.to) {
    return "the usage period does not begin where the one before it ends";
  }
  if (started.index != running.index + 1) return "the usage period's index does not follow";
  const Subscription& subscription = *customer.subscription;
  return anchorProblem(started, subscription.billing_interval, subscription.anchor)
      .value_or(std::string());
}

std::string nameOf(const Event& event) { return std::string(eventName(event.body)); }

std::string refusalText(const Event& event, const Verdict& verdict) {
  std::string text =
      nameOf(event) + ": decided again it is refused, " + std::string(outcomeName(verdict.outcome));
  return verdict.detail.empty() ? text : text + " (" + verdict.detail + ")";
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
  if (const auto problem = headProblem(state(), events.front())) {
    return Problem{Position(state().ledger.last.next()), *problem};
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
    engine_.apply(decided);
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
  if (askedOf(first.body)) return decideCommand(events);
  if (!first.key.empty()) return {nameOf(first) + " has a key, but no command asks for it", {}};
  return decideDue(first);
}

Redecider::Attempt Redecider::decideLedger(const Event& created) const {
  if (const auto problem = eventProblem(state(), created)) return {*problem, {}};
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

Redecider::Attempt Redecider::decideCommand(std::span<const Event> events) const {
  const Event& first = events.front();
  Command command{first.key, {}, *askedOf(first.body)};
  const Customer* customer = nullptr;
  Instant now = first.recorded;
  if (const auto* created = std::get_if<CustomerCreated>(&first.body)) {
    command.customer = created->id;
  } else if (first.customer.isNone()) {
    now = state().ledger.recorded;  // of a clock that is moved: as it was before
  } else {
    customer = &state().customer(first.customer);
    command.customer = customer->id;
    const auto due = core::nextDue(state().ledger.ledger.settings, *customer);
    if (due && due->at <= now) {
      return {"what was due for the customer at " + due->at.toString() +
                  " is not recorded before this command",
              {}};
    }
  }
  if (std::holds_alternative<Subscribed>(first.body)) {
    const auto* started = events.size() < 2 ? nullptr : std::get_if<PeriodStarted>(&events[1].body);
    if (started == nullptr) {
      return {"subscribed: its first usage period does not follow in the same commit", {}};
    }
    const std::string problem = firstPeriodProblem(first, *started);
    if (!problem.empty()) return {problem, {}, events[1].position};
  }
  const core::RecordedBoundaries boundaries = boundariesOf(customer, events);
  return {{}, engine_.decide(command, {now, boundaries})};
}

Redecider::Attempt Redecider::decideDue(const Event& first) const {
  const Customer& customer = state().customer(first.customer);
  const auto due = core::nextDue(state().ledger.ledger.settings, customer);
  if (!due || due->at > first.recorded) return {nameOf(first) + ": nothing was due then", {}};
  const auto* started = std::get_if<PeriodStarted>(&first.body);
  if ((due->kind == core::DueKind::periodStart) != (started != nullptr)) {
    return {nameOf(first) + ": not what was due at " + due->at.toString(), {}};
  }
  if (started != nullptr) {
    const std::string problem = nextPeriodProblem(customer, *started);
    if (!problem.empty()) return {problem, {}};
  }
  const core::RecordedBoundaries boundaries = boundariesOf(&customer, {&first, 1});
  core::Decision decision = engine_.decideDue(first.customer, {first.recorded, boundaries});
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
