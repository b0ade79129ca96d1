// Checks the structure of an LMDB data file without LMDB, which has no checksums and follows a
// damaged number wherever it points.
//
// checkMetaPages() must pass before a file is mapped at all: a short file or a wrong page size
// would end the process by a signal. checkTrees() walks the pages: their numbers, flags and bounds,
// every node, the order of keys, overflow pages, the totals that the meta page gives, and that no
// page is used twice or is both used and free. What lies in the values is the caller's to check.
// The file may be in use: a walk needs the transaction of a reader that is open meanwhile, so that
// no page of it is written again.
// Errors: damage is returned; StoreError when the file cannot be read. Safe to use from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/base/ids.h"
#include "ledger/store/page_format.h"

namespace daybook::store {

/// What the unnamed tree of a file holds.
enum class TreeKind {
  log,      // 8-byte integer keys, values are blocks (commit_block.h), only ever appended to
  records,  // 16-byte keys in byte order, any values
};

/// `outline` reads the path to the oldest and the newest entry and the whole list of free pages;
/// `full` reads every page of the trees, and the header of every value that has pages of its own.
enum class CheckDepth { outline, full };

struct PageDamage {
  std::uint64_t page = 0;
  /// In the log: the first position that the page may hold.
  Position position;
  std::string text;
};

/// Bytes of the file, [from, to).
struct ByteRange {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

struct PageReport {
  std::vector<PageDamage> damage;  // at most kDamagesMax
  /// Full depth: pages that neither a tree nor the free list knows. Wasted, not dangerous.
  std::uint64_t lost_pages = 0;

  static constexpr std::size_t kDamagesMax = 32;
};

/// Whether another process may be writing to the file.
enum class Writer { none, live };

/// The sizes and both meta pages.
std::vector<PageDamage> checkMetaPages(const std::string& path, TreeKind kind, Writer writer);

struct TreeCheck {
  TreeKind kind = TreeKind::log;
  CheckDepth depth = CheckDepth::full;
  /// The last commit that the walk sees.
  std::uint64_t transaction = 0;
  /// Full depth: receives all bytes that the content of the unnamed tree depends on, in no order.
  std::vector<ByteRange>* content = nullptr;
};
/// REQUIRES: checkMetaPages() found nothing. Nullopt when the meta page of the transaction is
/// written over already: begin a new reader.
std::optional<PageReport> checkTrees(const std::string& path, const TreeCheck& check);

/// The number of the newest commit. REQUIRES: checkMetaPages() found nothing.
std::uint64_t newestTransaction(const std::string& path);

}  // namespace daybook::store
