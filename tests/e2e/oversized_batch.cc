// Sends one batch of usage with more entries than a call takes, and prints the answer.
//
//   oversized_batch ADDRESS CUSTOMER FEATURE COUNT
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "daybook/client.h"

int main(int argc, char** argv) {
  using namespace daybook::client;
  if (argc != 5) return 2;
  try {
    Client ledger({.address = argv[1], .token = {}});
    std::vector<UsageEntry> entries;
    for (long i = 0; i < std::atol(argv[4]); ++i) {
      UsageEntry entry;
      entry.customer = argv[2];
      entry.key = "oversized-" + std::to_string(i);
      entry.usage.feature = argv[3];
      entries.push_back(std::move(entry));
    }
    const auto reply = ledger.recordBatch(std::move(entries));
    std::printf("%s %s\n", reply.outcome.name.c_str(), reply.detail.c_str());
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
