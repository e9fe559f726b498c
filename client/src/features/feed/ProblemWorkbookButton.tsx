import { DownloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useMutation } from 'urql';
import { RequestProblemWorkbookDocument } from '../../graphql/__generated__/documents.ts';
import { UNREACHABLE } from '../../shared/session.ts';

/** Fetches the workbook of a batch's problem rows through a link that works once. */
export function ProblemWorkbookButton({ batchId }: { batchId: string }) {
  const [{ fetching }, request] = useMutation(RequestProblemWorkbookDocument);
  const [problem, setProblem] = useState('');

  const download = async () => {
    const { data, error } = await request({ batchId });
    const url = data?.requestProblemWorkbook.url;
    if (!url) {
      setProblem(
        data?.requestProblemWorkbook.errors[0]?.message ??
          error?.graphQLErrors[0]?.message ??
          UNREACHABLE.message,
      );
      return;
    }
    setProblem('');
    const link = document.createElement('a');
    link.href = url;
    link.download = '';
    link.click();
  };

  return (
    <span className="download">
      {problem && <span role="alert">{problem}</span>}
      <Button icon={<DownloadOutlined aria-hidden />} loading={fetching} onClick={() => void download()}>
        下载疑问数据表
      </Button>
    </span>
  );
}
