export type Labels = Readonly<Record<string, string>>;

/** One metric of the Prometheus text format with all its values. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly value: number;
  readonly labels?: Labels;
  /** `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
}

function labelsOf(labels: Labels | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => {
    const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    return `${name}="${escaped}"`;
  });
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

export function expose(families: readonly Family[]): string {
  const lines = families.flatMap(({ name, type, help, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(
      ({ value, labels, suffix = '' }) => `${name}${suffix}${labelsOf(labels)} ${String(value)}`,
    ),
  ]);
  return `${lines.join('\n')}\n`;
}

export function gauge(name: string, help: string, ...samples: Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

export function counter(name: string, help: string, ...samples: Sample[]): Family {
  return { name, type: 'counter', help, samples };
}
