/** Trained tensors as PyTorch's modules have them in their `state_dict`: names, shapes and the order of elements. */
import type { ParameterKind } from '../native/network.js';
import type { Parameter } from './description.js';

interface TorchTensor {
  /** Its name within its module. */
  readonly name: string;
  /** [units, inputs] where ours is [inputs, units]. */
  readonly transposed: boolean;
}

/** `nn.Linear` computes `x · weightᵀ + bias`; `nn.Embedding` has its table as it is; the others are those of `nn.BatchNorm1d` and `nn.LayerNorm`. */
const TORCH: Readonly<Record<ParameterKind, TorchTensor>> = {
  kernel: { name: 'weight', transposed: true },
  bias: { name: 'bias', transposed: false },
  embeddings: { name: 'weight', transposed: false },
  gamma: { name: 'weight', transposed: false },
  beta: { name: 'bias', transposed: false },
  movingMean: { name: 'running_mean', transposed: false },
  movingVariance: { name: 'running_var', transposed: false },
};

/** Edge of the squares in which a matrix is transposed: 4 KiB of each side stay in the cache. */
const EDGE = 32;

/** The layer whose tensor it is; of a table input's table `<layer>/<column>`. */
export function layerOf({ name }: Parameter): string {
  return name.slice(0, name.lastIndexOf('/'));
}

/**
 * `<module>.weight`, `<module>.bias`.
 *
 * @param module @default the layer's name, with `.` for `/`
 */
export function stateDictName(parameter: Parameter, module = layerOf(parameter).replaceAll('/', '.')): string {
  return `${module}.${TORCH[parameter.kind].name}`;
}

/** Its shape in a state dict. */
export function stateDictShape({ kind, shape }: Parameter): readonly number[] {
  return TORCH[kind].transposed ? [...shape].reverse() : shape;
}

/** Elements in our order as a state dict has them. */
export function toStateDictOrder({ kind, shape }: Parameter, data: Float32Array): Float32Array {
  return TORCH[kind].transposed ? transpose(data, shape[0], shape[1]) : data;
}

/** Elements of a state dict in our order. */
export function fromStateDictOrder({ kind, shape }: Parameter, data: Float32Array): Float32Array {
  return TORCH[kind].transposed ? transpose(data, shape[1], shape[0]) : data;
}

/** [rows, columns] to [columns, rows]. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  const transposed = new Float32Array(data.length);
  for (let row = 0; row < rows; row += EDGE) {
    for (let column = 0; column < columns; column += EDGE) {
      for (let i = row; i < Math.min(row + EDGE, rows); i += 1) {
        for (let j = column; j < Math.min(column + EDGE, columns); j += 1) {
          transposed[j * rows + i] = data[i * columns + j];
        }
      }
    }
  }
  return transposed;
}
