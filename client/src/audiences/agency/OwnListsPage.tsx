import { useViewer } from '../../features/account/viewer.tsx';
import { EntryPanel } from '../../features/reference/EntryPanel.tsx';
import { KINDS } from '../../features/reference/words.ts';
import { useTitle } from '../../shared/city.ts';

/** An agency's own lists: proposed here, approved by the centre. */
export function OwnListsPage() {
  useTitle('事项清单');
  const proposes = useViewer()?.can('reference:propose-own') ?? false;
  return (
    <>
      <h1>事项清单</h1>
      {(['DIRECTORY', 'POWER'] as const).map((kind) => (
        <section className="panel" key={kind}>
          <h2>{KINDS[kind]}</h2>
          <EntryPanel kind={kind} proposes={proposes} />
        </section>
      ))}
    </>
  );
}
