#include "daemon/worker_pool.h"

#include <kj/exception.h>

#include "ledger/base/check.h"

namespace daybook::daemon {

void WorkerPool::queue(UvEventPort& port, Request* request) {
  request->uv.data = request;
  const int status = uv_queue_work(
      port.loop(), &request->uv,
      [](uv_work_t* uv) noexcept {
        auto* running = static_cast<Request*>(uv->data);
        running->exception = kj::runCatchingExceptions([running]() { running->work(); });
      },
      [](uv_work_t* uv, int) noexcept {
        auto* finished = static_cast<Request*>(uv->data);
        finished->finish();
        delete finished;
      });
  CHECK(status == 0, "work with a function can be queued");
}

}  // namespace daybook::daemon
