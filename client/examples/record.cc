// record ADDRESS CUSTOMER FEATURE QUANTITY KEY
//
// Records one usage and prints what it costs. The key makes a repeat safe: it counts once.
#include <cstdio>

#include "daybook/client.h"

int main(int argc, char** argv) {
  namespace db = daybook::client;
  if (argc != 6) {
    std::fprintf(stderr, "usage: record ADDRESS CUSTOMER FEATURE QUANTITY KEY\n");
    return 2;
  }
  try {
    db::Client ledger({.address = argv[1], .token = {}});
    db::Usage usage;
    usage.feature = argv[3];
    usage.quantity = argv[4];
    auto reply = ledger.record(argv[2], argv[5], usage);
    if (!reply.ok()) {
      std::printf("refused: %s %s\n", reply.outcome.name.c_str(), reply.detail.c_str());
      return 1;
    }
    std::printf("%s at %llu, price %s\n", reply.value.duplicate ? "already recorded" : "recorded",
                static_cast<unsigned long long>(reply.value.position), reply.value.price.c_str());
    return 0;
  } catch (const db::Error& e) {
    // unknownOutcome: it may be recorded or not; run it again with the same key.
    std::fprintf(stderr, "%s: %s\n", db::name(e.kind()), e.what());
    return 3;
  }
}
