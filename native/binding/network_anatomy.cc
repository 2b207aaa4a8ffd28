// A step of a Network taken apart.
#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "../engine/anatomy.h"
#include "arguments.h"
#include "job_arguments.h"
#include "network_object.h"

namespace samebits::binding {
namespace {

constexpr const char* kNodeNames[] = {
    "lookUp",        "dense",  "activation", "dropout", "batchNormalization", "layerNormalization",
    "gaussianNoise", "branch", "sum"};
static_assert(std::size(kNodeNames) == static_cast<size_t>(NodeKind::sum) + 1, "a name for each kind, in their order");

// Null where there is nothing. The values are given back at once: those of all nodes twice would be much.
template <typename Array, typename Element>
Napi::Value arrayOf(Napi::Env env, std::vector<Element>* values) {
  if (values->empty()) return env.Null();
  Array array = Array::New(env, values->size());
  std::copy(values->begin(), values->end(), array.Data());
  std::vector<Element>().swap(*values);
  return array;
}

}  // namespace

// One call of takeApart().
class AnatomyCall : public Job {
 public:
  AnatomyCall(NetworkObject* self, DataView data, size_t batchLeaf, uint64_t step)
      : self_(self), data_(data), batchLeaf_(batchLeaf), step_(step) {}

  void execute(Team* team) override {
    Anatomy anatomy(*self_->network_, data_.rows, batchLeaf_, team->size());
    results_ = anatomy.run(team, data_, step_);
  }

  void ended() override { --self_->reading_; }

  Napi::Value settle(Napi::Env env) override {
    if (results_.error != nullptr) throw expected(env, results_.error, "takeApart", kData);
    Napi::Object result = Napi::Object::New(env);
    result.Set("inputs", arrayOf<Napi::Float32Array>(env, &results_.inputs));
    result.Set("losses", arrayOf<Napi::Float32Array>(env, &results_.losses));
    Napi::Array nodes = Napi::Array::New(env, results_.nodes.size());
    for (size_t n = 0; n < results_.nodes.size(); ++n) {
      NodeResults& made = results_.nodes[n];
      Napi::Object node = Napi::Object::New(env);
      node.Set("kind", kNodeNames[static_cast<size_t>(self_->network_->nodes()[n].kind)]);
      node.Set("outputs", arrayOf<Napi::Float32Array>(env, &made.outputs));
      node.Set("gradient", arrayOf<Napi::Float32Array>(env, &made.gradient));
      node.Set("noise", arrayOf<Napi::Float32Array>(env, &made.noise));
      node.Set("kept", arrayOf<Napi::Uint32Array>(env, &made.kept));
      node.Set("statistics", arrayOf<Napi::Float32Array>(env, &made.statistics));
      nodes[static_cast<uint32_t>(n)] = node;
    }
    result.Set("nodes", nodes);
    return result;
  }

 private:
  NetworkObject* const self_;
  const DataView data_;
  const size_t batchLeaf_;
  const uint64_t step_;
  BatchResults results_;
};

Napi::Value NetworkObject::takeApart(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto [job, size, data, leaf] = lossJob(info);
  if (!network_->lookUp().tables().empty() && uint64_t{data.rows} * data.columns >= UINT32_MAX) {
    throw expected(env, "fewer than 2^32 indices in a batch", "rows");
  }
  const uint64_t step = integer(job.Get("step"), "step", 0, kMostSafeInteger);
  return startReading(info, job, std::make_unique<AnatomyCall>(this, data, leaf, step), size);
}

}  // namespace samebits::binding
