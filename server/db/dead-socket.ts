import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { mongo } from 'mongoose';

type Write = (this: { readonly socket: Socket }, ...args: readonly unknown[]) => Promise<void>;

const requireOfMongoose = createRequire(createRequire(import.meta.url).resolve('mongoose'));
const { Connection } = requireOfMongoose('mongodb/lib/cmap/connection.js') as {
  Connection: { prototype: { writeCommand: Write } };
};
const write = Connection.prototype.writeCommand;

/**
 * The driver waits for `drain` when a socket does not take a command at once. One that was destroyed a moment ago, as
 * when the store's process dies, never drains, and the command would wait for ever (driver 7.8, 7.9). It fails like
 * any other command whose connection is lost.
 */
Connection.prototype.writeCommand = async function (...args) {
  const { socket } = this;
  const lost = (): Error => new mongo.MongoNetworkError('connection closed before the command was written');
  if (socket.destroyed) throw lost();
  let onClose = (): void => undefined;
  const closed = new Promise<never>((_, reject) => {
    onClose = () => reject(lost());
    socket.once('close', onClose);
  });
  try {
    await Promise.race([write.apply(this, [...args]), closed]);
  } finally {
    socket.off('close', onClose);
  }
};
