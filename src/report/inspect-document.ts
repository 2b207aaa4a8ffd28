/** The JSON documents of `samebits inspect`: of a table, a data set, a run, or a model. */
import type { DocumentHead, JsonNumber } from '../compare/document.js';
import type { PreparationDocument } from '../data/prepare/fitted.js';
import type { DataChoice } from '../data/source.js';
import type { ColumnSurvey } from '../data/survey.js';

interface InspectHead<Kind extends string>
  extends Pick<
    DocumentHead<'inspect'>,
    'schemaVersion' | 'command' | 'version' | 'contract' | 'machine' | 'commandLine'
  > {
  readonly kind: Kind;
  /** As typed. */
  readonly path: string;
}

export interface InspectTable extends InspectHead<'table'> {
  readonly rows: number;
  readonly columns: readonly ColumnSurvey[];
  /** The first rows, each with a value for each column; dates as ISO 8601. */
  readonly first: readonly (readonly (string | number | boolean | null)[])[];
}

export interface InspectDataSet extends InspectHead<'dataSet'> {
  readonly data: DocumentHead<'inspect'>['data'];
  /** 0 where there are targets instead of labels. */
  readonly classes: number;
}

export interface InspectRun extends InspectHead<'run'> {
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly status: string;
  readonly data: {
    readonly rows: number;
    readonly columns: number;
    readonly hash: string;
    readonly choice: DataChoice;
  };
  readonly validationRows: number | null;
  /** Of each epoch that has ended. */
  readonly metrics: readonly Readonly<Record<string, JsonNumber>>[];
  /** The oldest first; steps that had been made. */
  readonly checkpoints: readonly number[];
  readonly steps: { readonly perEpoch: number; readonly all: number };
  readonly sessions: readonly { readonly startedAt: string; readonly threads: number; readonly isa: string }[];
  /** Of the final weights; null of a run that is not complete. */
  readonly fingerprint: string | null;
  /** Whether the model's file is in the folder. */
  readonly hasModel: boolean;
}

export interface InspectModel extends InspectHead<'model'> {
  readonly name: string;
  readonly inputs: number;
  /** As `model.summary()` prints it. */
  readonly summary: string;
  readonly parameters: number;
  /** Loss, optimizer and metrics; null of a model that was not compiled. */
  readonly compiled: Readonly<Record<string, unknown>> | null;
  readonly preparation: PreparationDocument | null;
  readonly fingerprint: string;
  /** How far it is trained. */
  readonly trained: { readonly steps: number; readonly epochs: number };
  readonly optimizerState: boolean;
}

export type InspectDocument = InspectTable | InspectDataSet | InspectRun | InspectModel;
