// The JavaScript class Network (src/native/network.ts, NativeNetwork).
#ifndef SAMEBITS_BINDING_NETWORK_OBJECT_H
#define SAMEBITS_BINDING_NETWORK_OBJECT_H

#include <napi.h>

#include <memory>

#include "../engine/network.h"
#include "../engine/predictor.h"
#include "../engine/trainer.h"
#include "environment.h"

namespace samebits::binding {

// The batch of a job, with targets, and how it is computed.
struct LossJob {
  Napi::Object job;
  unsigned threads;
  DataView data;
  size_t batchLeaf;
};

class NetworkObject : public Napi::ObjectWrap<NetworkObject>, public Collectable {
 public:
  static Napi::Function define(Napi::Env env);
  explicit NetworkObject(const Napi::CallbackInfo& info);
  ~NetworkObject() override;

  bool isCollected() override;
  void release() override;

 private:
  friend class TrainCall;
  friend class RowsCall;
  friend class AnatomyCall;

  Napi::Value getParameter(const Napi::CallbackInfo& info);
  void setParameter(const Napi::CallbackInfo& info);
  Napi::Value mark(const Napi::CallbackInfo& info);
  Napi::Value getGradient(const Napi::CallbackInfo& info);
  Napi::Value getCounters(const Napi::CallbackInfo& info);
  void setCounters(const Napi::CallbackInfo& info);
  void observe(const Napi::CallbackInfo& info);
  Napi::Value getEpoch(const Napi::CallbackInfo& info);
  void setEpoch(const Napi::CallbackInfo& info);
  void startEpoch(const Napi::CallbackInfo& info);
  Napi::Value train(const Napi::CallbackInfo& info);
  void abort(const Napi::CallbackInfo& info);
  Napi::Value takeApart(const Napi::CallbackInfo& info);
  Napi::Value evaluate(const Napi::CallbackInfo& info);
  Napi::Value predict(const Napi::CallbackInfo& info);
  Napi::Value predictSync(const Napi::CallbackInfo& info);
  struct Prediction;
  Prediction predictionOf(const Napi::Object& job) const;
  // Arguments of what gives losses and trains nothing. Throws where the network is disposed, is training or has no loss.
  LossJob lossJob(const Napi::CallbackInfo& info) const;
  // Starts a job that changes nothing, of arguments `job`; its ended() lets go of the network.
  Napi::Promise startReading(const Napi::CallbackInfo& info, const Napi::Object& job, std::unique_ptr<Job> call,
                             unsigned threads);
  Napi::Value memory(const Napi::CallbackInfo& info);
  void dispose(const Napi::CallbackInfo& info);

  // Throws ERR_SAMEBITS_STATE if disposed.
  Network& network(Napi::Env env) const;
  // Throws ERR_SAMEBITS_BUSY if weights may not be written (any job), or read (training) now.
  void expectIdle(Napi::Env env) const;
  void expectNotTraining(Napi::Env env) const;

  Environment& environment_;
  Block arena_;
  std::unique_ptr<Network> network_;  // null: disposed
  EpochState epoch_;
  Workspace workspace_;
  std::unique_ptr<Predictor> predictor_;  // of predictSync, for predictorRows_ rows on predictorThreads_ threads
  size_t predictorRows_ = 0;
  unsigned predictorThreads_ = 0;
  class TrainCall* training_ = nullptr;
  unsigned reading_ = 0;  // evaluations, predictions and takings-apart under way
};

}  // namespace samebits::binding

#endif
