import type { ReactNode } from 'react';

export interface Column<T> {
  readonly title: string;
  readonly render: (row: T) => ReactNode;
  /** Right-aligned, digits under digits. */
  readonly numeric?: boolean;
  /** CSS width; columns without one share the rest. */
  readonly width?: string;
}

/**
 * A plain table; on a narrow screen every row becomes a small list of name and value, so that nothing has to be
 * scrolled sideways.
 */
export function DataTable<T>(props: {
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
}) {
  const { caption, columns, rows, rowKey } = props;
  return (
    <table className="data-table">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ title, numeric, width }) => (
            <th key={title} scope="col" className={numeric ? 'numeric' : undefined} style={{ width }}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map(({ title, numeric, render }) => (
              <td key={title} data-title={title} className={numeric ? 'numeric' : undefined}>
                {render(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
