// Invariants that hold in release builds too.
//
// CHECK(condition, "what must hold") aborts the process with file, line and message when the
// condition is false. It is for programming errors only: refused input is an Outcome, trouble from
// outside is an exception at the edge.
// Included by .cc files only, never by a header: Catch2 has a macro of the same name.
#pragma once

namespace daybook {

/// Prints the failed invariant to standard error and aborts. Never returns.
[[noreturn]] void checkFailed(const char* file, int line, const char* condition,
                              const char* message) noexcept;

}  // namespace daybook

#define CHECK(condition, message)                    \
  (__builtin_expect(static_cast<bool>(condition), 1) \
       ? static_cast<void>(0)                        \
       : ::daybook::checkFailed(__FILE__, __LINE__, #condition, message))
