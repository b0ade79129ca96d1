// watch ADDRESS FILE COUNT
//
// Prints the next COUNT alerts and closed invoices of all customers, and keeps in FILE where to go
// on: the next run on the same FILE misses none. The first one begins with the log.
#include <cstdio>
#include <fstream>
#include <string>

#include "daybook/client.h"
#include "daybook/watch.h"

int main(int argc, char** argv) {
  namespace db = daybook::client;
  if (argc != 4) {
    std::fprintf(stderr, "usage: watch ADDRESS FILE COUNT\n");
    return 2;
  }
  try {
    db::Client ledger({.address = argv[1], .token = {}});
    db::WatchOptions options;
    options.balances = false;
    options.from = 1;
    std::uint64_t taken = 0;  // position of the last one
    if (std::ifstream(argv[2]) >> taken) options.from = taken;
    db::Watch watch(ledger, options);
    int left = std::stoi(argv[3]);
    const db::WatchEnd end = watch.run([&](const db::Notice& notice) {
      if (notice.position == taken) return;  // taken by the last run
      if (notice.alert) {
        std::printf("%s: %s reached %s\n", notice.customer.c_str(),
                    notice.alert->rule.feature.c_str(), notice.alert->value.c_str());
      } else {
        std::printf("%s: %s over %s\n", notice.customer.c_str(), notice.invoice->label.c_str(),
                    notice.invoice->total.c_str());
      }
      std::ofstream(argv[2]) << notice.position << '\n';
      if (--left == 0) watch.close();
    });
    if (end.kind == db::WatchEndKind::closed) return 0;
    std::printf("%s: %s %s\n", db::name(end.kind), end.outcome.name.c_str(), end.detail.c_str());
    return 1;
  } catch (const db::Error& e) {
    std::fprintf(stderr, "%s: %s\n", db::name(e.kind()), e.what());
    return 3;
  }
}
