#include "ledger/store/lmdb_store.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/stored_log.h"

namespace fs = std::filesystem;

namespace daybook::store {
namespace {

using Catch::Matchers::Contains;
using testing::Noise;
using testing::noiseBatch;
using testing::sameBatch;
using testing::sameLog;
using testing::TemporaryDirectory;
using testing::wholeLog;

constexpr KeySeed kSeed{3, 4};

std::vector<Batch> appendSome(Store& store, std::size_t commits, std::size_t events = 5) {
  std::vector<Batch> log;
  for (std::size_t i = 0; i < commits; ++i) {
    log.push_back(noiseBatch(store.tip().position.next(), std::vector<std::size_t>(events, 20)));
    store.append(log.back());
  }
  return log;
}

void addSnapshot(Store& store, std::uint64_t position) {
  const auto writer = store.startSnapshot();
  for (int i = 0; i < 100; ++i) writer->put(Bytes(8'000, static_cast<std::byte>(i)));
  writer->finish({Position(position), {}, {}}, Hash{});
}

/// Runs `body` in a child process and returns its exit status; 100 when it threw.
int inChild(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    int status = 100;
    try {
      status = body();
    } catch (const std::exception&) {
      status = 100;
    }
    _exit(status);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string messageOf(const std::function<void()>& body) {
  try {
    body();
  } catch (const StoreError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

std::string openingMessage(const std::string& directory) {
  std::string writable = messageOf([&] { LmdbStore::openWritable(directory, {kSeed, 0}); });
  const std::string read_only = messageOf([&] { LmdbStore::openReadOnly(directory); });
  CHECK(read_only == writable);
  return writable;
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

TEST_CASE("a log is the same after it is opened again") {
  const TemporaryDirectory parent;
  const std::string directory = parent / "data";
  std::vector<Batch> log;
  for (int round = 0; round < 4; ++round) {
    const auto store = round == 0 ? LmdbStore::create(directory, {kSeed, 0})
                                  : LmdbStore::openWritable(directory, {KeySeed{9, 9}, 0});
    CHECK(store->notices().empty());
    CHECK(store->keySeed() == kSeed);
    CHECK(sameLog(wholeLog(*store), log));
    for (Batch& batch : appendSome(*store, 10)) log.push_back(std::move(batch));
  }
  const auto reader = LmdbStore::openReadOnly(directory);
  CHECK(sameLog(wholeLog(*reader), log));
  CHECK(reader->tip() == log.back().tip);
  reader->checkStructure();
}

TEST_CASE("snapshots and key runs are there after a restart, unfinished ones are gone") {
  const TemporaryDirectory parent;
  const std::string directory = parent / "data";
  LmdbStore::create(directory, {kSeed, 0});
  // Ends without a destructor, with one snapshot finished and one not.
  const int status = inChild([&] {
    const auto store = LmdbStore::openWritable(directory, {kSeed, 0});
    addSnapshot(*store, 10);
    store->appendKeyRun(Position(10), {{77, Position(3)}});
    const auto unfinished = store->startSnapshot();
    for (int i = 0; i < 3'000; ++i) unfinished->put(Bytes(8'000));
    _exit(0);
    return 0;
  });
  REQUIRE(status == 0);
  const std::string file = directory + "/snapshots/data.mdb";
  const auto before = fs::file_size(file);
  CHECK(before > 16'000'000);
  const auto store = LmdbStore::openWritable(directory, {KeySeed{9, 9}, 0});
  CHECK(store->notices().empty());
  CHECK(store->snapshots().size() == 1);
  int records = 0;
  store->readSnapshot(Position(10), [&](BytesView) { ++records; });
  CHECK(records == 100);
  CHECK(store->keyRunsThrough() == Position(10));
  CHECK(store->keySeed() == kSeed);
  // The room of what was removed is used again.
  for (std::uint64_t position = 20; position < 30; ++position) addSnapshot(*store, position);
  CHECK(fs::file_size(file) <= before + (1u << 20));
}

TEST_CASE("a process that is killed leaves a log of whole commits, and all it acknowledged") {
  const TemporaryDirectory parent;
  Noise noise(5);
  for (int round = 0; round < 20; ++round) {
    const std::string directory = parent / std::to_string(round);
    LmdbStore::create(directory, {kSeed, 0});
    int pipe_ends[2];
    REQUIRE(pipe(pipe_ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
      const auto store = LmdbStore::openWritable(directory, {kSeed, 0});
      while (true) {
        const Position first = store->tip().position.next();
        const std::vector<std::size_t> words(1 + first.value * 7 % 200, 10);
        store->append(noiseBatch(first, words));
        const std::uint64_t acknowledged = store->tip().position.value;
        if (::write(pipe_ends[1], &acknowledged, 8) != 8) _exit(1);
      }
    }
    close(pipe_ends[1]);
    std::uint64_t acknowledged = 0;
    for (std::uint64_t count = 1 + noise.below(60); count > 0; --count) {
      REQUIRE(::read(pipe_ends[0], &acknowledged, 8) == 8);
    }
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    while (::read(pipe_ends[0], &acknowledged, 8) == 8) continue;
    close(pipe_ends[0]);

    const auto store = LmdbStore::openWritable(directory, {kSeed, 0});
    store->checkStructure();
    CHECK(store->tip().position.value >= acknowledged);
    Position next(1);
    for (const Batch& batch : wholeLog(*store)) {
      REQUIRE(batch.first == next);
      const std::vector<std::size_t> words(1 + next.value * 7 % 200, 10);
      REQUIRE(sameBatch(batch, noiseBatch(next, words)));
      next = batch.tip.position.next();
    }
    appendSome(*store, 3);
  }
}

TEST_CASE("a second writer is refused, and told who holds the directory") {
  const TemporaryDirectory parent;
  const std::string directory = parent / "data";
  auto store = LmdbStore::create(directory, {kSeed, 0});
  appendSome(*store, 2);
  const std::string expected = "in use by process " + std::to_string(getpid());
  const int status = inChild([&] {
    const std::string message = messageOf([&] { LmdbStore::openWritable(directory, {kSeed, 0}); });
    return message.find(expected) != std::string::npos ? 0 : 1;
  });
  CHECK(status == 0);
  CHECK_THAT(messageOf([&] {
               LmdbStore::openWritable(directory, {kSeed, 0});
             }),
             Contains(expected));
  store.reset();
  CHECK(LmdbStore::openWritable(directory, {kSeed, 0})->tip().position == Position(10));
}

TEST_CASE("a reader in another process follows a writer, and its structure check is sound") {
  const TemporaryDirectory parent;
  const std::string directory = parent / "data";
  LmdbStore::create(directory, {kSeed, 0});
  int to_child[2];
  REQUIRE(pipe(to_child) == 0);
  const pid_t child = fork();
  if (child == 0) {
    close(to_child[1]);
    int status = 0;
    try {
      char stop = 0;
      fcntl(to_child[0], F_SETFL, O_NONBLOCK);
      while (::read(to_child[0], &stop, 1) < 0) {
        const auto reader = LmdbStore::openReadOnly(directory);
        reader->checkStructure();
        const Tip tip = reader->tip();
        const std::vector<Batch> log = wholeLog(*reader);
        if (log.empty() ? !tip.position.isNone() : log.back().tip.position < tip.position) {
          status = 1;
        }
      }
    } catch (const std::exception& error) {
      std::fprintf(stderr, "reader: %s\n", error.what());
      status = 2;
    }
    _exit(status);
  }
  close(to_child[0]);
  {
    const auto store = LmdbStore::openWritable(directory, {kSeed, 0});
    for (std::uint64_t i = 0; i < 300; ++i) {
      appendSome(*store, 1, 1 + i % 40);
      if (i % 50 == 0) addSnapshot(*store, i + 1);
    }
  }
  close(to_child[1]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a directory that cannot be written to can be read") {
  const TemporaryDirectory parent;
  const std::string directory = parent / "data";
  appendSome(*LmdbStore::create(directory, {kSeed, 0}), 4);
  for (const std::string& path : {directory, directory + "/log", directory + "/snapshots"}) {
    fs::permissions(path, fs::perms(0555));
    for (const auto& entry : fs::directory_iterator(path)) {
      if (entry.is_regular_file()) fs::permissions(entry.path(), fs::perms(0444));
    }
  }
  fs::permissions(parent.path(), fs::perms(0755));
  const int status = inChild([&] {
    // Permissions do not bind root.
    constexpr uid_t kNobody = 65'534;
    if (geteuid() == 0 && setuid(kNobody) != 0) return 2;
    const auto reader = LmdbStore::openReadOnly(directory);
    reader->checkStructure();
    return reader->notices().empty() && wholeLog(*reader).size() == 4 ? 0 : 1;
  });
  CHECK(status == 0);
  for (const std::string& path : {directory, directory + "/log", directory + "/snapshots"}) {
    fs::permissions(path, fs::perms(0755));
  }
}

TEST_CASE("opening a directory that is not there, or empty, says so") {
  const TemporaryDirectory parent;
  CHECK(LmdbStore::isFresh(parent / "none"));
  CHECK_THAT(openingMessage(parent / "none"), Contains("does not exist"));
  CHECK_THAT(openingMessage(parent.path()), Contains("holds no ledger yet"));
  CHECK(fs::is_empty(parent.path()));
}

TEST_CASE("a foreign directory is refused and not touched") {
  const TemporaryDirectory parent;
  write(parent / "letter.txt", "Dear Sir");
  CHECK(!LmdbStore::isFresh(parent.path()));
  const std::string expected = "is not a daybook data directory";
  CHECK_THAT(openingMessage(parent.path()), Contains(expected) && Contains(parent.path()));
  CHECK_THAT(messageOf([&] { LmdbStore::create(parent.path(), {kSeed, 0}); }), Contains(expected));
  CHECK(std::distance(fs::directory_iterator(parent.path()), fs::directory_iterator()) == 1);
  CHECK_THAT(openingMessage(parent / "letter.txt"), Contains("is not a directory"));
}

TEST_CASE("a directory of a newer format, or with a damaged marker, is refused") {
  const TemporaryDirectory parent;
  const std::string directory = parent / "data";
  LmdbStore::create(directory, {kSeed, 0});
  const std::string marker = directory + "/FORMAT";
  write(marker, "daybook data directory, format 2\n");
  CHECK_THAT(openingMessage(directory), Contains("has format 2") && Contains("newer"));
  for (const std::string& text :
       {std::string(), std::string("garbage"), std::string("daybook data directory, format "),
        std::string("daybook data directory, format 0\n"), std::string(5'000, '1'),
        std::string("daybook data directory, format 1"),
        std::string("daybook data directory, format 1\nmore")}) {
    write(marker, text);
    CHECK_THAT(openingMessage(directory), Contains("FORMAT is damaged or foreign"));
  }
  write(marker, "daybook data directory, format 1\n");
  CHECK(LmdbStore::openReadOnly(directory)->tip() == Tip{});
}

TEST_CASE("a directory whose log is missing, garbage or cut off is refused") {
  const TemporaryDirectory parent;
  const std::string directory = parent / "data";
  appendSome(*LmdbStore::create(directory, {kSeed, 0}), 20);
  const std::string file = directory + "/log/data.mdb";
  const std::string kept = parent / "kept";
  fs::copy_file(file, kept);
  write(file, std::string(20'000, 'x'));
  CHECK_THAT(openingMessage(directory), Contains(file + " is damaged: page 0"));
  write(file, "");
  CHECK_THAT(openingMessage(directory), Contains(file + " is damaged") && Contains("0 bytes"));
  fs::copy_file(kept, file, fs::copy_options::overwrite_existing);
  fs::resize_file(file, 20'480);
  CHECK_THAT(openingMessage(directory), Contains("is missing: the file has 20480 bytes"));
  fs::remove(file);
  CHECK_THAT(openingMessage(directory), Contains(file + " is missing"));
  fs::copy_file(kept, file);
  CHECK(LmdbStore::openWritable(directory, {kSeed, 0})->tip().position == Position(100));
}

TEST_CASE("an interrupted creation is not a ledger, and can be done again") {
  const TemporaryDirectory parent;
  const std::string directory = parent / "data";
  LmdbStore::create(directory, {kSeed, 0});
  // As it is before the last step.
  fs::rename(directory + "/FORMAT", directory + "/FORMAT.new");
  CHECK_THAT(openingMessage(directory), Contains("holds no ledger yet"));
  CHECK(LmdbStore::isFresh(directory));
  appendSome(*LmdbStore::create(directory, {kSeed, 0}), 1);
  CHECK_THAT(messageOf([&] {
               LmdbStore::create(directory, {kSeed, 0});
             }),
             Contains("holds a ledger already"));
  CHECK(LmdbStore::openReadOnly(directory)->tip().position == Position(5));
}

TEST_CASE("damaged or lost snapshots do not stop a writer, nor hide the log from a reader") {
  const TemporaryDirectory parent;
  const std::string directory = parent / "data";
  {
    const auto store = LmdbStore::create(directory, {kSeed, 0});
    appendSome(*store, 4);
    addSnapshot(*store, 20);
    store->appendKeyRun(Position(20), {{1, Position(1)}});
  }
  const std::string snapshots = directory + "/snapshots";
  const KeySeed fresh{5, 6};
  std::size_t aside = 0;
  SECTION("lost") { fs::remove_all(snapshots); }
  SECTION("garbage") {
    write(snapshots + "/data.mdb", std::string(50'000, 'x'));
    aside = 1;
  }
  SECTION("cut off") {
    fs::resize_file(snapshots + "/data.mdb", 100'000);
    aside = 1;
  }
  SECTION("without its file") {
    fs::remove(snapshots + "/data.mdb");
    aside = 1;
  }
  {
    const auto reader = LmdbStore::openReadOnly(directory);
    CHECK(reader->notices().size() == 1);
    CHECK(reader->snapshots().empty());
    CHECK(wholeLog(*reader).size() == 4);
  }
  {
    const auto store = LmdbStore::openWritable(directory, {fresh, 0});
    REQUIRE(store->notices().size() == 1);
    CHECK_THAT(store->notices().front(), Contains("lost and will be made anew"));
    CHECK(store->snapshots().empty());
    CHECK(store->keyRunsThrough().isNone());
    CHECK(store->keySeed() == fresh);
    CHECK(store->tip().position == Position(20));
    addSnapshot(*store, 20);
  }
  CHECK(fs::exists(snapshots + ".damaged-1") == (aside == 1));
  const auto again = LmdbStore::openWritable(directory, {kSeed, 0});
  CHECK(again->notices().empty());
  CHECK(again->snapshots().size() == 1);
  CHECK(again->keySeed() == fresh);
}

TEST_CASE("a key run with a flipped bit is refused, and can be dropped") {
  const TemporaryDirectory parent;
  const std::string directory = parent / "data";
  std::vector<KeyEntry> run(1'000, {0x1122334455667788, Position(1)});
  LmdbStore::create(directory, {kSeed, 0})->appendKeyRun(Position(9), run);
  const std::string file = directory + "/snapshots/data.mdb";
  std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const std::string fingerprint = "\x88\x77\x66\x55\x44\x33\x22\x11";
  const std::size_t at = bytes.find(fingerprint, bytes.size() / 2);
  REQUIRE(at != std::string::npos);
  stream.seekp(static_cast<std::streamoff>(at));
  stream.put('\x89');
  stream.close();
  const auto store = LmdbStore::openWritable(directory, {kSeed, 0});
  CHECK_THROWS_AS(store->readKeyRuns([](const KeyEntry&) {}), DamageError);
  store->dropKeyRuns();
  store->readKeyRuns([](const KeyEntry&) { FAIL("there are no keys"); });
}

TEST_CASE("a copy holds the log as it was, opens as a ledger, and does not hinder appends") {
  const TemporaryDirectory parent;
  const auto store = LmdbStore::create(parent / "data", {kSeed, 0});
  store->copyTo(parent / "empty");
  CHECK(LmdbStore::openReadOnly(parent / "empty")->tip() == Tip{});
  const std::vector<Batch> log = appendSome(*store, 200, 30);
  addSnapshot(*store, 50);
  store->copyTo(parent / "copy");
  appendSome(*store, 5);
  CHECK_THROWS_AS(store->copyTo(parent / "copy"), StoreError);
  {
    const auto copy = LmdbStore::openReadOnly(parent / "copy");
    CHECK(sameLog(wholeLog(*copy), log));
    copy->checkStructure();
  }
  const auto restored = LmdbStore::openWritable(parent / "copy", {kSeed, 0});
  CHECK(restored->snapshots().empty());
  CHECK(restored->tip() == log.back().tip);
  appendSome(*restored, 5);
  CHECK(sameLog(wholeLog(*restored), wholeLog(*store)));
}

TEST_CASE("free bytes shrink with the log and end at the process's file size limit") {
  const TemporaryDirectory parent;
  const int status = inChild([&] {
    struct rlimit limit {};
    limit.rlim_cur = limit.rlim_max = 8u << 20;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    signal(SIGXFSZ, SIG_IGN);
    const auto store = LmdbStore::create(parent / "data", {kSeed, 0});
    std::uint64_t before = store->freeBytes();
    if (before > limit.rlim_cur) return 3;
    // Appends succeed as long as there is room for them.
    while (before > 200'000) {
      appendSome(*store, 1, 500);
      const std::uint64_t now = store->freeBytes();
      if (now >= before) return 4;
      before = now;
    }
    // Then one fails, sooner or later, with a StoreError that names the place.
    const std::string message = messageOf([&] { appendSome(*store, 100, 500); });
    return message.find("/log: ") != std::string::npos ? 0 : 5;
  });
  CHECK(status == 0);
  const auto store = LmdbStore::openWritable(parent / "data", {kSeed, 0});
  CHECK(store->tip().position.value > 10'000);
  store->checkStructure();
}

TEST_CASE("the reserve is disk space that the log owns") {
  const TemporaryDirectory parent;
  constexpr std::uint64_t kReserve = 16u << 20;
  const std::string directory = parent / "data";
  const auto store = LmdbStore::create(directory, {kSeed, kReserve});
  appendSome(*store, 1);
  struct stat status {};
  REQUIRE(stat((directory + "/log/data.mdb").c_str(), &status) == 0);
  CHECK(static_cast<std::uint64_t>(status.st_blocks) * 512 >= kReserve);
  CHECK(store->freeBytes() >= kReserve);
}

TEST_CASE("a small event costs its bytes, its hash and little more") {
  const TemporaryDirectory parent;
  const std::string directory = parent / "data";
  constexpr std::size_t kEvents = 1'000;
  constexpr std::size_t kEventBytes = 160;
  {
    const auto store = LmdbStore::create(directory, {kSeed, 0});
    appendSome(*store, 100, kEvents);
  }
  const double bytes = static_cast<double>(fs::file_size(directory + "/log/data.mdb") - (2u << 20));
  CHECK(bytes / (100.0 * kEvents) < static_cast<double>(kEventBytes) + 32 + 8);
}

}  // namespace
}  // namespace daybook::store
