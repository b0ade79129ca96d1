// Preloaded into a program it makes every device flush slower: fdatasync, fsync, and writes through
// descriptors that were opened with O_SYNC or O_DSYNC take SLOW_FLUSH_US microseconds more (1 000
// when it is not set). So a machine whose disk flushes fast shows what an ordinary disk would.
//
//   LD_PRELOAD=.../libslow_flush.so daybookd ...
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void sleepMore(void) {
  const int kept = errno;
  const char* text = getenv("SLOW_FLUSH_US");
  const long us = text ? atol(text) : 1000;
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += us % 1000000 * 1000;
  until.tv_sec += us / 1000000 + until.tv_nsec / 1000000000;
  until.tv_nsec %= 1000000000;
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
  }
  errno = kept;
}

static int isSynced(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_DSYNC) != 0;
}

// O_SYNC includes the bit of O_DSYNC. The next definition of the same name is libc's.
#define SLOWED(type, name, parameters, arguments, slow)           \
  type name parameters {                                          \
    static type(*next) parameters;                                \
    if (next == NULL) *(void**)(&next) = dlsym(RTLD_NEXT, #name); \
    const type result = next arguments;                           \
    if (slow) sleepMore();                                        \
    return result;                                                \
  }

SLOWED(int, fdatasync, (int fd), (fd), 1)
SLOWED(int, fsync, (int fd), (fd), 1)
SLOWED(ssize_t, write, (int fd, const void* data, size_t size), (fd, data, size), isSynced(fd))
SLOWED(ssize_t, writev, (int fd, const struct iovec* parts, int count), (fd, parts, count),
       isSynced(fd))
SLOWED(ssize_t, pwrite, (int fd, const void* data, size_t size, off_t offset),
       (fd, data, size, offset), isSynced(fd))
SLOWED(ssize_t, pwrite64, (int fd, const void* data, size_t size, off64_t offset),
       (fd, data, size, offset), isSynced(fd))
SLOWED(ssize_t, pwritev, (int fd, const struct iovec* parts, int count, off_t offset),
       (fd, parts, count, offset), isSynced(fd))
