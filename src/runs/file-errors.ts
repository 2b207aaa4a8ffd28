/** Errors of files: typed, with the file's name, whatever went wrong. */
import { expected, SamebitsError } from '../errors.js';

/** The error for a file whose content is not what it should be. */
export function damaged(what: string, file: string, received: unknown): SamebitsError {
  return expected(what, file, received, 'ERR_SAMEBITS_FILE');
}

/** The error for what the operating system refused. */
export function refused(what: string, path: string, cause: unknown): SamebitsError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SamebitsError('ERR_SAMEBITS_FILE', `Expected ${what} for ${path} but received: ${reason}`, { cause });
}

/**
 * The result of `body`; whatever it throws becomes an error of the file. For content that is checked by the schemas of
 * options and recipes, whose errors are those of arguments.
 */
export function inFile<T>(file: string, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (cause instanceof SamebitsError && cause.code === 'ERR_SAMEBITS_FILE') throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SamebitsError('ERR_SAMEBITS_FILE', `${reason} (in ${file})`, { cause });
  }
}

/** As {@link inFile}, for what the operating system may refuse. */
export async function onDisk<T>(what: string, path: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (cause) {
    throw cause instanceof SamebitsError ? cause : refused(what, path, cause);
  }
}

/** Whether an error is about what a file holds, not about reaching it. */
export function isDamage(error: unknown): boolean {
  if (!(error instanceof SamebitsError) || error.code !== 'ERR_SAMEBITS_FILE') return false;
  return !(error.cause instanceof Error && 'syscall' in error.cause);
}

/** Whether the operating system found nothing there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
