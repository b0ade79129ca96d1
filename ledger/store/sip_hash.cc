#include "ledger/store/sip_hash.h"

#include <bit>
#include <cstring>

namespace daybook::store {
namespace {

static_assert(std::endian::native == std::endian::little, "words are loaded as they lie");

class SipState {
 public:
  explicit SipState(KeySeed seed)
      : v0_(seed.low ^ 0x736f6d6570736575),
        v1_(seed.high ^ 0x646f72616e646f6d),
        v2_(seed.low ^ 0x6c7967656e657261),
        v3_(seed.high ^ 0x7465646279746573) {}

  void word(std::uint64_t message) {
    v3_ ^= message;
    round();
    round();
    v0_ ^= message;
  }

  /// All whole words of `bytes`, then the last one, which holds the rest and the message's length.
  void tail(BytesView bytes, std::size_t message_bytes) {
    const std::size_t whole = bytes.size() & ~std::size_t{7};
    for (std::size_t at = 0; at < whole; at += 8) {
      std::uint64_t message = 0;
      std::memcpy(&message, bytes.data() + at, 8);
      word(message);
    }
    std::uint64_t last = 0;
    if (whole < bytes.size()) std::memcpy(&last, bytes.data() + whole, bytes.size() - whole);
    word(last | static_cast<std::uint64_t>(message_bytes) << 56);
  }

  std::uint64_t finish() {
    v2_ ^= 0xff;
    for (int i = 0; i < 4; ++i) round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  void round() {
    v0_ += v1_;
    v2_ += v3_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v1_;
    v0_ += v3_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_;
  std::uint64_t v1_;
  std::uint64_t v2_;
  std::uint64_t v3_;
};

}  // namespace

std::uint64_t sipHash(KeySeed seed, BytesView bytes) {
  SipState state(seed);
  state.tail(bytes, bytes.size());
  return state.finish();
}

std::uint64_t sipHash(KeySeed seed, std::uint64_t prefix, BytesView bytes) {
  SipState state(seed);
  state.word(prefix);
  state.tail(bytes, bytes.size() + 8);
  return state.finish();
}

}  // namespace daybook::store
