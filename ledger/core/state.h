// The whole state of a ledger: one value, folded from the log by Engine::apply() and by nothing
// else.
//
// `ledger` and `customers` are the state; the rest is derived from them and never serialised.
// Belongs to one thread. Not copied on purpose: it may be gigabytes.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/base/stable_vector.h"
#include "ledger/core/customer_index.h"
#include "ledger/model/customer.h"
#include "ledger/model/ledger_state.h"

namespace daybook::core {

/// What time alone will cause. The numbers are the order of works due at one instant (BILLING.md
/// section 9).
enum class DueKind : std::uint8_t {
  holdExpiry = 0,
  periodClose = 1,
  adjustmentClose = 2,  // of late charges after a subscription
  creditExpiry = 3,
  cancellation = 4,
  planChange = 5,
  trialEnd = 6,
  periodStart = 7,
  allowanceRaise = 8,
};

/// One piece of due work, ordered by (time, kind, customer).
struct Due {
  Instant at;
  DueKind kind = DueKind::periodClose;
  CustomerNumber customer;
  auto operator<=>(const Due&) const = default;
};

struct TextHash {
  using is_transparent = void;  // NOLINT(readability-identifier-naming): the library's name
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};
/// Found by string_view without a copy. Looked up, never iterated.
template <typename Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

struct State {
  LedgerState ledger;
  StableVector<Customer> customers;  // index = CustomerNumber - 1

  StableVector<Position> invoices;  // index = InvoiceNumber - first_invoice: where each was closed
  StableVector<Position> credit_notes;              // in the same way
  CustomerIndex numbers;                            // of customers, by id
  TextMap<FeatureNumber> features;                  // by code
  TextMap<std::vector<std::size_t>> plan_versions;  // by code: index in ledger.plans
  std::set<Due> due;                                // at most one per customer: its earliest

  State() = default;
  /// Builds the derived parts. REQUIRES: customers are numbered 1, 2, ...; every plan version has
  /// its instant of publication; no number of a document is left out or given twice.
  State(LedgerState ledger_state, StableVector<Customer> all_customers);
  State(State&&) = default;
  State& operator=(State&&) = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() = default;

  /// Fetches into the cache what an event of this customer touches, if it exists: first the
  /// customer, and when that has come, what it points at.
  void prefetch(CustomerNumber number) const;
  void prefetchAccount(CustomerNumber number) const;

  /// The customer that probably has this id, without a look at its memory; none when there is none.
  CustomerNumber likely(std::string_view id) const;
  /// nullptr when there is no such customer.
  const Customer* find(std::string_view id) const;
  const Customer& customer(CustomerNumber number) const;  // REQUIRES: it exists
  /// The feature of a code; none when unknown.
  FeatureNumber feature(std::string_view code) const;
  /// The plan version named by `terms`. REQUIRES: it is published.
  const Plan& plan(const Terms& terms) const;
  /// nullptr when the plan is unknown.
  const Plan* newestPlan(std::string_view code) const;
  /// The newest version that was published before `at`, however late it is asked; nullptr when
  /// none was.
  const Plan* planBefore(std::string_view code, Instant at) const;

  /// The numbers that the next documents get: no number is left out.
  InvoiceNumber nextInvoice() const;
  CreditNoteNumber nextCreditNote() const;

  /// Brings `features` and `plan_versions` up to what is published.
  void indexCatalog();
};

/// The usage period of the live subscription that is not over; nullptr when there is none.
const UsagePeriod* runningPeriod(const Customer& customer);

/// When the running billing period of a subscription ends; of a one-time plan, which has none, when
/// the running usage period does. REQUIRES: a usage period runs.
Instant billingEnd(const Subscription& subscription, const UsagePeriod& running);

/// What the end of the running period is to the subscription.
DueKind endKind(const Subscription& subscription, const UsagePeriod& running);

/// Whether anything is due for anybody: most often nothing is, and nobody has to be asked.
bool isAnythingDue(const State& state, Instant now);

/// The customer's earliest due work; nullopt when time will cause nothing.
std::optional<Due> nextDue(const LedgerSettings& settings, const Customer& customer);

}  // namespace daybook::core
