// Closing a period cannot be refused, so the largest invoice that published plans and waiting lines
// can cause must fit one event: the catalog's limits count on the sizes proved here.
#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string>

#include "ledger/base/limits.h"
#include "ledger/core/invoice_builder.h"
#include "protocol/codec.h"
#include "tests/support/terms.h"

namespace daybook {
namespace {

using namespace daybook::testing;

/// The decimal with the longest text, and the longest that a price, an amount of units and a charge
/// may have.
const Decimal kLongest = Decimal::fromUnits(std::numeric_limits<Int128>::min() + 1);
const Decimal kLongestPrice = dec("999999999999.999999999999");
const Decimal kLongestUnits = dec("999999999999999.999999999999");
const Decimal kLongestCharge = dec("-999999999999999999.999999999999");

const Span kStub = part("2026-01-01", "2027-01-01", "2026-01-01", "2028-01-01");

const std::string kCode(limits::kCodeBytesMax, 'c');
const std::string kSeats(limits::kCodeBytesMax, 's');
const std::string kName(limits::kNameBytesMax, 'n');
const std::string kVariant(limits::kVariantValueBytesMax, 'v');

/// One version of a plan that sells calls, in variants and with limits, and seats.
Plan longestPlan(std::uint32_t version) {
  Price price = perUnit("0.000000000999", "JPY");
  price.maximum_charge = dec("0.1");
  price.minimum_charge = dec("0.1");
  PlanFeature calls = sold(kCode, "999999999999999.999999999999", price);
  calls.dimension = "d";
  calls.variants = {variantAt(kVariant, price)};
  Plan plan = planFor(kCode, ConsumptionModel::metered, "0",
                      {calls, sold(kSeats, "0", perUnit("1", "JPY"))});
  plan.prices = {basePrice("9", "JPY", Interval::year)};
  plan.interval = Interval::year;
  plan.name = kName;
  plan.version = version;
  return plan;
}

core::State longestState() {
  LedgerState ledger;
  ledger.features = {metered(kCode, kName), metered(kSeats, kName)};
  ledger.features[1].type = FeatureType::seats;
  ledger.plans = {longestPlan(1), longestPlan(2)};
  ledger.plan_published = {when("2025-01-01"), when("2027-01-01")};
  return core::State(std::move(ledger), {});
}

/// An invoice with every type of line, each with the longest texts that pass the limits.
Invoice longestInvoice() {
  const core::State state = longestState();
  Customer customer;
  customer.id = std::string(limits::kCustomerIdBytesMax, 'i');
  Subscription& subscription = customer.subscription.emplace();
  subscription.plan = kCode;
  subscription.currency = "JPY";
  subscription.billing_interval = Interval::year;
  subscription.discount = Discount{dec("10"), {}, 3};
  UsagePeriod ended;
  ended.span = kStub;
  ended.terms = {kCode, 1, "JPY"};
  FeatureUsage& usage = ended.usage.emplace_back();
  usage.feature = FeatureNumber(1);
  usage.variant = kVariant;
  usage.quantity = dec("2000000000000000");
  ended.seats = {{FeatureNumber(2), 0, dec("3")}};
  UsagePeriod advance = ended;
  advance.terms.version = 2;
  advance.billing = kStub;
  advance.seats = {{FeatureNumber(2), 7, {}}};
  LateCharge& late = customer.late.emplace_back();
  late.feature = FeatureNumber(1);
  late.variant = kVariant;
  late.exact = dec("1");
  customer.adjustments = {{kName, dec("1")}};
  core::InvoiceScope scope;
  scope.date = when("2027-01-01");
  scope.ended = &ended;
  scope.advance = &advance;
  scope.pending = true;
  scope.unused = {{{}, kName + ", version 4294967295, unused time", kStub, dec("-1")},
                  {kSeats, kName + ", unused time", kStub, dec("-1")}};
  Invoice invoice = core::buildInvoice(state, customer, scope).value();
  core::settle(invoice, {{dec("1000"), kName}});
  for (InvoiceLine& line : invoice.lines) {
    line.quantity = kLongest;
    line.included = kLongestUnits;
    line.unit_price = kLongestPrice;
    line.exact = kLongestCharge;
    line.amount = kLongestCharge.roundedTo(4);
  }
  invoice.total = kLongest;
  invoice.label = std::string(limits::kCodeBytesMax, 'l');
  return invoice;
}

std::size_t bytesOf(const Invoice& invoice) {
  Event event;
  event.body = InvoiceClosed{invoice};
  return protocol::CapnpCodec().encode(event).size();
}

/// Base price, discount, unused time of the base, customer credit: once in an invoice.
bool isFixed(const InvoiceLine& line) {
  return line.type == LineType::planBase || line.type == LineType::discount ||
         line.type == LineType::customerCredit ||
         (line.type == LineType::prorationCredit && line.feature.empty());
}

Invoice onlyFixed(Invoice invoice) {
  std::vector<InvoiceLine> fixed;
  for (const InvoiceLine& line : invoice.lines) {
    if (isFixed(line)) fixed.push_back(line);
  }
  invoice.lines = fixed;
  return invoice;
}

const TokenTotals kMostTokens{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
const ModelUsage kModel{kCode, kCode, kMostTokens, kLongestCharge};

/// The fixed lines as wide as every line is once one has models.
Invoice onlyFixedAndWide(Invoice invoice) {
  Invoice wide = onlyFixed(std::move(invoice));
  wide.lines.front().models = {kModel};
  return wide;
}

TEST_CASE("an invoice's event with its fixed lines keeps within its limit") {
  const Invoice fixed = onlyFixed(longestInvoice());
  REQUIRE(fixed.lines.size() == 4);
  CHECK(bytesOf(fixed) <= limits::kInvoiceHeadBytesMax);
  CHECK(bytesOf(onlyFixedAndWide(fixed)) <=
        limits::kInvoiceHeadBytesMax + limits::kModelUsageBytesMax);
}

TEST_CASE("any other line keeps within its limit, and so do tiers and models") {
  const Invoice longest = longestInvoice();
  Invoice invoice = onlyFixedAndWide(longest);
  const std::size_t fixed = bytesOf(invoice);
  std::size_t others = 0;
  for (const InvoiceLine& line : longest.lines) {
    if (isFixed(line)) continue;
    INFO("line of type " << static_cast<int>(line.type) << ": " << line.description);
    invoice.lines.push_back(line);
    CHECK(bytesOf(invoice) - fixed <= limits::kInvoiceLineBytesMax);
    invoice.lines.pop_back();
    ++others;
  }
  // Seats in advance and added, overage and minimum of a variant, the default's minimum, late
  // usage, an adjustment, unused time of seats.
  CHECK(others == 8);

  invoice.lines.push_back(longest.lines.back());
  const std::size_t before = bytesOf(invoice);
  invoice.lines.back().tiers = {{kLongest, kLongestPrice, kLongestPrice, kLongestCharge}};
  const std::size_t one_tier = bytesOf(invoice);
  CHECK(one_tier - before <= limits::kTierChargeBytesMax);
  invoice.lines.back().tiers.push_back(invoice.lines.back().tiers.back());
  CHECK(bytesOf(invoice) - one_tier <= limits::kTierChargeBytesMax);

  invoice.lines.back().tiers.clear();
  invoice.lines.back().models = {kModel};
  CHECK(bytesOf(invoice) - before <= limits::kModelUsageBytesMax);
  invoice.lines.back().models.resize(limits::kLineModelsMax, kModel);
  CHECK(bytesOf(invoice) - before <= limits::kLineModelsMax * limits::kModelUsageBytesMax);
}

TEST_CASE("the largest invoice that the limits allow fits an event and its number of lines") {
  const Invoice longest = longestInvoice();
  Invoice invoice = onlyFixed(longest);
  std::size_t bytes = limits::kUsageLinesBytesMax + limits::kSeatLinesBytesMax +
                      limits::kPendingLinesMax * limits::kInvoiceLineBytesMax;
  for (std::size_t i = 0; i < 5; ++i) {
    invoice.lines.push_back(longest.lines.back());
    invoice.lines.back().models.assign(limits::kLineModelsMax, kModel);
    bytes -= limits::kInvoiceLineBytesMax + limits::kLineModelsMax * limits::kModelUsageBytesMax;
  }
  for (std::size_t i = 0; bytes >= limits::kInvoiceLineBytesMax; ++i) {
    const InvoiceLine& line = longest.lines[i % longest.lines.size()];
    if (isFixed(line)) continue;
    invoice.lines.push_back(line);
    bytes -= limits::kInvoiceLineBytesMax;
  }
  CHECK(bytesOf(invoice) <= limits::kEventBytesMax);
  CHECK(invoice.lines.size() <= limits::kInvoiceLinesMax);
}

}  // namespace
}  // namespace daybook
