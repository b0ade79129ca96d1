#include "client/src/convert.h"

#include <capnp/schema.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace daybook::client {
namespace {

LedgerSettings fromWire(wire::LedgerCreated::Reader in) {
  return {.ledger_id = toString(in.getLedgerId()),
          .format_version = in.getFormatVersion(),
          .grace_ns = in.getGraceNs(),
          .late_window_ns = in.getLateWindowNs(),
          .future_limit_ns = in.getFutureLimitNs(),
          .invoice_prefix = toString(in.getInvoicePrefix()),
          .credit_note_prefix = toString(in.getCreditNotePrefix()),
          .first_invoice = in.getFirstInvoice(),
          .first_credit_note = in.getFirstCreditNote(),
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

template <typename Builder>
void setProperties(const std::vector<Property>& from, Builder out) {
  if (from.empty()) return;
  auto properties = out.initProperties(static_cast<unsigned>(from.size()));
  for (unsigned i = 0; i < properties.size(); ++i) {
    properties[i].setName(from[i].name);
    properties[i].setValue(from[i].value);
  }
}

std::vector<Property> propertiesFromWire(capnp::List<wire::Property>::Reader in) {
  std::vector<Property> out;
  for (auto property : in) {
    out.push_back({.name = toString(property.getName()), .value = toString(property.getValue())});
  }
  return out;
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

Draw fromWire(wire::Draw::Reader in) {
  return {.grant = in.getGrant(), .amount = toString(in.getAmount())};
}

Refusal fromWire(wire::Refusal::Reader in) {
  return {.index = in.getIndex(),
          .outcome = fromWire(in.getOutcome()),
          .detail = toString(in.getDetail())};
}

ReceiptItem fromWire(wire::ReceiptItem::Reader in) {
  return {.feature = toString(in.getFeature()),
          .disposition = enumFromWire<Disposition>(in.getDisposition()),
          .period_from_ns = in.getPeriodFrom(),
          .quantity = toString(in.getQuantity()),
          .price = toString(in.getPrice()),
          .draws = listFromWire<Draw>(in.getDraws()),
          .overdrawn = toString(in.getOverdrawn()),
          .unpaid = toString(in.getUnpaid()),
          .late_charge = toString(in.getLateCharge()),
          .balance_after = toString(in.getBalanceAfter())};
}

HoldItem fromWire(wire::HoldItem::Reader in) {
  HoldItem out{.feature = toString(in.getFeature()),
               .quantity = toString(in.getQuantity()),
               .tokens = std::nullopt,
               .properties = propertiesFromWire(in.getProperties())};
  if (in.hasTokens()) out.tokens = tokensFromWire(in.getTokens());
  return out;
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
          .draws = listFromWire<Draw>(in.getDraws()),
          .overdrawn = toString(in.getOverdrawn()),
          .unpaid = toString(in.getUnpaid()),
          .balance_after = toString(in.getBalanceAfter()),
          .late_charge = toString(in.getLateCharge()),
          .grant = in.getGrant(),
          .invoice = in.getInvoice(),
          .credit_note = in.getCreditNote(),
          .hold = in.getHold(),
          .hold_expiry_ns = in.getHoldExpiry(),
          .hold_expired = in.getHoldExpired(),
          .items = listFromWire<ReceiptItem>(in.getItems())};
}

BatchResult fromWire(wire::BatchResult::Reader in) {
  return {.outcome = fromWire(in.getOutcome()),
          .detail = toString(in.getDetail()),
          .recorded = in.getRecorded(),
          .duplicates = in.getDuplicates(),
          .refusals = listFromWire<Refusal>(in.getRefusals()),
          .position = in.getPosition()};
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
          .credit_notes = in.getCreditNotes(),
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

AlertRule fromWire(wire::AlertRule::Reader in) {
  return {.kind = enumFromWire<AlertKind>(in.getKind()),
          .feature = toString(in.getFeature()),
          .level = toString(in.getLevel()),
          .percent = in.getPercent()};
}

Usage fromWire(wire::RecordUsage::Reader in) {
  Usage out{.feature = toString(in.getFeature()),
            .quantity = toString(in.getQuantity()),
            .tokens = std::nullopt,
            .at_ns = in.getAt(),
            .properties = propertiesFromWire(in.getProperties()),
            .on_shortfall = enumFromWire<OnShortfall>(in.getOnShortfall()),
            .set = in.getSet()};
  if (in.hasTokens()) out.tokens = tokensFromWire(in.getTokens());
  return out;
}

void toWire(const Usage& usage, wire::RecordUsage::Builder out) {
  if (!usage.feature.empty()) out.setFeature(usage.feature);
  if (!usage.quantity.empty()) out.setQuantity(usage.quantity);
  if (usage.tokens) setTokens(*usage.tokens, out.initTokens());
  out.setAt(usage.at_ns);
  setProperties(usage.properties, out);
  out.setOnShortfall(static_cast<wire::OnShortfall>(usage.on_shortfall));
  out.setSet(usage.set);
}

void toWire(const HoldItem& item, wire::HoldItem::Builder out) {
  if (!item.feature.empty()) out.setFeature(item.feature);
  if (!item.quantity.empty()) out.setQuantity(item.quantity);
  if (item.tokens) setTokens(*item.tokens, out.initTokens());
  setProperties(item.properties, out);
}

void toWire(const PlaceHold& hold, wire::PlaceHold::Builder out) {
  auto items = out.initItems(static_cast<unsigned>(hold.items.size()));
  for (unsigned i = 0; i < items.size(); ++i) toWire(hold.items[i], items[i]);
  out.setTtlNs(hold.ttl_ns);
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
