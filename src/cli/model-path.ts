/** Models as commands take them: a saved model, or the folder of a run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadModel, loadModelInside } from '../train/load.js';
import { modelFromRun } from '../train/restore.js';
import type { Sequential } from '../train/sequential.js';
import { isDirectory } from './output-files.js';

/** The file of the model in the folder of a run. */
export const MODEL_FILE = 'model.safetensors';

/** For the help of commands: what MODEL may be. */
export const MODEL = 'a saved model (.safetensors), or the folder of a run';

/**
 * The model of a file; of a folder the one that was saved in it, or else that of the run as far as it came.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export async function openModel(path: string): Promise<Sequential> {
  if (!isDirectory(path)) return loadModel(path);
  return existsSync(join(path, MODEL_FILE)) ? loadModelInside(path, MODEL_FILE) : modelFromRun(path);
}
