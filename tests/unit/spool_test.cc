// The spool file: whatever happens to its bytes, what is whole is found, in order.
#include <catch2/catch.hpp>
#include <chrono>
#include <random>

#include "client/src/crc32c.h"
#include "client/src/spool.h"
#include "daybook/error.h"
#include "daybook/recorder.h"
#include "tests/support/temporary_directory.h"

namespace daybook::client {
namespace {

using test::TemporaryDirectory;

constexpr std::uint64_t kRoom = 8u << 20;
constexpr std::size_t kAll = 1'000'000;

QueuedUsage item(const std::string& key, std::size_t padding = 0) {
  QueuedUsage out;
  out.entry.customer = "acme";
  out.entry.key = key;
  out.entry.usage.feature = "calls";
  if (padding > 0) out.entry.usage.properties = {{"note", std::string(padding, 'x')}};
  return out;
}

void append(Spool& spool, const std::string& key, std::size_t padding = 0) {
  QueuedUsage queued = item(key, padding);
  REQUIRE(spool.append(queued));
}

std::vector<std::string> takeKeys(Spool& spool, std::size_t entries_max = kAll) {
  std::vector<std::string> keys;
  for (const QueuedUsage& taken : spool.take(entries_max, kRoom)) keys.push_back(taken.entry.key);
  return keys;
}

std::vector<std::string> keysIn(const std::string& path) {
  Spool spool(path, kRoom);
  CHECK(spool.untaken() == spool.waiting());
  return takeKeys(spool);
}

std::vector<std::string> numbers(int from, int to) {
  std::vector<std::string> out;
  for (int i = from; i < to; ++i) out.push_back(std::to_string(i));
  return out;
}

ErrorKind refusalOf(const std::string& path) {
  try {
    Spool spool(path, kRoom);
  } catch (const Error& error) {
    return error.kind();
  }
  FAIL("no error");
  return ErrorKind::failed;
}

TEST_CASE("the checksum is CRC-32C") {
  CHECK(crc32c("") == 0);
  CHECK(crc32c("123456789") == 0xe3069283);
  CHECK(crc32c("56789", crc32c("1234")) == 0xe3069283);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
}

TEST_CASE("entries come back in their order, and confirmed ones do not") {
  const TemporaryDirectory folder;
  const std::string path = folder.path("spool");
  {
    Spool spool(path, kRoom);
    for (int i = 0; i < 10; ++i) append(spool, std::to_string(i));
    CHECK(takeKeys(spool, 4) == numbers(0, 4));
    spool.done();
    CHECK(spool.waiting() == 6);
    CHECK(takeKeys(spool, 3) == numbers(4, 7));  // taken, and never confirmed
  }
  CHECK(keysIn(path) == numbers(4, 10));
  Spool spool(path, kRoom);
  append(spool, "10");
  CHECK(takeKeys(spool) == numbers(4, 11));
  spool.done();
  CHECK(spool.waiting() == 0);
  CHECK(takeKeys(spool).empty());
}

TEST_CASE("a file cut at any byte keeps every record that is whole, and takes more") {
  const TemporaryDirectory folder;
  const std::string path = folder.path("spool");
  std::vector<std::size_t> ends = {kSpoolHeaderBytes};
  {
    Spool spool(path, kRoom);
    for (int i = 0; i < 6; ++i) {
      append(spool, std::to_string(i), static_cast<std::size_t>(i) * 7);
      ends.push_back(folder.read("spool").size());
    }
  }
  const std::string whole = folder.read("spool");
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    INFO("cut at " << cut);
    folder.write("spool", whole.substr(0, cut));
    if (cut < kSpoolHeaderBytes) {
      CHECK(refusalOf(path) == ErrorKind::invalidArgument);
      CHECK(folder.read("spool") == whole.substr(0, cut));
      continue;
    }
    int records = 0;
    while (ends[static_cast<std::size_t>(records) + 1] <= cut) ++records;
    {
      Spool spool(path, kRoom);
      append(spool, "more");
      CHECK(spool.damaged_bytes() == cut - ends[static_cast<std::size_t>(records)]);
    }
    auto expected = numbers(0, records);
    expected.emplace_back("more");
    CHECK(keysIn(path) == expected);
  }
}

TEST_CASE("a confirmation cut at any byte confirms or not, and nothing is lost") {
  const TemporaryDirectory folder;
  const std::string path = folder.path("spool");
  std::size_t before = 0;
  {
    Spool spool(path, kRoom);
    for (int i = 0; i < 4; ++i) append(spool, std::to_string(i));
    before = folder.read("spool").size();
    takeKeys(spool, 3);
    spool.done();
  }
  const std::string whole = folder.read("spool");
  for (std::size_t cut = before; cut <= whole.size(); ++cut) {
    INFO("cut at " << cut);
    folder.write("spool", whole.substr(0, cut));
    CHECK(keysIn(path) == numbers(cut == whole.size() ? 3 : 0, 4));
  }
}

TEST_CASE("a changed byte costs at most its own record, and is counted") {
  const TemporaryDirectory folder;
  const std::string path = folder.path("spool");
  std::vector<std::size_t> ends = {kSpoolHeaderBytes};
  {
    Spool spool(path, kRoom);
    for (int i = 0; i < 5; ++i) {
      append(spool, std::to_string(i));
      ends.push_back(folder.read("spool").size());
    }
  }
  const std::string whole = folder.read("spool");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    INFO("byte " << at);
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    folder.write("spool", damaged);
    if (at < kSpoolHeaderBytes) {
      CHECK(refusalOf(path) == ErrorKind::invalidArgument);
      continue;
    }
    auto expected = numbers(0, 5);
    std::size_t hit = 0;
    while (ends[hit + 1] <= at) ++hit;
    expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(hit));
    Spool spool(path, kRoom);
    CHECK(spool.damaged_bytes() == ends[hit + 1] - ends[hit]);
    CHECK(takeKeys(spool) == expected);
  }
}

TEST_CASE("random damage and random cuts never give what was not written") {
  const TemporaryDirectory folder;
  const std::string path = folder.path("spool");
  {
    Spool spool(path, kRoom);
    for (int i = 0; i < 40; ++i) append(spool, std::to_string(i), static_cast<std::size_t>(i));
    takeKeys(spool, 5);
    spool.done();
  }
  const std::string whole = folder.read("spool");
  const auto seed = std::random_device()();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    std::string damaged = whole;
    for (unsigned i = 0; i < 1 + random() % 8; ++i) {
      const std::size_t at = kSpoolHeaderBytes + random() % (damaged.size() - kSpoolHeaderBytes);
      damaged[at] = static_cast<char>(random());
    }
    if (random() % 2 == 0) {
      damaged.resize(kSpoolHeaderBytes + random() % (damaged.size() - kSpoolHeaderBytes));
    }
    folder.write("spool", damaged);
    int last = -1;
    for (const std::string& key : keysIn(path)) {
      const int number = std::stoi(key);
      CHECK(number > last);
      CHECK(number < 40);
      last = number;
    }
  }
}

TEST_CASE("records of another spool are not taken for its own") {
  const TemporaryDirectory folder;
  {
    Spool mine(folder.path("mine"), kRoom);
    append(mine, "0");
    Spool other(folder.path("other"), kRoom);
    append(other, "foreign");
  }
  const std::string foreign = folder.read("other").substr(kSpoolHeaderBytes);
  folder.write("mine", folder.read("mine") + foreign);
  Spool spool(folder.path("mine"), kRoom);
  CHECK(takeKeys(spool) == numbers(0, 1));
  CHECK(spool.damaged_bytes() == foreign.size());
}

TEST_CASE("a file is locked, and what is no spool is refused and left as it is") {
  const TemporaryDirectory folder;
  const std::string path = folder.path("spool");
  {
    Spool spool(path, kRoom);
    CHECK(refusalOf(path) == ErrorKind::invalidArgument);
  }
  CHECK(keysIn(path).empty());
  folder.write("text", "an innocent file of somebody else, longer than a header");
  CHECK(refusalOf(folder.path("text")) == ErrorKind::invalidArgument);
  CHECK(folder.read("text") == "an innocent file of somebody else, longer than a header");
  folder.write("empty", "");
  CHECK(refusalOf(folder.path("empty")) == ErrorKind::invalidArgument);
  CHECK(refusalOf(folder.path("no/such/folder")) == ErrorKind::failed);
}

TEST_CASE("a full spool takes nothing more until something is confirmed, and stays bounded") {
  constexpr std::uint64_t kSmall = 64u << 10;
  const TemporaryDirectory folder;
  const std::string path = folder.path("spool");
  int written = 0;
  int confirmed = 0;
  {
    Spool spool(path, kSmall);
    for (int round = 0; round < 20; ++round) {
      for (;;) {
        QueuedUsage queued = item(std::to_string(written), 200);
        if (!spool.append(queued)) break;
        ++written;
      }
      CHECK(folder.read("spool").size() <= kSmall);
      const auto keys = takeKeys(spool, 40);
      CHECK(keys == numbers(confirmed, confirmed + static_cast<int>(keys.size())));
      confirmed += static_cast<int>(keys.size());
      spool.done();
    }
    CHECK(written > 400);
  }
  CHECK(keysIn(path) == numbers(confirmed, written));
  CHECK_FALSE(folder.has("spool.new"));
}

TEST_CASE("a spool in constant use is rewritten while entries are taken") {
  const TemporaryDirectory folder;
  const std::string path = folder.path("spool");
  int written = 0;
  int confirmed = 0;
  {
    Spool spool(path, kRoom);
    while (written < 20'000) {
      for (int i = 0; i < 50; ++i) append(spool, std::to_string(written++), 200);
      const auto keys = takeKeys(spool, 49);
      REQUIRE(keys == numbers(confirmed, confirmed + 49));
      confirmed += 49;
      spool.done();
    }
    CHECK(folder.read("spool").size() < kRoom / 2);
  }
  CHECK(keysIn(path) == numbers(confirmed, written));
}

TEST_CASE("a rewrite that a crash left half done is done again") {
  const TemporaryDirectory folder;
  const std::string path = folder.path("spool");
  {
    Spool spool(path, kRoom);
    append(spool, "0");
  }
  folder.write("spool.new", "half of a rewritten file");
  {
    Spool spool(path, 64u << 10);
    append(spool, "1");
    takeKeys(spool, 2);
    spool.done();
    for (int i = 2; i < 400; ++i) {
      append(spool, std::to_string(i), 300);
      takeKeys(spool);
      spool.done();
    }
    CHECK(spool.waiting() == 0);
  }
  CHECK_FALSE(folder.has("spool.new"));
}

TEST_CASE("an entry past the largest record is an invalid argument") {
  const TemporaryDirectory folder;
  Spool spool(folder.path("spool"), kRoom);
  QueuedUsage queued = item("big", kRecordBytesMax);
  CHECK_THROWS_AS(spool.append(queued), Error);
  append(spool, "0");
  CHECK(takeKeys(spool) == numbers(0, 1));
}

}  // namespace
}  // namespace daybook::client
