// onnxruntime-node: prediction only. The network is a graph of Gemm and Relu, made here.
import { createRequire } from 'node:module';
import { serve } from './contestant.mjs';
import { uniform } from './problems.mjs';

const require = createRequire(import.meta.url);
const { onnx } = require('onnx-proto');
const ort = require('onnxruntime-node');
const threads = Number(process.argv[2]);
const FLOAT = 1;

function graphOf(sizes) {
  const tensor = (name, dims) => ({ name, type: { tensorType: { elemType: FLOAT, shape: { dim: dims } } } });
  const constant = (name, dims, scale) => {
    const values = uniform(dims.reduce((a, b) => a * b)).map((value) => (value - 0.5) * scale);
    return { name, dims, dataType: FLOAT, rawData: new Uint8Array(Float32Array.from(values).buffer) };
  };
  const graph = { name: 'network', node: [], initializer: [], input: [], output: [] };
  graph.input.push(tensor('x', [{ dimParam: 'rows' }, { dimValue: sizes[0] }]));
  let from = 'x';
  for (let layer = 1; layer < sizes.length; layer += 1) {
    const last = layer === sizes.length - 1;
    graph.initializer.push(constant(`w${layer}`, [sizes[layer - 1], sizes[layer]], 0.1));
    graph.initializer.push(constant(`b${layer}`, [sizes[layer]], 0.1));
    graph.node.push({ opType: 'Gemm', input: [from, `w${layer}`, `b${layer}`], output: [`z${layer}`] });
    graph.node.push({ opType: last ? 'Softmax' : 'Relu', input: [`z${layer}`], output: [`a${layer}`] });
    from = `a${layer}`;
  }
  graph.output.push(tensor(from, [{ dimParam: 'rows' }, { dimValue: sizes.at(-1) }]));
  return onnx.ModelProto.encode({ irVersion: 8, opsetImport: [{ domain: '', version: 13 }], graph }).finish();
}

serve(async ({ kind, sizes, rows }) => {
  if (kind === 'train') return 'it does not train';
  const session = await ort.InferenceSession.create(graphOf(sizes), {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  const x = new ort.Tensor('float32', Float32Array.from(uniform(rows * sizes[0])), [rows, sizes[0]]);
  return async () => {
    await session.run({ x });
    return rows;
  };
});
