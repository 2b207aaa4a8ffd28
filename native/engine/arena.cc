#include "arena.h"

#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#else
#error "No way is known to ask this operating system for memory that goes back at once."
#endif

namespace samebits {
namespace {

// From here on a system call and its page faults are cheaper than what an allocator might keep.
constexpr size_t kLarge = 256 * 1024;

}  // namespace

Block::Block(size_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
  if (bytes >= kLarge) {
    void* mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    data_ = mapped;  // page-aligned and zeroed
    return;
  }
  data_ = std::aligned_alloc(kAlignment, (bytes + kAlignment - 1) / kAlignment * kAlignment);
  if (data_ == nullptr) throw std::bad_alloc();
  std::memset(data_, 0, bytes);
}

void Block::release() {
  if (data_ == nullptr) return;
  if (bytes_ >= kLarge) {
    munmap(data_, bytes_);
  } else {
    std::free(data_);
  }
  data_ = nullptr;
  bytes_ = 0;
}

}  // namespace samebits
