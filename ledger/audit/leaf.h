// SHA-256 digests, and the two ways RFC 6962 makes them: leaves and nodes of a Merkle tree.
//
// The leading byte that tells leaves from nodes is added here and nowhere else. A leaf is hashed
// over the exact stored bytes of an event, never over a re-encoding.
// Functions are pure; a Sha256 belongs to one thread at a time.
#pragma once

#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace daybook::audit {

struct Digest {
  static constexpr std::size_t kBytes = 32;
  std::array<std::uint8_t, kBytes> bytes{};

  bool operator==(const Digest&) const = default;

  /// 64 lower-case hexadecimal digits.
  std::string hex() const;
  /// 44 characters of standard base64 with padding (RFC 4648, section 4).
  std::string base64() const;
  /// Read back exactly what hex() and base64() write. Anything else is nullopt, another spelling
  /// of the same bytes included.
  static std::optional<Digest> fromHex(std::string_view text);
  static std::optional<Digest> fromBase64(std::string_view text);
};

/// A SHA-256 over bytes that arrive in pieces.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::span<const std::byte> bytes);
  /// The digest of everything so far. Nothing may follow.
  Digest finish();

 private:
  SHA256_CTX context_;
};

Digest sha256(std::span<const std::byte> bytes);
/// SHA-256(0x00, bytes).
Digest leafHash(std::span<const std::byte> bytes);
/// SHA-256(0x01, left, right).
Digest nodeHash(const Digest& left, const Digest& right);
/// SHA-256 of nothing: the root of a tree without leaves.
Digest emptyRoot();

}  // namespace daybook::audit
