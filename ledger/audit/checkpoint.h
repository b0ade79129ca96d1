// The text of a C2SP checkpoint (https://c2sp.org/tlog-checkpoint): what the log commits to at one
// size.
//
// Three lines, each ended by a newline: the origin (the log's name), the number of leaves in
// decimal, the root in base64. This is the part of a signed note that signatures cover; signatures
// are not made or read here. A text comes from outside: a wrong one is answered with what is wrong
// about it.
// Values; functions are pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "ledger/audit/leaf.h"

namespace daybook::audit {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root;
  bool operator==(const Checkpoint&) const = default;
};

enum class CheckpointError : std::uint8_t {
  wrongLineCount,  // not exactly three lines, each ended by a newline; extension lines included
  badOrigin,       // empty, or with control characters
  badSize,         // not a decimal number of 64 bits without sign and leading zeros
  badRoot,         // not the canonical base64 of 32 bytes
};

/// For people, in a few words.
std::string_view describe(CheckpointError error);

/// REQUIRES: the origin is one that parseCheckpoint accepts.
std::string formatCheckpoint(const Checkpoint& checkpoint);
/// Accepts exactly what formatCheckpoint writes.
std::variant<Checkpoint, CheckpointError> parseCheckpoint(std::string_view text);

}  // namespace daybook::audit
