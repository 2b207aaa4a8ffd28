// Memory cut into aligned pieces: first counted, then handed out, in the same order.
#ifndef SAMEBITS_ENGINE_ARENA_H
#define SAMEBITS_ENGINE_ARENA_H

#include <cstddef>
#include <cstdint>
#include <utility>

namespace samebits {

constexpr size_t kAlignment = 64;  // a cache line, and the widest vector

// Hands out consecutive pieces, each 64-byte aligned. Over null memory it only counts.
class Cutter {
 public:
  // `memory` is 64-byte aligned or null.
  explicit Cutter(void* memory) : memory_(static_cast<unsigned char*>(memory)) {}

  template <typename Element>
  Element* take(size_t count) {
    const size_t at = used_;
    used_ += (count * sizeof(Element) + kAlignment - 1) / kAlignment * kAlignment;
    return memory_ == nullptr ? nullptr : reinterpret_cast<Element*>(memory_ + at);
  }
  size_t used() const { return used_; }

 private:
  unsigned char* memory_;
  size_t used_ = 0;
};

// Zeroed, aligned memory of its own. Large blocks come straight from the operating system and go straight back: an
// allocator would keep some of what a dropped model leaves.
class Block {
 public:
  Block() = default;
  // Throws std::bad_alloc.
  explicit Block(size_t bytes);
  ~Block() { release(); }
  Block(Block&& other) noexcept { swap(other); }
  Block& operator=(Block&& other) noexcept {
    release();
    swap(other);
    return *this;
  }

  void* data() const { return data_; }  // null if bytes() is 0
  size_t bytes() const { return bytes_; }

 private:
  void release();
  void swap(Block& other) {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
  }

  void* data_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace samebits

#endif
