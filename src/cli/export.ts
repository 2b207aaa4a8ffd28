/** `samebits export`. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { expected } from '../errors.js';
import { toOnnx } from '../exchange/onnx/to-onnx.js';
import { formatCount } from '../format.js';
import type { Sequential } from '../train/sequential.js';
import { MODEL, openModel } from './model-path.js';
import { nameOption } from './option-values.js';
import { checkWritable, writeWhole } from './output-files.js';

const FORMATS = ['onnx', 'safetensors'] as const;
type Format = (typeof FORMATS)[number];

interface ExportFlags {
  readonly format?: Format;
  readonly output?: string;
  readonly quiet?: boolean;
}

const EXAMPLES = `
onnx: for onnxruntime and others; a model that was trained on a table takes its
columns by their names. safetensors: weights as PyTorch names them, without what
the optimizer remembers; loadModel reads it again.

Examples:
  $ samebits export runs/iris --format onnx
  $ samebits export runs/iris --format safetensors --output iris.safetensors`;

export function exportCommand(): Command {
  return new Command('export')
    .description('write a model for other programs')
    .argument('<model>', MODEL)
    .option('--format <name>', 'onnx or safetensors', nameOption('--format', FORMATS))
    .option('--output <file>', 'write it here (default: model.onnx or model.safetensors)')
    .option('--quiet', 'do not say where it is')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, { format, output, quiet }: ExportFlags) => {
      if (format === undefined) throw expected(`one of ${FORMATS.join(', ')}`, '--format', format);
      const file = output ?? `model.${format}`;
      checkWritable(file, '--output');
      const model = await openModel(path);
      const bytes = bytesOf(model, format);
      writeWhole(file, bytes, '--output');
      if (quiet !== true) process.stdout.write(`${resolve(file)}: ${formatCount(bytes.length)} bytes\n`);
    });
}

function bytesOf(model: Sequential, format: Format): Uint8Array {
  if (format === 'safetensors') return model.toSafetensors({ optimizer: false });
  return toOnnx(model);
}
