// Memory cut into aligned pieces: first counted, then handed out, in the same order.
#ifndef SAMEBITS_ENGINE_ARENA_H
#define SAMEBITS_ENGINE_ARENA_H

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

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

// Zeroed, aligned memory of its own.
class Block {
 public:
  Block() = default;
  // Throws std::bad_alloc.
  explicit Block(size_t bytes) : bytes_(bytes) {
    if (bytes == 0) return;
    // calloc: pages that nobody touches cost nothing.
    raw_.reset(std::calloc(1, bytes + kAlignment));
    if (!raw_) throw std::bad_alloc();
  }
  void* data() const {
    const uintptr_t address = reinterpret_cast<uintptr_t>(raw_.get());
    return raw_ ? reinterpret_cast<void*>((address + kAlignment - 1) / kAlignment * kAlignment) : nullptr;
  }
  size_t bytes() const { return bytes_; }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> raw_;
  size_t bytes_ = 0;
};

}  // namespace samebits

#endif
