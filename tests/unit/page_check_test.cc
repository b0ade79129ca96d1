#include "ledger/store/page_check.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "ledger/store/lmdb_store.h"
#include "tests/support/stored_log.h"

namespace daybook::store {
namespace {

using testing::Noise;
using testing::noiseBatch;
using testing::sameLog;
using testing::TemporaryDirectory;
using testing::wholeLog;

/// A data directory with a closed log in it, whose data file can be damaged.
struct StoredLog {
  TemporaryDirectory directory;
  std::string data = directory / "data";
  std::string file = data + "/log/data.mdb";
  std::vector<Batch> log;

  /// Commits of 1 .. events_max events.
  StoredLog(std::size_t commits, std::size_t events_max) {
    const auto store = LmdbStore::create(data, {});
    Noise noise(commits + events_max);
    for (std::size_t i = 0; i < commits; ++i) {
      std::vector<std::size_t> words(1 + noise.below(events_max));
      for (std::size_t& count : words) count = 1 + noise.below(40);
      log.push_back(noiseBatch(store->tip().position.next(), words));
      store->append(log.back());
    }
  }

  PageReport check(CheckDepth depth, std::vector<ByteRange>* content = nullptr) const {
    const std::vector<PageDamage> damage = checkMetaPages(file, TreeKind::log, Writer::none);
    if (!damage.empty()) return {damage, 0};
    TreeCheck check{TreeKind::log, depth, newestTransaction(file), content};
    return checkTrees(file, check).value();
  }
};

/// Changes bytes of a file in place, and puts the old ones back.
class Patch {
 public:
  Patch(const std::string& file, std::uint64_t at, const void* bytes, std::size_t count)
      : descriptor_(open(file.c_str(), O_RDWR | O_CLOEXEC)), at_(at), before_(count) {
    REQUIRE(pread(descriptor_, before_.data(), count, static_cast<off_t>(at)) ==
            static_cast<ssize_t>(count));
    REQUIRE(pwrite(descriptor_, bytes, count, static_cast<off_t>(at)) ==
            static_cast<ssize_t>(count));
  }
  ~Patch() {
    const ssize_t written =
        pwrite(descriptor_, before_.data(), before_.size(), static_cast<off_t>(at_));
    static_cast<void>(written);
    close(descriptor_);
  }
  Patch(const Patch&) = delete;
  Patch& operator=(const Patch&) = delete;

 private:
  int descriptor_;
  std::uint64_t at_;
  std::vector<std::byte> before_;
};

/// What a reader makes of the file: nullopt if it refuses.
std::optional<std::vector<Batch>> readAll(const StoredLog& stored) {
  try {
    const auto store = LmdbStore::openReadOnly(stored.data);
    store->checkStructure();
    return wholeLog(*store);
  } catch (const StoreError&) {
    return std::nullopt;
  }
}

std::byte byteAt(const std::string& file, std::uint64_t at) {
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(at));
  return static_cast<std::byte>(stream.get());
}

TEST_CASE("a log of any shape is sound, and no page of it is lost") {
  for (const auto& [commits, events_max] : std::vector<std::pair<std::size_t, std::size_t>>{
           {0, 1}, {1, 1}, {2, 1}, {40, 3}, {600, 1}, {300, 100}, {3, 20'000}}) {
    const StoredLog stored(commits, events_max);
    for (const CheckDepth depth : {CheckDepth::outline, CheckDepth::full}) {
      const PageReport report = stored.check(depth);
      for (const PageDamage& damage : report.damage) UNSCOPED_INFO(damage.page << damage.text);
      CHECK(report.damage.empty());
      CHECK(report.lost_pages == 0);
    }
  }
}

TEST_CASE("the content of a log covers its events, and does not overlap") {
  const StoredLog stored(200, 30);
  std::vector<ByteRange> content;
  REQUIRE(stored.check(CheckDepth::full, &content).damage.empty());
  std::sort(content.begin(), content.end(),
            [](const ByteRange& left, const ByteRange& right) { return left.from < right.from; });
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < content.size(); ++i) {
    CHECK(content[i].from < content[i].to);
    if (i > 0) CHECK(content[i - 1].to <= content[i].from);
    bytes += content[i].to - content[i].from;
  }
  std::uint64_t event_bytes = 0;
  for (const Batch& batch : stored.log) {
    event_bytes += batch.events.bytes().size() + 32 * batch.events.size();
  }
  CHECK(bytes > event_bytes);
}

TEST_CASE("every damaged byte that the log depends on is found") {
  for (const auto& [commits, events_max] :
       std::vector<std::pair<std::size_t, std::size_t>>{{400, 2}, {150, 60}}) {
    const StoredLog stored(commits, events_max);
    std::vector<ByteRange> content;
    REQUIRE(stored.check(CheckDepth::full, &content).damage.empty());
    Noise noise(commits);
    int by_structure = 0;
    for (int flip = 0; flip < 1'000; ++flip) {
      // Half of them in the small ranges, which are the structure.
      const ByteRange range = content[noise.below(content.size())];
      const std::uint64_t length = range.to - range.from;
      const std::uint64_t at =
          range.from + noise.below(flip % 2 == 0 ? length : std::min<std::uint64_t>(length, 64));
      const std::byte damaged = byteAt(stored.file, at) ^ std::byte{1} << noise.below(8);
      const Patch patch(stored.file, at, &damaged, 1);
      if (!stored.check(CheckDepth::full).damage.empty()) {
        ++by_structure;
        continue;
      }
      const std::optional<std::vector<Batch>> read = readAll(stored);
      if (read && sameLog(*read, stored.log)) FAIL("the flip at byte " << at << " is not seen");
    }
    CHECK(by_structure > 100);
    CHECK(sameLog(readAll(stored).value(), stored.log));
  }
}

TEST_CASE("no damage anywhere ends the process") {
  const StoredLog stored(300, 20);
  Noise noise(17);
  const std::uint64_t bytes = std::filesystem::file_size(stored.file);
  for (int round = 0; round < 1'000; ++round) {
    // Noise, zeros or another page's bytes, from one byte to a page; often in the first pages.
    std::vector<std::byte> damage(1 + noise.below(round % 4 == 0 ? 4'096 : 16));
    const std::uint64_t from = noise.below(bytes - damage.size());
    for (std::size_t i = 0; i < damage.size(); ++i) {
      if (round % 3 == 0) damage[i] = static_cast<std::byte>(noise.next());
      if (round % 3 == 1) damage[i] = byteAt(stored.file, from + i);
    }
    const std::uint64_t at =
        noise.below((round % 5 == 0 ? std::uint64_t{16'384} : bytes) - damage.size());
    const Patch patch(stored.file, at, damage.data(), damage.size());
    stored.check(CheckDepth::outline);
    readAll(stored);
  }
  CHECK(sameLog(readAll(stored).value(), stored.log));
}

TEST_CASE("a file that is cut off anywhere is refused") {
  const StoredLog stored(50, 20);
  PageReport sound = stored.check(CheckDepth::full);
  REQUIRE(sound.damage.empty());
  std::ifstream stream(stored.file, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(stream), {}};
  Page meta;
  std::memcpy(meta.data(), whole.data() + newestTransaction(stored.file) % 2 * kPageBytes,
              kPageBytes);
  const std::uint64_t used = (metaOf(meta).last_page + 1) * kPageBytes;
  for (const std::uint64_t length :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{4'095}, std::uint64_t{4'096},
        std::uint64_t{8'191}, std::uint64_t{8'192}, used / 2, used - 4'096, used - 1}) {
    std::filesystem::resize_file(stored.file, length);
    CHECK(!checkMetaPages(stored.file, TreeKind::log, Writer::none).empty());
    CHECK(!readAll(stored));
    std::ofstream(stored.file, std::ios::binary) << whole;
  }
  CHECK(readAll(stored));
}

TEST_CASE("a meta page of zeros, of another page size or of another kind is refused") {
  const StoredLog stored(20, 3);
  const std::vector<std::byte> zeros(kPageBytes);
  const std::uint32_t wrong_page_size = 8'192;
  const std::uint16_t wrong_flags = 0x04;
  for (std::uint64_t page = 0; page < 2; ++page) {
    const std::uint64_t at = page * kPageBytes;
    {
      const Patch patch(stored.file, at, zeros.data(), zeros.size());
      CHECK(stored.check(CheckDepth::outline).damage.front().page == page);
      CHECK(!readAll(stored));
    }
    {
      const Patch patch(stored.file, at + kMetaTreesAt, zeros.data(), 4);
      CHECK(stored.check(CheckDepth::outline).damage.front().page == page);
      CHECK(!readAll(stored));
    }
    {
      const Patch patch(stored.file, at + kMetaTreesAt, &wrong_page_size, sizeof(wrong_page_size));
      CHECK(!stored.check(CheckDepth::outline).damage.empty());
    }
    {
      const Patch patch(stored.file, at + kMetaTreesAt + 48 + 4, &wrong_flags, sizeof(wrong_flags));
      CHECK(!stored.check(CheckDepth::outline).damage.empty());
    }
  }
}

TEST_CASE("the older commit does not pass for the newest when its meta page is lost") {
  const StoredLog stored(20, 3);
  const std::uint64_t newest = newestTransaction(stored.file);
  const std::uint64_t older = newest - 2;
  const Patch patch(stored.file, newest % 2 * kPageBytes + kMetaLastPageAt + 8, &older,
                    sizeof(older));
  // Both numbers fit their pages and each other. But the log of the older commit is the longer one.
  CHECK(!stored.check(CheckDepth::outline).damage.empty());
  CHECK(!readAll(stored));
}

TEST_CASE("a free list that names a page in use is found even in outline") {
  const StoredLog stored(100, 3);
  std::ifstream stream(stored.file, std::ios::binary);
  const std::uint64_t newest = newestTransaction(stored.file);
  Page meta;
  stream.seekg(static_cast<std::streamoff>(newest % 2 * kPageBytes));
  stream.read(reinterpret_cast<char*>(meta.data()), kPageBytes);
  const MetaRecord record = metaOf(meta);
  REQUIRE(record.free_tree.depth == 1);
  Page leaf;
  stream.seekg(static_cast<std::streamoff>(record.free_tree.root * kPageBytes));
  stream.read(reinterpret_cast<char*>(leaf.data()), kPageBytes);
  const std::uint64_t entry_at = record.free_tree.root * kPageBytes + nodeOffset(leaf, 0) + 8 + 8;
  const std::uint64_t list[2] = {1, record.main_tree.root};
  const Patch patch(stored.file, entry_at, list, sizeof(list));
  const PageReport report = stored.check(CheckDepth::outline);
  REQUIRE(!report.damage.empty());
  CHECK(report.damage.front().page == record.free_tree.root);
}

TEST_CASE("damage names the first position that it may hide") {
  const StoredLog stored(600, 1);
  std::vector<ByteRange> content;
  REQUIRE(stored.check(CheckDepth::full, &content).damage.empty());
  const std::vector<std::byte> zeros(kPageBytes);
  int checked = 0;
  for (std::uint64_t page = 2; page < 60; ++page) {
    const bool in_use = std::any_of(content.begin(), content.end(), [&](const ByteRange& range) {
      return range.from / kPageBytes == page;
    });
    if (!in_use) continue;
    const Patch patch(stored.file, page * kPageBytes, zeros.data(), zeros.size());
    const PageReport report = stored.check(CheckDepth::full);
    REQUIRE(report.damage.size() == 1);
    CHECK(report.damage.front().page == page);
    CHECK(!report.damage.front().position.isNone());
    CHECK(report.damage.front().position <= stored.log.back().tip.position);
    ++checked;
  }
  CHECK(checked > 20);
}

}  // namespace
}  // namespace daybook::store
