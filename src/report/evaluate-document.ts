/** The JSON document of `samebits evaluate`. */
import type { DocumentHead, JsonNumber } from '../compare/document.js';
import type { ClassValue } from '../data/prepare/fitted.js';
import type { EvaluatedName } from '../metrics/names.js';

/** A metric as it was compiled, and its value. */
export interface CompiledValue {
  readonly name: EvaluatedName;
  readonly k?: number;
  readonly average?: 'binary' | 'macro' | 'micro';
  readonly positive?: number;
  readonly value: JsonNumber;
}

export interface EvaluateDocument
  extends Pick<
    DocumentHead<'evaluate'>,
    'schemaVersion' | 'command' | 'version' | 'contract' | 'machine' | 'commandLine'
  > {
  readonly model: { readonly path: string; readonly fingerprint: string };
  readonly data: { readonly name: string; readonly rows: number };
  readonly task: 'regression' | 'binary' | 'multiclass';
  /** The loss that the model was compiled with: its name; null where it was not. */
  readonly loss: { readonly name: string; readonly value: JsonNumber } | null;
  /** Those that fit the task, by name. */
  readonly metrics: Readonly<Record<string, JsonNumber>>;
  /** Metrics of classes that the model was compiled with and that are not among those, with their options. */
  readonly compiled: readonly CompiledValue[];
  /** `counts[i][j]`: rows of class i that were said to be of class j; null for a regression. */
  readonly confusion: {
    readonly classes: readonly ClassValue[];
    readonly counts: readonly (readonly number[])[];
  } | null;
}
