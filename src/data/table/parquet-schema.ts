/** Which columns of a Parquet file are columns of a table. */
import type { SchemaElement } from 'hyparquet';

/** A column whose cells are single values. */
export interface FlatColumn {
  readonly element: SchemaElement;
  /** Its place among the columns of a row group, which has those inside of nested ones too. */
  readonly leaf: number;
}

/**
 * The columns of a file but those that are left out, and the names of all.
 *
 * @throws Error for one that is nested, with its name, and for one without a name
 */
export function flatColumns(
  schema: readonly SchemaElement[],
  drop: readonly string[],
): { readonly columns: readonly FlatColumn[]; readonly all: readonly string[] } {
  const columns: FlatColumn[] = [];
  const all: string[] = [];
  let index = 1;
  let leaf = 0;
  while (index < schema.length) {
    const element = schema[index];
    const end = endOf(schema, index);
    // hyparquet gives what the footer has; a damaged one may have none.
    if (typeof element.name !== 'string') throw new Error('a column without a name');
    const nested = end > index + 1 || element.type === undefined || element.repetition_type === 'REPEATED';
    all.push(element.name);
    if (!drop.includes(element.name)) {
      if (nested) {
        const name = JSON.stringify(element.name);
        throw new Error(
          `lists or groups in column ${name}, whose cells are no single values (drop: [${name}] leaves it out)`,
        );
      }
      columns.push({ element, leaf });
    }
    for (; index < end; index += 1) if (!schema[index].num_children) leaf += 1;
  }
  if (columns.length === 0) throw new Error('no column that is not left out');
  return { columns, all };
}

/** Columns of a row group. */
export function countLeaves(schema: readonly SchemaElement[]): number {
  return schema.slice(1).filter(({ num_children: children }) => !children).length;
}

/** Behind an element and all that is inside of it. */
function endOf(schema: readonly SchemaElement[], index: number): number {
  let open = 1;
  let at = index;
  while (open > 0) {
    if (at >= schema.length) throw new Error('a schema that is cut off');
    open += (schema[at].num_children ?? 0) - 1;
    at += 1;
  }
  return at;
}
