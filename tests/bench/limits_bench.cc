// The raw pieces that the daemon's figures are held against, measured on the machine as it is now.
//
//   bench_limits ping SOCKET CALLS IN_FLIGHT   empty calls to bench_null_server
//   bench_limits commit DIRECTORY COMMITS      LMDB commits of one changed page, and plain flushes
//
// Prints one line a figure: see measure.h.
#include <capnp/rpc-twoparty.h>
#include <fcntl.h>
#include <kj/async-io.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <deque>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "ledger/store/lmdb_env.h"
#include "tests/bench/measure.h"
#include "tests/unit/ping.capnp.h"

namespace daybook::bench {
namespace {

void ping(const std::string& socket, std::size_t calls, std::size_t in_flight) {
  auto io = kj::setupAsyncIo();
  auto address = io.provider->getNetwork().parseAddress("unix:" + socket).wait(io.waitScope);
  auto stream = address->connect().wait(io.waitScope);
  capnp::TwoPartyClient client(*stream);
  auto server = client.bootstrap().castAs<testing::Ping>();
  const auto call = [&] { return server.echoRequest(capnp::MessageSize{8, 0}).send(); };
  for (int i = 0; i < 200; ++i) call().wait(io.waitScope);
  if (in_flight == 1) {
    timeEach(calls, [&] { call().wait(io.waitScope); }).printQuantiles("empty call");
    return;
  }
  std::deque<capnp::RemotePromise<testing::Ping::EchoResults>> waiting;
  const Stopwatch watch(CLOCK_MONOTONIC);
  for (std::size_t i = 0; i < calls; ++i) {
    if (waiting.size() == in_flight) {
      waiting.front().wait(io.waitScope);
      waiting.pop_front();
    }
    waiting.push_back(call());
  }
  for (auto& left : waiting) left.wait(io.waitScope);
  print("empty calls", static_cast<double>(calls) / watch.seconds(), "calls/s");
}

BytesView bytesOf(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

void commit(const std::string& directory, std::size_t count) {
  const std::string folder = directory + "/commit";
  if (mkdir(folder.c_str(), 0700) != 0) throw std::runtime_error("cannot make " + folder);
  {
    store::LmdbEnv env({folder, store::EnvAccess::write, 1u << 26, 0, 0});
    std::uint64_t number = 0;
    const std::string key(8, 'k');
    timeEach(count, [&] {
      std::string value = std::to_string(++number);
      value.resize(104, ' ');
      store::WriteTxn txn(env);
      txn.put(bytesOf(key), bytesOf(value));
      txn.commit();
    }).printQuantiles("LMDB commit of one page");
  }
  const std::string path = directory + "/flush";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) throw std::runtime_error("cannot make " + path);
  const std::vector<char> page(4'096, 'x');
  const auto write = [&] {
    if (pwrite(fd, page.data(), page.size(), 0) != 4'096) throw std::runtime_error("cannot write");
  };
  write();
  fsync(fd);
  timeEach(count, [&] {
    write();
    fdatasync(fd);
  }).printQuantiles("fdatasync of a written page");
  close(fd);
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 4 && words[0] == "ping") {
    ping(words[1], std::stoull(words[2]), std::stoull(words[3]));
  } else if (words.size() == 3 && words[0] == "commit") {
    commit(words[1], std::stoull(words[2]));
  } else {
    std::fprintf(stderr,
                 "usage: bench_limits ping SOCKET CALLS IN_FLIGHT | commit DIRECTORY COMMITS\n");
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace daybook::bench

int main(int argc, char** argv) {
  try {
    return daybook::bench::run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const kj::Exception& e) {
    std::fprintf(stderr, "bench_limits: %s\n", e.getDescription().cStr());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_limits: %s\n", e.what());
  }
  return 1;
}
