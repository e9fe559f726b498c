import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { templateWorkbook } from '../modules/feed/index.ts';
import { SectorService } from '../modules/sector/index.ts';
import { sampleRow, templateOf } from '../modules/template/index.ts';
import { addCitySectors } from './city-sectors.ts';
import { UsageError, type Command } from './command.ts';

/** `credit feeds`: what can be reported, with its agency. */
export const feedsCommand: Command = {
  usage: 'feeds [--json]',
  run: async (args) => {
    addCitySectors();
    const json = args.includes('--json');
    const feeds = new SectorService().feeds().map((feed) => ({
      feed: feed.path,
      sector: feed.sector.name,
      name: feed.name,
      agency: feed.sector.agencyName,
      agencyUscc: feed.sector.agencyUscc,
    }));
    if (json) console.log(JSON.stringify({ feeds }));
    else
      for (const { feed, sector, name, agency } of feeds)
        console.log([feed, sector, name, agency].join('\t'));
    return 0;
  },
};

function parse(args: readonly string[]): { feed: string; out: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { out: { type: 'string' } },
      allowPositionals: true,
    });
    const [feed, ...extra] = positionals;
    if (feed === undefined || extra.length > 0 || !values.out) {
      throw new UsageError('请写 template <领域>/<类型> --out 文件.xlsx');
    }
    return { feed, out: values.out };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError((error as Error).message);
  }
}

/** `credit template`: the empty workbook of a feed. */
export const templateCommand: Command = {
  usage: 'template <sector>/<kind> --out F.xlsx',
  run: async (args) => {
    addCitySectors();
    const { feed: path, out } = parse(args);
    const feed = new SectorService().feedOf(path);
    if (!feed) throw new UsageError(`没有这个数据目录：${path}（credit feeds 列出全部）`);
    const template = templateOf(feed.path);
    const sample = sampleRow(feed.path, 'LEGAL_PERSON');
    const columns = template.columns.map(({ name, field, require, max }) => ({
      name,
      required: require.LEGAL_PERSON === 'R',
      hint: `最多 ${String(max)} 字`,
      ...(sample[field] === undefined ? {} : { sample: sample[field] }),
    }));
    await writeFile(out, await templateWorkbook(columns, template.name));
    return 0;
  },
};
