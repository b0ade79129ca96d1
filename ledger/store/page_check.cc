#include "ledger/store/page_check.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace daybook::store {
namespace {

/// A key of either form, such that keys compare as the tree orders them.
struct Key {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Key&) const = default;
};

/// The keys that a subtree may hold: [from, to).
struct Bounds {
  std::optional<Key> from;
  std::optional<Key> to;
};

/// What is expected of one tree.
struct TreeRules {
  std::size_t key_bytes;
  enum class Order { integers, bytes } order;
  enum class Content { blocks, records, freePages } content;
  std::uint64_t branch_nodes_min;  // LMDB aborts on fewer in the main tree
};

constexpr TreeRules kLogRules{8, TreeRules::Order::integers, TreeRules::Content::blocks, 2};
constexpr TreeRules kRecordRules{16, TreeRules::Order::bytes, TreeRules::Content::records, 2};
constexpr TreeRules kFreeRules{8, TreeRules::Order::integers, TreeRules::Content::freePages, 1};

constexpr std::uint64_t kUnwrittenBytesMax = std::uint64_t{1} << 30;

std::uint64_t overflowPages(std::size_t data_bytes) {
  return (kPageHeaderBytes + data_bytes + kPageBytes - 1) / kPageBytes;
}

/// One walk over the trees of one commit.
class Walker {
 public:
  Walker(const PageFile& file, const MetaRecord& meta, const TreeCheck& check)
      : file_(file),
        meta_(meta),
        depth_(check.depth),
        content_(check.content),
        file_pages_(file.bytes() / kPageBytes) {
    used_.resize(meta.last_page / 64 + 1);
    claim(0);
    claim(1);
  }

  void walk(const TreeRules& rules, const TreeRecord& tree);
  void checkFreeList();
  PageReport take();

 private:
  struct Totals {
    std::uint64_t branch_pages = 0;
    std::uint64_t leaf_pages = 0;
    std::uint64_t overflow_pages = 0;
    std::uint64_t entries = 0;
  };

  void walkPage(std::uint64_t number, unsigned level, const Bounds& bounds);
  void walkBranch(std::uint64_t number, const Page& page, const std::vector<NodeView>& nodes,
                  unsigned level, const Bounds& bounds);
  void walkLeaf(std::uint64_t number, const Page& page, const std::vector<NodeView>& nodes,
                const Bounds& bounds);
  void walkValue(std::uint64_t number, const Page& page, const NodeView& node, const Key& key);
  void checkSizeOfValue(std::uint64_t number, const NodeView& node);
  void readFreePages(std::uint64_t number, const Page& page, const NodeView& node);
  /// The nodes of a page, in order of their keys; nullopt when they are not laid out soundly.
  std::optional<std::vector<NodeView>> nodesOf(std::uint64_t number, const Page& page);
  std::size_t nodeBytes(const Page& page, const NodeView& node) const;
  Key keyOf(const Page& page, const NodeView& node) const;
  bool keysAscend(std::uint64_t number, const Page& page, const std::vector<NodeView>& nodes,
                  std::size_t first, const Bounds& bounds);

  /// Marks a page as used. False, and reported, when it is outside the file or used already.
  bool claimFrom(std::uint64_t by, std::uint64_t number, std::uint64_t count);
  void claim(std::uint64_t number) { used_[number / 64] |= std::uint64_t{1} << number % 64; }
  bool isClaimed(std::uint64_t number) const {
    return (used_[number / 64] >> number % 64 & 1) != 0;
  }
  void damaged(std::uint64_t page, std::string text);
  bool hasEnough() const { return report_.damage.size() >= PageReport::kDamagesMax; }
  void content(std::uint64_t page, std::size_t from, std::size_t to);

  const PageFile& file_;
  const MetaRecord& meta_;
  CheckDepth depth_;
  std::vector<ByteRange>* content_;
  std::uint64_t file_pages_;
  std::vector<std::uint64_t> used_;  // one bit a page
  PageReport report_;

  // Of the tree that is being walked.
  const TreeRules* rules_ = nullptr;
  const TreeRecord* tree_ = nullptr;
  Totals totals_;
  Position position_{1};  // the first one that the current subtree may hold
  std::vector<std::pair<std::uint64_t, std::uint64_t>> free_;  // page, listed in page
};

void Walker::damaged(std::uint64_t page, std::string text) {
  if (hasEnough()) return;
  report_.damage.push_back({page, position_, std::move(text)});
}

void Walker::content(std::uint64_t page, std::size_t from, std::size_t to) {
  if (content_ == nullptr || rules_->content == TreeRules::Content::freePages) return;
  content_->push_back({page * kPageBytes + from, page * kPageBytes + to});
}

bool Walker::claimFrom(std::uint64_t by, std::uint64_t number, std::uint64_t count) {
  if (number < 2 || number > meta_.last_page || count > meta_.last_page - number + 1 ||
      number + count > file_pages_) {
    damaged(by, "points to page " + std::to_string(number) + ", which is not in the file");
    return false;
  }
  for (std::uint64_t page = number; page < number + count; ++page) {
    if (isClaimed(page)) {
      damaged(by, "points to page " + std::to_string(page) + ", which is in use elsewhere");
      return false;
    }
    claim(page);
  }
  return true;
}

void Walker::walk(const TreeRules& rules, const TreeRecord& tree) {
  rules_ = &rules;
  tree_ = &tree;
  totals_ = {};
  position_ = Position(1);
  const std::uint64_t meta_page = meta_.transaction % 2;
  const std::size_t damages = report_.damage.size();
  if (tree.root != kNoPage && claimFrom(meta_page, tree.root, 1)) walkPage(tree.root, 1, {});
  // Only a whole walk can be counted.
  const bool whole = depth_ == CheckDepth::full || rules.content == TreeRules::Content::freePages;
  if (!whole || damages != report_.damage.size()) return;
  position_ = Position(1);
  if (totals_.branch_pages != tree.branch_pages || totals_.leaf_pages != tree.leaf_pages ||
      totals_.overflow_pages != tree.overflow_pages || totals_.entries != tree.entries) {
    damaged(meta_page, "counts other pages or entries than there are");
  }
}

void Walker::walkPage(std::uint64_t number, unsigned level, const Bounds& bounds) {
  if (hasEnough()) return;
  if (bounds.from && rules_->content == TreeRules::Content::blocks) {
    position_ = Position(bounds.from->high);
  }
  Page page;
  if (!file_.readPage(number, page)) return damaged(number, "ends with the file");
  if (pageNumber(page) != number) return damaged(number, "has the number of another page");
  const bool is_leaf = level == tree_->depth;
  if (pageFlags(page) != (is_leaf ? kLeafPage : kBranchPage)) {
    return damaged(number, "is not of the kind that its place in the tree asks for");
  }
  const std::optional<std::vector<NodeView>> nodes = nodesOf(number, page);
  if (!nodes) return;
  content(number, 0, 8);
  content(number, 10, pageLower(page));
  content(number, pageUpper(page), kPageBytes);
  if (is_leaf) {
    walkLeaf(number, page, *nodes, bounds);
  } else {
    walkBranch(number, page, *nodes, level, bounds);
  }
}

std::size_t Walker::nodeBytes(const Page& page, const NodeView& node) const {
  std::size_t bytes = kNodeHeaderBytes + node.key_bytes;
  if (pageFlags(page) == kLeafPage) {
    bytes += (node.flags & kBigDataNode) != 0 ? 8 : node.data_bytes;
  }
  return (bytes + 1) & ~std::size_t{1};
}

std::optional<std::vector<NodeView>> Walker::nodesOf(std::uint64_t number, const Page& page) {
  const std::size_t lower = pageLower(page);
  const std::size_t upper = pageUpper(page);
  if (lower <= kPageHeaderBytes || lower % 2 != 0 || lower > upper || upper > kPageBytes) {
    damaged(number, "has wrong bounds");
    return std::nullopt;
  }
  std::vector<NodeView> nodes((lower - kPageHeaderBytes) / 2);
  std::vector<std::pair<std::size_t, std::size_t>> extents;
  extents.reserve(nodes.size());
  for (std::size_t index = 0; index < nodes.size(); ++index) {
    const std::size_t at = nodeOffset(page, index);
    if (at < upper || at % 2 != 0 || at + kNodeHeaderBytes > kPageBytes) {
      damaged(number, "has a node outside its bounds");
      return std::nullopt;
    }
    nodes[index] = nodeAt(page, at);
    extents.emplace_back(at, at + nodeBytes(page, nodes[index]));
  }
  std::sort(extents.begin(), extents.end());
  std::size_t end = upper;
  for (const auto& [from, to] : extents) {
    if (from != end) {
      damaged(number, "has nodes that overlap or leave a gap");
      return std::nullopt;
    }
    end = to;
  }
  if (end != kPageBytes) {
    damaged(number, "has nodes that do not end with it");
    return std::nullopt;
  }
  return nodes;
}

Key Walker::keyOf(const Page& page, const NodeView& node) const {
  const std::size_t at = node.at + kNodeHeaderBytes;
  if (rules_->order == TreeRules::Order::integers) return {wordAt(page, at), 0};
  return {__builtin_bswap64(wordAt(page, at)), __builtin_bswap64(wordAt(page, at + 8))};
}

bool Walker::keysAscend(std::uint64_t number, const Page& page, const std::vector<NodeView>& nodes,
                        std::size_t first, const Bounds& bounds) {
  std::optional<Key> previous;
  for (std::size_t index = first; index < nodes.size(); ++index) {
    if (nodes[index].key_bytes != rules_->key_bytes) {
      damaged(number, "has a key of a wrong length");
      return false;
    }
    const Key key = keyOf(page, nodes[index]);
    const bool above = previous ? *previous < key : !bounds.from || *bounds.from <= key;
    if (!above || (bounds.to && key >= *bounds.to)) {
      damaged(number, "has a key out of order");
      return false;
    }
    previous = key;
  }
  // Appending makes every separator the first key of what it leads to.
  if (rules_->content == TreeRules::Content::blocks && pageFlags(page) == kLeafPage &&
      bounds.from && keyOf(page, nodes.front()) != *bounds.from) {
    damaged(number, "does not begin with the key that leads to it");
    return false;
  }
  return true;
}

void Walker::walkBranch(std::uint64_t number, const Page& page, const std::vector<NodeView>& nodes,
                        unsigned level, const Bounds& bounds) {
  ++totals_.branch_pages;
  if (nodes.size() < rules_->branch_nodes_min) return damaged(number, "has too few nodes");
  // The first node's key says nothing, and has usually no bytes.
  const std::size_t first_key = nodes.front().key_bytes;
  const bool is_log = rules_->content == TreeRules::Content::blocks;
  if (first_key != 0 && (is_log || first_key != rules_->key_bytes)) {
    return damaged(number, "has a key of a wrong length");
  }
  if (!keysAscend(number, page, nodes, 1, bounds)) return;
  const bool whole = depth_ == CheckDepth::full || rules_->content == TreeRules::Content::freePages;
  for (std::size_t index = 0; index < nodes.size() && !hasEnough(); ++index) {
    if (!whole && index != 0 && index + 1 != nodes.size()) continue;
    Bounds child = bounds;
    if (index > 0) child.from = keyOf(page, nodes[index]);
    if (index + 1 < nodes.size()) child.to = keyOf(page, nodes[index + 1]);
    if (is_log && child.from) position_ = Position(child.from->high);
    if (claimFrom(number, nodes[index].child, 1)) walkPage(nodes[index].child, level + 1, child);
  }
}

void Walker::walkLeaf(std::uint64_t number, const Page& page, const std::vector<NodeView>& nodes,
                      const Bounds& bounds) {
  ++totals_.leaf_pages;
  totals_.entries += nodes.size();
  if (!keysAscend(number, page, nodes, 0, bounds)) return;
  for (const NodeView& node : nodes) {
    if (hasEnough()) return;
    const Key key = keyOf(page, node);
    if (rules_->content == TreeRules::Content::blocks) position_ = Position(key.high);
    walkValue(number, page, node, key);
  }
}

void Walker::checkSizeOfValue(std::uint64_t number, const NodeView& node) {
  const bool is_big = (node.flags & kBigDataNode) != 0;
  if ((node.flags & ~kBigDataNode) != 0) return damaged(number, "has a node of an unknown kind");
  const bool fits = kNodeHeaderBytes + node.key_bytes + node.data_bytes <= kNodeBytesMax;
  if (is_big == fits) return damaged(number, "has a value that is not where its size puts it");
  if (rules_->content == TreeRules::Content::blocks &&
      (node.data_bytes % 8 != 0 ||
       (is_big && (node.data_bytes + kPageHeaderBytes) % kPageBytes != 0))) {
    damaged(number, "has a block of a wrong length");
  }
}

void Walker::walkValue(std::uint64_t number, const Page& page, const NodeView& node,
                       const Key& key) {
  const std::size_t damages = report_.damage.size();
  checkSizeOfValue(number, node);
  if (damages != report_.damage.size()) return;
  const bool is_free_list = rules_->content == TreeRules::Content::freePages;
  if (is_free_list && key.high > meta_.transaction) {
    return damaged(number, "lists pages freed by a commit that is not there yet");
  }
  if ((node.flags & kBigDataNode) == 0) {
    if (is_free_list) readFreePages(number, page, node);
    return;
  }
  const std::uint64_t first = wordAt(page, node.at + kNodeHeaderBytes + node.key_bytes);
  const std::uint64_t needed = overflowPages(node.data_bytes);
  Page head;
  if (first < 2 || first > meta_.last_page || !file_.readPage(first, head)) {
    return damaged(number,
                   "points to page " + std::to_string(first) + ", which is not in the file");
  }
  const std::uint64_t count = overflowCount(head);
  // A list of free pages may have been written over a longer one.
  if (pageNumber(head) != first || pageFlags(head) != kOverflowPage ||
      (is_free_list ? count < needed : count != needed)) {
    return damaged(first, "is not the first page of the value that it should hold");
  }
  if (!claimFrom(number, first, count)) return;
  totals_.overflow_pages += count;
  content(first, 0, 8);
  content(first, 10, kPageHeaderBytes + node.data_bytes);
  if (is_free_list) readFreePages(first, head, node);
}

void Walker::readFreePages(std::uint64_t number, const Page& page, const NodeView& node) {
  // A list is a count, then page numbers, descending. `page` is the leaf or the first page of the
  // value.
  std::vector<std::uint64_t> words(node.data_bytes / 8);
  if (words.empty() || node.data_bytes % 8 != 0) return damaged(number, "lists no free pages");
  const bool is_big = (node.flags & kBigDataNode) != 0;
  const std::size_t at = is_big ? kPageHeaderBytes : node.at + kNodeHeaderBytes + node.key_bytes;
  if (is_big) {
    const std::size_t wanted = words.size() * 8;
    if (file_.read(number * kPageBytes + at, reinterpret_cast<std::byte*>(words.data()), wanted) !=
        wanted) {
      return damaged(number, "ends with the file");
    }
  } else {
    for (std::size_t index = 0; index < words.size(); ++index) {
      words[index] = wordAt(page, at + 8 * index);
    }
  }
  if (words[0] > words.size() - 1) return damaged(number, "lists more free pages than it holds");
  for (std::size_t index = 1; index <= words[0]; ++index) {
    const bool descends = index == 1 || words[index] < words[index - 1];
    if (!descends || words[index] < 2 || words[index] > meta_.last_page) {
      return damaged(number, "lists a free page that is not in the file");
    }
    free_.emplace_back(words[index], number);
  }
}

void Walker::checkFreeList() {
  position_ = Position(1);
  for (const auto& [page, listed_in] : free_) {
    if (isClaimed(page)) {
      damaged(listed_in, "lists page " + std::to_string(page) + " as free, which is in use");
    }
    claim(page);
  }
}

PageReport Walker::take() {
  if (depth_ == CheckDepth::full && report_.damage.empty()) {
    std::uint64_t known = 0;
    for (const std::uint64_t word : used_) known += static_cast<unsigned>(std::popcount(word));
    report_.lost_pages = meta_.last_page + 1 - known;
  }
  return std::move(report_);
}

// --- Meta pages ---------------------------------------------------------------------------------

const char* treeFault(const TreeRecord& tree, std::uint64_t last_page, std::uint16_t flags) {
  if (tree.flags != flags) return "describes a tree of another kind";
  if ((tree.root == kNoPage) != (tree.depth == 0) || tree.depth > kTreeDepthMax) {
    return "describes a tree of an impossible depth";
  }
  if (tree.root != kNoPage && (tree.root < 2 || tree.root > last_page)) {
    return "points to a root that is not in the file";
  }
  return nullptr;
}

/// What is wrong with one meta page by itself.
const char* metaFault(const MetaRecord& meta, std::uint64_t number, TreeKind kind) {
  if (meta.page != number || meta.page_flags != kMetaPage || meta.magic != kMetaMagic) {
    return "is not a meta page";
  }
  if (meta.version != kMetaVersion) return "is of another version of LMDB's format";
  if (meta.free_tree.padding != kPageBytes) return "gives a page size other than 4096";
  if (meta.address != 0 || meta.main_tree.padding != 0) return "has an unknown setting";
  if (meta.last_page < 1 || meta.last_page >= kNoPage / kPageBytes) {
    return "gives an impossible number of pages";
  }
  // Commit t writes meta page t mod 2; a new file has 0 in both.
  if (meta.transaction != 0 && meta.transaction % 2 != number) {
    return "has the number of a commit that belongs into the other one";
  }
  const std::uint16_t main_flags = kind == TreeKind::log ? kIntegerKeys : 0;
  const char* fault = treeFault(meta.free_tree, meta.last_page, kIntegerKeys);
  // Before the first commit the tree has no kind yet.
  const std::uint16_t expected = meta.transaction == 0 ? meta.main_tree.flags : main_flags;
  return fault != nullptr ? fault : treeFault(meta.main_tree, meta.last_page, expected);
}

using MetaPages = std::array<Page, 2>;

std::vector<PageDamage> faultsOf(const MetaPages& pages, std::uint64_t file_bytes, TreeKind kind) {
  std::vector<PageDamage> damage;
  std::array<MetaRecord, 2> metas;
  for (std::uint64_t number = 0; number < 2; ++number) {
    metas[number] = metaOf(pages[number]);
    if (const char* fault = metaFault(metas[number], number, kind)) {
      damage.push_back({number, Position(1), fault});
    }
  }
  if (!damage.empty()) return damage;
  const auto [older, newer] = std::minmax(metas[0].transaction, metas[1].transaction);
  if (newer != 0 && newer - older != 1) {
    damage.push_back({0, Position(1), "and page 1 are not of two commits that follow each other"});
    return damage;
  }
  if (kind == TreeKind::log &&
      metas[older % 2].main_tree.entries > metas[newer % 2].main_tree.entries) {
    damage.push_back(
        {newer % 2, Position(1), "is of a commit with fewer entries than the last one"});
    return damage;
  }
  // LmdbStore keeps the log's file longer than its pages. Elsewhere LMDB may leave free pages at
  // the end unwritten.
  const std::uint64_t last_page = metas[newer % 2].last_page;
  const std::uint64_t unwritten = kind == TreeKind::log ? 0 : kUnwrittenBytesMax;
  if (file_bytes + unwritten < (last_page + 1) * kPageBytes) {
    damage.push_back({last_page, Position(1),
                      "is missing: the file has " + std::to_string(file_bytes) + " bytes of " +
                          std::to_string((last_page + 1) * kPageBytes)});
  }
  return damage;
}

/// False when the file is too short for them.
bool readMetaPages(const PageFile& file, MetaPages& pages) {
  static_assert(sizeof(MetaPages) == 2 * kPageBytes);
  return file.read(0, pages[0].data(), sizeof(pages)) == sizeof(pages);
}

}  // namespace

std::vector<PageDamage> checkMetaPages(const std::string& path, TreeKind kind, Writer writer) {
  // A live writer may be half through a meta page: look again, as long as they change.
  constexpr int kLooksMax = 100;
  const PageFile file(path);
  MetaPages pages{};
  MetaPages before{};
  std::vector<PageDamage> damage;
  for (int look = 0; look < kLooksMax; ++look) {
    before = pages;
    if (!readMetaPages(file, pages)) {
      return {{0, Position(1),
               "or page 1 is missing: the file has " + std::to_string(file.bytes()) + " bytes"}};
    }
    damage = faultsOf(pages, file.bytes(), kind);
    if (damage.empty() || writer == Writer::none || (look > 0 && before == pages)) break;
  }
  return damage;
}

std::uint64_t newestTransaction(const std::string& path) {
  MetaPages pages{};
  readMetaPages(PageFile(path), pages);
  return std::max(metaOf(pages[0]).transaction, metaOf(pages[1]).transaction);
}

std::optional<PageReport> checkTrees(const std::string& path, const TreeCheck& check) {
  const PageFile file(path);
  MetaPages pages{};
  MetaPages again{};
  if (!readMetaPages(file, pages) || !readMetaPages(file, again)) return std::nullopt;
  const std::uint64_t number = check.transaction % 2;
  // Reading beside a writer may catch a page half written, but not twice alike.
  if (pages[number] != again[number]) return std::nullopt;
  const MetaRecord meta = metaOf(pages[number]);
  if (meta.transaction != check.transaction || metaFault(meta, number, check.kind) != nullptr) {
    return std::nullopt;
  }
  Walker walker(file, meta, check);
  walker.walk(check.kind == TreeKind::log ? kLogRules : kRecordRules, meta.main_tree);
  walker.walk(kFreeRules, meta.free_tree);
  walker.checkFreeList();
  if (check.content != nullptr) {
    const std::uint64_t at = number * kPageBytes;
    check.content->push_back({at + kMetaMagicAt, at + kMetaMagicAt + 8});
    check.content->push_back({at + kMetaTreesAt, at + kMetaLastPageAt});
    check.content->push_back({at + kMetaLastPageAt + 8, at + kMetaBytes});
  }
  return walker.take();
}

}  // namespace daybook::store
