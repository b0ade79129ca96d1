// PostgreSQL as a ledger: bench_peer_postgres CONNINFO CUSTOMERS SECONDS
//
// Prepared statements with binary arguments. One event in a transaction, over several connections
// so that commits are grouped; and batches, each one statement over arrays, of several sizes.
// Prints one line a figure: see measure.h.
#include <arpa/inet.h>
#include <libpq-fe.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/peer.h"

namespace daybook::bench {
namespace {

constexpr char kSchema[] =
    "CREATE TABLE events (customer int4, key text, quantity int4, PRIMARY KEY (customer, key));"
    "CREATE TABLE balances (customer int4 PRIMARY KEY, used int8 NOT NULL)"
    " WITH (fillfactor = 50)";
constexpr char kRecord[] =
    "WITH new AS (INSERT INTO events VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
    " RETURNING customer, quantity)"
    " UPDATE balances SET used = used + new.quantity FROM new"
    " WHERE balances.customer = new.customer RETURNING used";
constexpr char kRecordMany[] =
    "WITH new AS (INSERT INTO events SELECT * FROM unnest($1::int4[], $2::text[], $3::int4[])"
    " ON CONFLICT DO NOTHING RETURNING customer, quantity),"
    " sums AS (SELECT customer, sum(quantity) AS quantity FROM new GROUP BY customer)"
    " UPDATE balances SET used = used + sums.quantity FROM sums"
    " WHERE balances.customer = sums.customer";
constexpr char kBalance[] = "SELECT used FROM balances WHERE customer = $1";

constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;

using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;

/// The binary form of one argument.
class Argument {
 public:
  void put(std::uint32_t number) {
    const std::uint32_t wire = htonl(number);
    bytes_.append(reinterpret_cast<const char*>(&wire), sizeof wire);
  }
  void put(const std::string& text) { bytes_ += text; }
  /// The head of an array of one dimension.
  void beginArray(Oid type, std::size_t size) {
    for (const std::uint32_t word : {1u, 0u, type, static_cast<std::uint32_t>(size), 1u}) put(word);
  }
  const char* data() const { return bytes_.data(); }
  int size() const { return static_cast<int>(bytes_.size()); }

 private:
  std::string bytes_;
};

class Session {
 public:
  explicit Session(const std::string& conninfo) : connection_(PQconnectdb(conninfo.c_str())) {
    if (PQstatus(connection_) != CONNECTION_OK) fail();
  }
  ~Session() { PQfinish(connection_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void prepare() const {
    const std::pair<const char*, const char*> statements[] = {
        {"record", kRecord}, {"many", kRecordMany}, {"balance", kBalance}};
    for (const auto& [name, sql] : statements) {
      take(PQprepare(connection_, name, sql, 0, nullptr));
    }
  }
  std::string query(const std::string& sql) const {
    const Result result = take(PQexec(connection_, sql.c_str()));
    return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
  }
  void record(const std::vector<PeerEvent>& events) const {
    std::array<Argument, 3> arguments;
    if (events.size() == 1) {
      arguments[0].put(events[0].customer);
      arguments[1].put(events[0].key);
      arguments[2].put(events[0].quantity);
      if (PQntuples(run("record", arguments).get()) != 1) throw std::runtime_error("not new");
      return;
    }
    arguments[0].beginArray(kInt4, events.size());
    arguments[1].beginArray(kText, events.size());
    arguments[2].beginArray(kInt4, events.size());
    for (const PeerEvent& event : events) {
      arguments[0].put(4u);
      arguments[0].put(event.customer);
      arguments[1].put(static_cast<std::uint32_t>(event.key.size()));
      arguments[1].put(event.key);
      arguments[2].put(4u);
      arguments[2].put(event.quantity);
    }
    run("many", arguments);
  }
  void balance(std::uint32_t customer) const {
    std::array<Argument, 1> arguments;
    arguments[0].put(customer);
    run("balance", arguments);
  }

 private:
  [[noreturn]] void fail() const { throw std::runtime_error(PQerrorMessage(connection_)); }
  Result take(PGresult* raw) const {
    Result result(raw, PQclear);
    const ExecStatusType status = PQresultStatus(raw);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail();
    return result;
  }
  template <std::size_t count>
  Result run(const char* name, const std::array<Argument, count>& arguments) const {
    std::array<const char*, count> values;
    std::array<int, count> sizes;
    std::array<int, count> binary;
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = arguments[i].data();
      sizes[i] = arguments[i].size();
      binary[i] = 1;
    }
    return take(PQexecPrepared(connection_, name, static_cast<int>(count), values.data(),
                               sizes.data(), binary.data(), 1));
  }

  PGconn* connection_;
};

void run(const std::string& conninfo, std::uint32_t count, double seconds) {
  const Session admin(conninfo);
  admin.query(kSchema);
  admin.query("INSERT INTO balances SELECT i, 0 FROM generate_series(0, " +
              std::to_string(count + 64) + ") i");
  admin.query("VACUUM ANALYZE");
  const Zipf customers(count);
  Sent sent;
  const auto connect = [&] {
    auto session = std::make_unique<Session>(conninfo);
    session->prepare();
    return session;
  };
  for (const Form form : {Form{1, 1}, Form{8, 1}, Form{16, 1}, Form{32, 1}, Form{64, 1}}) {
    print(nameOf("singly", form), throughput(customers, form, seconds, sent, connect), "events/s");
  }
  for (const Form form : {Form{1, 100}, Form{1, 1'000}, Form{1, 10'000}, Form{2, 1'000},
                          Form{4, 1'000}, Form{2, 10'000}}) {
    print(nameOf("batch", form), throughput(customers, form, seconds, sent, connect), "events/s");
  }
  const auto reader = connect();
  Random random(1);
  timeEach(5'000, [&] { reader->balance(customers.draw(random)); }).printQuantiles("balance read");
  requireAll(sent, std::stoull(admin.query("SELECT count(*) FROM events")),
             std::stoull(admin.query("SELECT sum(used) FROM balances")));
}

}  // namespace
}  // namespace daybook::bench

int main(int argc, char** argv) {
  return daybook::bench::peerMain(argc, argv, "bench_peer_postgres CONNINFO CUSTOMERS SECONDS",
                                  daybook::bench::run);
}
