import type { RecordOrigin } from '../../graphql/__generated__/documents.ts';
import { Tag } from '../../shared/components.tsx';
import { originText } from '../../shared/format.ts';

/** Says so where a record is not the city's own. */
export function OriginTag({ origin }: { origin: RecordOrigin }) {
  return origin === 'CITY' ? null : <Tag tone="plain">{originText(origin)}</Tag>;
}
