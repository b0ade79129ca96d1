// Closing a period cannot be refused, so the largest invoice of a plan that may be published must
// fit one event: the catalog's limits count on the sizes proved here.
#include <catch2/catch.hpp>

#include <limits>
#include <string>

#include "ledger/base/limits.h"
#include "ledger/core/invoice_builder.h"
#include "protocol/codec.h"
#include "tests/support/terms.h"

namespace daybook {
namespace {

using namespace daybook::testing;

/// The decimal with the longest text.
const Decimal kLongest = Decimal::fromUnits(std::numeric_limits<Int128>::max());

const Span kStub = part("2026-01-01", "2027-01-01", "2026-01-01", "2028-01-01");

/// An invoice of the longest base line and one overage line, with the longest texts that pass the
/// catalog's limits.
Invoice longestInvoice() {
  const std::string code(limits::kCodeBytesMax, 'c');
  Price price = perUnit("0.000000000999");
  price.maximum_charge = dec("0.1");
  LedgerState ledger;
  ledger.features = {metered(code, std::string(limits::kNameBytesMax, 'n'))};
  const std::string_view included = "999999999999999.999999999999";
  Plan plan = planFor(code, ConsumptionModel::metered, "1", {sold(code, included, price)});
  plan.name = std::string(limits::kNameBytesMax, 'n');
  plan.version = 1;
  ledger.plans = {plan, plan};
  ledger.plans[1].version = std::numeric_limits<std::uint32_t>::max();
  Customer customer;
  customer.id = std::string(limits::kCustomerIdBytesMax, 'i');
  UsagePeriod period;
  period.span = kStub;
  period.terms = {code, 1, "USD"};
  FeatureUsage usage;
  usage.feature = FeatureNumber(1);
  usage.quantity = dec("2000000000000000");
  period.usage = {usage};
  const Terms coming{code, ledger.plans[1].version, "USD"};
  core::InvoiceScope scope;
  scope.date = when("2027-01-01");
  scope.ended = &period;
  scope.billing = &kStub;
  scope.billing_terms = &coming;
  Invoice invoice = core::buildInvoice(ledger, customer, scope).value();
  REQUIRE(invoice.lines.size() == 2);
  for (InvoiceLine& line : invoice.lines) {
    line.quantity = line.included = line.unit_price = line.exact = line.amount = kLongest;
  }
  invoice.total = kLongest;
  invoice.label = std::string(limits::kCodeBytesMax, 'l');
  return invoice;
}

std::size_t bytesOf(const Invoice& invoice) {
  Event event;
  event.key = std::string(limits::kKeyBytesMax, 'k');
  event.body = InvoiceClosed{invoice};
  return protocol::CapnpCodec().encode(event).size();
}

TEST_CASE("what an invoice's event takes beside its usage lines keeps within its limit") {
  Invoice invoice = longestInvoice();
  invoice.lines.pop_back();
  CHECK(bytesOf(invoice) <= limits::kInvoiceHeadBytesMax);
}

TEST_CASE("a line keeps within its limit, and so does a tier") {
  Invoice invoice = longestInvoice();
  const std::size_t before = bytesOf(invoice);
  invoice.lines.push_back(invoice.lines.back());
  invoice.lines.back().tiers = {{kLongest, kLongest, kLongest, kLongest}};
  const std::size_t one_tier = bytesOf(invoice);
  CHECK(one_tier - before <= limits::kInvoiceLineBytesMax + limits::kTierChargeBytesMax);
  invoice.lines.back().tiers.push_back(invoice.lines.back().tiers.back());
  CHECK(bytesOf(invoice) - one_tier <= limits::kTierChargeBytesMax);
}

}  // namespace
}  // namespace daybook
