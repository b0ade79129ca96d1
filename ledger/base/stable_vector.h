// A vector whose elements never move: it grows chunk by chunk, so that growing takes no time to
// speak of at any size, and references stay good. Elements are never removed.
//
// REQUIRES for access: the index is below size(). Belongs to one thread, as std::vector.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <utility>
#include <vector>

namespace daybook {

template <typename T>
class StableVector {
 public:
  static constexpr std::size_t kChunk = 1024;

  template <typename Owner, typename Value>
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;  // NOLINT(readability-identifier-naming)
    using value_type = T;                                 // NOLINT(readability-identifier-naming)
    using difference_type = std::ptrdiff_t;               // NOLINT(readability-identifier-naming)
    using pointer = Value*;                               // NOLINT(readability-identifier-naming)
    using reference = Value&;                             // NOLINT(readability-identifier-naming)

    Iterator() = default;
    Iterator(Owner& owner, std::size_t index) : owner_(&owner), index_(index) {}
    Value& operator*() const { return (*owner_)[index_]; }
    Value* operator->() const { return &(*owner_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) { return {*owner_, index_++}; }
    bool operator==(const Iterator&) const = default;

   private:
    Owner* owner_ = nullptr;
    std::size_t index_ = 0;
  };

  StableVector() = default;
  StableVector(std::initializer_list<T> values) {
    for (const T& value : values) push_back(value);
  }
  StableVector(const StableVector& other) {
    for (const T& value : other) push_back(value);
  }
  StableVector& operator=(const StableVector& other) {
    if (this != &other) *this = StableVector(other);
    return *this;
  }
  StableVector(StableVector&& other) noexcept
      : chunks_(std::move(other.chunks_)), size_(std::exchange(other.size_, 0)) {}
  StableVector& operator=(StableVector&& other) noexcept {
    chunks_ = std::move(other.chunks_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  ~StableVector() = default;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t index) { return chunks_[index / kChunk][index % kChunk]; }
  const T& operator[](std::size_t index) const { return chunks_[index / kChunk][index % kChunk]; }
  const T& back() const { return (*this)[size_ - 1]; }

  template <typename... Args>
  T& emplace_back(Args&&... args) {  // NOLINT(readability-identifier-naming): as std::vector's
    if (size_ % kChunk == 0) chunks_.emplace_back().reserve(kChunk);
    T& added = chunks_.back().emplace_back(std::forward<Args>(args)...);
    ++size_;
    return added;
  }
  void push_back(T value) {  // NOLINT(readability-identifier-naming): as std::vector's
    emplace_back(std::move(value));
  }

  auto begin() { return Iterator<StableVector, T>(*this, 0); }
  auto end() { return Iterator<StableVector, T>(*this, size_); }
  auto begin() const { return Iterator<const StableVector, const T>(*this, 0); }
  auto end() const { return Iterator<const StableVector, const T>(*this, size_); }

  bool operator==(const StableVector& other) const {
    return size_ == other.size_ && std::equal(begin(), end(), other.begin());
  }

 private:
  std::vector<std::vector<T>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace daybook
