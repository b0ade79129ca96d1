// guard ADDRESS SPOOL CUSTOMER FEATURE CAP
//
// Asks before one unit is used, and records it. While the daemon cannot be asked, up to CAP units
// are let through, and recorded when it is back: by the next run on the same SPOOL, if need be.
#include <chrono>
#include <cstdio>
#include <utility>

#include "daybook/client.h"
#include "daybook/guard.h"
#include "daybook/recorder.h"

int main(int argc, char** argv) {
  namespace db = daybook::client;
  if (argc != 6) {
    std::fprintf(stderr, "usage: guard ADDRESS SPOOL CUSTOMER FEATURE CAP\n");
    return 2;
  }
  try {
    db::Client ledger({.address = argv[1], .token = {}});
    db::RecorderOptions recording;
    recording.spool = argv[2];
    recording.stamp = db::Stamp::whenDelivered;  // usage counts when it reaches the ledger
    recording.close_wait = std::chrono::milliseconds(0);
    db::Recorder recorder(ledger, recording);
    db::GuardOptions options;
    options.policies = {{argv[4], db::WhenUnreachable::failOpen, argv[5]}};
    options.timeout = std::chrono::seconds(2);
    db::Guard guard(ledger, recorder, options);

    db::Usage usage;
    usage.feature = argv[4];
    db::Decision may = guard.check(argv[3], usage);
    if (!may.allowed()) {
      std::printf("no: %s\n", may.reason().name.c_str());
      return 1;
    }
    std::printf("%s\n", may.byPolicy() ? "let through" : "yes");
    // The work is done here.
    guard.record(argv[3], db::newKey(), usage, std::move(may));
    recorder.flush(std::chrono::seconds(2));
    std::printf("left in the spool %llu\n",
                static_cast<unsigned long long>(recorder.stats().waiting));
    return 0;
  } catch (const db::Error& e) {
    std::fprintf(stderr, "%s: %s\n", db::name(e.kind()), e.what());
    return 3;
  }
}
