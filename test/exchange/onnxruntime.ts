/** onnxruntime, as far as tests need it: its package has no types that this one's tests find. */
import { createRequire } from 'node:module';

export interface OnnxTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

interface Runtime {
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => OnnxTensor;
}

const { InferenceSession, Tensor } = createRequire(import.meta.url)('onnxruntime-node') as Runtime;

export { Tensor };

/** A model on one thread; errors only are logged. */
export function session(model: Uint8Array): Promise<Session> {
  return InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 1 });
}
