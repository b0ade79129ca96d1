// Logs for tests of the store: events whose bytes follow from a seed, in a directory of their own.
//
// Not for several threads. An event's first 8 bytes are its recorded time; the rest is noise. Roots
// and leaf hashes are noise too: the store keeps them and never computes any.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ledger/store/store.h"

namespace daybook::testing {

/// An empty directory that is removed with what is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = std::filesystem::temp_directory_path() / "daybook-test-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// SplitMix64: the same numbers everywhere.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t word = state_;
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
    word = (word ^ word >> 27) * 0x94d049bb133111eb;
    return word ^ word >> 31;
  }
  /// In [0, bound).
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};

inline store::Hash noiseHash(Noise& noise) {
  store::Hash hash{};
  for (std::size_t at = 0; at < hash.size(); at += 8) {
    const std::uint64_t word = noise.next();
    std::memcpy(hash.data() + at, &word, sizeof(word));
  }
  return hash;
}

inline Instant recordedOf(BytesView event) {
  Instant recorded;
  std::memcpy(&recorded.ns, event.data(), sizeof(recorded.ns));
  return recorded;
}

/// The recorded time that noiseBatch gives to a position: two neighbours share one.
inline Instant recordedAt(Position position) {
  return Instant{static_cast<std::int64_t>(position.value / 2 * 1'000)};
}

/// A batch with events of these lengths in words of 8 bytes, which follow from `first` and `seed`.
inline store::Batch noiseBatch(Position first, const std::vector<std::size_t>& words,
                               std::uint64_t seed = 1) {
  Noise noise(seed * 1'000'003 + first.value);
  store::Batch batch;
  batch.first = first;
  for (const std::size_t count : words) {
    const Position position(first.value + batch.events.size());
    Bytes event(count * 8);
    for (std::size_t at = 0; at < event.size(); at += 8) {
      const std::uint64_t word =
          at == 0 ? static_cast<std::uint64_t>(recordedAt(position).ns) : noise.next();
      std::memcpy(event.data() + at, &word, sizeof(word));
    }
    batch.events.push_back(event);
    batch.leaves.push_back(noiseHash(noise));
    batch.tip = {position, noiseHash(noise), recordedAt(position)};
  }
  return batch;
}

/// Everything in the log, as batches.
inline std::vector<store::Batch> wholeLog(const store::Store& store, Position from = {}) {
  std::vector<store::Batch> log;
  store.scan(from, [&](const store::StoredCommit& commit) {
    store::Batch& batch = log.emplace_back();
    batch.first = commit.first;
    for (const BytesView event : commit.events) batch.events.push_back(event);
    batch.leaves = commit.leaves;
    batch.tip = commit.tip;
    return store::ScanStep::proceed;
  });
  return log;
}

inline bool sameBatch(const store::Batch& left, const store::Batch& right) {
  return left.first == right.first && left.events == right.events && left.leaves == right.leaves &&
         left.tip == right.tip;
}

inline bool sameLog(const std::vector<store::Batch>& left, const std::vector<store::Batch>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), sameBatch);
}

}  // namespace daybook::testing
