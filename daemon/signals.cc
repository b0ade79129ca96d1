#include "daemon/signals.h"

#include <csignal>
#include <system_error>

namespace daybook::daemon {

struct SignalWatch::Shared {
  uv_signal_t uv{};
  Handler handler;
  bool open = true;
  explicit Shared(Handler function) : handler(kj::mv(function)) {}
};

SignalWatch::SignalWatch(UvEventPort& port, int signal, Handler handler)
    : shared_(new Shared(kj::mv(handler))) {
  int status = uv_signal_init(port.loop(), &shared_->uv);
  if (status != 0) {
    delete shared_;
    throw std::system_error(-status, std::generic_category(), "uv_signal_init");
  }
  shared_->uv.data = shared_;
  status = uv_signal_start(
      &shared_->uv,
      [](uv_signal_t* uv, int) noexcept {
        auto* shared = static_cast<Shared*>(uv->data);
        if (shared->open) shared->handler();
      },
      signal);
  if (status != 0) {
    uv_close(reinterpret_cast<uv_handle_t*>(&shared_->uv),
             [](uv_handle_t* handle) noexcept { delete static_cast<Shared*>(handle->data); });
    throw std::system_error(-status, std::generic_category(), "uv_signal_start");
  }
}

SignalWatch::~SignalWatch() noexcept {
  shared_->open = false;
  uv_close(reinterpret_cast<uv_handle_t*>(&shared_->uv),
           [](uv_handle_t* handle) noexcept { delete static_cast<Shared*>(handle->data); });
}

void ignoreWriteSignals() {
  for (const int signal : {SIGPIPE, SIGXFSZ}) static_cast<void>(std::signal(signal, SIG_IGN));
}

}  // namespace daybook::daemon
