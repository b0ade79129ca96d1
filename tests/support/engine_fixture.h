// A ledger without store or daemon: the engine, a clock that the test moves, and the log it makes.
//
// It does what a caller of the engine owes: looks keys up, works off what is due before it decides,
// passes the event that a command speaks of, seals, and applies. `zones` outlives it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/core/engine.h"
#include "ledger/core/query.h"
#include "ledger/model/receipt.h"

namespace daybook::testing {

inline LedgerSettings manualClock() {
  LedgerSettings settings;
  settings.clock = ClockKind::manual;
  return settings;
}

class TestLedger {
 public:
  explicit TestLedger(const ZoneRules& zones, Instant start,
                      LedgerSettings settings = manualClock())
      : boundaries_(zones), now_(start) {
    append({LedgerCreated{std::string(32, '0'), kFormatVersion, std::move(settings)}},
           CustomerNumber(), 0, "");
  }

  /// Decides and records one command, after what is due for its customer. Without a key it gets a
  /// new one; a repeated one is answered with what it was answered first.
  Answer give(const std::string& customer, CommandBody body, std::string key = {}) {
    const bool is_new = key.empty();
    if (is_new) key = "key-" + std::to_string(++keys_);
    const Command command{std::move(key), customer, std::move(body)};
    if (!is_new) {
      if (const Event* before = find(scopeOf(command), command.key)) {
        return repeated(*before, command);
      }
    }
    const Customer* known = state().find(customer);
    if (known != nullptr) workOff(known->number);
    core::Context asked = context();
    if (known != nullptr) {
      const std::string* subject = core::subjectKey(*known, command.body);
      if (subject != nullptr) asked.subject = find(known->number, *subject);
    }
    core::Decision decision = engine_.decide(command, asked);
    Answer answer;
    answer.verdict = decision.verdict;
    if (!decision.verdict.isOk()) return answer;
    const std::size_t keyed = log_.size() + decision.keyed;
    append(std::move(decision.events), decision.customer, decision.keyed, command.key);
    answer.receipt = receiptOf(log_[keyed]);
    return answer;
  }

  /// The event of this scope that carries the key; nullptr when none does.
  const Event* find(CustomerNumber scope, const std::string& key) const {
    for (const Event& event : log_) {
      if (event.key == key && keyScope(event) == scope) return &event;
    }
    return nullptr;
  }

  /// Moves the clock and nothing else: what has become due stays undone.
  void moveClock(Instant to) {
    append({ClockMoved{MoveClock{to}}}, CustomerNumber(), 0, "clock-" + std::to_string(++keys_));
    now_ = to;
  }

  void workOff(CustomerNumber customer) {
    for (;;) {
      core::Decision decision = engine_.decideDue(customer, context());
      if (decision.events.empty()) return;
      append(std::move(decision.events), customer, kNoKey, "");
    }
  }

  /// One piece of due work of the whole ledger.
  enum class Worked { something, nothing };
  Worked workOffOne() {
    const auto due = engine_.due(now_);
    if (!due) return Worked::nothing;
    append(engine_.decideDue(due->customer, context()).events, due->customer, kNoKey, "");
    return Worked::something;
  }

  void workOffAll() {
    while (workOffOne() == Worked::something) {
    }
  }

  /// As a ledger in service: the clock moves, and all that has become due is done.
  void advance(Instant to) {
    moveClock(to);
    workOffAll();
  }

  const core::State& state() const { return engine_.state(); }
  const core::Engine& engine() const { return engine_; }
  const std::vector<Event>& log() const { return log_; }
  /// Where each decision's events begin in log(), and one more: its size.
  const std::vector<std::size_t>& decisions() const { return decisions_; }
  Instant now() const { return now_; }
  core::Context context() const { return {now_, boundaries_}; }

  /// REQUIRES: there is such a customer.
  const Customer& customer(const std::string& id) const { return *state().find(id); }
  Balance balance(const std::string& id) const {
    return core::balanceOf(state(), customer(id), context());
  }
  /// The customer's closed invoices, oldest first.
  std::vector<Invoice> invoices(const std::string& id) const {
    std::vector<Invoice> invoices;
    for (const InvoiceRef& ref : customer(id).invoices) {
      invoices.push_back(std::get<InvoiceClosed>(log_[ref.position.value - 1].body).invoice);
    }
    return invoices;
  }

 private:
  /// Where the command's key is unique.
  CustomerNumber scopeOf(const Command& command) const {
    const Customer* known = state().find(command.customer);
    if (known == nullptr || std::holds_alternative<CreateCustomer>(command.body)) return {};
    return known->number;
  }

  /// The answer to a key that is in the log, at `before`.
  static Answer repeated(const Event& before, const Command& command) {
    std::optional<std::string_view> difference =
        firstDifference(askedOf(before.body).value(), command.body);
    const auto* created = std::get_if<CustomerCreated>(&before.body);
    if (!difference && created && created->id != command.customer) difference = "customer";
    Answer answer;
    if (difference) {
      answer.verdict = {Outcome::keyReused, std::string(*difference)};
      return answer;
    }
    answer.receipt = receiptOf(before);
    answer.receipt.duplicate = true;
    return answer;
  }

  static constexpr std::size_t kNoKey = static_cast<std::size_t>(-1);

  void append(std::vector<EventBody> bodies, CustomerNumber customer, std::size_t keyed,
              const std::string& key) {
    if (decisions_.empty()) decisions_.push_back(0);
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      log_.push_back(
          engine_.seal(std::move(bodies[i]), customer, now_, i == keyed ? key : std::string()));
      engine_.apply(log_.back());
    }
    decisions_.push_back(log_.size());
  }

  core::ZoneBoundaries boundaries_;
  Instant now_;
  core::Engine engine_;
  std::vector<Event> log_;
  std::vector<std::size_t> decisions_;
  std::uint64_t keys_ = 0;
};

/// The state that the log alone gives.
inline core::Engine replayed(const std::vector<Event>& log) {
  core::Engine engine;
  for (const Event& event : log) engine.apply(event);
  return engine;
}

/// Publishes and expects that it is accepted.
inline void publish(TestLedger& ledger, Catalog catalog) {
  const Answer answer = ledger.give("", PublishCatalog{std::move(catalog), "digest"});
  if (!answer.verdict.isOk()) throw std::runtime_error(answer.verdict.detail);
}

}  // namespace daybook::testing
