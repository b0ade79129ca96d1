#include "ledger/audit/checkpoint.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>

#include "ledger/base/check.h"

namespace daybook::audit {
namespace {

constexpr std::size_t kLines = 3;

bool isOrigin(std::string_view text) {
  const auto is_control = [](char c) {
    const unsigned char byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  };
  return !text.empty() && std::none_of(text.begin(), text.end(), is_control);
}

/// The lines without their newlines; nullopt unless there are exactly kLines, all ended.
std::optional<std::array<std::string_view, kLines>> splitLines(std::string_view text) {
  std::array<std::string_view, kLines> lines;
  for (std::string_view& line : lines) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    line = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  if (!text.empty()) return std::nullopt;
  return lines;
}

std::optional<std::uint64_t> readSize(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t size = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, size);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return size;
}

}  // namespace

std::string_view describe(CheckpointError error) {
  switch (error) {
    case CheckpointError::wrongLineCount:
      return "a checkpoint has three lines, each ended by a newline";
    case CheckpointError::badOrigin:
      return "the origin is empty or has control characters";
    case CheckpointError::badSize:
      return "the size is not a decimal number";
    case CheckpointError::badRoot:
      return "the root is not the base64 of 32 bytes";
  }
  CHECK(false, "the error is one of the enumeration");
  return {};
}

std::string formatCheckpoint(const Checkpoint& checkpoint) {
  CHECK(isOrigin(checkpoint.origin), "an origin is one line of text");
  std::string text = checkpoint.origin;
  text.append("\n").append(std::to_string(checkpoint.size)).append("\n");
  return text.append(checkpoint.root.base64()).append("\n");
}

std::variant<Checkpoint, CheckpointError> parseCheckpoint(std::string_view text) {
  const auto lines = splitLines(text);
  if (!lines) return CheckpointError::wrongLineCount;
  const auto& [origin, size_text, root_text] = *lines;
  if (!isOrigin(origin)) return CheckpointError::badOrigin;
  const std::optional<std::uint64_t> size = readSize(size_text);
  if (!size) return CheckpointError::badSize;
  const std::optional<Digest> root = Digest::fromBase64(root_text);
  if (!root) return CheckpointError::badRoot;
  return Checkpoint{std::string(origin), *size, *root};
}

}  // namespace daybook::audit
