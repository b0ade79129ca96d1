// SQLite as a ledger: bench_peer_sqlite FILE CUSTOMERS SECONDS
//
// In the process that uses it, journal_mode=WAL and synchronous=FULL, prepared statements; one
// event in a transaction, and batches of several sizes. One writer at a time is all that SQLite
// has. Prints one line a figure: see measure.h.
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/peer.h"

namespace daybook::bench {
namespace {

class Database {
 public:
  explicit Database(const std::string& file) {
    check(sqlite3_open(file.c_str(), &db_));
    sqlite3_busy_timeout(db_, 60'000);
    execute("PRAGMA journal_mode=WAL");
    execute("PRAGMA synchronous=FULL");
    execute("PRAGMA cache_size=-262144");
  }
  ~Database() { sqlite3_close(db_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void check(int code) const {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    throw std::runtime_error(sqlite3_errmsg(db_));
  }
  void execute(const char* sql) const { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
  sqlite3* get() const { return db_; }

 private:
  sqlite3* db_ = nullptr;
};

class Statement {
 public:
  Statement(const Database& db, const char* sql) : db_(db) {
    db.check(sqlite3_prepare_v2(db.get(), sql, -1, &statement_, nullptr));
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int index, std::uint32_t value) const {
    db_.check(sqlite3_bind_int64(statement_, index, value));
  }
  /// `text` stays until run() is over.
  void bind(int index, const std::string& text) const {
    db_.check(sqlite3_bind_text(statement_, index, text.data(), static_cast<int>(text.size()),
                                SQLITE_STATIC));
  }
  /// Gives the first column of the first row, if there is one.
  std::uint64_t run() const {
    std::uint64_t value = 0;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) value = static_cast<std::uint64_t>(sqlite3_column_int64(statement_, 0));
    const int reset = sqlite3_reset(statement_);
    db_.check(code);
    db_.check(reset);
    return value;
  }

 private:
  const Database& db_;
  sqlite3_stmt* statement_ = nullptr;
};

class Session {
 public:
  explicit Session(const std::string& file) : db_(file) {}

  void record(const std::vector<PeerEvent>& events) const {
    begin_.run();
    for (const PeerEvent& event : events) {
      insert_.bind(1, event.customer);
      insert_.bind(2, event.key);
      insert_.bind(3, event.quantity);
      insert_.run();
      if (sqlite3_changes(db_.get()) == 0) continue;
      add_.bind(1, event.quantity);
      add_.bind(2, event.customer);
      add_.run();
    }
    commit_.run();
  }
  std::uint64_t balance(std::uint32_t customer) const {
    balance_.bind(1, customer);
    return balance_.run();
  }

 private:
  Database db_;
  Statement begin_{db_, "BEGIN IMMEDIATE"};
  Statement insert_{db_, "INSERT OR IGNORE INTO events VALUES (?1, ?2, ?3)"};
  Statement add_{db_, "UPDATE balances SET used = used + ?1 WHERE customer = ?2"};
  Statement commit_{db_, "COMMIT"};
  Statement balance_{db_, "SELECT used FROM balances WHERE customer = ?1"};
};

void run(const std::string& file, std::uint32_t count, double seconds) {
  const Database db(file);
  db.execute(
      "CREATE TABLE events (customer INTEGER, key TEXT, quantity INTEGER,"
      " PRIMARY KEY (customer, key)) WITHOUT ROWID");
  db.execute("CREATE TABLE balances (customer INTEGER PRIMARY KEY, used INTEGER NOT NULL)");
  db.execute(("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < " +
              std::to_string(count + 64) + ") INSERT INTO balances SELECT i, 0 FROM n")
                 .c_str());
  const Zipf customers(count);
  Sent sent;
  for (const Form form : {Form{1, 1}, Form{1, 100}, Form{1, 1'000}, Form{1, 10'000}}) {
    const double rate =
        throughput(customers, form, seconds, sent, [&] { return std::make_unique<Session>(file); });
    print(nameOf(form.batch == 1 ? "singly" : "batch", form), rate, "events/s");
  }
  Random random(1);
  const Session session(file);
  timeEach(5'000, [&] { session.balance(customers.draw(random)); }).printQuantiles("balance read");
  const Statement events(db, "SELECT count(*) FROM events");
  const Statement used(db, "SELECT sum(used) FROM balances");
  requireAll(sent, events.run(), used.run());
}

}  // namespace
}  // namespace daybook::bench

int main(int argc, char** argv) {
  return daybook::bench::peerMain(argc, argv, "bench_peer_sqlite FILE CUSTOMERS SECONDS",
                                  daybook::bench::run);
}
