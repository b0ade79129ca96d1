// check ADDRESS CUSTOMER FEATURE QUANTITY
//
// Asks whether a customer may use that much now, without recording anything.
#include <chrono>
#include <cstdio>

#include "daybook/client.h"

int main(int argc, char** argv) {
  namespace db = daybook::client;
  if (argc != 5) {
    std::fprintf(stderr, "usage: check ADDRESS CUSTOMER FEATURE QUANTITY\n");
    return 2;
  }
  try {
    db::Client ledger({.address = argv[1], .token = {}, .timeout = std::chrono::seconds(2)});
    db::Usage usage;
    usage.feature = argv[3];
    usage.quantity = argv[4];
    const auto reply = ledger.check(argv[2], usage);
    if (!reply.ok()) {
      std::printf("refused: %s %s\n", reply.outcome.name.c_str(), reply.detail.c_str());
      return 1;
    }
    if (!reply.value.allowed) {
      std::printf("no: %s\n", reply.value.reason.name.c_str());
      return 1;
    }
    std::printf("yes, for %s\n", reply.value.cost.c_str());
    return 0;
  } catch (const db::Error& e) {
    std::fprintf(stderr, "%s: %s\n", db::name(e.kind()), e.what());
    return 3;
  }
}
