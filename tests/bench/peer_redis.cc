// Redis as a ledger: bench_peer_redis SOCKET CUSTOMERS SECONDS
//
// The server runs with appendfsync always. A Lua script records one event; calls of it go one at a
// time, and pipelined, many before the first answer is read. A second script records many events
// in one call. Prints one line a figure: see measure.h.
#include <hiredis/hiredis.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/peer.h"

namespace daybook::bench {
namespace {

constexpr char kRecord[] =
    "local new = redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])\n"
    "if new == 1 then return redis.call('HINCRBY', KEYS[2], ARGV[3], ARGV[2]) end\n"
    "return redis.call('HGET', KEYS[2], ARGV[3])";
constexpr char kRecordMany[] =
    "local recorded = 0\n"
    "for i = 1, #ARGV, 3 do\n"
    "  if redis.call('HSETNX', 'events:' .. ARGV[i], ARGV[i + 1], ARGV[i + 2]) == 1 then\n"
    "    redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 2])\n"
    "    recorded = recorded + 1\n"
    "  end\n"
    "end\n"
    "return recorded";

class Connection {
 public:
  explicit Connection(const std::string& socket) : context_(redisConnectUnix(socket.c_str())) {
    if (context_ == nullptr || context_->err != 0) throw std::runtime_error("cannot connect");
    one_ = text({"SCRIPT", "LOAD", kRecord});
    many_ = text({"SCRIPT", "LOAD", kRecordMany});
  }
  ~Connection() { redisFree(context_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void append(const std::vector<std::string>& words) {
    std::vector<const char*> data;
    std::vector<std::size_t> sizes;
    for (const std::string& word : words) {
      data.push_back(word.data());
      sizes.push_back(word.size());
    }
    if (redisAppendCommandArgv(context_, static_cast<int>(words.size()), data.data(),
                               sizes.data()) != REDIS_OK) {
      throw std::runtime_error(context_->errstr);
    }
  }
  /// The next answer; integers as text.
  std::string take() {
    void* answer = nullptr;
    if (redisGetReply(context_, &answer) != REDIS_OK) throw std::runtime_error(context_->errstr);
    const std::unique_ptr<redisReply, void (*)(void*)> reply(static_cast<redisReply*>(answer),
                                                             freeReplyObject);
    if (reply->type == REDIS_REPLY_INTEGER) return std::to_string(reply->integer);
    const std::string words = reply->str == nullptr ? "" : std::string(reply->str, reply->len);
    if (reply->type == REDIS_REPLY_ERROR) throw std::runtime_error(words);
    return words;
  }
  std::string text(const std::vector<std::string>& words) {
    append(words);
    return take();
  }

 protected:
  redisContext* context_;
  std::string one_;
  std::string many_;
};

/// Every event is a call of its own; all of a batch are sent before the first answer is read.
class PipelinedSession : public Connection {
 public:
  using Connection::Connection;
  void record(const std::vector<PeerEvent>& events) {
    for (const PeerEvent& event : events) {
      const std::string customer = std::to_string(event.customer);
      append({"EVALSHA", one_, "2", "events:" + customer, "balances", event.key,
              std::to_string(event.quantity), customer});
    }
    for (std::size_t i = 0; i < events.size(); ++i) take();
  }
};

/// A batch is one call.
class ScriptedSession : public Connection {
 public:
  using Connection::Connection;
  void record(const std::vector<PeerEvent>& events) {
    std::vector<std::string> words = {"EVALSHA", many_, "1", "balances"};
    for (const PeerEvent& event : events) {
      words.push_back(std::to_string(event.customer));
      words.push_back(event.key);
      words.push_back(std::to_string(event.quantity));
    }
    if (text(words) != std::to_string(events.size())) throw std::runtime_error("not all is new");
  }
};

void run(const std::string& socket, std::uint32_t count, double seconds) {
  const Zipf customers(count);
  Sent sent;
  for (const Form form : {Form{1, 1}, Form{16, 1}, Form{64, 1}}) {
    const double rate = throughput(customers, form, seconds, sent,
                                   [&] { return std::make_unique<PipelinedSession>(socket); });
    print(nameOf("singly", form), rate, "events/s");
  }
  for (const Form form : {Form{1, 64}, Form{1, 1'000}, Form{4, 250}, Form{4, 1'000}}) {
    const double rate = throughput(customers, form, seconds, sent,
                                   [&] { return std::make_unique<PipelinedSession>(socket); });
    print(nameOf("batch, pipelined", form), rate, "events/s");
  }
  for (const Form form : {Form{1, 100}, Form{1, 1'000}, Form{4, 1'000}, Form{4, 2'500}}) {
    const double rate = throughput(customers, form, seconds, sent,
                                   [&] { return std::make_unique<ScriptedSession>(socket); });
    print(nameOf("batch, scripted", form), rate, "events/s");
  }
  Connection connection(socket);
  Random random(1);
  timeEach(5'000, [&] {
    connection.text({"HGET", "balances", std::to_string(customers.draw(random))});
  }).printQuantiles("balance read");
  const std::string events =
      connection.text({"EVAL",
                       "local n = 0\n"
                       "for _, key in ipairs(redis.call('KEYS', 'events:*')) do n = n + "
                       "redis.call('HLEN', key) end\n"
                       "return n",
                       "0"});
  const std::string used = connection.text(
      {"EVAL",
       "local q = 0\n"
       "for _, used in ipairs(redis.call('HVALS', 'balances')) do q = q + used end\n"
       "return q",
       "0"});
  requireAll(sent, std::stoull(events), std::stoull(used));
}

}  // namespace
}  // namespace daybook::bench

int main(int argc, char** argv) {
  return daybook::bench::peerMain(argc, argv, "bench_peer_redis SOCKET CUSTOMERS SECONDS",
                                  daybook::bench::run);
}
