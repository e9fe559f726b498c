const FEEDS_AT_ONCE = 2;

/**
 * Works the files of one feed in their order, and two feeds side by side: rows of one are checked while the store
 * writes those of the other. @returns what became of each file, in the order of the files
 * @throws what `work` throws; no further file is begun then
 */
export async function feedByFeed<Job extends { readonly feed: string }, Result>(
  jobs: readonly Job[],
  work: (job: Job) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const byFeed = new Map<string, number[]>();
  for (const [i, { feed }] of jobs.entries()) byFeed.set(feed, [...(byFeed.get(feed) ?? []), i]);
  const feeds = byFeed.values();
  let broken = false;
  const lane = async (): Promise<void> => {
    for (const files of feeds) {
      for (const i of files) {
        if (broken) return;
        results[i] = await work(jobs[i] as Job);
      }
    }
  };
  const guarded = (): Promise<void> =>
    lane().catch((error: unknown) => {
      broken = true;
      throw error;
    });
  const lanes = await Promise.allSettled(Array.from({ length: FEEDS_AT_ONCE }, guarded));
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
  return results;
}
