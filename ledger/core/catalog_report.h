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

  void require(bool holds, std::string_view rule, std::string_view more = {},
               std::string_view end = {});
  bool isOk() const { return first_.empty(); }
  Verdict verdict() const;

 private:
  std::string_view kind_;
  std::string code_;
  std::string_view part_kind_;
  std::string part_code_;
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

}  // namespace daybook::core
