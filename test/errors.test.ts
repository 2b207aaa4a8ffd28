import { describe, expect, it } from 'vitest';
import { expected, SamebitsError } from '../dist/errors.js';

describe('SamebitsError', () => {
  it('carries its code, name and cause, and only the details that it has', () => {
    const cause = new Error('below');
    const error = new SamebitsError('ERR_SAMEBITS_FILE', 'above', { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('SamebitsError');
    expect(error.cause).toBe(cause);
    expect(Object.keys(error)).toEqual(['code']);
    expect(String(error)).toBe('SamebitsError: above');
  });

  it('is one line without control characters, whatever a file or a parser says in it', () => {
    const error = new SamebitsError('ERR_SAMEBITS_FILE', 'in\n\r\u2028a \u001b[2Jfile\u0000 é');
    expect(error.message).toBe('in a \\u001b[2Jfile\\u0000 é');
    expect(new SamebitsError('ERR_SAMEBITS_NO_BINARY', 'tried\n  this').message).toBe('tried\n  this');
  });

  it('says at which step which tensor left the finite numbers', () => {
    const error = new SamebitsError('ERR_SAMEBITS_NON_FINITE', 'x', { step: 7, tensor: 'dense_1/kernel' });
    expect(error).toMatchObject({ code: 'ERR_SAMEBITS_NON_FINITE', step: 7, tensor: 'dense_1/kernel' });
    expect('cause' in error).toBe(false);
  });
});

describe('expected', () => {
  const messageFor = (received: unknown): string => expected('a thing', 'it', received).message;

  it('is an argument error unless another code is given', () => {
    expect(expected('a thing', 'it', 1).code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(expected('a thing', 'it', 1, 'ERR_SAMEBITS_SHAPE').code).toBe('ERR_SAMEBITS_SHAPE');
  });

  it.each([
    [0, '0 of type number'],
    [-0, '-0 of type number'],
    [Number.NaN, 'NaN of type number'],
    [12n, '12n of type bigint'],
    ['x', '"x" of type string'],
    ['two\nlines', '"two\\nlines" of type string'],
    ['a'.repeat(100), `"${'a'.repeat(60)}…" of type string`],
    [true, 'true of type boolean'],
    [Symbol('s'), 'Symbol(s) of type symbol'],
    [undefined, 'undefined'],
    [null, 'null'],
    [() => 1, 'a function of type function'],
    [new Float32Array(3), 'Float32Array(3) of type object'],
    [new DataView(new ArrayBuffer(4)), 'DataView of type object'],
    [[1, 'b', [2, 3], {}], '[1, "b", Array(2), object] of type object'],
    [[1, 2, 3, 4, 5, 6], '[1, 2, 3, 4, 5, …] of type object'],
    [{}, '{} of type object'],
    [{ a: 1, 'b c': 2 }, '{ a, "b c" } of type object'],
    [new Map(), 'an instance of Map of type object'],
  ])('renders %o', (received, rendered) => {
    expect(messageFor(received)).toBe(`Expected a thing for it but received ${rendered}`);
  });

  it('runs no code of the received value', () => {
    const trap = {
      get secret(): never {
        throw new Error('a getter ran');
      },
      toString(): never {
        throw new Error('toString ran');
      },
    };
    expect(messageFor(trap)).toBe('Expected a thing for it but received { secret, toString } of type object');
    expect(messageFor(Object.create(Object.create(null)))).toContain('an instance of an unnamed class');
  });
});
