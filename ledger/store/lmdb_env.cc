#include "ledger/store/lmdb_env.h"

#include <span>

namespace daybook::store {
namespace {

constexpr unsigned kReadersMax = 510;
constexpr mdb_mode_t kFileMode = 0640;

MDB_val valueOf(BytesView bytes) {
  // LMDB's interface has no const; it writes to nothing that is passed in.
  return {bytes.size(), const_cast<std::byte*>(bytes.data())};
}

BytesView viewOf(const MDB_val& value) {
  return {static_cast<const std::byte*>(value.mv_data), value.mv_size};
}

}  // namespace

void checkLmdb(int code, const std::string& what) {
  if (code == MDB_SUCCESS) return;
  throw StoreError(what + ": " + mdb_strerror(code) + " (" + std::to_string(code) + ")");
}

LmdbEnv::LmdbEnv(const EnvSettings& settings) : settings_(settings) {
  idle_readers_.reserve(kReadersMax);
  const std::string what = "cannot open " + settings.directory;
  checkLmdb(mdb_env_create(&env_), what);
  try {
    checkLmdb(mdb_env_set_mapsize(env_, settings.map_bytes), what);
    checkLmdb(mdb_env_set_maxreaders(env_, kReadersMax), what);
    const bool writes = settings.access == EnvAccess::write;
    unsigned flags = settings.env_flags | MDB_NOTLS;
    if (!writes) flags |= MDB_RDONLY;
    if (settings.access == EnvAccess::readUnlocked) flags |= MDB_NOLOCK;
    checkLmdb(mdb_env_open(env_, settings.directory.c_str(), flags, kFileMode), what);
    // The handle of the unnamed tree holds for all transactions.
    MDB_txn* txn = nullptr;
    checkLmdb(mdb_txn_begin(env_, nullptr, writes ? 0U : MDB_RDONLY, &txn), what);
    const int opened = mdb_dbi_open(txn, nullptr, settings.tree_flags, &tree_);
    if (opened != MDB_SUCCESS) mdb_txn_abort(txn);
    checkLmdb(opened, what);
    checkLmdb(mdb_txn_commit(txn), what);
    if (writes) dropDeadReaders();
  } catch (...) {
    mdb_env_close(env_);
    throw;
  }
}

LmdbEnv::~LmdbEnv() {
  for (MDB_txn* txn : idle_readers_) mdb_txn_abort(txn);
  mdb_env_close(env_);
}

int LmdbEnv::descriptor() const {
  mdb_filehandle_t descriptor = -1;
  checkLmdb(mdb_env_get_fd(env_, &descriptor), settings_.directory);
  return descriptor;
}

std::uint64_t LmdbEnv::usedBytes() const {
  MDB_envinfo info{};
  checkLmdb(mdb_env_info(env_, &info), settings_.directory);
  MDB_stat status{};
  checkLmdb(mdb_env_stat(env_, &status), settings_.directory);
  return (std::uint64_t{info.me_last_pgno} + 1) * status.ms_psize;
}

void LmdbEnv::sync() { checkLmdb(mdb_env_sync(env_, 1), "cannot sync " + settings_.directory); }

void LmdbEnv::dropDeadReaders() {
  int dead = 0;
  checkLmdb(mdb_reader_check(env_, &dead), settings_.directory);
}

MDB_txn* LmdbEnv::takeReader() const {
  const std::string& what = settings_.directory;
  {
    const std::lock_guard lock(readers_mutex_);
    if (!idle_readers_.empty()) {
      MDB_txn* txn = idle_readers_.back();
      idle_readers_.pop_back();
      const int code = mdb_txn_renew(txn);
      if (code != MDB_SUCCESS) mdb_txn_abort(txn);
      checkLmdb(code, "cannot read " + what);
      return txn;
    }
  }
  MDB_txn* txn = nullptr;
  int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  if (code == MDB_READERS_FULL) {
    int dead = 0;
    mdb_reader_check(env_, &dead);
    code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  }
  checkLmdb(code, "cannot read " + what);
  return txn;
}

void LmdbEnv::returnReader(MDB_txn* txn) const noexcept {
  const std::lock_guard lock(readers_mutex_);
  if (idle_readers_.size() == idle_readers_.capacity()) return mdb_txn_abort(txn);
  mdb_txn_reset(txn);
  idle_readers_.push_back(txn);
}

WriteTxn::WriteTxn(LmdbEnv& env) : env_(env) {
  checkLmdb(mdb_txn_begin(env.get(), nullptr, 0, &txn_),
            "cannot begin to write to " + env.settings().directory);
}

WriteTxn::~WriteTxn() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

void WriteTxn::put(BytesView key, BytesView value) {
  MDB_val lmdb_key = valueOf(key);
  MDB_val lmdb_value = valueOf(value);
  checkLmdb(mdb_put(txn_, env_.tree(), &lmdb_key, &lmdb_value, 0),
            "cannot write to " + env_.settings().directory);
}

std::span<std::byte> WriteTxn::append(BytesView key, std::size_t value_bytes) {
  MDB_val lmdb_key = valueOf(key);
  MDB_val lmdb_value{value_bytes, nullptr};
  checkLmdb(mdb_put(txn_, env_.tree(), &lmdb_key, &lmdb_value, MDB_RESERVE | MDB_APPEND),
            "cannot append to " + env_.settings().directory);
  return {static_cast<std::byte*>(lmdb_value.mv_data), lmdb_value.mv_size};
}

void WriteTxn::commit() {
  MDB_txn* txn = txn_;
  txn_ = nullptr;  // ends in any case
  checkLmdb(mdb_txn_commit(txn), "cannot commit to " + env_.settings().directory);
}

Cursor::Cursor(MDB_txn* txn, const LmdbEnv& env) : env_(env) {
  checkLmdb(mdb_cursor_open(txn, env.tree(), &cursor_), "cannot read " + env.settings().directory);
}

std::optional<Entry> Cursor::result(int code, const MDB_val& key, const MDB_val& value) const {
  if (code == MDB_NOTFOUND) return std::nullopt;
  checkLmdb(code, "cannot read " + env_.settings().directory);
  return Entry{viewOf(key), viewOf(value)};
}

std::optional<Entry> Cursor::seek(BytesView key) {
  MDB_val lmdb_key = valueOf(key);
  MDB_val lmdb_value{};
  const int code = mdb_cursor_get(cursor_, &lmdb_key, &lmdb_value, MDB_SET_RANGE);
  return result(code, lmdb_key, lmdb_value);
}

std::optional<Entry> Cursor::move(MDB_cursor_op step) {
  MDB_val key{};
  MDB_val value{};
  const int code = mdb_cursor_get(cursor_, &key, &value, step);
  return result(code, key, value);
}

void Cursor::remove() {
  checkLmdb(mdb_cursor_del(cursor_, 0), "cannot write to " + env_.settings().directory);
}

}  // namespace daybook::store
