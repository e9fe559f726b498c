import { DownloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { authorizedFetch, problemOf, UNREACHABLE } from '../../shared/session.ts';

/** Fetches a workbook of the centre's statistics and saves it under a name. */
export function WorkbookButton({ path, name, text }: { path: string; name: string; text: string }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');

  const download = async () => {
    setBusy(true);
    const response = await authorizedFetch(`/statistics/${path}`).catch(() => undefined);
    setBusy(false);
    if (!response?.ok) {
      setProblem((response ? await problemOf(response) : UNREACHABLE).message);
      return;
    }
    setProblem('');
    const url = URL.createObjectURL(await response.blob());
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    URL.revokeObjectURL(url);
  };

  return (
    <span className="download">
      {problem && <span role="alert">{problem}</span>}
      <Button icon={<DownloadOutlined aria-hidden />} loading={busy} onClick={() => void download()}>
        {text}
      </Button>
    </span>
  );
}
