import { Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import type { CounterpartKind, FeedCadence, FeedDisclosure } from '../../graphql/__generated__/documents.ts';
import { Labelled } from './Labelled.tsx';
import type { CatalogueValue, ValueFormProps } from './values.ts';
import { CADENCES, DISCLOSURES, optionsOf, SUBJECTS } from './words.ts';

const CLASSES = 13;

const EMPTY: CatalogueValue = {
  code: '',
  class: 1,
  legalBasis: '',
  subjects: ['LEGAL_PERSON'],
  disclosure: 'PUBLIC',
  cadence: 'MONTHLY',
};

/** Item of the catalogue of public credit information. */
export function CatalogueForm({ value, onChange }: ValueFormProps<CatalogueValue>) {
  const [item, setItem] = useState(value ?? EMPTY);
  const set = (changes: Partial<CatalogueValue>) => {
    const next = { ...item, ...changes };
    setItem(next);
    const whole = next.code.trim() !== '' && next.legalBasis.trim().length > 1 && next.subjects.length > 0;
    onChange(whole ? next : undefined);
  };
  return (
    <>
      <Labelled label="目录编码">
        <Input
          aria-label="目录编码"
          maxLength={40}
          value={item.code}
          onChange={({ target }) => set({ code: target.value.toUpperCase() })}
        />
      </Labelled>
      <Labelled label="目录类别（国家目录第几类）">
        <InputNumber
          aria-label="目录类别"
          min={1}
          max={CLASSES}
          value={item.class}
          onChange={(n) => set({ class: n ?? 1 })}
        />
      </Labelled>
      <Labelled label="法定依据">
        <Input.TextArea
          aria-label="法定依据"
          maxLength={500}
          rows={3}
          value={item.legalBasis}
          onChange={({ target }) => set({ legalBasis: target.value })}
        />
      </Labelled>
      <Labelled label="信息主体">
        <Select<CounterpartKind[]>
          aria-label="信息主体"
          mode="multiple"
          value={[...item.subjects]}
          onChange={(subjects) => set({ subjects })}
          options={optionsOf(SUBJECTS)}
          style={{ width: '100%' }}
        />
      </Labelled>
      <Labelled label="公开属性">
        <Select<FeedDisclosure>
          aria-label="公开属性"
          value={item.disclosure}
          onChange={(disclosure) => set({ disclosure })}
          options={optionsOf(DISCLOSURES)}
          style={{ width: '100%' }}
        />
      </Labelled>
      <Labelled label="更新频率">
        <Select<FeedCadence>
          aria-label="更新频率"
          value={item.cadence}
          onChange={(cadence) => set({ cadence })}
          options={optionsOf(CADENCES)}
          style={{ width: '100%' }}
        />
      </Labelled>
    </>
  );
}
