/** Models as commands take them: a file, or the folder of a run. */

/** The file of the model in the folder of a run. */
export const MODEL_FILE = 'model.safetensors';
