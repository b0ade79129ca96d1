#include "protocol/json.h"

#include <capnp/compat/json.h>
#include <kj/exception.h>

#include <cstdint>
#include <optional>

namespace daybook::protocol {
namespace {

// Of "\u00fc".
constexpr std::size_t kEscapeBytes = 6;

std::optional<std::uint32_t> hexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
  return std::nullopt;
}

/// The number of the escape that begins at `at`, and moves behind it.
std::uint32_t takeEscape(std::string_view text, std::size_t& at) {
  if (text.size() - at < kEscapeBytes || text[at] != '\\' || text[at + 1] != 'u') {
    throw JsonError("half a surrogate pair");
  }
  std::uint32_t unit = 0;
  for (std::size_t i = 2; i < kEscapeBytes; ++i) {
    const auto digit = hexDigit(text[at + i]);
    if (!digit) throw JsonError("\\u without four hexadecimal digits");
    unit = unit << 4 | *digit;
  }
  at += kEscapeBytes;
  return unit;
}

void appendUtf8(std::string& text, std::uint32_t character) {
  const auto append = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  const auto continued = [&](int shift) { append(0x80 | (character >> shift & 0x3F)); };
  if (character < 0x80) {
    append(character);
  } else if (character < 0x800) {
    append(0xC0 | character >> 6);
    continued(0);
  } else if (character < 0x10000) {
    append(0xE0 | character >> 12);
    continued(6);
    continued(0);
  } else {
    append(0xF0 | character >> 18);
    continued(12);
    continued(6);
    continued(0);
  }
}

void appendUnescaped(std::string& text, std::uint32_t character) {
  switch (character) {
    case '"':
      text += "\\\"";
      return;
    case '\\':
      text += "\\\\";
      return;
    case '\b':
      text += "\\b";
      return;
    case '\f':
      text += "\\f";
      return;
    case '\n':
      text += "\\n";
      return;
    case '\r':
      text += "\\r";
      return;
    case '\t':
      text += "\\t";
      return;
    default:
      break;
  }
  if (character < 0x20) throw JsonError("a control character in a text");
  appendUtf8(text, character);
}

/// `text` with its \u escapes as the characters that they stand for: the codec reads the digits a
/// to f of escapes as 0 to 5, and no surrogate pairs.
std::string unescaped(std::string_view text) {
  std::string to;
  to.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    const bool is_escape = text[at] == '\\' && at + 1 < text.size();
    if (!is_escape || text[at + 1] != 'u') {
      to.append(text.substr(at, is_escape ? 2 : 1));
      at += is_escape ? 2 : 1;
      continue;
    }
    std::uint32_t character = takeEscape(text, at);
    if (character >= 0xDC00 && character <= 0xDFFF) throw JsonError("half a surrogate pair");
    if (character >= 0xD800 && character <= 0xDBFF) {
      const std::uint32_t low = takeEscape(text, at);
      if (low < 0xDC00 || low > 0xDFFF) throw JsonError("half a surrogate pair");
      character = 0x10000 + ((character - 0xD800) << 10 | (low - 0xDC00));
    }
    appendUnescaped(to, character);
  }
  return to;
}

void decode(std::string_view text, capnp::DynamicStruct::Builder message) {
  capnp::JsonCodec codec;
  codec.setRejectUnknownFields(true);
  try {
    codec.decode(kj::ArrayPtr<const char>(text.data(), text.size()), message);
  } catch (const kj::Exception& error) {
    const kj::StringPtr problem = error.getDescription();
    throw JsonError(std::string(problem.begin(), problem.size()));
  }
}

}  // namespace

std::string jsonOf(capnp::DynamicStruct::Reader message, JsonLayout layout) {
  capnp::JsonCodec codec;
  codec.setPrettyPrint(layout == JsonLayout::pretty);
  const kj::String text = codec.encode(message);
  return {text.begin(), text.size()};
}

void fromJson(std::string_view text, capnp::DynamicStruct::Builder message) {
  if (text.find("\\u") == std::string_view::npos) {
    decode(text, message);
  } else {
    decode(unescaped(text), message);
  }
}

}  // namespace daybook::protocol
