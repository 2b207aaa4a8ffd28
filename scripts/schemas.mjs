// Writes dist/schemas: JSON schemas of the files that users write, from the valibot schemas that check them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const built = (path) => require(join(root, 'dist', path));

/**
 * A schema as JSON. Of one that only a function tests, what `written` says of it; without that, nothing.
 *
 * @param named Schemas that are written once, under `$defs`, and elsewhere referred to.
 */
function convert(schema, named) {
  const { jsonFormOf } = built('arguments.js');
  const { $schema: _, ...json } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    // What a file may have, not what it becomes: what has a default may be left out.
    typeMode: 'input',
    errorMode: 'ignore',
    ignoreActions: ['check', 'transform'],
    overrideSchema: ({ valibotSchema }) => {
      const known = valibotSchema === schema ? undefined : reference(valibotSchema, named);
      if (known !== undefined) return known;
      const form = jsonFormOf(valibotSchema);
      // Of one that looks at the value first and does not say what it may be, only what is named is known.
      if (form === undefined && valibotSchema.type === 'lazy')
        return reference(valibotSchema.getter(undefined), named) ?? {};
      if (form === undefined) return undefined;
      return 'json' in form ? form.json : { anyOf: form.anyOf.map((one) => convert(one, named)) };
    },
  });
  return json;
}

function reference(schema, named) {
  const name = Object.keys(named).find((one) => named[one] === schema);
  return name === undefined ? undefined : { $ref: `#/$defs/${name}` };
}

/** Commands whose documents have a schema, by the file that it is in. */
const DOCUMENTS = {
  'document-schemas': ['compare', 'train', 'predict', 'evaluate', 'inspect'],
  'why-schemas': ['why', 'verify'],
  'lab-schemas': ['lab', 'lab noise', 'lab tolerance', 'lab versus'],
  'bench-schema': ['bench'],
  'doctor-schema': ['doctor'],
};

/** The schemas by name. */
function schemas() {
  const named = {
    activation: built('model/activations.js').activationSchema,
    initializer: built('model/initializers.js').initializerSchema,
    layer: built('model/layers.js').layerSchema,
    learningRate: built('model/schedules.js').learningRateSchema,
    loss: built('model/losses.js').lossSchema,
    model: built('model/description.js').modelSchema,
    optimizer: built('model/optimizers.js').optimizerSchema,
    recipe: built('model/recipe.js').recipeSchema,
    seed: built('random/seed.js').seedSchema,
  };
  const defs = Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, convert(schema, named)]));
  // Checked by themselves, since they say more than a shape.
  defs.recipe.properties.model = { $ref: '#/$defs/model' };
  const experiment = convert(built('lab/custom/description.js').experimentSchema, named);
  experiment.properties.recipe = { $ref: '#/$defs/recipe' };
  const $schema = 'https://json-schema.org/draft/2020-12/schema';
  return {
    recipe: { $schema, title: 'A recipe of samebits', $ref: '#/$defs/recipe', $defs: defs },
    experiment: { $schema, title: 'An experiment of samebits lab run', ...experiment, $defs: defs },
    ...Object.fromEntries(
      Object.entries(DOCUMENTS).flatMap(([file, commands]) =>
        commands.map((command) => {
          const name = command.replaceAll(/ ([a-z])/g, (_, letter) => letter.toUpperCase());
          const schema = built(`report/${file}.js`)[`${name}DocumentSchema`];
          const title = `The document of samebits ${command === 'lab' ? 'lab run' : command}`;
          return [command.replaceAll(' ', '-'), { $schema, title, ...convert(schema, {}) }];
        }),
      ),
    ),
  };
}

const folder = join(root, 'dist', 'schemas');
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(schemas())) {
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
