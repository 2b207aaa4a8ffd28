/** The layers of a Sequential model of Keras or tfjs, and the columns of its data. */
import * as v from 'valibot';
import { check } from '../../arguments.js';
import { expected } from '../../errors.js';
import { inFile } from '../../runs/file-errors.js';
import { type PlainLayer, readLayer } from './layers.js';

/** A model that was read. */
export interface ReadTopology {
  readonly name: string | undefined;
  readonly layers: readonly PlainLayer[];
  /** Columns of the data, where it says so. */
  readonly inputs: number | undefined;
  /** By the name that a layer has here the one that it had there. */
  readonly names: ReadonlyMap<string, string>;
}

/** Beyond what any stack has. */
const MOST_LAYERS = 1000;

const layerSchema = v.object(
  { class_name: v.string('a string'), config: v.looseObject({ name: v.optional(v.string('a string')) }, 'an object') },
  'a layer',
);
const layersSchema = v.pipe(
  v.array(layerSchema, 'an array of layers'),
  v.maxLength(MOST_LAYERS, `at most ${MOST_LAYERS} layers`),
);

/** Keras before 2.2.3 has the layers themselves as configuration. */
const sequentialSchema = v.object(
  {
    class_name: v.literal('Sequential', "'Sequential', a stack of layers,"),
    config: v.union(
      [v.object({ name: v.optional(v.string()), layers: v.unknown() }), v.array(v.unknown())],
      'an object with layers',
    ),
  },
  'an object',
);

/** What a converter writes has it one level below. */
const converted = v.object({ model_config: v.unknown() });

type LayerDocument = v.InferOutput<typeof layerSchema>;

/** @throws SamebitsError `ERR_SAMEBITS_FILE`, naming layer and feature where something is not supported. */
export function readTopology(topology: unknown, file: string): ReadTopology {
  return inFile(file, () => {
    const wrapped = v.safeParse(converted, topology);
    const model = wrapped.success ? wrapped.output.model_config : topology;
    const { config } = check(sequentialSchema, model, 'modelTopology');
    const { name, layers } = Array.isArray(config) ? { name: undefined, layers: config } : config;
    const documents = check(layersSchema, layers, 'modelTopology.config.layers');
    const stack = stackOf(documents);
    return { name: name === '' ? undefined : name, inputs: inputsOf(documents), ...stack };
  });
}

function stackOf(documents: readonly LayerDocument[]): Pick<ReadTopology, 'layers' | 'names'> {
  const layers: PlainLayer[] = [];
  const names = new Map<string, string>();
  for (const { class_name, config } of documents) {
    const read = readLayer(class_name, config, `layer ${JSON.stringify(config.name ?? class_name)}`);
    if (read === null) continue;
    const { name: there, ...rest } = read;
    // No slash here, which separates a layer from its tensors.
    const here = there?.replaceAll('/', '_').slice(0, 100);
    const last = layers[layers.length - 1];
    if (isLayer(rest)) layers.push(here === undefined || rest.kind === 'rescaling' ? rest : { ...rest, name: here });
    else if (last?.kind === 'dense' && last.activation === 'linear') layers[layers.length - 1] = { ...last, ...rest };
    else layers.push({ kind: 'activation', ...(here === undefined ? {} : { name: here }), ...rest });
    if (here !== undefined && there !== undefined) names.set(here, there);
  }
  return { layers, names };
}

function isLayer(read: object): read is PlainLayer {
  return 'kind' in read;
}

/** Rows of more dimensions are flat here, which changes nothing where a Flatten comes before everything else. */
function inputsOf(documents: readonly LayerDocument[]): number | undefined {
  const [first] = documents;
  if (first === undefined) return undefined;
  const given = first.config.batch_input_shape ?? first.config.batch_shape;
  if (given == null) return undefined;
  const at = `input shape of layer ${JSON.stringify(first.config.name ?? first.class_name)}`;
  const [batch, ...shape] = check(v.array(v.unknown(), 'an array'), given, at);
  const inputs = shape.reduce<number>((product, length) => product * (isLength(length) ? length : Number.NaN), 1);
  if (batch !== null || shape.length === 0 || !Number.isSafeInteger(inputs))
    throw expected('[null, columns]', at, given);
  if (shape.length > 1 && !beginsFlat(documents)) throw expected('[null, columns], or a Flatten first,', at, given);
  return inputs;
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** Rescaling is the same of each element, flat or not. */
function beginsFlat(documents: readonly LayerDocument[]): boolean {
  const first = documents.find(({ class_name }) => class_name !== 'InputLayer' && class_name !== 'Rescaling');
  return first?.class_name === 'Flatten';
}
