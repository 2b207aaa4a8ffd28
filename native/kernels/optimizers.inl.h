// What is done with a finished gradient sum: the written sequences of binary32 operations of docs/numerics.md,
// "Optimizers". One element at a time, so the same text serves a register tile's sums and a whole stored tensor.
namespace samebits {
namespace {

// Runs over `count` contiguous elements, a multiple of 16. Returns a vector with a NaN wherever a new value was
// infinite or NaN: w * 0 is NaN for those and a zero for all others, which costs one fma.
template <UpdateKind Kind>
SAMEBITS_INLINE Lanes updateRun(const Update& update, size_t count, const float* gradient, float* value, float* first,
                                float* second) {
  const Lanes scale = broadcast(update.scale);
  const Lanes descent = broadcast(-update.learningRate);
  const Lanes momentum = broadcast(update.momentum);
  const Lanes beta1 = broadcast(update.beta1), oneMinusBeta1 = broadcast(update.oneMinusBeta1);
  const Lanes beta2 = broadcast(update.beta2), oneMinusBeta2 = broadcast(update.oneMinusBeta2);
  const Lanes stepSize = broadcast(update.stepSize);
  const Lanes inverseRoot = broadcast(update.inverseRoot), epsilon = broadcast(update.epsilon);
  Lanes poison = zero();
  for (size_t i = 0; i < count; i += 16) {
    const Lanes g = mul(load(gradient + i), scale);
    Lanes w = load(value + i);
    if constexpr (Kind == UpdateKind::sgd) {
      w = fma(descent, g, w);
    } else if constexpr (Kind == UpdateKind::momentum) {
      const Lanes m = fma(momentum, load(first + i), g);
      store(first + i, m);
      w = fma(descent, m, w);
    } else {
      const Lanes m = fma(beta1, load(first + i), mul(oneMinusBeta1, g));
      const Lanes v = fma(beta2, load(second + i), mul(mul(oneMinusBeta2, g), g));
      store(first + i, m);
      store(second + i, v);
      w = sub(w, div(mul(stepSize, m), fma(sqrt(v), inverseRoot, epsilon)));
    }
    store(value + i, w);
    poison = fma(w, zero(), poison);
  }
  return poison;
}

SAMEBITS_INLINE bool anyNan(Lanes v) { return any(isNan(v)); }

// Applies `update` to `count` finished sums and the parameters at `offset` of the slots; true if a new value is
// infinite or NaN. The gradient is read from `sums`, which for a stored gradient is the slot itself.
bool applyUpdate(const Update& update, size_t count, const float* sums, const ParameterSlots& slots, size_t offset) {
  if (update.kind == UpdateKind::store) {  // the other slots may be null, which may not be moved by an offset
    float* gradient = slots.gradient + offset;
    for (size_t i = 0; i < count; i += 16) store(gradient + i, load(sums + i));
    return false;
  }
  float* value = slots.value + offset;
  switch (update.kind) {
    case UpdateKind::sgd:
      return anyNan(updateRun<UpdateKind::sgd>(update, count, sums, value, nullptr, nullptr));
    case UpdateKind::momentum:
      return anyNan(updateRun<UpdateKind::momentum>(update, count, sums, value, slots.first + offset, nullptr));
    case UpdateKind::adam:
      return anyNan(
          updateRun<UpdateKind::adam>(update, count, sums, value, slots.first + offset, slots.second + offset));
    case UpdateKind::store:
      break;
  }
  return false;
}

bool updateStored(const Update* update, size_t count, const ParameterSlots* slots) {
  return applyUpdate(*update, count, slots->gradient, *slots, 0);
}

}  // namespace
}  // namespace samebits
