// LMDB, wrapped as far as this folder uses it: one unnamed tree in one environment.
//
// Errors: StoreError with the place, LMDB's words and its number. Views of keys and values live
// until their transaction ends. Threads: read transactions from any thread, each used by one at a
// time; a write transaction belongs to the thread that began it, and others wait for it. The same
// environment must not be opened twice in one process at a time, nor be used after a fork.
#pragma once

#include <lmdb.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/store/store.h"

namespace daybook::store {

/// Throws StoreError unless `code` is success.
void checkLmdb(int code, const std::string& what);

enum class EnvAccess {
  write,
  read,          // beside a writer, by the reader table in lock.mdb
  readUnlocked,  // nobody writes, and lock.mdb cannot be written
};

struct EnvSettings {
  std::string directory;  // exists
  EnvAccess access = EnvAccess::read;
  std::uint64_t map_bytes = 0;
  unsigned tree_flags = 0;  // 0 or MDB_INTEGERKEY
  unsigned env_flags = 0;   // 0 or MDB_NORDAHEAD
};

class LmdbEnv {
 public:
  explicit LmdbEnv(const EnvSettings& settings);
  ~LmdbEnv();
  LmdbEnv(const LmdbEnv&) = delete;
  LmdbEnv& operator=(const LmdbEnv&) = delete;

  const EnvSettings& settings() const { return settings_; }
  MDB_env* get() const { return env_; }
  MDB_dbi tree() const { return tree_; }
  /// The data file's descriptor, LMDB's own.
  int descriptor() const;
  /// Bytes up to the end of the last page in use.
  std::uint64_t usedBytes() const;
  /// Makes everything durable that is in the file.
  void sync();
  /// Frees the places of readers whose process died.
  void dropDeadReaders();

 private:
  friend class ReadTxn;
  MDB_txn* takeReader() const;
  void returnReader(MDB_txn* txn) const noexcept;

  EnvSettings settings_;
  MDB_env* env_ = nullptr;
  MDB_dbi tree_ = 0;
  mutable std::mutex readers_mutex_;
  mutable std::vector<MDB_txn*> idle_readers_;
};

/// A read transaction. Keep it short: pages freed after it began are not used again before it ends.
class ReadTxn {
 public:
  explicit ReadTxn(const LmdbEnv& env) : env_(env), txn_(env.takeReader()) {}
  ~ReadTxn() { env_.returnReader(txn_); }
  ReadTxn(const ReadTxn&) = delete;
  ReadTxn& operator=(const ReadTxn&) = delete;

  const LmdbEnv& env() const { return env_; }
  MDB_txn* get() const { return txn_; }
  /// The number of the newest commit that it sees.
  std::uint64_t number() const { return mdb_txn_id(txn_); }

 private:
  const LmdbEnv& env_;
  MDB_txn* txn_;
};

/// A write transaction; undone unless committed.
class WriteTxn {
 public:
  explicit WriteTxn(LmdbEnv& env);
  ~WriteTxn();
  WriteTxn(const WriteTxn&) = delete;
  WriteTxn& operator=(const WriteTxn&) = delete;

  const LmdbEnv& env() const { return env_; }
  MDB_txn* get() const { return txn_; }
  /// Replaces what is there.
  void put(BytesView key, BytesView value);
  /// Returns memory for a value under a key after all others, to be written before the commit.
  std::span<std::byte> append(BytesView key, std::size_t value_bytes);
  /// Returns when it is durable.
  void commit();

 private:
  LmdbEnv& env_;
  MDB_txn* txn_ = nullptr;
};

struct Entry {
  BytesView key;
  BytesView value;
};

/// Moves through the tree in the order of keys. Must not outlive its transaction.
class Cursor {
 public:
  explicit Cursor(const ReadTxn& txn) : Cursor(txn.get(), txn.env()) {}
  explicit Cursor(const WriteTxn& txn) : Cursor(txn.get(), txn.env()) {}
  ~Cursor() { mdb_cursor_close(cursor_); }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  /// The first entry whose key is not below `key`; nullopt if there is none.
  std::optional<Entry> seek(BytesView key);
  std::optional<Entry> current() { return move(MDB_GET_CURRENT); }
  std::optional<Entry> next() { return move(MDB_NEXT); }
  std::optional<Entry> previous() { return move(MDB_PREV); }
  std::optional<Entry> last() { return move(MDB_LAST); }
  /// Removes the entry that it stands on. REQUIRES: of a WriteTxn.
  void remove();

 private:
  Cursor(MDB_txn* txn, const LmdbEnv& env);
  std::optional<Entry> move(MDB_cursor_op step);
  std::optional<Entry> result(int code, const MDB_val& key, const MDB_val& value) const;

  const LmdbEnv& env_;
  MDB_cursor* cursor_ = nullptr;
};

}  // namespace daybook::store
