import { Alert, Button, Upload } from 'antd';
import { useState } from 'react';
import { ItemTable } from './ItemTable.tsx';
import { Labelled } from './Labelled.tsx';
import { download } from '../../shared/download.ts';
import { readItems } from './power-api.ts';
import type { PowerValue, ValueFormProps } from './values.ts';

/** The whole list of an agency, from a workbook. */
export function PowerForm({ value, onChange }: ValueFormProps<PowerValue>) {
  const [items, setItems] = useState(value?.items);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');

  const read = async (file: File) => {
    setBusy(true);
    const found = await readItems(file);
    setBusy(false);
    if (typeof found === 'string') {
      setProblem(found);
      return;
    }
    setProblem('');
    setItems(found);
    onChange(found.length > 0 ? { items: found } : undefined);
  };
  return (
    <Labelled label="清单（整份导入，代替原有事项）">
      <div className="start">
        <Upload
          accept=".xlsx,.xls,.csv"
          showUploadList={false}
          beforeUpload={(file) => {
            void read(file);
            return false;
          }}
        >
          <Button loading={busy}>导入 Excel</Button>
        </Upload>
        <Button onClick={() => void download('/power-lists/form.xlsx', '权责清单模板.xlsx').then(setProblem)}>
          下载模板
        </Button>
      </div>
      {problem && <Alert type="error" showIcon title={problem} role="alert" style={{ marginTop: 12 }} />}
      {items && <ItemTable key={items.length} items={items} />}
    </Labelled>
  );
}
