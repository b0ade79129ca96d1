#include "ledger/core/state.h"

#include <algorithm>
#include <utility>

#include "ledger/base/check.h"

namespace daybook::core {

namespace {

/// The positions of all customers' documents of one kind, in order of number.
template <typename Ref, typename Number>
StableVector<Position> positionsOf(const StableVector<Customer>& customers,
                                   std::vector<Ref> Customer::*documents, Number first) {
  std::size_t count = 0;
  for (const Customer& customer : customers) count += (customer.*documents).size();
  StableVector<Position> positions;
  for (std::size_t i = 0; i < count; ++i) positions.emplace_back();
  for (const Customer& customer : customers) {
    for (const Ref& ref : customer.*documents) {
      CHECK(ref.number >= first && ref.number.value - first.value < count,
            "no document number is left out");
      Position& position = positions[ref.number.value - first.value];
      CHECK(position.isNone(), "no document number is given twice");
      position = ref.position;
    }
  }
  return positions;
}

}  // namespace

State::State(LedgerState ledger_state, StableVector<Customer> all_customers)
    : ledger(std::move(ledger_state)), customers(std::move(all_customers)) {
  CHECK(ledger.plan_published.size() == ledger.plans.size(),
        "every plan version has its instant of publication");
  const LedgerSettings& settings = ledger.ledger.settings;
  invoices = positionsOf(customers, &Customer::invoices, InvoiceNumber(settings.first_invoice));
  credit_notes =
      positionsOf(customers, &Customer::credit_notes, CreditNoteNumber(settings.first_credit_note));
  indexCatalog();
  for (std::size_t i = 0; i < customers.size(); ++i) {
    CHECK(customers[i].number.value == i + 1, "customers are numbered 1, 2, ...");
    numbers.insert(customers[i].id, customers[i].number);
    if (const auto next = nextDue(ledger.ledger.settings, customers[i])) due.insert(*next);
  }
}

void State::prefetch(CustomerNumber number) const {
  if (number.isNone() || number.value > customers.size()) return;
  const auto* const begin = reinterpret_cast<const char*>(&customers[number.value - 1]);
  for (std::size_t at = 0; at < sizeof(Customer); at += 64) __builtin_prefetch(begin + at, 1);
}

void State::prefetchAccount(CustomerNumber number) const {
  if (number.isNone() || number.value > customers.size()) return;
  const Customer& customer = customers[number.value - 1];
  if (!customer.periods.empty()) {
    const auto* const begin = reinterpret_cast<const char*>(&customer.periods.back());
    for (std::size_t at = 0; at < sizeof(UsagePeriod); at += 64) __builtin_prefetch(begin + at, 1);
  }
  if (!customer.grants.empty()) {
    const auto* const begin = reinterpret_cast<const char*>(customer.grants.data());
    for (std::size_t at = 0; at < sizeof(Grant); at += 64) __builtin_prefetch(begin + at, 1);
  }
}

CustomerNumber State::likely(std::string_view id) const {
  return numbers.find(id, [](CustomerNumber) { return true; });
}

const Customer* State::find(std::string_view id) const {
  const CustomerNumber number =
      numbers.find(id, [&](CustomerNumber candidate) { return customer(candidate).id == id; });
  return number.isNone() ? nullptr : &customer(number);
}

const Customer& State::customer(CustomerNumber number) const {
  CHECK(!number.isNone() && number.value <= customers.size(), "the customer exists");
  return customers[number.value - 1];
}

FeatureNumber State::feature(std::string_view code) const {
  const auto found = features.find(code);
  return found == features.end() ? FeatureNumber() : found->second;
}

const Plan& State::plan(const Terms& terms) const {
  const auto versions = plan_versions.find(terms.plan);
  CHECK(versions != plan_versions.end(), "the plan is published");
  CHECK(terms.version >= 1 && terms.version <= versions->second.size(),
        "the plan version is published");
  return ledger.plans[versions->second[terms.version - 1]];
}

const Plan* State::newestPlan(std::string_view code) const {
  const auto versions = plan_versions.find(code);
  return versions == plan_versions.end() ? nullptr : &ledger.plans[versions->second.back()];
}

const Plan* State::planBefore(std::string_view code, Instant at) const {
  const auto versions = plan_versions.find(code);
  if (versions == plan_versions.end()) return nullptr;
  const auto& indices = versions->second;
  const auto newest = std::find_if(indices.rbegin(), indices.rend(), [this, at](std::size_t i) {
    return ledger.plan_published[i] < at;
  });
  return newest == indices.rend() ? nullptr : &ledger.plans[*newest];
}

InvoiceNumber State::nextInvoice() const {
  return InvoiceNumber(ledger.ledger.settings.first_invoice + invoices.size());
}

CreditNoteNumber State::nextCreditNote() const {
  return CreditNoteNumber(ledger.ledger.settings.first_credit_note + credit_notes.size());
}

void State::indexCatalog() {
  for (std::size_t i = features.size(); i < ledger.features.size(); ++i) {
    features.emplace(ledger.features[i].code, FeatureNumber(static_cast<std::uint32_t>(i + 1)));
  }
  plan_versions.clear();
  for (std::size_t i = 0; i < ledger.plans.size(); ++i) {
    auto& versions = plan_versions[ledger.plans[i].code];
    versions.push_back(i);
    CHECK(ledger.plans[i].version == versions.size(), "plan versions are numbered 1, 2, ...");
  }
}

const UsagePeriod* runningPeriod(const Customer& customer) {
  if (!customer.subscription || customer.periods.empty()) return nullptr;
  // The newest open period may be an earlier one, still in grace.
  const UsagePeriod& newest = customer.periods.back();
  return newest.span.to > customer.subscription->since ? &newest : nullptr;
}

Instant billingEnd(const Subscription& subscription, const UsagePeriod& running) {
  return subscription.billing_to.isNever() ? running.span.to : subscription.billing_to;
}

DueKind endKind(const Subscription& subscription, const UsagePeriod& running) {
  if (subscription.cancel_at == running.span.to) return DueKind::cancellation;
  if (running.trial) return DueKind::trialEnd;
  const bool changes = subscription.change && subscription.billing_to == running.span.to;
  return changes ? DueKind::planChange : DueKind::periodStart;
}

bool isAnythingDue(const State& state, Instant now) {
  return !state.due.empty() && state.due.begin()->at <= now;
}

std::optional<Due> nextDue(const LedgerSettings& settings, const Customer& customer) {
  std::optional<Due> earliest;
  const auto consider = [&](Instant at, DueKind kind) {
    const Due due{at, kind, customer.number};
    if (!earliest || due < *earliest) earliest = due;
  };
  const UsagePeriod* running = runningPeriod(customer);
  for (const UsagePeriod& period : customer.periods) {
    if (&period != running) consider(period.span.to + settings.grace, DueKind::periodClose);
  }
  if (running != nullptr) {
    consider(running->span.to, endKind(*customer.subscription, *running));
    if (running->raise_at != Instant{}) consider(running->raise_at, DueKind::allowanceRaise);
  } else if (customer.periods.empty() && !customer.late.empty()) {
    CHECK(!customer.closed.empty(), "late charges are of closed periods");
    consider(customer.closed.back().span.to + settings.late_window, DueKind::adjustmentClose);
  }
  for (const Hold& hold : customer.holds) consider(hold.expiry, DueKind::holdExpiry);
  for (const Grant& grant : customer.grants) {
    if (grant.remaining.isZero() || grant.expiry.isNever()) continue;
    // Without a grace the next period starts first: credits may go over into it.
    const bool is_running = running != nullptr && grant.expiry >= running->span.to;
    if (grant.kind == GrantKind::plan && is_running) continue;
    consider(grant.expiry + settings.grace, DueKind::creditExpiry);
  }
  return earliest;
}

}  // namespace daybook::core
