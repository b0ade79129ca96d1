// The fields of the parts that events are made of, compared one by one.
//
// Used by difference.cc alone. Belongs to one thread.
#pragma once

#include "ledger/model/customer.h"
#include "ledger/model/event.h"
#include "ledger/model/invoice.h"
#include "ledger/replay/comparison.h"

namespace daybook::replay {

/// Compares two values of one type, field by field: the decided one, the recorded one.
struct PartFields {
  Comparison& comparison;

  void operator()(const Span& a, const Span& b) const {
    comparison.field("from", a.from, b.from);
    comparison.field("to", a.to, b.to);
    comparison.field("fullFrom", a.full_from, b.full_from);
    comparison.field("fullTo", a.full_to, b.full_to);
  }
  void operator()(const Terms& a, const Terms& b) const {
    comparison.field("plan", a.plan, b.plan);
    comparison.field("version", a.version, b.version);
    comparison.field("currency", a.currency, b.currency);
  }
  void operator()(const Grant& a, const Grant& b) const {
    comparison.field("number", a.number, b.number);
    comparison.field("kind", a.kind, b.kind);
    comparison.field("priority", a.priority, b.priority);
    comparison.field("credits", a.credits, b.credits);
    comparison.field("remaining", a.remaining, b.remaining);
    comparison.field("held", a.held, b.held);
    comparison.field("effective", a.effective, b.effective);
    comparison.field("expiry", a.expiry, b.expiry);
    comparison.contents("features", a.features, b.features);
    comparison.field("pack", a.pack, b.pack);
    comparison.field("price", a.price, b.price);
    comparison.field("invoice", a.invoice, b.invoice);
    comparison.field("rollovers", a.rollovers, b.rollovers);
  }
  void operator()(const Draw& a, const Draw& b) const {
    comparison.field("grant", a.grant, b.grant);
    comparison.field("amount", a.amount, b.amount);
  }
  void operator()(const HeldItem& a, const HeldItem& b) const {
    comparison.field("feature", a.feature, b.feature);
    comparison.field("variant", a.variant, b.variant);
    comparison.field("periodFrom", a.period_from, b.period_from);
    comparison.field("quantity", a.quantity, b.quantity);
    comparison.list("pins", a.pins, b.pins, *this);
    comparison.field("used", a.used, b.used);
  }
  void operator()(const TokenTotals& a, const TokenTotals& b) const {
    comparison.field("input", a.input, b.input);
    comparison.field("output", a.output, b.output);
    comparison.field("cacheRead", a.cache_read, b.cache_read);
    comparison.field("cacheWrite", a.cache_write, b.cache_write);
  }
  void operator()(const ScheduledChange& a, const ScheduledChange& b) const {
    comparison.field("plan", a.plan, b.plan);
    comparison.field("interval", a.interval, b.interval);
  }
  void operator()(const Discount& a, const Discount& b) const {
    comparison.field("percent", a.percent, b.percent);
    comparison.field("amount", a.amount, b.amount);
    comparison.field("cycles", a.cycles, b.cycles);
  }
  void operator()(const Subscription& a, const Subscription& b) const {
    comparison.field("plan", a.plan, b.plan);
    comparison.field("currency", a.currency, b.currency);
    comparison.field("billingInterval", a.billing_interval, b.billing_interval);
    comparison.field("started", a.started, b.started);
    comparison.field("since", a.since, b.since);
    comparison.field("anchor", a.anchor, b.anchor);
    comparison.field("billingTo", a.billing_to, b.billing_to);
    comparison.field("cancelAt", a.cancel_at, b.cancel_at);
    comparison.field("trialTo", a.trial_to, b.trial_to);
    comparison.field("paused", a.paused, b.paused);
    comparison.field("pinnedVersion", a.pinned_version, b.pinned_version);
    comparison.optional("change", a.change, b.change, *this);
    comparison.optional("discount", a.discount, b.discount, *this);
    comparison.part("billing", a.billing, b.billing, *this);
    comparison.field("baseCharged", a.base_charged, b.base_charged);
  }
  void operator()(const SeatsHeld& a, const SeatsHeld& b) const {
    comparison.field("feature", a.feature, b.feature);
    comparison.field("held", a.held, b.held);
    comparison.field("highest", a.highest, b.highest);
    comparison.field("value", a.value, b.value);
  }
  void operator()(const FeatureUsage& a, const FeatureUsage& b) const {
    comparison.field("feature", a.feature, b.feature);
    comparison.field("variant", a.variant, b.variant);
    comparison.field("quantity", a.quantity, b.quantity);
    comparison.field("charged", a.charged, b.charged);
  }
  void operator()(const SpendingBalance& a, const SpendingBalance& b) const {
    comparison.field("included", a.included, b.included);
    comparison.field("topUps", a.top_ups, b.top_ups);
    comparison.field("amount", a.amount, b.amount);
  }
  void operator()(const AlertRule& a, const AlertRule& b) const {
    comparison.field("kind", a.kind, b.kind);
    comparison.field("feature", a.feature, b.feature);
    comparison.field("level", a.level, b.level);
  }
  void operator()(const PeriodStarted& a, const PeriodStarted& b) const {
    comparison.field("index", a.index, b.index);
    comparison.part("span", a.span, b.span, *this);
    comparison.part("terms", a.terms, b.terms, *this);
    comparison.optional("billing", a.billing, b.billing, *this);
    comparison.field("billingTo", a.billing_to, b.billing_to);
    comparison.optional("grant", a.grant, b.grant, *this);
    comparison.field("debtPaid", a.debt_paid, b.debt_paid);
    comparison.field("includedBalance", a.included_balance, b.included_balance);
    comparison.field("trial", a.trial, b.trial);
    comparison.list("seats", a.seats, b.seats, *this);
  }
  void operator()(const TierCharge& a, const TierCharge& b) const {
    comparison.field("quantity", a.quantity, b.quantity);
    comparison.field("unitPrice", a.unit_price, b.unit_price);
    comparison.field("flatFee", a.flat_fee, b.flat_fee);
    comparison.field("exact", a.exact, b.exact);
  }
  void operator()(const ModelUsage& a, const ModelUsage& b) const {
    comparison.field("provider", a.provider, b.provider);
    comparison.field("model", a.model, b.model);
    comparison.part("tokens", a.tokens, b.tokens, *this);
    comparison.field("cost", a.cost, b.cost);
  }
  void operator()(const InvoiceLine& a, const InvoiceLine& b) const {
    comparison.field("type", a.type, b.type);
    comparison.field("feature", a.feature, b.feature);
    comparison.field("variant", a.variant, b.variant);
    comparison.field("description", a.description, b.description);
    comparison.field("quantity", a.quantity, b.quantity);
    comparison.field("included", a.included, b.included);
    comparison.field("unitPrice", a.unit_price, b.unit_price);
    comparison.list("tiers", a.tiers, b.tiers, *this);
    comparison.list("models", a.models, b.models, *this);
    comparison.field("exact", a.exact, b.exact);
    comparison.field("amount", a.amount, b.amount);
    comparison.field("from", a.from, b.from);
    comparison.field("to", a.to, b.to);
  }
  void operator()(const Invoice& a, const Invoice& b) const {
    comparison.field("number", a.number, b.number);
    comparison.field("label", a.label, b.label);
    comparison.field("type", a.type, b.type);
    comparison.field("status", a.status, b.status);
    comparison.field("customer", a.customer, b.customer);
    comparison.field("currency", a.currency, b.currency);
    comparison.field("date", a.date, b.date);
    comparison.field("due", a.due, b.due);
    comparison.field("from", a.from, b.from);
    comparison.field("to", a.to, b.to);
    comparison.field("plan", a.plan, b.plan);
    comparison.field("planVersion", a.plan_version, b.plan_version);
    comparison.field("priceBookVersion", a.price_book_version, b.price_book_version);
    comparison.field("computedAt", a.computed_at, b.computed_at);
    comparison.list("lines", a.lines, b.lines, *this);
    comparison.field("total", a.total, b.total);
  }
  void operator()(const CreditNote& a, const CreditNote& b) const {
    comparison.field("number", a.number, b.number);
    comparison.field("label", a.label, b.label);
    comparison.field("invoice", a.invoice, b.invoice);
    comparison.field("customer", a.customer, b.customer);
    comparison.field("currency", a.currency, b.currency);
    comparison.field("date", a.date, b.date);
    comparison.field("reason", a.reason, b.reason);
    comparison.field("total", a.total, b.total);
    comparison.field("asCustomerCredit", a.as_customer_credit, b.as_customer_credit);
    comparison.field("computedAt", a.computed_at, b.computed_at);
  }
};

}  // namespace daybook::replay
