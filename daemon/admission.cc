#include "daemon/admission.h"

#include "ledger/base/limits.h"

namespace daybook::daemon {

void Admission::update() {
  if (stopping_) return;
  free_bytes_ = store_.freeBytes();
  const bool full = free_bytes_ < limits::kStorageReserveBytes;
  if (full != storage_full_) {
    storage_full_ = full;
    if (full) {
      logger_.error("storage full: {} bytes left, {} needed; writes are refused, reads go on",
                    free_bytes_, limits::kStorageReserveBytes);
    } else {
      logger_.info("storage has room again: writes are taken");
    }
  }
  const bool jumped = !pipeline_.isManual() && clock_.jumped();
  if (jumped != clock_jumped_) {
    clock_jumped_ = jumped;
    if (jumped) {
      logger_.error("the wall clock ran ahead; nothing is decided until `daybook clock confirm`");
    }
  }
  if (clock_jumped_) {
    pipeline_.refuse({Outcome::clockJumped, "confirm it with `daybook clock confirm`"});
  } else if (storage_full_) {
    pipeline_.refuse({Outcome::storageFull, {}});
  } else {
    pipeline_.accept();
  }
}

void Admission::stop() {
  stopping_ = true;
  pipeline_.refuse({Outcome::unavailable, "the daemon is stopping"});
}

}  // namespace daybook::daemon
