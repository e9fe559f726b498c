import { Button, Input } from 'antd';
import { useState } from 'react';
import { Labelled } from './Labelled.tsx';
import type { HolidayValue, ValueFormProps } from './values.ts';

type Rest = HolidayValue['off'][number];

const NEW_REST: Rest = { name: '', from: '', to: '' };
const EMPTY: HolidayValue = { document: '', off: [NEW_REST], work: [] };

function isWhole({ off, work }: HolidayValue): boolean {
  return (
    off.length > 0 && off.every(({ from, to }) => from !== '' && to !== '') && work.every((day) => day !== '')
  );
}

function at<T>(list: readonly T[], place: number, entry: T): T[] {
  return list.map((one, index) => (index === place ? entry : one));
}

/** Days off of a year and weekend days worked, as the notice has them. */
export function HolidayForm({ value, onChange }: ValueFormProps<HolidayValue>) {
  const [year, setYear] = useState(value ?? EMPTY);
  const set = (changes: Partial<HolidayValue>) => {
    const next = { ...year, ...changes };
    setYear(next);
    onChange(isWhole(next) ? next : undefined);
  };
  const { off, work } = year;
  return (
    <>
      <Labelled label="通知文号">
        <Input
          aria-label="通知文号"
          placeholder="国办发明电〔2026〕○号"
          maxLength={100}
          value={year.document ?? ''}
          onChange={({ target }) => set({ document: target.value })}
        />
      </Labelled>
      <Labelled label="放假时段">
        {off.map((rest, place) => (
          <div className="start" key={place} style={{ marginBottom: 8 }}>
            <Input
              aria-label={`节日 ${String(place + 1)}`}
              placeholder="节日"
              maxLength={20}
              value={rest.name ?? ''}
              onChange={({ target }) => set({ off: at(off, place, { ...rest, name: target.value }) })}
              style={{ width: 110 }}
            />
            <Input
              type="date"
              aria-label={`放假第一天 ${String(place + 1)}`}
              value={rest.from}
              onChange={({ target }) => set({ off: at(off, place, { ...rest, from: target.value }) })}
              style={{ width: 150 }}
            />
            <Input
              type="date"
              aria-label={`放假最后一天 ${String(place + 1)}`}
              value={rest.to}
              onChange={({ target }) => set({ off: at(off, place, { ...rest, to: target.value }) })}
              style={{ width: 150 }}
            />
            <Button onClick={() => set({ off: off.filter((_, index) => index !== place) })}>删除</Button>
          </div>
        ))}
        <Button onClick={() => set({ off: [...off, NEW_REST] })}>增加放假时段</Button>
      </Labelled>
      <Labelled label="调休上班日">
        {work.map((day, place) => (
          <div className="start" key={place} style={{ marginBottom: 8 }}>
            <Input
              type="date"
              aria-label={`调休上班日 ${String(place + 1)}`}
              value={day}
              onChange={({ target }) => set({ work: at(work, place, target.value) })}
              style={{ width: 150 }}
            />
            <Button onClick={() => set({ work: work.filter((_, index) => index !== place) })}>删除</Button>
          </div>
        ))}
        <Button onClick={() => set({ work: [...work, ''] })}>增加上班日</Button>
      </Labelled>
    </>
  );
}
