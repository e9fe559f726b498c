import type { ReactNode } from 'react';

/** Controls of a form under a name; each control says its own name to those who cannot see it. */
export function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="field">
      <span style={{ display: 'block', marginBottom: 4 }}>{label}</span>
      {children}
    </div>
  );
}
