import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { Navigate, useSearchParams } from 'react-router';
import { startOf, useViewer } from '../../features/account/viewer.tsx';
import { useTitle } from '../../shared/city.ts';
import { login, type Problem } from '../../shared/session.ts';

interface LoginFields {
  username: string;
  password: string;
  otp?: string;
}

export function LoginPage() {
  useTitle('工作人员登录');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [asksOtp, setAsksOtp] = useState(false);
  const [search] = useSearchParams();
  const viewer = useViewer();

  const submit = async ({ username, password, otp }: LoginFields) => {
    setBusy(true);
    const found = await login(username.trim(), password, otp?.trim());
    if (found?.code === 'OTP_REQUIRED') setAsksOtp(true);
    setProblem(found);
    setBusy(false);
  };

  if (viewer) {
    const from = search.get('from') ?? '';
    // Only a path of this site; `//host` and `/\host` would lead away.
    return <Navigate to={/^\/(?![/\\])/.test(from) ? from : startOf(viewer)} replace />;
  }
  return (
    <section className="panel login">
      <h1>工作人员登录</h1>
      {problem && (
        <Alert
          type={problem.code === 'OTP_REQUIRED' ? 'info' : 'error'}
          title={problem.message}
          showIcon
          style={{ marginBottom: 12 }}
        />
      )}
      <Form<LoginFields> layout="vertical" onFinish={(fields) => void submit(fields)} requiredMark={false}>
        <Form.Item name="username" label="用户名" rules={[{ required: true, message: '请填写用户名' }]}>
          <Input autoComplete="username" autoFocus />
        </Form.Item>
        <Form.Item name="password" label="密码" rules={[{ required: true, message: '请填写密码' }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        {asksOtp && (
          <Form.Item
            name="otp"
            label="动态口令"
            rules={[{ required: true, pattern: /^\s*\d{6}\s*$/, message: '请填写手机上显示的六位数字' }]}
          >
            <Input inputMode="numeric" autoComplete="one-time-code" autoFocus />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" loading={busy} block>
          登录
        </Button>
      </Form>
    </section>
  );
}
