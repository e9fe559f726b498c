// Most cells hold none of these and are used as they are.
const DIRTY =
  /[\s\\\u0000-\u001f\u007f-\u00a0\u00ad\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff\ud800-\udfff]/;
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u000c\u000e-\u001f\u007f-\u009f\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const SUSPECT = /[\ufffd\ud800-\udfff]/;
const SPACE = /\s/;
const WIDE = /[\uff01-\uff5e]/;

/** Where the text without its margin begins; real tables hold the two characters `\n` for a line feed. */
function marginEnd(text: string): number {
  let at = 0;
  for (;;) {
    if (at < text.length && SPACE.test(text[at] as string)) at += 1;
    else if (text[at] === '\\' && /[nrt]/.test(text[at + 1] ?? '')) at += 2;
    else return at;
  }
}

function marginStart(text: string, from: number): number {
  let end = text.length;
  for (;;) {
    if (end > from && SPACE.test(text[end - 1] as string)) end -= 1;
    else if (end - 2 >= from && text[end - 2] === '\\' && /[nrt]/.test(text[end - 1] as string)) end -= 2;
    else return end;
  }
}

/** Without invisible characters and without white space (also full-width and written `\n`) around it; may be empty. */
export function cleanText(text: string): string {
  if (!DIRTY.test(text)) return text;
  const visible = text.replace(INVISIBLE, '').replace(/\r\n?/g, '\n');
  const from = marginEnd(visible);
  return visible.slice(from, marginStart(visible, from));
}

/** Whether the text was spoiled by a wrong encoding: replacement characters or halves of characters. */
export function isGarbled(text: string): boolean {
  return SUSPECT.test(text) && /[\ufffd\p{Surrogate}]/u.test(text);
}

/** Full-width ASCII (１２３，ＡＢＣ，（）) in half width; Chinese characters stay. */
export function halfWidth(text: string): string {
  if (!WIDE.test(text)) return text;
  return text.replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0));
}
