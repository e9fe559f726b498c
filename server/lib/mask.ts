const COMPOUND_SURNAMES = new Set(
  '欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 司徒 令狐 宇文 长孙 夏侯 轩辕 端木 百里 南宫 东郭 呼延 独孤'.split(
    ' ',
  ),
);

/** A natural person's name for the public: the surname and one star (张*, 欧阳*), whatever the length. */
export function maskPersonName(name: string): string {
  const characters = [...name.trim()];
  if (characters.length === 0) return '';
  const two = characters.slice(0, 2).join('');
  const surname = characters.length > 2 && COMPOUND_SURNAMES.has(two) ? two : (characters[0] as string);
  return `${surname}*`;
}

/** Keeps `front` and `back` characters; everything is hidden when less than half would be. */
export function maskNumber(text: string, front: number, back: number): string {
  const characters = [...text];
  if ((front + back) * 2 > characters.length) return '*'.repeat(characters.length);
  const hidden = '*'.repeat(characters.length - front - back);
  return characters.slice(0, front).join('') + hidden + characters.slice(characters.length - back).join('');
}
