import { Checkbox, Input, Radio, Select } from 'antd';
import { useState } from 'react';
import { Labelled } from './Labelled.tsx';
import type { CodeValue, ValueFormProps } from './values.ts';
import { FIXED_LISTS, LISTS, optionsOf } from './words.ts';

const EMPTY: CodeValue = { list: 'license-kinds', text: '', means: [] };

function isWhole({ text, means }: CodeValue): boolean {
  return text.trim() !== '' && means?.length !== 0;
}

/** A text of a value list: another word for its values, or a value of its own. */
export function CodeForm({ value, onChange, fixed }: ValueFormProps<CodeValue> & { fixed: boolean }) {
  const [code, setCode] = useState(value ?? EMPTY);
  const set = (next: CodeValue) => {
    setCode(next);
    onChange(isWhole(next) ? next : undefined);
  };
  const { list, text, means } = code;
  const many = list === 'penalty-kinds';
  return (
    <>
      <Labelled label="代码表">
        <Select
          aria-label="代码表"
          disabled={fixed}
          value={list}
          onChange={(name) => set({ list: name, text, means: means ?? [] })}
          options={optionsOf(LISTS)}
          style={{ width: '100%' }}
        />
      </Labelled>
      <Labelled label="数据中出现的文字">
        <Input
          aria-label="数据中出现的文字"
          disabled={fixed}
          maxLength={60}
          value={text}
          onChange={({ target }) => set({ ...code, text: target.value })}
        />
      </Labelled>
      {!FIXED_LISTS.includes(list) && (
        <Labelled label="用途">
          <Radio.Group
            value={means ? 'SYNONYM' : 'VALUE'}
            onChange={({ target }) =>
              set(target.value === 'SYNONYM' ? { list, text, means: [] } : { list, text })
            }
            options={[
              { value: 'SYNONYM', label: '等同于已有取值' },
              { value: 'VALUE', label: '新增取值' },
            ]}
          />
        </Labelled>
      )}
      {means && (
        <Labelled label={many ? '等同于（可多个）' : '等同于'}>
          <Select<string[]>
            aria-label="等同于"
            mode="tags"
            maxCount={many ? 5 : 1}
            open={false}
            suffixIcon={null}
            placeholder="输入取值后按回车"
            value={[...means]}
            onChange={(names) => set({ ...code, means: names })}
            style={{ width: '100%' }}
          />
        </Labelled>
      )}
      {!means && list === 'license-kinds' && (
        <Checkbox
          checked={code.noted ?? false}
          onChange={({ target }) => set({ list, text, noted: target.checked })}
        >
          须注明具体内容（如“其他-…”）
        </Checkbox>
      )}
    </>
  );
}
