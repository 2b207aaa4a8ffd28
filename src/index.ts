/**
 * Dense neural networks that train to the same bits on any number of threads, instruction set and machine.
 *
 * @module samebits
 */

export type { Cause, CauseName, ExecutionChoice, Setting } from './causes/cause.js';
export { CAUSE_NAMES, CAUSES, causeNamed, type Level } from './causes/causes.js';
export { type DifferingCauses, differingCauses, type SettingDifference } from './causes/differing.js';
export type { Each } from './causes/each.js';
export { parseSetting } from './causes/setting.js';
export type { OptimizerLevel } from './causes/training.js';
export type { DifferingElement, OperationDifference } from './compare/anatomy/compare.js';
export type { OperationKind } from './compare/anatomy/operation.js';
export type {
  CompareRun,
  DataDescription,
  DistanceSample,
  FirstDifference,
  JsonNumber,
  LossSample,
  ReductionOrder,
  UlpBin,
} from './compare/document.js';
export { type CompareOptions, type CompareProgress, type Comparison, compareRuns } from './compare/runs.js';
export type { ComparedExecution, Variant } from './compare/variants.js';
export type {
  Stretch,
  VerifyCounts,
  VerifyDifference,
  VerifyReport,
  VerifyVerdict,
} from './compare/verify/report.js';
export { type VerifyOptions, type VerifyProgress, verify } from './compare/verify/verify.js';
export type { DamagedElements } from './compare/why/damage.js';
export type { RunLabel } from './compare/why/examined.js';
export type { FactorName } from './compare/why/factor.js';
export type { GivenRows, GivenSamples } from './compare/why/given.js';
export type {
  WhyDamage,
  WhyFactor,
  WhyParting,
  WhyReport,
  WhyRun,
  WhySwap,
  WhyVerdict,
} from './compare/why/report.js';
export type { RowDifference } from './compare/why/rows.js';
export { type WhyOptions, type WhyProgress, why } from './compare/why/why.js';
export type { GivenData } from './data/data-set.js';
export { digits } from './data/digits.js';
export { readIdxFolder } from './data/idx-folder.js';
export type { LabeledData, LabeledRows } from './data/labeled.js';
export type { Matrix, MatrixLike, NumericArray } from './data/matrix.js';
export { mnist } from './data/mnist.js';
export type { DatePart } from './data/prepare/date-parts.js';
export type {
  ClassValue,
  FittedCategory,
  FittedColumn,
  FittedDate,
  FittedNumber,
  FittedTarget,
  PreparationDocument,
  Scaling,
} from './data/prepare/fitted.js';
export type {
  CategoryPreparation,
  ColumnPreparation,
  DatePreparation,
  NumberPreparation,
  PrepareOptions,
  Scale,
  Task,
} from './data/prepare/options.js';
export { Preparation } from './data/prepare/preparation.js';
export { fitPreparation, type Prepared, prepare } from './data/prepare/prepare.js';
export type { RawRows } from './data/prepare/raw-rows.js';
export type {
  EmbeddingUnits,
  PreparedTableInput,
  PreparedTableInputOptions,
  TableInputColumn,
} from './data/prepare/table-input.js';
export type { DataChoice, DataSource, GivenSource, MadeUpSource, TableFileSource } from './data/source.js';
export { type FoldOptions, kFold } from './data/split/folds.js';
export {
  type RowSplit,
  type SplitMethod,
  type SplitOptions,
  splitRows,
  type TableSplit,
  trainTestSplit,
} from './data/split/split.js';
export { type SourceSplit, type SourceSplitOptions, splitSource } from './data/split/stream-split.js';
export {
  type BatchStream,
  batchStream,
  type StreamBatch,
  type StreamOptions,
  type StreamState,
} from './data/stream/batch-stream.js';
export type { ByteSource, ByteStream } from './data/table/bytes.js';
export type {
  BooleanColumn,
  CategoryColumn,
  Cell,
  Column,
  ColumnDescription,
  ColumnType,
  DateColumn,
  NumberColumn,
} from './data/table/column.js';
export { type ColumnsLike, type TableOfOptions, tableOf } from './data/table/from-memory.js';
export {
  type CsvOptions,
  openCsv,
  openJsonLines,
  openParquet,
  openRows,
  openTable,
  type ReadOptions,
  type RowSource,
  type RowsOptions,
  readTable,
  type TableFormat,
  type TableOptions,
} from './data/table/read.js';
export type { RowLike } from './data/table/rows.js';
export { Table } from './data/table/table.js';
export { type BatchesOptions, TableSource } from './data/table/table-source.js';
export { SamebitsError, type SamebitsErrorCode, type SamebitsErrorDetails } from './errors.js';
export { type OnnxOptions, toOnnx } from './exchange/onnx/to-onnx.js';
export {
  loadStateDict,
  type StateDictOptions,
  tensorsFromSafetensors,
  tensorsToSafetensors,
  toStateDict,
} from './exchange/state-dict.js';
export type { TfjsArtifacts } from './exchange/tfjs/artifacts.js';
export { type FromTfjsOptions, fromTfjs } from './exchange/tfjs/from-tfjs.js';
export type { LabProgress } from './lab/carry-out.js';
export type { CustomClaim, Design, ExperimentDescription, LevelList, Measure } from './lab/custom/description.js';
export type { Json, LabRun } from './lab/document.js';
export type { Conclusion, Effect, EffectInterval, Experiment } from './lab/experiment/experiment.js';
export type {
  AxisWords,
  BarPicture,
  Cell as ReportCell,
  Column as ReportColumn,
  DotPlot,
  HeatMap,
  LinePicture,
  Picture,
  Table as ReportTable,
} from './lab/experiment/picture.js';
export type {
  Contestant,
  NoiseDocument,
  NoiseMetric,
  SeededRun,
  ToleranceDocument,
  VersusDocument,
} from './lab/noise/documents.js';
export { type NoiseOptions, type NoiseReport, noiseFloor } from './lab/noise-floor.js';
export { type ExperimentResult, experiment, type RunExperimentOptions, runExperiment } from './lab/run-experiment.js';
export type { Interval, Sample } from './lab/statistics/sample.js';
export type { Superiority } from './lab/statistics/superiority.js';
export { type NoiseBand, proposeTolerance, type ToleranceReport } from './lab/tolerance.js';
export type { Verdict } from './lab/verdict.js';
export { type SampleSummary, type VersusOptions, type VersusReport, versus } from './lab/versus.js';
export type { AveragedName, EvaluatedMetric, RankedName } from './metrics/evaluated.js';
export type { EvaluatedName, MetricName } from './metrics/names.js';
export type { Activation, ActivationOption, Elu, LeakyRelu } from './model/activations.js';
export type { ClassWeights } from './model/class-weights.js';
export {
  type Constraint,
  type MaxNorm,
  maxNorm,
  type NonNegative,
  nonNegative,
} from './model/constraints.js';
export type { ModelDescription, NamedTensor } from './model/description.js';
export {
  type EmbeddingLayer,
  type EmbeddingOptions,
  embedding,
  type LookUpLayer,
  type TableInputLayer,
  type TableInputOptions,
  tableInput,
} from './model/embeddings.js';
export type { Contract, Emulation } from './model/emulation.js';
export type { FlippedBit } from './model/flipped-bit.js';
export {
  type Constant,
  constant,
  type Initializer,
  type PlainInitializer,
  type RandomNormal,
  type RandomUniform,
} from './model/initializers.js';
export {
  type ActivationLayer,
  type ActivationLayerOptions,
  activation,
  type BatchNormalizationLayer,
  type BatchNormalizationOptions,
  batchNormalization,
  type DenseLayer,
  type DenseOptions,
  type DropoutLayer,
  type DropoutOptions,
  dense,
  dropout,
  type GaussianNoiseLayer,
  type GaussianNoiseOptions,
  gaussianNoise,
  type Layer,
  type LayerNormalizationLayer,
  type LayerNormalizationOptions,
  layerNormalization,
  type RescalingLayer,
  type RescalingOptions,
  type ResidualLayer,
  type ResidualOptions,
  rescaling,
  residual,
} from './model/layers.js';
export type { LossOption } from './model/losses.js';
export type { Metric } from './model/metrics.js';
export {
  type Adagrad,
  type AdagradOptions,
  type Adam,
  type AdamOptions,
  adagrad,
  adam,
  adamw,
  type Nadam,
  type NadamOptions,
  nadam,
  type Optimizer,
  type OptimizerName,
  type RmsProp,
  type RmsPropOptions,
  rmsprop,
  type Sgd,
  type SgdOptions,
  sgd,
} from './model/optimizers.js';
export { type FitRecipe, parseRecipe, type Recipe, type Shuffle } from './model/recipe.js';
export { type ReduceOnPlateauOptions, reduceOnPlateau } from './model/reduce-on-plateau.js';
export { type L1, type L1L2, type L2, l1, l1l2, l2, type Regularizer } from './model/regularizers.js';
export {
  type CosineDecayOptions,
  type CosineDecayRestartsOptions,
  cosineDecay,
  cosineDecayRestarts,
  type DecayOptions,
  exponentialDecay,
  inverseTimeDecay,
  learningRateAt,
  type OneCycleOptions,
  oneCycle,
  type PiecewiseConstantDecayOptions,
  type PolynomialDecayOptions,
  piecewiseConstantDecay,
  polynomialDecay,
  type StepDecayOptions,
  stepDecay,
  type WarmUpOptions,
  warmUp,
} from './model/schedules.js';
export type { Seeds } from './model/seeds.js';
export type { MovingAverage, MovingAverageOptions, UpdateOptions, Updates } from './model/update-options.js';
export type { InstructionSet } from './native/instruction-set.js';
export type { MachineDescription } from './native/machine.js';
export type { Counters, ParameterKind, PlateauState, Reduction, StepOrders } from './native/network.js';
export type {
  ActivationName,
  CrossentropyName,
  Huber,
  Loss,
  LossName,
  Quantile,
  SmoothedCrossentropy,
} from './native/network-description.js';
export type {
  CosineDecay,
  CosineDecayRestarts,
  ExponentialDecay,
  InverseTimeDecay,
  LearningRate,
  OneCycle,
  PiecewiseConstantDecay,
  PolynomialDecay,
  ReduceOnPlateau,
  Schedule,
  WarmUp,
} from './native/schedule.js';
export type { Seed } from './random/seed.js';
export type { Generator } from './random/words.js';
export type { Checkpoint, CheckpointFile, EpochPosition, ReadCheckpointOptions } from './runs/checkpoint.js';
export type { JournalEnd } from './runs/journal.js';
export type { JsonValue } from './runs/json.js';
export type {
  BestEpoch,
  Manifest,
  RecordedData,
  RecordedExecution,
  RecordedValidation,
  RunOptions,
  RunResult,
  RunSession,
  RunStatus,
} from './runs/manifest.js';
export type { RecordedMetrics, ValidationMetrics } from './runs/metrics.js';
export { openRun, type RunFolder } from './runs/open-run.js';
export type { Recording } from './runs/recording.js';
export type { RecordingEnd } from './runs/recording-file.js';
export type { Trace, TraceEntry, TraceHead, TraceInterval, TraceReader } from './runs/trace.js';
export { modelFromRecipe, sequential } from './train/build.js';
export { type EarlyStoppingOptions, earlyStopping } from './train/callbacks/early-stopping.js';
export { csvLogger, jsonLogger } from './train/callbacks/loggers.js';
export {
  type CrossValidation,
  type CrossValidationOptions,
  crossValidate,
  type Fold,
} from './train/cross-validation.js';
export { type Ensemble, type EnsembleOptions, ensemble } from './train/ensemble.js';
export { type ExecutionOptions, type ResolvedExecution, setDeterministic } from './train/execution.js';
export type { FingerprintScope } from './train/fingerprint.js';
export type {
  Callbacks,
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  Progress,
  ResumeOptions,
  StepOptions,
  TableEvaluateOptions,
  TableFitOptions,
  TableResumeOptions,
  Training,
  TrainingPlace,
  ValidationData,
} from './train/fit-options.js';
export { loadModel, modelFromSafetensors } from './train/load.js';
export { type ModelFromRunOptions, modelFromRun } from './train/restore.js';
export { type ResumedRun, resume } from './train/resume.js';
export type { SampleWeights } from './train/row-weights.js';
export type {
  BatchMetrics,
  BestWeights,
  EpochMetrics,
  EvaluatedMetrics,
  History,
  Metrics,
  NonFinite,
  Predictions,
  Run,
  TrainedMetrics,
} from './train/run.js';
export type { Targets } from './train/samples.js';
export type { SaveOptions } from './train/save.js';
export type { Sequential } from './train/sequential.js';
export type {
  CloneOptions,
  Compiled,
  CompileOptions,
  SequentialOptions,
  SummaryOptions,
} from './train/sequential-options.js';
export type { Plan } from './train/session.js';
export type { Stages } from './train/tabular/epoch-feed.js';
export type { TablePredictions } from './train/tabular/labels.js';
export type { RowObject, TableRows } from './train/tabular/tabular.js';
