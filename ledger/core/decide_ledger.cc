// Customers, catalog and clock.
#include "ledger/base/limits.h"
#include "ledger/core/catalog_rules.h"
#include "ledger/core/decisions.h"

namespace daybook::core {

Decision decideCreate(const State& state, const std::string& id, const CreateCustomer& create,
                      const Context& context) {
  const std::string zone = create.zone.empty() ? "UTC" : create.zone;
  if (state.find(id) != nullptr) return refusal(Outcome::customerExists, id);
  if (!context.boundaries.isKnown(zone)) return refusal(Outcome::unknownZone, zone);
  if (state.customers.size() >= limits::kCustomersMax) return refusal(Outcome::ledgerFull);
  return decideOpening(state, id, create, zone, context);
}

Decision decideUpdate(const Customer& customer, const UpdateCustomer& update,
                      const Context& context) {
  if (!context.boundaries.isKnown(update.zone)) return refusal(Outcome::unknownZone, update.zone);
  return decisionOf(customer.number, CustomerUpdated{update});
}

Decision decidePublish(const State& state, const PublishCatalog& publish) {
  Verdict verdict = validateCatalog(state.ledger, publish.catalog);
  if (!verdict.isOk()) return refusal(verdict.outcome, std::move(verdict.detail));
  Decision decision;
  decision.events = publicationEvents(state.ledger, publish.catalog, publish.digest);
  decision.keyed = decision.events.size() - 1;
  return decision;
}

Decision decideMoveClock(const State& state, const MoveClock& move) {
  if (state.ledger.ledger.settings.clock != ClockKind::manual) {
    return refusal(Outcome::clockNotManual);
  }
  if (move.to < state.ledger.clock) return refusal(Outcome::clockBackwards, "to");
  return decisionOf(CustomerNumber(), ClockMoved{move});
}

}  // namespace daybook::core
