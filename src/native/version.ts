import { join } from 'node:path';

/** Version of this package. */
export const { version } = require(join(__dirname, '..', '..', 'package.json')) as { version: string };
