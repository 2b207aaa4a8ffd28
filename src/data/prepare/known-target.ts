/** Preparations of some rows of a table, whose target is known from all of them: a class that only other rows have is a class. */
import type { Table } from '../table/table.js';
import { TargetFitter, TargetScale } from './fit-target.js';
import type { FittedTarget } from './fitted.js';
import type { PrepareOptions, Task } from './options.js';
import { Preparation } from './preparation.js';
import { prepare } from './prepare.js';

/** What is to be predicted, by all rows. */
export function targetOf(table: Table, name: string, task: Task | null): FittedTarget {
  const column = table.column(name);
  const fitter = new TargetFitter(column, task);
  fitter.see(column, 0);
  return fitter.finish();
}

/** What becomes of the other columns, and how numbers of the target are scaled, by these rows alone. */
export function prepareFor(
  target: FittedTarget,
  rows: Table,
  { targetScale = 'none', ...columns }: Omit<PrepareOptions, 'target' | 'task'>,
): Preparation {
  const { preparation } = prepare(rows.drop([target.name]), columns);
  const scale = new TargetScale(target, target.task === 'regression' ? targetScale : 'none');
  scale.see(rows.column(target.name));
  return new Preparation({ ...preparation.toJSON(), target: { ...target, ...scale.finish() } });
}
