import { Select } from 'antd';
import { useQuery } from 'urql';
import { AgenciesDocument } from '../../graphql/__generated__/documents.ts';

/** Chooses an agency by name. */
export function AgencySelect({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (id: string) => void;
}) {
  const [{ data }] = useQuery({ query: AgenciesDocument, variables: { after: null } });
  return (
    <Select
      aria-label="信源单位"
      placeholder="信源单位"
      showSearch={{ optionFilterProp: 'label' }}
      value={value ?? null}
      onChange={onChange}
      options={data?.organizations.edges.map(({ node }) => ({ value: node.id, label: node.name })) ?? []}
      style={{ width: 240, maxWidth: '100%' }}
    />
  );
}
