// Conversions of what billing commands ask.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "client/src/convert.h"

namespace daybook::client {
namespace {

void setCodes(const std::vector<std::string>& codes, capnp::List<capnp::Text>::Builder out) {
  for (unsigned i = 0; i < out.size(); ++i) out.set(i, codes[i]);
}

unsigned sizeOf(const auto& list) { return static_cast<unsigned>(list.size()); }

void toWire(const std::vector<SeatCount>& seats, capnp::List<wire::SeatCount>::Builder out) {
  for (unsigned i = 0; i < out.size(); ++i) {
    out[i].setFeature(seats[i].feature);
    out[i].setSeats(seats[i].seats);
  }
}

void toWire(const OpeningUsage& from, wire::OpeningUsage::Builder out) {
  out.setFeature(from.feature);
  if (!from.variant.empty()) out.setVariant(from.variant);
  if (!from.quantity.empty()) out.setQuantity(from.quantity);
  if (!from.charged.empty()) out.setCharged(from.charged);
}

void toWire(const OpeningGrant& from, wire::OpeningGrant::Builder out) {
  out.setKind(static_cast<wire::GrantKind>(from.kind));
  if (!from.credits.empty()) out.setCredits(from.credits);
  if (!from.remaining.empty()) out.setRemaining(from.remaining);
  out.setPriority(from.priority);
  out.setEffective(from.effective_ns);
  out.setExpiry(from.expiry_ns);
  if (!from.features.empty()) {
    setCodes(from.features, out.initFeatures(sizeOf(from.features)));
  }
}

void toWire(const Opening& from, wire::Opening::Builder out) {
  out.setPlan(from.plan);
  if (!from.currency.empty()) out.setCurrency(from.currency);
  out.setInterval(client::toWire(from.interval));
  out.setAnchor(from.anchor_ns);
  if (!from.base_charged.empty()) out.setBaseCharged(from.base_charged);
  if (!from.usage.empty()) {
    auto usage = out.initUsage(sizeOf(from.usage));
    for (unsigned i = 0; i < usage.size(); ++i) toWire(from.usage[i], usage[i]);
  }
  if (!from.grants.empty()) {
    auto grants = out.initGrants(sizeOf(from.grants));
    for (unsigned i = 0; i < grants.size(); ++i) toWire(from.grants[i], grants[i]);
  }
  if (!from.balance.empty()) out.setBalance(from.balance);
  if (!from.top_ups.empty()) out.setTopUps(from.top_ups);
  if (!from.seats.empty()) toWire(from.seats, out.initSeats(sizeOf(from.seats)));
  if (!from.customer_credit.empty()) out.setCustomerCredit(from.customer_credit);
}

std::vector<std::string> codesFromWire(capnp::List<capnp::Text>::Reader codes) {
  std::vector<std::string> out;
  for (capnp::Text::Reader code : codes) out.push_back(toString(code));
  return out;
}

}  // namespace

std::optional<Interval> fromWire(wire::OptionalInterval interval) {
  if (interval == wire::OptionalInterval::ABSENT) return std::nullopt;
  return static_cast<Interval>(static_cast<std::uint16_t>(interval) - 1);
}

wire::OptionalInterval toWire(const std::optional<Interval>& interval) {
  if (!interval) return wire::OptionalInterval::ABSENT;
  return static_cast<wire::OptionalInterval>(static_cast<std::uint16_t>(*interval) + 1);
}

Opening fromWire(wire::Opening::Reader in) {
  Opening out{.plan = toString(in.getPlan()),
              .currency = toString(in.getCurrency()),
              .interval = fromWire(in.getInterval()),
              .anchor_ns = in.getAnchor(),
              .base_charged = toString(in.getBaseCharged()),
              .usage = {},
              .grants = {},
              .balance = toString(in.getBalance()),
              .top_ups = toString(in.getTopUps()),
              .seats = {},
              .customer_credit = toString(in.getCustomerCredit())};
  for (auto usage : in.getUsage()) {
    out.usage.push_back({.feature = toString(usage.getFeature()),
                         .variant = toString(usage.getVariant()),
                         .quantity = toString(usage.getQuantity()),
                         .charged = toString(usage.getCharged())});
  }
  for (auto grant : in.getGrants()) {
    out.grants.push_back({.kind = enumFromWire<GrantKind>(grant.getKind()),
                          .credits = toString(grant.getCredits()),
                          .remaining = toString(grant.getRemaining()),
                          .priority = grant.getPriority(),
                          .effective_ns = grant.getEffective(),
                          .expiry_ns = grant.getExpiry(),
                          .features = codesFromWire(grant.getFeatures())});
  }
  for (auto seats : in.getSeats()) {
    out.seats.push_back({.feature = toString(seats.getFeature()), .seats = seats.getSeats()});
  }
  return out;
}

void toWire(const CreateCustomer& from, wire::CreateCustomer::Builder out) {
  if (!from.zone.empty()) out.setZone(from.zone);
  if (from.opening) toWire(*from.opening, out.initOpening());
}

void toWire(const SetAlerts& from, wire::SetAlerts::Builder out) {
  if (!from.rules) return;
  auto rules = out.initAlerts().initRules(sizeOf(*from.rules));
  for (unsigned i = 0; i < rules.size(); ++i) {
    const AlertRule& rule = (*from.rules)[i];
    rules[i].setKind(static_cast<wire::AlertKind>(rule.kind));
    if (!rule.feature.empty()) rules[i].setFeature(rule.feature);
    if (!rule.level.empty()) rules[i].setLevel(rule.level);
    rules[i].setPercent(rule.percent);
  }
}

void toWire(const Subscribe& from, wire::Subscribe::Builder out) {
  out.setPlan(from.plan);
  if (!from.currency.empty()) out.setCurrency(from.currency);
  out.setAnchor(from.anchor_ns);
  out.setInterval(toWire(from.interval));
  if (from.trial_days) {
    // More than the wire holds stays more than the ledger allows.
    constexpr std::uint32_t kDaysMax = std::numeric_limits<std::int32_t>::max();
    out.setTrialDays(static_cast<std::int32_t>(std::min(*from.trial_days, kDaysMax)));
  }
  if (!from.seats.empty()) toWire(from.seats, out.initSeats(sizeOf(from.seats)));
}

void toWire(const Cancel& from, wire::Cancel::Builder out) {
  out.setWhen(static_cast<wire::CancelWhen>(from.when));
  out.setCreditUnused(from.credit_unused);
}

void toWire(const ChangePlan& from, wire::ChangePlan::Builder out) {
  out.setPlan(from.plan);
  out.setInterval(toWire(from.interval));
  out.setWhen(static_cast<wire::ChangeWhen>(from.when));
}

void toWire(const ChangeSeats& from, wire::ChangeSeats::Builder out) {
  out.setFeature(from.feature);
  out.setSeats(from.seats);
  out.setSet(from.set);
}

void toWire(const GrantCredits& from, wire::GrantCredits::Builder out) {
  out.setCredits(from.credits);
  out.setPriority(from.priority);
  out.setEffective(from.effective_ns);
  out.setExpiry(from.expiry_ns);
  if (!from.features.empty()) {
    setCodes(from.features, out.initFeatures(sizeOf(from.features)));
  }
  if (!from.reason.empty()) out.setReason(from.reason);
}

void toWire(const RefundPack& from, wire::RefundPack::Builder out) {
  out.setGrant(from.grant);
  if (!from.reason.empty()) out.setReason(from.reason);
}

void toWire(const VoidUsage& from, wire::VoidUsage::Builder out) {
  out.setUsageKey(from.usage_key);
  if (!from.reason.empty()) out.setReason(from.reason);
}

void toWire(const AddAdjustment& from, wire::AddAdjustment::Builder out) {
  out.setAmount(from.amount);
  if (!from.currency.empty()) out.setCurrency(from.currency);
  if (!from.description.empty()) out.setDescription(from.description);
  out.setAtOnce(from.at_once);
}

void toWire(const AddCustomerCredit& from, wire::AddCustomerCredit::Builder out) {
  out.setAmount(from.amount);
  if (!from.currency.empty()) out.setCurrency(from.currency);
  if (!from.reason.empty()) out.setReason(from.reason);
}

void toWire(const CreditInvoice& from, wire::CreditInvoice::Builder out) {
  out.setInvoice(from.invoice);
  if (!from.amount.empty()) out.setAmount(from.amount);
  if (!from.reason.empty()) out.setReason(from.reason);
  out.setAsCustomerCredit(from.as_customer_credit);
}

void toWire(const RecordPayment& from, wire::RecordPayment::Builder out) {
  out.setInvoice(from.invoice);
  if (!from.amount.empty()) out.setAmount(from.amount);
  if (!from.reference.empty()) out.setReference(from.reference);
}

void toWire(const RecordPaymentFailure& from, wire::RecordPaymentFailure::Builder out) {
  out.setInvoice(from.invoice);
  if (!from.reason.empty()) out.setReason(from.reason);
}

}  // namespace daybook::client
