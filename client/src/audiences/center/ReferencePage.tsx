import { Tabs } from 'antd';
import { useViewer } from '../../features/account/viewer.tsx';
import { EntryPanel } from '../../features/reference/EntryPanel.tsx';
import { KINDS } from '../../features/reference/words.ts';
import type { ReferenceKind } from '../../graphql/__generated__/documents.ts';
import { useTitle } from '../../shared/city.ts';

const HINTS: Readonly<Record<ReferenceKind, string>> = {
  CATALOGUE: '自生效之日起代替系统自带的目录内容；终止后该数据目录不再接收数据。',
  HOLIDAY: '国务院办公厅通知公布后录入。通过复核后，涉及该年的报送期限自动重新计算。',
  CODE: '数据中出现、系统尚不认识的文字：可等同于已有取值，也可新增取值，自生效之日收到的数据起适用。',
  DIRECTORY: '各信源单位应当公示的行政许可、行政处罚事项。',
  POWER: '各信源单位的权责事项。',
};

/** Reference data of the centre: entered by one person, approved by another, in force from a day. */
export function ReferencePage() {
  useTitle('基础数据');
  const proposes = useViewer()?.can('reference:propose') ?? false;
  return (
    <>
      <h1>基础数据</h1>
      <section className="panel">
        <Tabs
          destroyOnHidden
          items={(Object.keys(KINDS) as ReferenceKind[]).map((kind) => ({
            key: kind,
            label: KINDS[kind],
            children: (
              <>
                <p className="hint" style={{ marginBottom: 12 }}>
                  {HINTS[kind]}
                </p>
                <EntryPanel kind={kind} proposes={proposes} />
              </>
            ),
          }))}
        />
      </section>
    </>
  );
}
