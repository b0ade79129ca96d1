// hold ADDRESS CUSTOMER FEATURE MOST USED
//
// Holds up to MOST units before the work, then settles for what was USED. When the program ends in
// between, what it held is free at once.
#include <cstdio>

#include "daybook/client.h"

int main(int argc, char** argv) {
  namespace db = daybook::client;
  if (argc != 6) {
    std::fprintf(stderr, "usage: hold ADDRESS CUSTOMER FEATURE MOST USED\n");
    return 2;
  }
  try {
    db::Client ledger({.address = argv[1], .token = {}});
    const std::string customer = argv[2];
    const std::string key = db::newKey();
    db::HoldItem item;
    item.feature = argv[3];
    item.quantity = argv[4];
    db::PlaceHold hold{.items = {item}};
    hold.when_client_goes = db::WhenClientGoes::release;
    const auto placed = ledger.placeHold(customer, key, hold);
    if (!placed.ok()) {
      std::printf("refused: %s %s\n", placed.outcome.name.c_str(), placed.detail.c_str());
      return 1;
    }
    std::printf("held %s\n", argv[4]);

    item.quantity = argv[5];  // the work was done
    const auto settled = ledger.settleHold(customer, db::newKey(), {.hold = key, .items = {item}});
    if (!settled.ok()) {
      std::printf("refused: %s %s\n", settled.outcome.name.c_str(), settled.detail.c_str());
      return 1;
    }
    std::printf("settled for %s\n", settled.value.quantity.c_str());
    return 0;
  } catch (const db::Error& e) {
    // unknownOutcome: the same call with the same key says what became of it.
    std::fprintf(stderr, "%s: %s\n", db::name(e.kind()), e.what());
    return 3;
  }
}
