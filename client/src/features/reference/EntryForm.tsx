import { Alert, Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import {
  CatalogueFeedsDocument,
  ChangeReferenceEntryDocument,
  ProposeReferenceEntryDocument,
  type ReferenceDetailFragment,
  type ReferenceKind,
} from '../../graphql/__generated__/documents.ts';
import { UNREACHABLE } from '../../shared/session.ts';
import { useViewer } from '../account/viewer.tsx';
import { AgencySelect } from '../quality/agencies.tsx';
import { newKey } from '../quality/key.ts';
import { CatalogueForm } from './CatalogueForm.tsx';
import { CodeForm } from './CodeForm.tsx';
import { HolidayForm } from './HolidayForm.tsx';
import { Labelled } from './Labelled.tsx';
import { PowerForm } from './PowerForm.tsx';
import type { CatalogueValue, CodeValue, HolidayValue, PowerValue } from './values.ts';

const ENDING: readonly ReferenceKind[] = ['CATALOGUE', 'CODE'];
const DAY_MS = 86_400_000;

/** The day after today in Shanghai, on which every kind may begin. */
function tomorrow(): string {
  return new Date(Date.now() + 8 * 3_600_000 + DAY_MS).toISOString().slice(0, 10);
}

interface EntryFormProps {
  readonly kind: ReferenceKind;
  /** The version that is changed, or followed by a new one. */
  readonly from?: ReferenceDetailFragment | undefined;
  readonly onDone: () => void;
}

/** A new entry, the next version of one, or a change to one that is not approved. */
export function EntryForm({ kind, from, onDone }: EntryFormProps) {
  const viewer = useViewer();
  const changes = from?.mayChange === true && from.state !== 'SUBMITTED';
  const [key, setKey] = useState(from?.key ?? '');
  const [agency, setAgency] = useState<string | undefined>(from?.agency?.id);
  const [value, setValue] = useState<object | undefined>(from?.value ?? undefined);
  const [effectiveFrom, setFrom] = useState(changes ? from.effectiveFrom : tomorrow());
  const [endedOn, setEnd] = useState((changes ? from.endedOn : null) ?? '');
  const [reason, setReason] = useState('');
  const [mutationKey] = useState(newKey);
  const [problem, setProblem] = useState('');
  const [proposing, propose] = useMutation(ProposeReferenceEntryDocument);
  const [changing, change] = useMutation(ChangeReferenceEntryDocument);

  const isList = kind === 'DIRECTORY' || kind === 'POWER';
  const choosesAgency = isList && viewer?.can('reference:propose') === true;
  const named = kind === 'CODE' || (isList ? !choosesAgency || agency !== undefined : key !== '');

  const send = async (submit: boolean) => {
    if (value === undefined) return;
    const content = { value, effectiveFrom, endedOn: endedOn || null, reason: reason || null };
    const { errors, failed } = changes
      ? await change({ input: { ...content, entry: from.id } }).then(({ data, error }) => ({
          errors: data?.changeReferenceEntry.errors,
          failed: error,
        }))
      : await propose({
          input: {
            ...content,
            kind,
            key: kind === 'CODE' || isList ? null : key,
            agency: choosesAgency ? (agency ?? null) : null,
            submit,
            // Every way to send it is a request of its own.
            clientMutationId: `${mutationKey}-${submit ? 'submit' : 'draft'}`,
          },
        }).then(({ data, error }) => ({ errors: data?.proposeReferenceEntry.errors, failed: error }));
    if (errors?.length === 0) onDone();
    else setProblem(errors?.[0]?.message ?? failed?.graphQLErrors[0]?.message ?? UNREACHABLE.message);
  };

  return (
    <>
      {kind === 'CATALOGUE' && (
        <FeedChoice
          path={key}
          fixed={from !== undefined}
          onChoose={(path, item) => {
            setKey(path);
            setValue(item);
          }}
        />
      )}
      {kind === 'HOLIDAY' && (
        <Labelled label="年份">
          <Input
            aria-label="年份"
            disabled={from !== undefined}
            maxLength={4}
            inputMode="numeric"
            value={key}
            onChange={({ target }) => setKey(target.value.trim())}
            style={{ width: 110 }}
          />
        </Labelled>
      )}
      {choosesAgency && !from && (
        <Labelled label="信源单位">
          <AgencySelect value={agency} onChange={setAgency} />
        </Labelled>
      )}
      {kind === 'CATALOGUE' && key !== '' && (
        <CatalogueForm key={key} value={value as CatalogueValue | undefined} onChange={setValue} />
      )}
      {kind === 'HOLIDAY' && <HolidayForm value={value as HolidayValue | undefined} onChange={setValue} />}
      {kind === 'CODE' && (
        <CodeForm value={value as CodeValue | undefined} onChange={setValue} fixed={from !== undefined} />
      )}
      {isList && <PowerForm value={value as PowerValue | undefined} onChange={setValue} />}
      <div className="start">
        <Labelled label="生效日期">
          <Input
            type="date"
            aria-label="生效日期"
            value={effectiveFrom}
            onChange={({ target }) => setFrom(target.value)}
            style={{ width: 160 }}
          />
        </Labelled>
        {ENDING.includes(kind) && (
          <Labelled label="终止日期（可不填）">
            <Input
              type="date"
              aria-label="终止日期"
              value={endedOn}
              onChange={({ target }) => setEnd(target.value)}
              style={{ width: 160 }}
            />
          </Labelled>
        )}
      </div>
      <Labelled label="说明">
        <Input
          aria-label="说明"
          maxLength={500}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </Labelled>
      {problem && <Alert type="error" showIcon title={problem} role="alert" style={{ marginBottom: 12 }} />}
      <div className="start">
        <Button
          type={changes ? 'primary' : 'default'}
          disabled={value === undefined || !named || effectiveFrom === ''}
          loading={proposing.fetching || changing.fetching}
          onClick={() => void send(false)}
        >
          {changes ? '保存修改' : '存为草稿'}
        </Button>
        {!changes && (
          <Button
            type="primary"
            disabled={value === undefined || !named || effectiveFrom === ''}
            loading={proposing.fetching}
            onClick={() => void send(true)}
          >
            提交复核
          </Button>
        )}
      </div>
    </>
  );
}

function FeedChoice({
  path,
  fixed,
  onChoose,
}: {
  path: string;
  fixed: boolean;
  onChoose: (path: string, item: CatalogueValue | undefined) => void;
}) {
  const [{ data }] = useQuery({ query: CatalogueFeedsDocument });
  const feeds = data?.sectors.flatMap((sector) =>
    sector.feeds.map((feed) => ({ ...feed, label: `${sector.name} · ${feed.name}` })),
  );
  return (
    <Labelled label="数据目录">
      <Select
        aria-label="数据目录"
        placeholder="请选择数据目录"
        disabled={fixed}
        showSearch={{ optionFilterProp: 'label' }}
        value={path || null}
        onChange={(chosen) =>
          onChoose(chosen, feeds?.find((feed) => feed.path === chosen)?.catalogue ?? undefined)
        }
        options={feeds?.map(({ path: value, label }) => ({ value, label })) ?? []}
        style={{ width: '100%' }}
      />
    </Labelled>
  );
}
