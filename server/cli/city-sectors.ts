import { readPlaces } from '../config/config.ts';
import { addSectorFolder } from '../modules/template/index.ts';

/** For commands that need no store: the sectors of the city's own are known to them, too. */
export function addCitySectors(): void {
  const { sectorsDir } = readPlaces();
  if (sectorsDir !== undefined) addSectorFolder(sectorsDir);
}
