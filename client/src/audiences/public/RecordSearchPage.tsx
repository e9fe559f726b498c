import { Input, Segmented } from 'antd';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { PublicRecordTable } from '../../features/publication/PublicRecordTable.tsx';
import { SubjectResults } from '../../features/subject/SubjectResults.tsx';
import { useTitle } from '../../shared/city.ts';

type Way = 'subject' | 'document';
const WAYS: readonly { value: Way; label: string; placeholder: string }[] = [
  { value: 'subject', label: '按企业查询', placeholder: '企业名称（至少两个字）或统一社会信用代码' },
  { value: 'document', label: '按文书号查询', placeholder: '行政许可或行政处罚决定文书号（全文）' },
];
const FEWEST_CHARACTERS = 2;
const LATEST = 10;

export function RecordSearchPage() {
  const [search, setSearch] = useSearchParams();
  const text = search.get('q') ?? '';
  const asked: Way = search.get('by') === 'document' ? 'document' : 'subject';
  const [way, setWay] = useState<Way>(asked);
  const [hint, setHint] = useState('');
  useTitle(text === '' ? '信用查询' : `${text} - 信用查询`);

  const submit = (input: string) => {
    const wanted = input.trim();
    if (wanted === '') {
      setHint('');
      setSearch({});
      return;
    }
    const tooShort = [...wanted].length < FEWEST_CHARACTERS;
    setHint(tooShort ? '请至少输入两个字' : '');
    if (!tooShort) setSearch(way === 'subject' ? { q: wanted } : { q: wanted, by: way });
  };

  return (
    <>
      <section className="panel search" aria-label="信用查询">
        <h1>信用信息查询</h1>
        <Segmented<Way>
          aria-label="查询方式"
          options={WAYS.map(({ value, label }) => ({ value, label }))}
          value={way}
          onChange={setWay}
        />
        <Input.Search
          key={text}
          defaultValue={text}
          aria-label={WAYS.find(({ value }) => value === way)?.label}
          placeholder={WAYS.find(({ value }) => value === way)?.placeholder}
          enterButton="查询"
          size="large"
          maxLength={100}
          allowClear
          status={hint ? 'error' : ''}
          aria-describedby="search-hint"
          onSearch={(value) => submit(value)}
        />
        <p id="search-hint" className={hint ? 'hint error' : 'hint'} role={hint ? 'alert' : undefined}>
          {hint || '可查询法人、非法人组织和个体工商户的行政许可、行政处罚公示信息。'}
        </p>
      </section>
      <Found key={`${asked} ${text}`} way={asked} text={text} />
    </>
  );
}

function Found({ way, text }: { way: Way; text: string }) {
  if (text === '') {
    return (
      <section className="panel">
        <h2>最新公示</h2>
        <PublicRecordTable
          caption="最新公示"
          filter={{}}
          pageSize={LATEST}
          withCounterpart
          empty="暂无公示信息。"
        />
      </section>
    );
  }
  return (
    <section className="panel">
      <h2>查询结果</h2>
      {way === 'subject' ? (
        <SubjectResults text={text} />
      ) : (
        <PublicRecordTable
          caption="查询结果"
          filter={{ documentNumber: text }}
          pageSize={20}
          withCounterpart
          empty={`没有文书号为“${text}”的公示信息。文书号须与决定书完全一致，公示期已满的不再显示。`}
        />
      )}
    </section>
  );
}
