// What is done with a finished gradient sum: the written sequences of binary32 operations of docs/numerics.md,
// "Optimizers". One element at a time, so the same text serves a register tile's sums and a whole stored tensor.
namespace samebits {
namespace {

// Where an update reads and writes, 16 elements at a time.
struct UpdateRun {
  const float* gradient;  // finished sums; for a stored gradient the slot itself
  float* stored;          // UpdateKind::store only
  float* value;
  float* first;
  float* second;
  float* third;
  float* average;

  UpdateRun(const float* sums, const ParameterSlots& slots, size_t offset)
      : gradient(sums),
        stored(slots.gradient == nullptr ? nullptr : slots.gradient + offset),
        value(slots.value == nullptr ? nullptr : slots.value + offset),
        first(slots.first == nullptr ? nullptr : slots.first + offset),
        second(slots.second == nullptr ? nullptr : slots.second + offset),
        third(slots.third == nullptr ? nullptr : slots.third + offset),
        average(slots.average == nullptr ? nullptr : slots.average + offset) {}
};

// Whether an update does more than its optimizer's: then it is made by `updateLanes<…, true>`, which asks for each thing.
SAMEBITS_INLINE bool hasExtras(const Update& update, const float* average) {
  return update.l2 != 0.0f || update.l1 != 0.0f || update.clipValue != 0.0f || update.weightDecay != 0.0f ||
         update.nonNegative || average != nullptr;
}

SAMEBITS_INLINE Lanes regularized(const Update& update, Lanes w, Lanes g) {
  if (update.l2 != 0.0f) g = fma(broadcast(update.l2), w, g);
  if (update.l1 == 0.0f) return g;
  const Lanes l1 = broadcast(update.l1);
  return select(lessThan(zero(), w), add(g, l1), select(lessThan(w, zero()), sub(g, l1), g));
}

// NaN passes.
SAMEBITS_INLINE Lanes clipped(float most, Lanes g) {
  const Lanes high = broadcast(most), low = broadcast(-most);
  return select(lessThan(g, low), low, select(lessThan(high, g), high, g));
}

// The average of the values w at element i, and what the values become.
SAMEBITS_INLINE Lanes averaged(const Update& update, float* average, Lanes w) {
  const Lanes next = fma(broadcast(update.averageMomentum), load(average), mul(broadcast(update.averageShare), w));
  store(average, next);
  return update.averageReplaces ? next : w;
}

// Element i to i + 15. Adds to `poison`, which becomes NaN where a new value is infinite or NaN: w * 0 is NaN for those
// and a zero for all others, which costs one fma.
template <UpdateKind Kind, bool Extras = false>
SAMEBITS_INLINE void updateLanes(const Update& update, const UpdateRun& run, size_t i, Lanes& poison) {
  Lanes g = mul(load(run.gradient + i), broadcast(update.scale));
  if constexpr (Extras) {
    if (update.l2 != 0.0f || update.l1 != 0.0f) g = regularized(update, load(run.value + i), g);
  }
  if constexpr (Kind == UpdateKind::store) {
    store(run.stored + i, g);
    return;
  }
  Lanes w = load(run.value + i);
  if constexpr (Extras) {
    if (update.clipValue != 0.0f) g = clipped(update.clipValue, g);
    if (update.weightDecay != 0.0f) w = fma(broadcast(-update.weightDecay), w, w);
  }
  if constexpr (Kind == UpdateKind::sgd) {
    w = fma(broadcast(-update.learningRate), g, w);
  } else if constexpr (Kind == UpdateKind::momentum) {
    const Lanes m = fma(broadcast(update.momentum), load(run.first + i), g);
    store(run.first + i, m);
    w = fma(broadcast(-update.learningRate), m, w);
  } else if constexpr (Kind == UpdateKind::nesterov) {
    const Lanes m = fma(broadcast(update.momentum), load(run.first + i), g);
    store(run.first + i, m);
    w = fma(broadcast(-update.learningRate), fma(broadcast(update.momentum), m, g), w);
  } else if constexpr (Kind == UpdateKind::rmsprop || Kind == UpdateKind::rmspropMomentum) {
    const Lanes v = fma(broadcast(update.beta2), load(run.first + i), mul(mul(broadcast(update.oneMinusBeta2), g), g));
    store(run.first + i, v);
    Lanes down = div(mul(broadcast(update.learningRate), g), sqrt(add(v, broadcast(update.epsilon))));
    if constexpr (Kind == UpdateKind::rmspropMomentum) {
      down = fma(broadcast(update.momentum), load(run.second + i), down);
      store(run.second + i, down);
    }
    w = sub(w, down);
  } else if constexpr (Kind == UpdateKind::adagrad) {
    const Lanes v = fma(g, g, load(run.first + i));
    store(run.first + i, v);
    w = sub(w, div(mul(broadcast(update.learningRate), g), sqrt(add(v, broadcast(update.epsilon)))));
  } else {
    const Lanes m = fma(broadcast(update.beta1), load(run.first + i), mul(broadcast(update.oneMinusBeta1), g));
    const Lanes v = fma(broadcast(update.beta2), load(run.second + i), mul(mul(broadcast(update.oneMinusBeta2), g), g));
    store(run.first + i, m);
    store(run.second + i, v);
    Lanes square = v;
    if constexpr (Kind == UpdateKind::amsgrad) {
      const Lanes most = load(run.third + i);
      square = select(lessThan(v, most), most, v);
      store(run.third + i, square);
    }
    Lanes up = mul(broadcast(update.stepSize), m);
    if constexpr (Kind == UpdateKind::nadam) {
      up = fma(broadcast(update.stepSize), m, mul(broadcast(update.gradientStep), g));
    }
    w = sub(w, div(up, fma(sqrt(square), broadcast(update.inverseRoot), broadcast(update.epsilon))));
  }
  if constexpr (Extras) {
    if (update.nonNegative) w = select(lessThan(w, zero()), zero(), w);
    if (run.average != nullptr) w = averaged(update, run.average + i, w);
  }
  store(run.value + i, w);
  poison = fma(w, zero(), poison);
}

// Fetches what updateLanes will read and write at element i. A hint: i may lie past the end.
template <UpdateKind Kind>
SAMEBITS_INLINE void prefetchParameters(const UpdateRun& run, size_t i) {
  if constexpr (Kind == UpdateKind::store) {
    prefetchToWrite(run.stored + i);
  } else {
    prefetchToWrite(run.value + i);
  }
  if constexpr (Kind == UpdateKind::momentum || Kind == UpdateKind::adam) prefetchToWrite(run.first + i);
  if constexpr (Kind == UpdateKind::adam) prefetchToWrite(run.second + i);
}

template <UpdateKind Kind, bool Extras>
SAMEBITS_INLINE bool updateAll(const Update& update, const UpdateRun& run, size_t count) {
  const Update own = update;  // its own copy: no store can change it, so that its broadcasts stay in registers
  Lanes poison = zero();
  for (size_t i = 0; i < count; i += 16) updateLanes<Kind, Extras>(own, run, i, poison);
  return any(isNan(poison));
}

template <bool Extras>
bool updateByKind(const Update& update, const UpdateRun& run, size_t count) {
  switch (update.kind) {
    case UpdateKind::sgd:
      return updateAll<UpdateKind::sgd, Extras>(update, run, count);
    case UpdateKind::momentum:
      return updateAll<UpdateKind::momentum, Extras>(update, run, count);
    case UpdateKind::adam:
      return updateAll<UpdateKind::adam, Extras>(update, run, count);
    case UpdateKind::nesterov:
      return updateAll<UpdateKind::nesterov, Extras>(update, run, count);
    case UpdateKind::rmsprop:
      return updateAll<UpdateKind::rmsprop, Extras>(update, run, count);
    case UpdateKind::rmspropMomentum:
      return updateAll<UpdateKind::rmspropMomentum, Extras>(update, run, count);
    case UpdateKind::adagrad:
      return updateAll<UpdateKind::adagrad, Extras>(update, run, count);
    case UpdateKind::amsgrad:
      return updateAll<UpdateKind::amsgrad, Extras>(update, run, count);
    case UpdateKind::nadam:
      return updateAll<UpdateKind::nadam, Extras>(update, run, count);
    case UpdateKind::store:
      break;
  }
  return updateAll<UpdateKind::store, Extras>(update, run, count);
}

// The updates that wide tiles run inside the next tile's chains (gradients.inl.h). The others run at once: each more would
// make those loops longer for all.
SAMEBITS_INLINE bool runsInsideChains(const Update& update, const ParameterSlots& slots) {
  return update.kind <= UpdateKind::adam && !hasExtras(update, slots.average);
}

// Applies `update` to `count` finished sums (a multiple of 16) and the parameters at `offset` of the slots; true if a new
// value is infinite or NaN.
__attribute__((noinline)) bool applyUpdate(const Update& update, size_t count, const float* sums,
                                           const ParameterSlots& slots, size_t offset) {
  const UpdateRun run(sums, slots, offset);
  return hasExtras(update, slots.average) ? updateByKind<true>(update, run, count)
                                          : updateByKind<false>(update, run, count);
}

bool updateStored(const Update* update, size_t count, const ParameterSlots* slots) {
  return applyUpdate(*update, count, slots->gradient, *slots, 0);
}

}  // namespace
}  // namespace samebits
