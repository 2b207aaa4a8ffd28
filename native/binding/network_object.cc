#include "network_object.h"

#include <new>
#include <string>
#include <utility>

#include "arguments.h"
#include "network_arguments.h"

namespace samebits::binding {

Napi::Function NetworkObject::define(Napi::Env env) {
  return DefineClass(
      env, "Network",
      {InstanceMethod<&NetworkObject::getParameter>("getParameter"),
       InstanceMethod<&NetworkObject::setParameter>("setParameter"), InstanceMethod<&NetworkObject::mark>("mark"),
       InstanceMethod<&NetworkObject::getGradient>("getGradient"),
       InstanceMethod<&NetworkObject::getCounters>("getCounters"),
       InstanceMethod<&NetworkObject::setCounters>("setCounters"), InstanceMethod<&NetworkObject::observe>("observe"),
       InstanceMethod<&NetworkObject::getEpoch>("getEpoch"), InstanceMethod<&NetworkObject::setEpoch>("setEpoch"),
       InstanceMethod<&NetworkObject::startEpoch>("startEpoch"), InstanceMethod<&NetworkObject::train>("train"),
       InstanceMethod<&NetworkObject::abort>("abort"), InstanceMethod<&NetworkObject::takeApart>("takeApart"),
       InstanceMethod<&NetworkObject::evaluate>("evaluate"), InstanceMethod<&NetworkObject::predict>("predict"),
       InstanceMethod<&NetworkObject::predictSync>("predictSync"), InstanceMethod<&NetworkObject::memory>("memory"),
       InstanceMethod<&NetworkObject::dispose>("dispose")});
}

NetworkObject::NetworkObject(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<NetworkObject>(info), environment_(Environment::of(info.Env())) {
  const Napi::Env env = info.Env();
  const Napi::Object value = object(info[0], "description");
  const KernelTable* table = hardware(value);
  NetworkDescription description = descriptionOf(value);
  const size_t bytes = Network::bytesFor(description);
  environment_.adopt(env, this, bytes);
  try {
    arena_ = Block(bytes);
  } catch (const std::bad_alloc&) {
    environment_.forget(env, bytes);
    environment_.drop(this);
    throw errorOf(env, kResources, "Could not allocate " + std::to_string(bytes) + " bytes for the weights");
  }
  network_ = std::make_unique<Network>(table, std::move(description), arena_.data());
}

NetworkObject::~NetworkObject() {
  release();
  environment_.drop(this);
}

bool NetworkObject::isCollected() { return network_ != nullptr && Value().IsEmpty(); }

void NetworkObject::release() {
  if (!network_) return;
  environment_.forget(Env(), arena_.bytes());
  predictor_.reset();
  workspace_ = Workspace{};
  epoch_ = EpochState{};
  network_.reset();
  arena_ = Block();
}

Network& NetworkObject::network(Napi::Env env) const {
  if (!network_) throw errorOf(env, kState, "The network is disposed");
  return *network_;
}

void NetworkObject::expectNotTraining(Napi::Env env) const {
  if (training_ != nullptr) throw errorOf(env, kBusy, "The network is training");
}

void NetworkObject::expectIdle(Napi::Env env) const {
  expectNotTraining(env);
  if (reading_ > 0) throw errorOf(env, kBusy, "The network is predicting");
}

Napi::Value NetworkObject::memory(const Napi::CallbackInfo& info) {
  network(info.Env());
  expectNotTraining(info.Env());
  const size_t predictor = predictor_ ? predictor_->bytes() : 0;
  return Napi::Number::New(info.Env(), static_cast<double>(arena_.bytes() + workspace_.block.bytes() + predictor +
                                                           epoch_.order.size() * sizeof(uint32_t)));
}

void NetworkObject::dispose(const Napi::CallbackInfo& info) {
  if (!network_) return;
  expectIdle(info.Env());
  release();
}

}  // namespace samebits::binding
