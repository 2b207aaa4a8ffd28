import { requireHere } from '../package-root.js';

/** Version of this package. */
export const { version } = requireHere('./package.json') as { version: string };
