import { InboxOutlined } from '@ant-design/icons';
import { Alert, Button, Select, Upload } from 'antd';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Problem } from '../../shared/session.ts';
import { uploadFile } from './batch-api.ts';
import type { FeedChoice } from './feeds.tsx';

const ACCEPTED = '.csv,.xlsx,.xls,.xml,.json,.ndjson,.zip';

interface Repeat {
  readonly file: File;
  readonly batchId: string;
}

/** Choose what is reported, drop a file, go on to its batch. */
export function UploadPanel({ feeds }: { feeds: readonly FeedChoice[] }) {
  const [feed, setFeed] = useState(feeds.length === 1 ? feeds[0]?.path : undefined);
  const [sending, setSending] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [repeat, setRepeat] = useState<Repeat>();
  const navigate = useNavigate();

  const send = async (file: File, again: boolean) => {
    if (feed === undefined) return;
    setProblem(undefined);
    setRepeat(undefined);
    setSending(file.name);
    const answer = await uploadFile(feed, file, again);
    setSending(undefined);
    if (!answer.ok) setProblem(answer.problem);
    else if (answer.value.duplicateOf !== undefined) setRepeat({ file, batchId: answer.value.duplicateOf });
    else await navigate(`/batches/${encodeURIComponent(answer.value.batchId)}`);
  };

  return (
    <section className="panel">
      <h2>报送文件</h2>
      <div className="field">
        <label htmlFor="feed">数据目录</label>
        <Select
          id="feed"
          placeholder="请选择或输入名称查找"
          options={feeds.map(({ path, name }) => ({ value: path, label: name }))}
          value={feed ?? null}
          onChange={setFeed}
          showSearch={{ optionFilterProp: 'label' }}
          style={{ width: '100%', maxWidth: 420 }}
        />
      </div>
      <Upload.Dragger
        accept={ACCEPTED}
        showUploadList={false}
        disabled={feed === undefined || sending !== undefined}
        beforeUpload={(file) => {
          void send(file, false);
          return false;
        }}
      >
        <p className="ant-upload-drag-icon">
          <InboxOutlined aria-hidden />
        </p>
        <p className="ant-upload-text">
          {sending === undefined ? '将文件拖到此处，或点击选择文件' : `正在上传 ${sending}…`}
        </p>
        <p className="ant-upload-hint">
          {feed === undefined
            ? '请先选择数据目录。'
            : '支持 CSV、Excel（xlsx、xls）、XML、JSON 及其 ZIP 压缩包。'}
        </p>
      </Upload.Dragger>
      {problem && (
        <Alert type="error" showIcon title={problem.message} style={{ marginTop: 12 }} role="alert" />
      )}
      {repeat && (
        <Alert
          type="info"
          showIcon
          style={{ marginTop: 12 }}
          title="该文件此前已报送，未重复入库。"
          description={
            <>
              <Link to={`/batches/${encodeURIComponent(repeat.batchId)}`}>查看原批次</Link>
              {'　'}
              <Button size="small" onClick={() => void send(repeat.file, true)}>
                重新校验疑问数据
              </Button>
            </>
          }
        />
      )}
    </section>
  );
}
