import express from 'express';
import { loadConfig } from '../server/config/config.ts';
import { createContext } from '../server/context.ts';
import { nativeCollection } from '../server/db/native.ts';
import { civilDateOf } from '../server/lib/civil-date.ts';
import type { PublicationDoc } from '../server/modules/publication/publication.model.ts';
import { gramsOf, normaliseName } from '../server/modules/subject/subject-name.ts';
import type { SubjectDoc } from '../server/modules/subject/subject.model.ts';

/** The baseline of `read`: the same documents, read with the driver and sent as JSON. */
const config = loadConfig(process.env);
const context = await createContext(config);
const subjects = nativeCollection<SubjectDoc>(context.db, 'subjects');
const publications = nativeCollection<PublicationDoc>(context.db, 'publications');
const PAGE = 20;

const app = express();
app.get('/readyz', (_req, res) => {
  res.json({});
});
app.get('/subject/:uscc', async (req, res) => {
  res.json(await subjects.findOne({ _id: req.params.uscc }, { projection: { grams: 0 } }));
});
app.get('/record', async (req, res) => {
  const today = civilDateOf(context.clock.now());
  const filter = {
    documentNumber: String(req.query['number']),
    shownFrom: { $lte: today },
    shownUntil: { $gte: today },
  };
  res.json(await publications.find(filter).sort({ decidedOn: -1, _id: -1 }).limit(PAGE).toArray());
});
app.get('/search', async (req, res) => {
  const text = normaliseName(String(req.query['text']));
  const filter = { grams: { $all: gramsOf(text) }, name: { $regex: text } };
  res.json(
    await subjects
      .find(filter, { projection: { grams: 0 } })
      .limit(PAGE)
      .toArray(),
  );
});
const server = app.listen(config.port, '127.0.0.1');
process.once('SIGTERM', () => {
  server.close(() => void context.close());
  server.closeIdleConnections();
});
