// spool ADDRESS FILE CUSTOMER FEATURE COUNT
//
// Records COUNT usages through a spool file: what has no answer when the program ends, because the
// daemon is away, is sent by the next run on the same file. A COUNT of 0 only sends what is left.
#include <chrono>
#include <cstdio>
#include <string>

#include "daybook/client.h"
#include "daybook/recorder.h"

int main(int argc, char** argv) {
  namespace db = daybook::client;
  if (argc != 6) {
    std::fprintf(stderr, "usage: spool ADDRESS FILE CUSTOMER FEATURE COUNT\n");
    return 2;
  }
  try {
    db::Client ledger({.address = argv[1], .token = {}});
    db::RecorderOptions options;
    options.spool = argv[2];
    options.stamp = db::Stamp::whenDelivered;  // usage counts when it reaches the ledger
    options.close_wait = std::chrono::milliseconds(0);
    options.on_result = [](const db::RecordResult& result) {
      if (result.status == db::RecordStatus::refused) {
        std::printf("refused: %s %s\n", result.outcome.name.c_str(), result.detail.c_str());
      }
    };
    db::Recorder recorder(ledger, options);
    for (int i = 0; i < std::stoi(argv[5]); ++i) {
      db::UsageEntry entry;
      entry.customer = argv[3];
      entry.usage.feature = argv[4];
      if (recorder.record(entry) != db::Taken::yes) {
        std::fprintf(stderr, "the spool is full\n");
        return 1;
      }
    }
    recorder.flush(std::chrono::seconds(2));
    const db::RecorderStats stats = recorder.stats();
    std::printf("counted %llu, left in the spool %llu\n",
                static_cast<unsigned long long>(stats.counted),
                static_cast<unsigned long long>(stats.waiting));
    return 0;
  } catch (const db::Error& e) {
    std::fprintf(stderr, "%s: %s\n", db::name(e.kind()), e.what());
    return 3;
  }
}
