import { openArchive, type Archive, type Member } from './archive.ts';
import { openSource } from './open-source.ts';
import type { OpenContext, OpenedFile, Part } from './part.ts';
import { exceeded, refused, tooLarge } from './refusal.ts';
import type { SheetsClient } from './sheets-client.ts';
import { readAll } from './source.ts';

/** Left behind by file managers. */
const IGNORED = /(?:^|\/)(?:__MACOSX\/|\.[^/]*$|Thumbs\.db$|desktop\.ini$)/i;
/** No real table packs better; what does is made to fill memory or disk. */
const MAX_RATIO = 500;
const RATIO_FROM_BYTES = 64 * 1024 * 1024;

function checkSizes(members: readonly Member[], zipBytes: number, name: string, context: OpenContext): void {
  const { limits } = context;
  if (members.length > limits.zipMembers) throw exceeded('FILE_TOO_MANY_MEMBERS', name, limits.zipMembers);
  const size = members.reduce((sum, member) => sum + member.size, 0);
  const max = Math.min(limits.bytes, Math.max(RATIO_FROM_BYTES, zipBytes * MAX_RATIO));
  if (size > max) throw tooLarge(name, max);
}

/** Opens a member; the names of its parts begin with its own. */
async function openMember(
  member: Member,
  client: SheetsClient,
  context: OpenContext,
): Promise<readonly Part[]> {
  const opened = await openSource(member, {
    context,
    client,
    keep: false,
    archive: async () =>
      openArchive(Buffer.from((await readAll(member, context.limits.workbookBytes)).buffer), member.name),
    openZip: () => Promise.reject(refused('FILE_ZIP_NESTED', member.name)),
  });
  return opened.parts.map((part) => ({
    name: part.name === undefined ? member.name : `${member.name}/${part.name}`,
    rows: () => part.rows(),
  }));
}

/**
 * Opens a zip of files; every one of them must fit the feed.
 * @throws InputError, LimitError as `openFeedFile`, with the member in `part`
 */
export async function openZip(
  archive: Archive,
  zip: { readonly name: string; readonly size: number },
  client: SheetsClient,
  context: OpenContext,
): Promise<OpenedFile> {
  const members = archive.members.filter(({ isDirectory, name }) => !isDirectory && !IGNORED.test(name));
  if (members.length === 0) throw refused('FILE_EMPTY', zip.name);
  checkSizes(archive.members, zip.size, zip.name, context);
  const parts: Part[] = [];
  for (const member of members) {
    if (member.isEncrypted) throw refused('FILE_ENCRYPTED', member.name);
    parts.push(...(await openMember(member, client, context)));
  }
  return {
    format: 'zip',
    parts,
    close: async () => {
      await client.close();
      archive.close();
    },
  };
}
