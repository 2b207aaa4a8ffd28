// Sums inside a vector: leaves of kFeatureLeaf elements in 16 virtual lanes, lanes and leaves combined by the tree.
namespace samebits {
namespace {

// Terms are made on the way: term(i, count) gives elements i … i+15 of which the first `count` exist, and
// continue(acc, i, count) one step of the chains of all lanes. Lanes without an element keep their sum: a padded +0
// would turn a sum of -0, which an underflowing product can leave, into +0.
template <typename Step>
SAMEBITS_INLINE Lanes continueLanes(Lanes lanes, size_t count, Step step) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) lanes = step(lanes, i, 16);
  if (i < count) lanes = select(firstLanes(count - i), step(lanes, i, count - i), lanes);
  return lanes;
}

SAMEBITS_INLINE float combine(Lanes lanes) {
  float at[16];
  store(at, lanes);
  SAMEBITS_UNROLL
  for (int stride = 1; stride < 16; stride *= 2) {
    SAMEBITS_UNROLL
    for (int l = 0; l < 16; l += 2 * stride) at[l] = plus(at[l], at[l + stride]);
  }
  return at[0];
}

SAMEBITS_INLINE Lanes loadUpTo(const float* p, size_t count) { return count == 16 ? load(p) : loadFirst(p, count); }
SAMEBITS_INLINE void storeUpTo(float* p, Lanes v, size_t count) {
  if (count == 16) {
    store(p, v);
  } else {
    storeFirst(p, v, count);
  }
}

SAMEBITS_INLINE Lanes sumLanes(Lanes lanes, const float* values, size_t count) {
  return continueLanes(lanes, count, [&](Lanes sum, size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
    return add(sum, loadUpTo(values + i, n));
  });
}
SAMEBITS_INLINE Lanes dotLanes(Lanes lanes, const float* a, const float* b, size_t count) {
  return continueLanes(lanes, count, [&](Lanes sum, size_t i, size_t n) SAMEBITS_INLINE_LAMBDA {
    return fma(loadUpTo(a + i, n), loadUpTo(b + i, n), sum);
  });
}

// The tree over the leaves of one vector, given one after the other.
struct LeafTree {
  float partials[kMaxStack];
  size_t depth = 0, leaves = 0;

  void push(float sum) {
    for (size_t ones = leaves++; (ones & 1) != 0; ones >>= 1) sum = plus(partials[--depth], sum);
    partials[depth++] = sum;
  }
  // +0 if there was no leaf.
  float finish() {
    if (depth == 0) return 0.0f;
    float sum = partials[--depth];
    while (depth > 0) sum = plus(partials[--depth], sum);
    return sum;
  }
};

// leaf(begin, count) gives the lanes of one leaf.
template <typename Leaf>
SAMEBITS_INLINE float sumVector(size_t count, Leaf leaf) {
  LeafTree tree;
  for (size_t begin = 0; begin < count; begin += kFeatureLeaf) {
    tree.push(combine(leaf(begin, smaller(kFeatureLeaf, count - begin))));
  }
  return tree.finish();
}

float sumLeaf(const float* values, size_t count) { return combine(sumLanes(zero(), values, count)); }
float dotLeaf(const float* a, const float* b, size_t count) { return combine(dotLanes(zero(), a, b, count)); }
void sumOn(const float* values, size_t count, float lanes[16]) { store(lanes, sumLanes(load(lanes), values, count)); }
void dotOn(const float* a, const float* b, size_t count, float lanes[16]) {
  store(lanes, dotLanes(load(lanes), a, b, count));
}
float combineLanes(const float lanes[16]) { return combine(load(lanes)); }

}  // namespace
}  // namespace samebits
