// lease ADDRESS FOLDER CUSTOMER FEATURE BLOCK COUNT
//
// Decides COUNT times by itself whether one more unit may be used, out of blocks that it holds in
// the ledger. What it used is reported, and the rest given back; after a crash the next run on the
// FOLDER does it.
#include <chrono>
#include <cstdio>
#include <string>

#include "daybook/client.h"
#include "daybook/lease.h"
#include "daybook/recorder.h"

int main(int argc, char** argv) {
  namespace db = daybook::client;
  if (argc != 7) {
    std::fprintf(stderr, "usage: lease ADDRESS FOLDER CUSTOMER FEATURE BLOCK COUNT\n");
    return 2;
  }
  try {
    const std::string folder = argv[2];
    db::Client ledger({.address = argv[1], .token = {}});
    db::Recorder recorder(ledger, {.spool = folder + "/usage.spool"});
    db::LeaseOptions options;
    options.customer = argv[3];
    options.feature = argv[4];
    options.block = argv[5];
    options.file = folder + "/usage.lease";
    options.stamp = db::Stamp::whenDelivered;  // usage counts when it reaches the ledger
    db::Lease lease(ledger, recorder, options);
    int used = 0;
    for (int i = 0; i < std::stoi(argv[6]); ++i) {
      // A server would say no here, and ask again at the next request.
      if (lease.tryConsume(1) ||
          (lease.waitForBlock(std::chrono::seconds(5)) && lease.tryConsume(1))) {
        ++used;
      }
    }
    std::printf("used %d, %s\n", used, lease.stats().trouble.c_str());
    return 0;
  } catch (const db::Error& e) {
    std::fprintf(stderr, "%s: %s\n", db::name(e.kind()), e.what());
    return 3;
  }
}
