import { DownloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { download } from '../../shared/download.ts';

/** Fetches a workbook of the centre's statistics and saves it under a name. */
export function WorkbookButton({ path, name, text }: { path: string; name: string; text: string }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');

  const fetchIt = async () => {
    setBusy(true);
    setProblem(await download(`/statistics/${path}`, name));
    setBusy(false);
  };

  return (
    <span className="download">
      {problem && <span role="alert">{problem}</span>}
      <Button icon={<DownloadOutlined aria-hidden />} loading={busy} onClick={() => void fetchIt()}>
        {text}
      </Button>
    </span>
  );
}
