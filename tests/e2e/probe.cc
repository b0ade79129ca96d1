// Calls of the client library that the command line has no command for, for the scripts here.
//
//   probe ADDRESS batch CUSTOMER FEATURE COUNT   records COUNT events in one call: "outcome detail"
//   probe ADDRESS digest                          "position digest" of the daemon's state
//   probe ADDRESS consistency OLD NEW             the proof's hashes, one a line
//
// Bytes are printed as hex. Exits with 1 when a call fails.
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "daybook/client.h"

namespace {

using daybook::client::Client;

void printHex(const std::string& bytes) {
  for (const char byte : bytes) std::printf("%02x", static_cast<unsigned char>(byte));
  std::printf("\n");
}

template <typename T>
T valueOf(daybook::client::Reply<T> reply) {
  if (!reply.ok()) throw std::runtime_error(reply.outcome.name + " " + reply.detail);
  return std::move(reply.value);
}

void batch(Client& ledger, const std::string& customer, const std::string& feature, int count) {
  std::vector<daybook::client::UsageEntry> entries;
  for (int i = 0; i < count; ++i) {
    daybook::client::UsageEntry entry;
    entry.customer = customer;
    entry.key = "batch-" + std::to_string(i);
    entry.usage.feature = feature;
    entries.push_back(std::move(entry));
  }
  const auto reply = ledger.recordBatch(std::move(entries));
  std::printf("%s %s\n", reply.outcome.name.c_str(), reply.detail.c_str());
}

void run(const std::vector<std::string>& words) {
  Client ledger({.address = words.at(0), .token = {}});
  const std::string& call = words.at(1);
  if (call == "batch") {
    batch(ledger, words.at(2), words.at(3), std::stoi(words.at(4)));
  } else if (call == "digest") {
    const auto state = valueOf(ledger.stateDigest());
    std::printf("%s ", std::to_string(state.position).c_str());
    printHex(state.digest);
  } else if (call == "consistency") {
    const auto proof =
        valueOf(ledger.consistencyProof(std::stoull(words.at(2)), std::stoull(words.at(3))));
    for (const std::string& hash : proof.path) printHex(hash);
  } else {
    throw std::runtime_error("no such call: " + call);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(std::vector<std::string>(argv + 1, argv + argc));
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "probe: %s\n", e.what());
    return 1;
  }
}
