// Shared by the files that check a catalog set: the report of the first problem, and simple rules.
//
// Rules are given in pieces, which are put together for the first problem only: a large set is
// checked without building text. Belongs to one thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "ledger/base/decimal.h"
#include "ledger/model/catalog.h"
#include "ledger/model/ledger_state.h"
#include "ledger/model/outcome.h"

namespace daybook::core {

/// Collects what is wrong; the first problem counts.
class Report {
 public:
  /// What the following rules are about: `plan "pro"`.
  void about(std::string_view kind, std::string_view code);
  /// Within the item: `, feature "calls"`. Empty: the item itself again.
  void aboutPart(std::string_view kind, std::string_view code);
  /// Within the part: `, variant "eu"`. Empty: the part itself again.
  void aboutVariant(std::string_view value);

  void require(bool holds, std::string_view rule, std::string_view more = {},
               std::string_view end = {});
  bool isOk() const { return first_.empty(); }
  Verdict verdict() const;

 private:
  std::string_view kind_;
  std::string code_;
  std::string_view part_kind_;
  std::string part_code_;
  std::string variant_;
  std::string first_;
};

/// Every feature that plans and packs may name: those of the set, else those published. Points into
/// both, which must outlive it.
class KnownFeatures {
 public:
  KnownFeatures(const LedgerState& ledger, const Catalog& catalog);
  /// nullptr when there is none.
  const Feature* find(std::string_view code) const;
  std::size_t size() const { return features_.size(); }

 private:
  std::map<std::string_view, const Feature*> features_;
};

/// Whether an enumerant is one that this version knows.
template <typename Enum>
bool isKnown(Enum value, Enum last) {
  return value <= last;
}

/// Not negative, and within limits::kMoneyMax, kQuantityMax.
void requireMoney(Report& report, Decimal value, std::string_view field);
void requireQuantity(Report& report, Decimal value, std::string_view field);
/// 0, because the field belongs to something else.
void requireNone(Report& report, Decimal value, std::string_view field, std::string_view where);
void requireCode(Report& report, std::string_view code, std::string_view field);
void requireName(Report& report, std::string_view name);
void requireCurrency(Report& report, std::string_view currency);
void requireAtMost(Report& report, std::size_t count, std::size_t max, std::string_view what);

/// Everything about one plan: by itself, its features' prices, and against its published version.
void checkPlan(Report& report, const LedgerState& ledger, const Plan& plan,
               const KnownFeatures& features);
/// What a plan says of one of its features: units, prices, variants, seats.
void checkPlanFeature(Report& report, const Plan& plan, const PlanFeature& terms,
                      const KnownFeatures& features);
/// What the feature's lines of one invoice in a currency take at most, beside the invoice's head.
struct InvoiceShare {
  std::size_t usage_bytes = 0;  // usage of a period, true-up and unused time of seats
  std::size_t seat_bytes = 0;   // seats in advance
};
InvoiceShare invoiceShare(const Plan& plan, const PlanFeature& terms, const KnownFeatures& features,
                          std::string_view currency);

/// "the month": for "by the month". One-time prices have no boundary: "one payment".
std::string_view intervalText(Interval interval);

}  // namespace daybook::core
