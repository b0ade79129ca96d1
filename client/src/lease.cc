#include "daybook/lease.h"

#include <utility>

#include "client/src/lease_engine.h"

namespace daybook::client {

class Lease::Impl {
 public:
  Impl(Client& client, Recorder& recorder, LeaseOptions options)
      : engine(client, recorder, std::move(options), world) {}

  LeaseWorld world;
  LeaseEngine engine;
};

Lease::Lease(Client& client, Recorder& recorder, LeaseOptions options)
    : impl_(std::make_unique<Impl>(client, recorder, std::move(options))) {}
Lease::~Lease() = default;

bool Lease::tryConsume(std::int64_t steps) { return impl_->engine.tryConsume(steps); }
std::int64_t Lease::steps(std::string_view quantity) const { return impl_->engine.steps(quantity); }
bool Lease::waitForBlock(std::chrono::milliseconds timeout) {
  return impl_->engine.waitForBlock(timeout);
}
LeaseStats Lease::stats() const { return impl_->engine.stats(); }

}  // namespace daybook::client
