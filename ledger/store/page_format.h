// How LMDB 0.9 lays out its data file, as far as page_check reads it: data version 1, pages of
// 4 096 bytes, one unnamed tree without duplicates, little-endian.
//
// A page begins with a header of 16 bytes: its own number (8), padding (2), flags (2), then either
// the lower and upper end of its free space (2 + 2) or the number of overflow pages (4). The first
// two pages are meta pages; commit number t writes meta page t mod 2. Tree pages have, after the
// header, 2-byte offsets of their nodes up to `lower`, and the nodes themselves without gaps from
// `upper` to the page's end. A node is: low and high half of the data's size, flags, key size (2
// bytes each), key, data. In a branch page the first three are the child's page number instead.
// Data too long for a page lies on overflow pages of its own, and the node holds the first one's
// number.
// Reading only. Errors: StoreError when the file cannot be read. Threads: no shared state.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace daybook::store {

inline constexpr std::size_t kPageBytes = 4'096;
inline constexpr std::size_t kPageHeaderBytes = 16;
inline constexpr std::size_t kNodeHeaderBytes = 8;
/// Data up to this many bytes less its key lies in the leaf.
inline constexpr std::size_t kNodeBytesMax = 2'038;
inline constexpr std::uint64_t kNoPage = ~std::uint64_t{0};
inline constexpr unsigned kTreeDepthMax = 32;

enum PageFlags : std::uint16_t {
  kBranchPage = 0x01,
  kLeafPage = 0x02,
  kOverflowPage = 0x04,
  kMetaPage = 0x08,
};
inline constexpr std::uint16_t kBigDataNode = 0x01;
inline constexpr std::uint16_t kIntegerKeys = 0x08;

/// A tree, as the meta page describes it.
struct TreeRecord {
  std::uint32_t padding = 0;  // of the free-page tree: the page size
  std::uint16_t flags = 0;
  std::uint16_t depth = 0;
  std::uint64_t branch_pages = 0;
  std::uint64_t leaf_pages = 0;
  std::uint64_t overflow_pages = 0;
  std::uint64_t entries = 0;
  std::uint64_t root = kNoPage;
};

struct MetaRecord {
  std::uint64_t page = 0;
  std::uint16_t page_flags = 0;
  std::uint32_t magic = 0;
  std::uint32_t version = 0;
  std::uint64_t address = 0;
  std::uint64_t map_bytes = 0;
  TreeRecord free_tree;
  TreeRecord main_tree;
  std::uint64_t last_page = 0;
  std::uint64_t transaction = 0;
};
inline constexpr std::uint32_t kMetaMagic = 0xBEEFC0DE;
inline constexpr std::uint32_t kMetaVersion = 1;
/// Offsets within a meta page of what says where the log's tree is.
inline constexpr std::size_t kMetaMagicAt = kPageHeaderBytes;
inline constexpr std::size_t kMetaTreesAt = kPageHeaderBytes + 24;
inline constexpr std::size_t kMetaLastPageAt = kMetaTreesAt + std::size_t{2} * 48;
inline constexpr std::size_t kMetaBytes = kPageHeaderBytes + 136;

using Page = std::array<std::byte, kPageBytes>;

/// A tree page's fields. Nothing is checked here.
struct NodeView {
  std::size_t at = 0;          // offset in the page
  std::uint64_t child = 0;     // branch
  std::size_t data_bytes = 0;  // leaf
  std::uint16_t flags = 0;     // leaf
  std::size_t key_bytes = 0;
};
std::uint64_t pageNumber(const Page& page);
std::uint16_t pageFlags(const Page& page);
std::size_t pageLower(const Page& page);
std::size_t pageUpper(const Page& page);
std::uint32_t overflowCount(const Page& page);
/// Offset of node `index`. REQUIRES: it is within the page.
std::size_t nodeOffset(const Page& page, std::size_t index);
/// REQUIRES: at + kNodeHeaderBytes is within the page.
NodeView nodeAt(const Page& page, std::size_t at);
std::uint64_t wordAt(const Page& page, std::size_t at);
MetaRecord metaOf(const Page& page);

/// An LMDB data file, read page by page.
class PageFile {
 public:
  explicit PageFile(const std::string& path);
  ~PageFile();
  PageFile(const PageFile&) = delete;
  PageFile& operator=(const PageFile&) = delete;

  const std::string& path() const { return path_; }
  std::uint64_t bytes() const;
  /// Reads `count` bytes at `offset`; fewer at the end of the file. Returns how many.
  std::size_t read(std::uint64_t offset, std::byte* to, std::size_t count) const;
  /// False when the file ends before the page does.
  bool readPage(std::uint64_t number, Page& page) const;

 private:
  std::string path_;
  int descriptor_;
};

}  // namespace daybook::store
