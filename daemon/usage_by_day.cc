#include "daemon/usage_by_day.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace daybook::daemon {

namespace {

constexpr std::int64_t kNsPerDay = Duration::days(1).ns;
// A change of a zone's offset can set the local date back; never by more.
constexpr std::int64_t kDaysBackMax = 2;

void addTokens(TokenTotals& to, const TokenTotals& tokens) {
  to.input += tokens.input;
  to.output += tokens.output;
  to.cache_read += tokens.cache_read;
  to.cache_write += tokens.cache_write;
}

/// A void is met before its usage: the counts go below 0 and come back, modulo 2^64.
void takeTokens(TokenTotals& from, const TokenTotals& tokens) {
  from.input -= tokens.input;
  from.output -= tokens.output;
  from.cache_read -= tokens.cache_read;
  from.cache_write -= tokens.cache_write;
}

}  // namespace

std::string dayText(std::int64_t day) {
  const CivilDate date = civilFromDays(day);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

UsageByDay::UsageByDay(const ZoneRules& zones, Query query)
    : zones_(zones), query_(std::move(query)) {}

std::int64_t UsageByDay::dayOf(Instant at) const {
  const std::int64_t local = zones_.toLocal(query_.zone, at).ns;
  return local / kNsPerDay - (local % kNsPerDay < 0 ? 1 : 0);
}

HistoryStep UsageByDay::take(const Event& event) {
  for (const UsageRecorded& usage : usagesOf(event.body)) add(usage, event.recorded);
  if (const auto* voided = std::get_if<UsageVoided>(&event.body)) {
    takeOff(*voided);
  } else if (const auto* period = std::get_if<PeriodStarted>(&event.body)) {
    settle(*period);
  } else if (const auto* moved = std::get_if<CustomerMovedIn>(&event.body)) {
    settle(moved->period);
  }
  const bool is_done = isBeforePage(event.recorded) && unsettled_.empty();
  return is_done ? HistoryStep::stop : HistoryStep::proceed;
}

bool UsageByDay::isBeforePage(Instant recorded) const {
  if (recorded < query_.from) return true;
  return query_.after && dayOf(recorded) + kDaysBackMax < query_.after->day;
}

UsageSum* UsageByDay::sumOf(const UsageKey& key) {
  if (query_.after && key <= *query_.after) return nullptr;
  const auto [at, is_new] = sums_.try_emplace(key);
  if (!is_new || sums_.size() <= query_.limit) return &at->second;
  // Sums that smaller ones push off the page never come back to it.
  has_more_ = true;
  const auto last = std::prev(sums_.end());
  const bool is_last = at == last;
  for (auto& [from, prices] : unsettled_) prices.erase(last->first);
  std::erase_if(unsettled_, [](const auto& entry) { return entry.second.empty(); });
  sums_.erase(last);
  return is_last ? nullptr : &at->second;
}

void UsageByDay::add(const UsageRecorded& usage, Instant recorded) {
  const Instant at = std::min(usage.asked.at.value_or(recorded), recorded);
  if (at < query_.from || at >= query_.to) return;
  const UsageKey key{dayOf(at), usage.feature, usage.variant};
  UsageSum* sum = sumOf(key);
  if (sum == nullptr) return;
  sum->events += 1;
  sum->quantity += usage.quantity;
  sum->unpaid += usage.unpaid;
  addTokens(sum->tokens, usage.tokens);
  addPrice(key, usage.period_from, usage.price);
}

void UsageByDay::takeOff(const UsageVoided& voided) {
  if (voided.at < query_.from || voided.at >= query_.to) return;
  const UsageKey key{dayOf(voided.at), voided.feature, voided.variant};
  UsageSum* sum = sumOf(key);
  if (sum == nullptr) return;
  sum->events -= 1;
  sum->quantity -= voided.quantity;
  sum->unpaid -= voided.unpaid;
  takeTokens(sum->tokens, voided.tokens);
  addPrice(key, voided.period_from, -voided.price);
}

void UsageByDay::addPrice(const UsageKey& key, Instant period_from, Decimal price) {
  unsettled_[period_from][key] += price;
}

void UsageByDay::settle(const PeriodStarted& period) {
  const auto found = unsettled_.find(period.span.from);
  if (found == unsettled_.end()) return;
  for (const auto& [key, price] : found->second) {
    std::vector<UsageSum::Part>& parts = sums_.at(key).prices;
    const auto part = std::find_if(parts.begin(), parts.end(), [&](const UsageSum::Part& other) {
      return other.terms == period.terms;
    });
    if (part != parts.end()) {
      part->price += price;
    } else {
      parts.push_back({period.terms, price});
    }
  }
  unsettled_.erase(found);
}

}  // namespace daybook::daemon
