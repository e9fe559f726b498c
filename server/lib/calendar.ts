import { readdirSync, readFileSync } from 'node:fs';
import { WorkingCalendar, type CalendarYear } from './working-day.ts';

const FOLDER = new URL('../../schema/calendar/', import.meta.url);

/** The calendar of every year that ships with the program (`schema/calendar/<year>.json`). */
export function loadCalendar(): WorkingCalendar {
  const files = readdirSync(FOLDER).filter((name) => /^\d{4}\.json$/.test(name));
  return new WorkingCalendar(
    files.map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as CalendarYear),
  );
}
