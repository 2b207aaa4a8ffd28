/** Settings from elsewhere. */
import { parseSetting } from 'samebits';
import { describe, expect, it } from 'vitest';
import { compiledClassifier, failure, labels, x } from '../train/problem.js';

describe('parseSetting', () => {
  it.each<[object, string]>([
    [{ data: { source: { kind: 'digit' } } }, 'a source of data: kind'],
    [{ data: { source: { kind: 'digits' }, row: 3 } }, 'did you mean rows?) for setting.data but received "row"'],
    [
      { data: { source: { kind: 'digits' }, rows: 0 } },
      'an integer of at least 1 for setting.data.rows but received 0',
    ],
    [{ data: { source: { kind: 'folder' } } }, 'a text for setting.data.source.path but received undefined'],
    [{ data: { source: { kind: 'given', name: 'x', hash: 'x' } } }, 'a SHA-256 for setting.data.source.hash'],
    [{ data: { source: { kind: 'madeUp', problem: 'both' } } }, 'for setting.data.source.problem but received "both"'],
    [{ execution: { threads: 257 } }, 'an integer from 1 to 256 for setting.execution.threads but received 257'],
    [{ recipe: {} }, 'recipe'],
  ])('refuses %j', async (part, message) => {
    const { recipe } = await compiledClassifier().fit(x, labels);
    const setting = { recipe, data: { source: { kind: 'digits' } }, ...part };
    const { code, message: said } = await failure(() => parseSetting(setting));
    expect(code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(said).toContain(message);
  });
});
