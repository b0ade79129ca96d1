#include "client/src/convert.h"

#include <capnp/schema.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace daybook::client {
namespace {

template <typename Enum, typename Wire>
Enum enumFromWire(Wire value) {
  return static_cast<Enum>(static_cast<std::uint16_t>(value));
}

CreditBalance fromWire(wire::CreditBalance::Reader in) {
  return {.plan = toString(in.getPlan()),
          .promotional = toString(in.getPromotional()),
          .purchased = toString(in.getPurchased()),
          .debt = toString(in.getDebt()),
          .available = toString(in.getAvailable())};
}

Draw fromWire(wire::Draw::Reader in) {
  return {.grant = in.getGrant(), .amount = toString(in.getAmount())};
}

Refusal fromWire(wire::Refusal::Reader in) {
  return {.index = in.getIndex(),
          .outcome = client::fromWire(in.getOutcome()),
          .detail = toString(in.getDetail())};
}

TokenTotals fromWire(wire::TokenTotals::Reader in) {
  return {.input = in.getInput(),
          .output = in.getOutput(),
          .cache_read = in.getCacheRead(),
          .cache_write = in.getCacheWrite()};
}

FeatureBalance fromWire(wire::FeatureBalance::Reader in) {
  FeatureBalance out{.feature = toString(in.getFeature()),
                     .unlimited = in.getUnlimited(),
                     .used = toString(in.getUsed()),
                     .included = toString(in.getIncluded()),
                     .remaining = toString(in.getRemaining()),
                     .unpaid = toString(in.getUnpaid()),
                     .charge = toString(in.getCharge()),
                     .events = in.getEvents(),
                     .tokens = {}};
  if (in.hasTokens()) out.tokens = fromWire(in.getTokens());
  return out;
}

Grant fromWire(wire::Grant::Reader in) {
  Grant out{.number = in.getNumber(),
            .kind = enumFromWire<GrantKind>(in.getKind()),
            .priority = in.getPriority(),
            .credits = toString(in.getCredits()),
            .remaining = toString(in.getRemaining()),
            .effective_ns = in.getEffective(),
            .expiry_ns = in.getExpiry(),
            .features = {},
            .pack = toString(in.getPack())};
  for (std::uint32_t feature : in.getFeatures()) out.features.push_back(feature);
  return out;
}

TierCharge fromWire(wire::TierCharge::Reader in) {
  return {.quantity = toString(in.getQuantity()),
          .unit_price = toString(in.getUnitPrice()),
          .flat_fee = toString(in.getFlatFee()),
          .exact = toString(in.getExact())};
}

InvoiceLine fromWire(wire::InvoiceLine::Reader in);

// Lists of the values that the header does not know.
template <typename T, typename List>
std::vector<T> convertAll(List list) {
  std::vector<T> out;
  out.reserve(list.size());
  for (auto item : list) out.push_back(fromWire(item));
  return out;
}

InvoiceLine fromWire(wire::InvoiceLine::Reader in) {
  return {.type = enumFromWire<LineType>(in.getType()),
          .feature = toString(in.getFeature()),
          .description = toString(in.getDescription()),
          .quantity = toString(in.getQuantity()),
          .included = toString(in.getIncluded()),
          .unit_price = toString(in.getUnitPrice()),
          .tiers = convertAll<TierCharge>(in.getTiers()),
          .exact = toString(in.getExact()),
          .amount = toString(in.getAmount()),
          .from_ns = in.getFrom(),
          .to_ns = in.getTo()};
}

LedgerSettings fromWire(wire::LedgerCreated::Reader in) {
  return {.ledger_id = toString(in.getLedgerId()),
          .format_version = in.getFormatVersion(),
          .grace_ns = in.getGraceNs(),
          .late_window_ns = in.getLateWindowNs(),
          .future_limit_ns = in.getFutureLimitNs(),
          .invoice_prefix = toString(in.getInvoicePrefix()),
          .due_days = in.getDueDays()};
}

void setTokens(const Tokens& tokens, wire::Tokens::Builder out) {
  if (!tokens.provider.empty()) out.setProvider(tokens.provider);
  if (!tokens.model.empty()) out.setModel(tokens.model);
  if (tokens.input) out.setInput(*tokens.input);
  if (tokens.total_input) out.setTotalInput(*tokens.total_input);
  if (tokens.output) out.setOutput(*tokens.output);
  out.setCacheRead(tokens.cache_read);
  out.setCacheWrite(tokens.cache_write);
}

Tokens tokensFromWire(wire::Tokens::Reader in) {
  auto count = [](std::int64_t value) {
    return value == -1 ? std::nullopt : std::optional<std::int64_t>(value);
  };
  return {.provider = toString(in.getProvider()),
          .model = toString(in.getModel()),
          .input = count(in.getInput()),
          .total_input = count(in.getTotalInput()),
          .output = count(in.getOutput()),
          .cache_read = in.getCacheRead(),
          .cache_write = in.getCacheWrite()};
}

// Of a Text with its terminator.
std::size_t textWords(const std::string& text) { return text.size() / sizeof(capnp::word) + 1; }

}  // namespace

std::string toString(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

std::string toString(capnp::Data::Reader bytes) { return {bytes.asChars().begin(), bytes.size()}; }

Outcome fromWire(wire::Outcome outcome) {
  const auto number = static_cast<std::uint16_t>(outcome);
  auto enumerants = capnp::Schema::from<wire::Outcome>().getEnumerants();
  if (number >= enumerants.size()) return {.number = number, .name = "unknown"};
  return {.number = number, .name = toString(enumerants[number].getProto().getName())};
}

Receipt fromWire(wire::Receipt::Reader in) {
  return {.outcome = fromWire(in.getOutcome()),
          .detail = toString(in.getDetail()),
          .position = in.getPosition(),
          .recorded_ns = in.getRecorded(),
          .duplicate = in.getDuplicate(),
          .disposition = enumFromWire<Disposition>(in.getDisposition()),
          .period_from_ns = in.getPeriodFrom(),
          .quantity = toString(in.getQuantity()),
          .price = toString(in.getPrice()),
          .draws = convertAll<Draw>(in.getDraws()),
          .overdrawn = toString(in.getOverdrawn()),
          .unpaid = toString(in.getUnpaid()),
          .balance_after = toString(in.getBalanceAfter()),
          .grant = in.getGrant(),
          .invoice = in.getInvoice()};
}

BatchResult fromWire(wire::BatchResult::Reader in) {
  return {.outcome = fromWire(in.getOutcome()),
          .detail = toString(in.getDetail()),
          .recorded = in.getRecorded(),
          .duplicates = in.getDuplicates(),
          .refusals = convertAll<Refusal>(in.getRefusals()),
          .position = in.getPosition()};
}

Balance fromWire(wire::Balance::Reader in) {
  Balance out{.customer = toString(in.getCustomer()),
              .as_of = in.getAsOf(),
              .at_ns = in.getAt(),
              .state = enumFromWire<SubscriptionState>(in.getState()),
              .model = enumFromWire<ConsumptionModel>(in.getModel()),
              .terms = std::nullopt,
              .period_from_ns = in.getPeriodFrom(),
              .period_to_ns = in.getPeriodTo(),
              .cancel_at_ns = in.getCancelAt(),
              .features = convertAll<FeatureBalance>(in.getFeatures()),
              .credits = std::nullopt,
              .grants = convertAll<Grant>(in.getGrants()),
              .money = std::nullopt};
  if (in.hasTerms()) {
    auto terms = in.getTerms();
    out.terms = Terms{.plan = toString(terms.getPlan()),
                      .version = terms.getVersion(),
                      .currency = toString(terms.getCurrency())};
  }
  if (in.hasCredits()) out.credits = fromWire(in.getCredits());
  if (in.hasMoney()) {
    auto money = in.getMoney();
    out.money = SpendingBalance{.included = toString(money.getIncluded()),
                                .top_ups = toString(money.getTopUps()),
                                .amount = toString(money.getAmount())};
  }
  return out;
}

CheckAnswer fromWire(wire::CheckAnswer::Reader in) {
  CheckAnswer out{.allowed = in.getAllowed(),
                  .reason = fromWire(in.getOutcome()),
                  .detail = toString(in.getDetail()),
                  .remaining_included = toString(in.getRemainingIncluded()),
                  .unlimited = in.getUnlimited(),
                  .credits = std::nullopt,
                  .balance = toString(in.getBalance()),
                  .cost = toString(in.getCost()),
                  .overage_begins = in.getOverageBegins(),
                  .as_of = in.getAsOf()};
  if (in.hasCredits()) out.credits = fromWire(in.getCredits());
  return out;
}

Customer fromWire(wire::CustomerInfo::Reader in) {
  return {.id = toString(in.getId()),
          .number = in.getNumber(),
          .zone = toString(in.getZone()),
          .currency = toString(in.getCurrency()),
          .state = enumFromWire<SubscriptionState>(in.getState()),
          .plan = toString(in.getPlan())};
}

Invoice fromWire(wire::Invoice::Reader in) {
  return {.number = in.getNumber(),
          .label = toString(in.getLabel()),
          .type = enumFromWire<InvoiceType>(in.getType()),
          .status = enumFromWire<InvoiceStatus>(in.getStatus()),
          .customer = toString(in.getCustomer()),
          .currency = toString(in.getCurrency()),
          .date_ns = in.getDate(),
          .due_ns = in.getDue(),
          .from_ns = in.getFrom(),
          .to_ns = in.getTo(),
          .plan = toString(in.getPlan()),
          .plan_version = in.getPlanVersion(),
          .price_book_version = in.getPriceBookVersion(),
          .computed_at = in.getComputedAt(),
          .lines = convertAll<InvoiceLine>(in.getLines()),
          .total = toString(in.getTotal())};
}

CatalogChange fromWire(wire::CatalogChange::Reader in) {
  return {.kind = enumFromWire<ItemKind>(in.getKind()),
          .code = toString(in.getCode()),
          .action = enumFromWire<ChangeAction>(in.getAction()),
          .version = in.getVersion()};
}

TreeHead fromWire(wire::TreeHead::Reader in) {
  return {.size = in.getSize(), .root = toString(in.getRoot()), .recorded_ns = in.getRecorded()};
}

Status fromWire(wire::Status::Reader in) {
  return {.version = toString(in.getVersion()),
          .ledger_id = toString(in.getLedgerId()),
          .clock = enumFromWire<ClockKind>(in.getClock()),
          .now_ns = in.getNow(),
          .position = in.getPosition(),
          .root = toString(in.getRoot()),
          .customers = in.getCustomers(),
          .invoices = in.getInvoices(),
          .keys = in.getKeys(),
          .data_directory = toString(in.getDataDirectory()),
          .snapshot_position = in.getSnapshotPosition(),
          .free_bytes = in.getFreeBytes(),
          .storage_full = in.getStorageFull(),
          .clock_jumped = in.getClockJumped(),
          .uptime_ms = in.getUptimeMs(),
          .connections = in.getConnections(),
          .commits = in.getCommits(),
          .settings = fromWire(in.getSettings())};
}

Usage fromWire(wire::RecordUsage::Reader in) {
  Usage out{.feature = toString(in.getFeature()),
            .quantity = toString(in.getQuantity()),
            .tokens = std::nullopt,
            .at_ns = in.getAt(),
            .properties = {},
            .on_shortfall = enumFromWire<OnShortfall>(in.getOnShortfall())};
  if (in.hasTokens()) out.tokens = tokensFromWire(in.getTokens());
  for (auto property : in.getProperties()) {
    out.properties.push_back(
        {.name = toString(property.getName()), .value = toString(property.getValue())});
  }
  return out;
}

void toWire(const Usage& usage, wire::RecordUsage::Builder out) {
  if (!usage.feature.empty()) out.setFeature(usage.feature);
  if (!usage.quantity.empty()) out.setQuantity(usage.quantity);
  if (usage.tokens) setTokens(*usage.tokens, out.initTokens());
  out.setAt(usage.at_ns);
  if (!usage.properties.empty()) {
    auto properties = out.initProperties(static_cast<unsigned>(usage.properties.size()));
    for (unsigned i = 0; i < properties.size(); ++i) {
      properties[i].setName(usage.properties[i].name);
      properties[i].setValue(usage.properties[i].value);
    }
  }
  out.setOnShortfall(static_cast<wire::OnShortfall>(usage.on_shortfall));
}

void toWire(std::span<const UsageEntry> entries, capnp::List<wire::UsageEntry>::Builder out) {
  for (unsigned i = 0; i < out.size(); ++i) {
    if (!entries[i].customer.empty()) out[i].setCustomer(entries[i].customer);
    if (!entries[i].key.empty()) out[i].setKey(entries[i].key);
    toWire(entries[i].usage, out[i].initUsage());
  }
}

capnp::MessageSize sizeHint(std::span<const UsageEntry> entries) {
  constexpr std::size_t kEntryWords = 3 + 6;  // UsageEntry and RecordUsage
  constexpr std::size_t kTokensWords = 7;
  constexpr std::size_t kPropertyWords = 2;
  constexpr std::size_t kMessageWords = 64;  // the call around them
  std::size_t words = kMessageWords;
  for (const UsageEntry& entry : entries) {
    words += kEntryWords + textWords(entry.customer) + textWords(entry.key) +
             textWords(entry.usage.feature) + textWords(entry.usage.quantity);
    if (entry.usage.tokens) {
      words += kTokensWords + textWords(entry.usage.tokens->provider) +
               textWords(entry.usage.tokens->model);
    }
    for (const Property& property : entry.usage.properties) {
      words += kPropertyWords + textWords(property.name) + textWords(property.value);
    }
    if (!entry.usage.properties.empty()) ++words;  // the list's tag
  }
  return {words, 0};
}

}  // namespace daybook::client
