#include "ledger/model/text.h"

#include <cstdint>
#include <cstring>

namespace daybook {
namespace {

/// How the bytes of a character of one length look, and the smallest character that needs them.
struct Form {
  unsigned lead_mask;
  unsigned lead;
  std::size_t length;
  std::uint32_t first;
};
constexpr Form kForms[] = {
    {0x80, 0x00, 1, 0}, {0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000}};

constexpr std::uint32_t kInvalid = 0xFFFFFFFF;

unsigned byteAt(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// Takes one character off the front of `text`; kInvalid when it is not well formed.
std::uint32_t takeCharacter(std::string_view& text) {
  for (const Form& form : kForms) {
    if ((byteAt(text, 0) & form.lead_mask) != form.lead) continue;
    if (text.size() < form.length) return kInvalid;
    std::uint32_t character = byteAt(text, 0) & ~form.lead_mask;
    for (std::size_t i = 1; i < form.length; ++i) {
      if ((byteAt(text, i) & 0xC0) != 0x80) return kInvalid;
      character = character << 6 | (byteAt(text, i) & 0x3F);
    }
    const bool is_surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (character < form.first || character > 0x10FFFF || is_surrogate) return kInvalid;
    text.remove_prefix(form.length);
    return character;
  }
  return kInvalid;
}

bool isControl(std::uint32_t character) {
  return character < 0x20 || (character >= 0x7F && character < 0xA0);
}

/// Whether each of the eight bytes is one from the space to the tilde; sometimes false where all
/// are.
bool areEightPlain(const char* bytes) {
  constexpr std::uint64_t kEach = 0x0101'0101'0101'0101;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  // Below the space, the difference borrows; the byte after the tilde is the last without the top
  // bit.
  return ((word | (word - kEach * ' ') | (word + kEach)) & kEach * 0x80) == 0;
}

}  // namespace

bool isTextOrEmpty(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) return false;
  while (text.size() >= 8 && areEightPlain(text.data())) text.remove_prefix(8);
  while (!text.empty()) {
    // Most text is plain: a byte from the space to the tilde is a character.
    if (text.front() >= ' ' && text.front() <= '~') {
      text.remove_prefix(1);
      continue;
    }
    const std::uint32_t character = takeCharacter(text);
    if (character == kInvalid || isControl(character)) return false;
  }
  return true;
}

bool isText(std::string_view text, std::size_t bytes_max) {
  return !text.empty() && isTextOrEmpty(text, bytes_max);
}

}  // namespace daybook
