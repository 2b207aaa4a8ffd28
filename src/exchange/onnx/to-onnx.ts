/** Models for programs that run ONNX. */
import * as v from 'valibot';
import { check, fields } from '../../arguments.js';
import { Preparation } from '../../data/prepare/preparation.js';
import { expected } from '../../errors.js';
import type { Sequential } from '../../train/sequential.js';
import { Graph } from './graph.js';
import { addLayers } from './layers.js';
import { addPreparation, restoreTarget } from './preparation.js';

/** Options of {@link toOnnx}. */
export interface OnnxOptions {
  /**
   * Becomes part of the graph, which then takes an input for each column, by the column's name.
   * Null: the graph takes features.
   * @default the model's own
   */
  readonly preparation?: Preparation | null;
}

const optionsSchema = fields({
  preparation: v.optional(v.nullable(v.instance(Preparation, 'a Preparation, or null,'))),
});

/**
 * A model as an ONNX file (opset 17), for onnxruntime and others: what `predict` does, in binary32, though not to the last bit.
 *
 * The input is `x` [rows, inputs], the output `outputs` [rows, units]. With a preparation the inputs are columns [rows, 1]: numbers, and truth
 * values as 0 and 1, in binary64, NaN for a missing one; texts of categories, the empty one for a missing one; and each part of a date as a
 * number, `when.month`. What a preparation refuses gives NaN there, or none of the categories.
 *
 * @example
 * await writeFile('iris.onnx', toOnnx(model));
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for names with control characters, and for more than 2 GiB; `ERR_SAMEBITS_SHAPE` where the
 * preparation gives another number of features than the model takes.
 */
export function toOnnx(model: Sequential, options: OnnxOptions = {}): Uint8Array {
  const { preparation = model.preparation } = check(optionsSchema, options, 'toOnnx');
  const weights = new Map(model.getWeights().map((tensor) => [tensor.name, tensor]));
  const inputs = model.inputs as number;
  if (preparation !== null && preparation.features.length !== inputs) {
    throw expected(`${inputs} features`, 'preparation', preparation.features.length, 'ERR_SAMEBITS_SHAPE');
  }
  const graph = new Graph();
  const x = preparation === null ? graph.input('x', 'float', inputs) : addPreparation(graph, preparation.toJSON());
  const given = addLayers(graph, model.layers, weights, x);
  const outputs = preparation === null ? given : restoreTarget(graph, preparation.toJSON(), given);
  graph.output('outputs', outputs, model.units);
  const classes = preparation?.classes ?? null;
  return graph.toBytes(model.name, {
    fingerprint: model.fingerprint(),
    ...(classes === null ? {} : { classes: JSON.stringify(classes) }),
  });
}
