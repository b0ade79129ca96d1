#include "ledger/store/lmdb_snapshots.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "ledger/base/check.h"
#include "ledger/store/env_check.h"
#include "ledger/store/map_size.h"
#include "ledger/store/sip_hash.h"

namespace daybook::store {
namespace {

enum class Kind : std::uint64_t { head = 1, snapshot = 2, records = 3, run = 4, entries = 5 };

constexpr std::uint64_t kHeadForm = 1;
constexpr unsigned kKindShift = 56;
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kChunkBytes = 256u << 10;
constexpr std::size_t kWriteBytes = 4u << 20;
constexpr std::size_t kRunChunkEntries = kChunkBytes / 16;
constexpr std::size_t kRemovedPerWrite = 64;

constexpr std::uint64_t prefixOf(Kind kind, std::uint64_t number) {
  return static_cast<std::uint64_t>(kind) << kKindShift | number;
}

/// A key of the tree.
class RecordKey {
 public:
  RecordKey(std::uint64_t prefix, std::uint64_t index) {
    const std::array<std::uint64_t, 2> words = {__builtin_bswap64(prefix),
                                                __builtin_bswap64(index)};
    std::memcpy(bytes_.data(), words.data(), bytes_.size());
  }
  RecordKey(Kind kind, std::uint64_t number, std::uint64_t index)
      : RecordKey(prefixOf(kind, number), index) {}
  BytesView view() const { return bytes_; }

 private:
  std::array<std::byte, 16> bytes_{};
};

std::uint64_t prefixOf(BytesView key) {
  std::uint64_t word = 0;
  CHECK(key.size() >= sizeof(word), "the page check saw keys of 16 bytes");
  std::memcpy(&word, key.data(), sizeof(word));
  return __builtin_bswap64(word);
}

template <typename Value>
void add(Bytes& bytes, const Value& value) {
  const auto raw = std::as_bytes(std::span(&value, 1));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

/// Takes values off the front. Throws DamageError when there are not enough bytes.
class Reader {
 public:
  explicit Reader(BytesView bytes) : bytes_(bytes) {}
  bool isAtEnd() const { return bytes_.empty(); }
  BytesView take(std::uint64_t count) {
    if (count > bytes_.size()) throw DamageError("a snapshot's record is cut off", Position(1));
    const BytesView taken = bytes_.first(static_cast<std::size_t>(count));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }
  template <typename Value>
  Value get() {
    Value value{};
    std::memcpy(&value, take(sizeof(value)).data(), sizeof(value));
    return value;
  }

 private:
  BytesView bytes_;
};

}  // namespace

struct LmdbSnapshots::Finished {
  std::uint64_t number = 0;
  std::uint64_t chunks = 0;
  SnapshotInfo info;
};

struct LmdbSnapshots::Run {
  std::uint64_t number = 0;
  std::uint64_t chunks = 0;
  std::uint64_t entries = 0;
  Position through;
};

/// Packs records into chunks and writes these whenever they have become a few megabytes.
class LmdbSnapshots::Writer final : public SnapshotWriter {
 public:
  Writer(LmdbSnapshots& snapshots, std::uint64_t number) : snapshots_(snapshots), number_(number) {}
  ~Writer() override {
    if (finished_) return;
    try {
      snapshots_.removeRange(RecordKey(Kind::records, number_, 0).view(),
                             RecordKey(Kind::records, number_ + 1, 0).view());
    } catch (const StoreError&) {
      // What stays is removed at the next start.
    }
  }

  void put(BytesView record) override {
    CHECK(!finished_, "a snapshot ends with finish()");
    CHECK(record.size() % 8 == 0, "a record is a multiple of 8 bytes long");
    Bytes& chunk = chunks_.back();
    add(chunk, std::uint64_t{record.size()});
    chunk.insert(chunk.end(), record.begin(), record.end());
    ++records_;
    if (chunk.size() < kChunkBytes) return;
    pending_bytes_ += chunk.size();
    chunks_.emplace_back();
    if (pending_bytes_ >= kWriteBytes) flush();
  }

  void finish(const Tip& tip, const Hash& digest) override {
    CHECK(!finished_, "a snapshot is finished once");
    flush();
    snapshots_.finish(number_, SnapshotInfo{tip, digest, records_}, written_);
    finished_ = true;
  }

 private:
  void flush() {
    if (chunks_.back().empty()) chunks_.pop_back();
    if (!chunks_.empty()) {
      snapshots_.write([&](WriteTxn& txn) {
        for (const Bytes& chunk : chunks_) {
          txn.put(RecordKey(Kind::records, number_, written_).view(), chunk);
          ++written_;
        }
      });
    }
    chunks_.clear();
    chunks_.emplace_back();
    pending_bytes_ = 0;
  }

  LmdbSnapshots& snapshots_;
  const std::uint64_t number_;
  std::vector<Bytes> chunks_{1};  // the last one is being filled
  std::size_t pending_bytes_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t records_ = 0;
  bool finished_ = false;
};

LmdbSnapshots::LmdbSnapshots(const std::string& directory, EnvAccess access, KeySeed fresh_seed)
    : env_({directory, access, kSnapshotsMapBytes, 0, 0}) {
  // All of the trees: a damaged one is replaced, so it has to be known before it is used.
  requireSoundTrees(env_, TreeKind::records, CheckDepth::full);
  if (access == EnvAccess::write) env_.sync();
  loadHead(fresh_seed);
  if (access == EnvAccess::write) removeUnfinished();
}

LmdbSnapshots::~LmdbSnapshots() = default;

Bytes LmdbSnapshots::sealed(Bytes value, std::uint64_t prefix) const {
  add(value, sipHash(seed_, prefix, value));
  return value;
}

BytesView LmdbSnapshots::unsealed(BytesView value, std::uint64_t prefix, const char* what) const {
  const std::size_t content = value.size() - std::min(value.size(), kChecksumBytes);
  std::uint64_t checksum = 0;
  std::memcpy(&checksum, value.data() + content, value.size() - content);
  if (value.size() < kChecksumBytes || sipHash(seed_, prefix, value.first(content)) != checksum) {
    throw DamageError(std::string(what) + " in " + env_.settings().directory + " is damaged",
                      Position(1));
  }
  return value.first(content);
}

void LmdbSnapshots::loadHead(KeySeed fresh_seed) {
  // seed_ is zeros here: the head's own key.
  const RecordKey key(Kind::head, 0, 0);
  std::optional<KeySeed> stored;
  {
    const ReadTxn txn(env_);
    Cursor cursor(txn);
    const std::optional<Entry> first = cursor.seek(key.view());
    if (first) {
      Reader reader(unsealed(first->value, prefixOf(first->key), "the head"));
      if (reader.get<std::uint64_t>() != kHeadForm) {
        throw DamageError("the head in " + env_.settings().directory + " has an unknown form",
                          Position(1));
      }
      stored = reader.get<KeySeed>();
    }
  }
  if (!stored && env_.settings().access == EnvAccess::write) {
    Bytes value;
    add(value, kHeadForm);
    add(value, fresh_seed);
    value = sealed(std::move(value), prefixOf(Kind::head, 0));
    write([&](WriteTxn& txn) { txn.put(key.view(), value); });
  }
  seed_ = stored.value_or(fresh_seed);
}

template <typename Body>
void LmdbSnapshots::write(const Body& body) {
  // After a failed commit LMDB's next one succeeds, over a hole.
  if (failed_) throw StoreError(env_.settings().directory + " failed before: restart");
  WriteTxn txn(env_);
  body(txn);
  try {
    txn.commit();
  } catch (const StoreError&) {
    failed_ = true;
    throw;
  }
}

std::unique_ptr<SnapshotWriter> LmdbSnapshots::start() {
  return std::make_unique<Writer>(*this, next_number_.fetch_add(1));
}

std::vector<LmdbSnapshots::Finished> LmdbSnapshots::finished() const {
  std::vector<Finished> all;
  const ReadTxn txn(env_);
  Cursor cursor(txn);
  for (auto entry = cursor.seek(RecordKey(Kind::snapshot, 0, 0).view());
       entry && prefixOf(entry->key) < prefixOf(Kind::records, 0); entry = cursor.next()) {
    Reader reader(unsealed(entry->value, prefixOf(entry->key), "a snapshot's description"));
    Finished& one = all.emplace_back();
    one.number = prefixOf(entry->key) - prefixOf(Kind::snapshot, 0);
    one.info.tip.position = reader.get<Position>();
    one.info.tip.root = reader.get<Hash>();
    one.info.tip.recorded = reader.get<Instant>();
    one.info.digest = reader.get<Hash>();
    one.info.records = reader.get<std::uint64_t>();
    one.chunks = reader.get<std::uint64_t>();
  }
  return all;
}

void LmdbSnapshots::finish(std::uint64_t number, const SnapshotInfo& info, std::uint64_t chunks) {
  Bytes value;
  add(value, info.tip.position);
  add(value, info.tip.root);
  add(value, info.tip.recorded);
  add(value, info.digest);
  add(value, info.records);
  add(value, chunks);
  const std::uint64_t prefix = prefixOf(Kind::snapshot, number);
  value = sealed(std::move(value), prefix);
  std::vector<std::uint64_t> replaced;
  for (const Finished& one : finished()) {
    if (one.info.tip.position == info.tip.position) replaced.push_back(one.number);
  }
  write([&](WriteTxn& txn) {
    for (const std::uint64_t old : replaced) {
      const RecordKey key(Kind::snapshot, old, 0);
      Cursor cursor(txn);
      const std::optional<Entry> entry = cursor.seek(key.view());
      if (entry && prefixOf(entry->key) == prefixOf(Kind::snapshot, old)) cursor.remove();
    }
    txn.put(RecordKey(prefix, 0).view(), value);
  });
  for (const std::uint64_t old : replaced) {
    removeRange(RecordKey(Kind::records, old, 0).view(),
                RecordKey(Kind::records, old + 1, 0).view());
  }
}

std::vector<SnapshotInfo> LmdbSnapshots::list() const {
  std::vector<SnapshotInfo> infos;
  for (const Finished& one : finished()) infos.push_back(one.info);
  std::sort(infos.begin(), infos.end(), [](const SnapshotInfo& left, const SnapshotInfo& right) {
    return left.tip.position < right.tip.position;
  });
  return infos;
}

void LmdbSnapshots::read(Position position, const std::function<void(BytesView)>& visitor) const {
  const std::vector<Finished> all = finished();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Finished& one) {
    return one.info.tip.position == position;
  });
  const std::string name = "the snapshot of position " + std::to_string(position.value);
  if (found == all.end()) throw StoreError("there is not " + name);
  std::uint64_t records = 0;
  Bytes chunk;
  for (std::uint64_t index = 0; index < found->chunks; ++index) {
    {
      const ReadTxn txn(env_);
      Cursor cursor(txn);
      const RecordKey key(Kind::records, found->number, index);
      const std::optional<Entry> entry = cursor.seek(key.view());
      if (!entry || !std::ranges::equal(entry->key, key.view())) {
        throw StoreError(name + " is gone or has a hole");
      }
      chunk.assign(entry->value.begin(), entry->value.end());
    }
    for (Reader reader(chunk); !reader.isAtEnd(); ++records) {
      visitor(reader.take(reader.get<std::uint64_t>()));
    }
  }
  if (records != found->info.records) {
    throw DamageError(name + " has not the number of records that it should", Position(1));
  }
}

void LmdbSnapshots::drop(Position position) {
  for (const Finished& one : finished()) {
    if (one.info.tip.position != position) continue;
    removeRange(RecordKey(Kind::snapshot, one.number, 0).view(),
                RecordKey(Kind::snapshot, one.number + 1, 0).view());
    removeRange(RecordKey(Kind::records, one.number, 0).view(),
                RecordKey(Kind::records, one.number + 1, 0).view());
  }
}

void LmdbSnapshots::removeRange(BytesView from, BytesView to) {
  bool more = true;
  while (more) {
    write([&](WriteTxn& txn) {
      Cursor cursor(txn);
      more = false;
      for (std::size_t removed = 0; removed < kRemovedPerWrite; ++removed) {
        const std::optional<Entry> entry = cursor.seek(from);
        more = entry && std::ranges::lexicographical_compare(entry->key, to);
        if (!more) return;
        cursor.remove();
      }
    });
  }
}

/// Removes chunks that no finished snapshot or run owns, and finds the next free number.
void LmdbSnapshots::removeUnfinished() {
  std::uint64_t newest = 0;
  const auto remove_unowned = [&](Kind kind, const std::vector<std::uint64_t>& owners) {
    std::vector<std::uint64_t> unowned;
    {
      const ReadTxn txn(env_);
      Cursor cursor(txn);
      const std::uint64_t base = prefixOf(kind, 0);
      std::uint64_t number = 0;
      for (auto entry = cursor.seek(RecordKey(kind, 0, 0).view());
           entry && prefixOf(entry->key) < base + (std::uint64_t{1} << kKindShift);
           entry = cursor.seek(RecordKey(kind, number + 1, 0).view())) {
        number = prefixOf(entry->key) - base;
        newest = std::max(newest, number);
        if (std::find(owners.begin(), owners.end(), number) == owners.end()) {
          unowned.push_back(number);
        }
      }
    }
    for (const std::uint64_t number : unowned) {
      removeRange(RecordKey(kind, number, 0).view(), RecordKey(kind, number + 1, 0).view());
    }
  };
  std::vector<std::uint64_t> owners;
  for (const Finished& one : finished()) owners.push_back(one.number);
  for (const std::uint64_t number : owners) newest = std::max(newest, number);
  remove_unowned(Kind::records, owners);
  owners.clear();
  for (const Run& run : runs()) owners.push_back(run.number);
  for (const std::uint64_t number : owners) newest = std::max(newest, number);
  remove_unowned(Kind::entries, owners);
  next_number_ = newest + 1;
}

// --- Key runs -----------------------------------------------------------------------------------

std::vector<LmdbSnapshots::Run> LmdbSnapshots::runs() const {
  std::vector<Run> all;
  const ReadTxn txn(env_);
  Cursor cursor(txn);
  for (auto entry = cursor.seek(RecordKey(Kind::run, 0, 0).view());
       entry && prefixOf(entry->key) < prefixOf(Kind::entries, 0); entry = cursor.next()) {
    Reader reader(unsealed(entry->value, prefixOf(entry->key), "a key run's description"));
    Run& run = all.emplace_back();
    run.number = prefixOf(entry->key) - prefixOf(Kind::run, 0);
    run.through = reader.get<Position>();
    run.entries = reader.get<std::uint64_t>();
    run.chunks = reader.get<std::uint64_t>();
  }
  return all;
}

void LmdbSnapshots::appendRun(Position through, const std::vector<KeyEntry>& run) {
  CHECK(through > runsThrough(), "a key run is appended after the last one");
  const std::uint64_t number = next_number_.fetch_add(1);
  const std::uint64_t prefix = prefixOf(Kind::entries, number);
  std::uint64_t chunks = 0;
  for (std::size_t at = 0; at < run.size();) {
    write([&](WriteTxn& txn) {
      for (std::size_t bytes = 0; bytes < kWriteBytes && at < run.size(); bytes += kChunkBytes) {
        const std::size_t count = std::min(kRunChunkEntries, run.size() - at);
        Bytes chunk;
        chunk.reserve(count * 16 + kChecksumBytes);
        for (std::size_t end = at + count; at < end; ++at) {
          add(chunk, run[at].fingerprint);
          add(chunk, run[at].position.value);
        }
        // The chunk's place is in the key of its checksum, so that none can stand for another.
        txn.put(RecordKey(prefix, chunks).view(),
                sealed(std::move(chunk), prefix + (chunks << 32)));
        ++chunks;
      }
    });
  }
  Bytes value;
  add(value, through);
  add(value, std::uint64_t{run.size()});
  add(value, chunks);
  value = sealed(std::move(value), prefixOf(Kind::run, number));
  write([&](WriteTxn& txn) { txn.put(RecordKey(Kind::run, number, 0).view(), value); });
}

Position LmdbSnapshots::runsThrough() const {
  const std::vector<Run> all = runs();
  return all.empty() ? Position() : all.back().through;
}

void LmdbSnapshots::readRuns(const std::function<void(const KeyEntry&)>& visitor) const {
  Bytes copy;
  for (const Run& run : runs()) {
    const std::uint64_t prefix = prefixOf(Kind::entries, run.number);
    std::uint64_t entries = 0;
    for (std::uint64_t chunk = 0; chunk < run.chunks; ++chunk) {
      {
        const ReadTxn txn(env_);
        Cursor cursor(txn);
        const RecordKey key(prefix, chunk);
        const std::optional<Entry> entry = cursor.seek(key.view());
        if (!entry || !std::ranges::equal(entry->key, key.view())) {
          throw DamageError("a key run in " + env_.settings().directory + " has a hole",
                            Position(1));
        }
        copy.assign(entry->value.begin(), entry->value.end());
      }
      for (Reader reader(unsealed(copy, prefix + (chunk << 32), "a key run")); !reader.isAtEnd();
           ++entries) {
        KeyEntry entry;
        entry.fingerprint = reader.get<std::uint64_t>();
        entry.position = reader.get<Position>();
        visitor(entry);
      }
    }
    if (entries != run.entries) {
      throw DamageError("a key run in " + env_.settings().directory + " is too short", Position(1));
    }
  }
}

void LmdbSnapshots::dropRuns() {
  removeRange(RecordKey(Kind::run, 0, 0).view(), RecordKey(Kind::entries, 0, 0).view());
  removeRange(RecordKey(Kind::entries, 0, 0).view(),
              RecordKey(prefixOf(Kind::entries, 0) + (std::uint64_t{1} << kKindShift), 0).view());
}

}  // namespace daybook::store
