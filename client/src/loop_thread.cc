#include "client/src/loop_thread.h"

#include <errno.h>
#include <kj/async-io.h>
#include <kj/debug.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <system_error>
#include <utility>

#include "ledger/base/check.h"

namespace daybook::client {
namespace {

int newEventFd() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return fd;
}

}  // namespace

LoopThread::LoopThread(MakeResident make_resident)
    : event_fd_(newEventFd()), make_resident_(kj::mv(make_resident)) {
  // The application's signals are delivered to its own threads.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this] { run(); });
  } catch (...) {
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::close(event_fd_);
    throw;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

LoopThread::~LoopThread() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  signal();
  thread_.join();
  ::close(event_fd_);
}

void LoopThread::post(Task task) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    tasks_.push_back(kj::mv(task));
  }
  signal();
}

void LoopThread::signal() {
  const std::uint64_t one = 1;
  const ssize_t written = ::write(event_fd_, &one, sizeof one);
  CHECK(written == sizeof one, "the loop's eventfd takes a signal");
}

bool LoopThread::drain(LoopResident& resident) {
  std::deque<Task> tasks;
  bool stopping = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    tasks.swap(tasks_);
    stopping = stopping_;
  }
  for (Task& task : tasks) task(resident);
  return !stopping;
}

void LoopThread::run() {
  kj::AsyncIoContext io = kj::setupAsyncIo();
  auto wake = io.lowLevelProvider->wrapInputFd(
      event_fd_,
      kj::LowLevelAsyncIoProvider::ALREADY_CLOEXEC | kj::LowLevelAsyncIoProvider::ALREADY_NONBLOCK);
  auto resident = make_resident_(io.provider->getNetwork(), io.provider->getTimer());
  bool running = true;
  while (running) {
    std::uint64_t signals = 0;
    wake->read(&signals, sizeof signals).wait(io.waitScope);
    // A connection that broke before a task was posted is known to be broken when the task runs.
    io.waitScope.poll();
    running = drain(*resident);
  }
}

}  // namespace daybook::client
