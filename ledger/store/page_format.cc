#include "ledger/store/page_format.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>

#include "ledger/store/store.h"

namespace daybook::store {
namespace {

static_assert(std::endian::native == std::endian::little, "fields are read as they lie");

template <typename Number>
Number load(const Page& page, std::size_t at) {
  Number number{};
  std::memcpy(&number, page.data() + at, sizeof(number));
  return number;
}

TreeRecord treeOf(const Page& page, std::size_t at) {
  TreeRecord tree;
  tree.padding = load<std::uint32_t>(page, at);
  tree.flags = load<std::uint16_t>(page, at + 4);
  tree.depth = load<std::uint16_t>(page, at + 6);
  tree.branch_pages = load<std::uint64_t>(page, at + 8);
  tree.leaf_pages = load<std::uint64_t>(page, at + 16);
  tree.overflow_pages = load<std::uint64_t>(page, at + 24);
  tree.entries = load<std::uint64_t>(page, at + 32);
  tree.root = load<std::uint64_t>(page, at + 40);
  return tree;
}

}  // namespace

std::uint64_t pageNumber(const Page& page) { return load<std::uint64_t>(page, 0); }
std::uint16_t pageFlags(const Page& page) { return load<std::uint16_t>(page, 10); }
std::size_t pageLower(const Page& page) { return load<std::uint16_t>(page, 12); }
std::size_t pageUpper(const Page& page) { return load<std::uint16_t>(page, 14); }
std::uint32_t overflowCount(const Page& page) { return load<std::uint32_t>(page, 12); }
std::uint64_t wordAt(const Page& page, std::size_t at) { return load<std::uint64_t>(page, at); }

std::size_t nodeOffset(const Page& page, std::size_t index) {
  return load<std::uint16_t>(page, kPageHeaderBytes + 2 * index);
}

NodeView nodeAt(const Page& page, std::size_t at) {
  const std::uint64_t low = load<std::uint16_t>(page, at);
  const std::uint64_t high = load<std::uint16_t>(page, at + 2);
  NodeView node;
  node.at = at;
  node.flags = load<std::uint16_t>(page, at + 4);
  node.key_bytes = load<std::uint16_t>(page, at + 6);
  node.child = low | high << 16 | static_cast<std::uint64_t>(node.flags) << 32;
  node.data_bytes = static_cast<std::size_t>(low | high << 16);
  return node;
}

MetaRecord metaOf(const Page& page) {
  MetaRecord meta;
  meta.page = pageNumber(page);
  meta.page_flags = pageFlags(page);
  meta.magic = load<std::uint32_t>(page, kMetaMagicAt);
  meta.version = load<std::uint32_t>(page, kMetaMagicAt + 4);
  meta.address = load<std::uint64_t>(page, kMetaMagicAt + 8);
  meta.map_bytes = load<std::uint64_t>(page, kMetaMagicAt + 16);
  meta.free_tree = treeOf(page, kMetaTreesAt);
  meta.main_tree = treeOf(page, kMetaTreesAt + 48);
  meta.last_page = load<std::uint64_t>(page, kMetaLastPageAt);
  meta.transaction = load<std::uint64_t>(page, kMetaLastPageAt + 8);
  return meta;
}

PageFile::PageFile(const std::string& path)
    : path_(path), descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) {
    const int error = errno;
    throw StoreError("cannot open " + path + ": " + std::strerror(error));
  }
}

PageFile::~PageFile() { close(descriptor_); }

std::uint64_t PageFile::bytes() const {
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) {
    const int error = errno;
    throw StoreError("cannot read " + path_ + ": " + std::strerror(error));
  }
  return static_cast<std::uint64_t>(status.st_size);
}

std::size_t PageFile::read(std::uint64_t offset, std::byte* to, std::size_t count) const {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got =
        pread(descriptor_, to + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      throw StoreError("cannot read " + path_ + " at byte " + std::to_string(offset + done) + ": " +
                       std::strerror(error));
    }
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

bool PageFile::readPage(std::uint64_t number, Page& page) const {
  return read(number * kPageBytes, page.data(), page.size()) == page.size();
}

}  // namespace daybook::store
