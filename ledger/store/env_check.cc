#include "ledger/store/env_check.h"

#include <algorithm>
#include <optional>

#include "ledger/store/data_directory.h"

namespace daybook::store {
namespace {

void throwIfDamaged(const std::string& file, const std::vector<PageDamage>& damage) {
  if (damage.empty()) return;
  const PageDamage& first = *std::min_element(
      damage.begin(), damage.end(),
      [](const auto& left, const auto& right) { return left.position < right.position; });
  throw DamageError(file + " is damaged: page " + std::to_string(first.page) + " (byte " +
                        std::to_string(first.page * kPageBytes) + ") " + first.text,
                    first.position);
}

}  // namespace

void requireSoundMetaPages(const std::string& file, TreeKind kind, Writer writer) {
  throwIfDamaged(file, checkMetaPages(file, kind, writer));
}

void requireSoundTrees(const LmdbEnv& env, TreeKind kind, CheckDepth depth) {
  // A writer has to commit twice to write over the reader's meta page: few tries are many.
  constexpr int kTriesMax = 1'000;
  const std::string file = dataFile(env.settings().directory);
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const ReadTxn txn(env);
    TreeCheck check;
    check.kind = kind;
    check.depth = depth;
    check.transaction = txn.number();
    const std::optional<PageReport> report = checkTrees(file, check);
    if (report) return throwIfDamaged(file, report->damage);
  }
  throw StoreError(file + " changes too fast to be checked");
}

}  // namespace daybook::store
