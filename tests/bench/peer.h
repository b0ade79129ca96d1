// What the peers have in common: the same usage as the ledger gets (workload.h), recorded once for
// each key, added to the customer's balance, and on disk before it is answered.
//
// A Session is one connection: record(events) returns when all of them are durable. Throughput is
// what a number of sessions at once do in a given time; each has customers of its own, so that
// nobody waits for another's lock, which is to the peers' favour.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/measure.h"
#include "tests/bench/random.h"
#include "tests/bench/workload.h"

namespace daybook::bench {

struct PeerEvent {
  std::uint32_t customer = 0;
  std::string key;
  std::uint32_t quantity = 0;
};

/// How a peer is used: sessions at once, and events in each of their transactions.
struct Form {
  std::uint32_t sessions = 1;
  std::uint32_t batch = 1;
};

inline std::string nameOf(const std::string& what, const Form& form) {
  return what + ", " + std::to_string(form.sessions) + " x " + std::to_string(form.batch);
}

/// Counts what was sent, so that it can be compared with what the peer has.
struct Sent {
  std::atomic<std::uint64_t> events{0};
  std::atomic<std::uint64_t> quantity{0};
  std::atomic<std::uint64_t> seed{1};
};

/// Events per second. `connect()` gives a Session by unique_ptr.
template <typename Connect>
double throughput(const Zipf& customers, const Form& form, double seconds, Sent& sent,
                  Connect connect) {
  std::vector<decltype(connect())> sessions;
  for (std::uint32_t i = 0; i < form.sessions; ++i) sessions.push_back(connect());
  std::atomic<std::uint64_t> events{0};
  const Stopwatch watch(CLOCK_MONOTONIC);
  const auto work = [&](std::uint32_t number) {
    Random random(sent.seed++ * 1'000'000);
    std::vector<PeerEvent> batch(form.batch);
    while (watch.seconds() < seconds) {
      std::uint64_t quantity = 0;
      for (PeerEvent& event : batch) {
        const std::uint32_t any = customers.draw(random);
        event.customer = any - any % form.sessions + number;
        event.key = keyOf(random.next());
        event.quantity = static_cast<std::uint32_t>(1 + random.below(9));
        quantity += event.quantity;
      }
      sessions[number]->record(batch);
      events += batch.size();
      sent.quantity += quantity;
    }
  };
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < form.sessions; ++i) {
    threads.emplace_back([&, i] {
      try {
        work(i);
      } catch (const std::exception& e) {
        std::fprintf(stderr, "peer: %s\n", e.what());
        std::_Exit(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double took = watch.seconds();
  sent.events += events;
  return static_cast<double>(events) / took;
}

inline void requireAll(const Sent& sent, std::uint64_t events, std::uint64_t quantity) {
  if (events == sent.events && quantity == sent.quantity) return;
  throw std::runtime_error("the peer has " + std::to_string(events) + " events of " +
                           std::to_string(sent.events) + ", quantity " + std::to_string(quantity) +
                           " of " + std::to_string(sent.quantity));
}

/// The main function of a peer's program: run(where the peer is, customers, seconds for each form).
inline int peerMain(int argc, char** argv, const char* usage,
                    void (*run)(const std::string&, std::uint32_t, double)) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s\n", usage);
    return 2;
  }
  try {
    run(argv[1], static_cast<std::uint32_t>(std::stoul(argv[2])), std::stod(argv[3]));
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s: %s\n", argv[0], e.what());
    return 1;
  }
}

}  // namespace daybook::bench
