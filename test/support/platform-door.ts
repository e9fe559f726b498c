import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Stands before a platform, so that a test knows of every request and can come between. */
export interface PlatformDoor {
  /** What our side is told to be the platform's address. */
  readonly url: string;
  /** Where requests go on to. */
  target: string;
  /** Called with the path of each request before it goes on. */
  asked: (path: string) => Promise<unknown>;
  /** Called with each answer; what it returns goes back instead, and half of it when `cut`. */
  answered: (path: string, answer: Buffer) => Passed;
  /** Lets everything through again. */
  open(): void;
  close(): Promise<void>;
}

interface Passed {
  readonly body: Buffer;
  readonly cut?: boolean;
}

export async function platformDoor(): Promise<PlatformDoor> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const { authorization = '' } = request.headers;
    const pass = async (): Promise<void> => {
      const sent = await buffer(request);
      await door.asked(path);
      const answer = await fetch(door.target + path, {
        method: request.method ?? 'GET',
        headers: { authorization },
        ...(sent.length > 0 ? { body: sent } : {}),
      });
      const { body, cut = false } = door.answered(path, Buffer.from(await answer.arrayBuffer()));
      response.writeHead(answer.status, {
        'content-type': 'application/json',
        'content-length': body.length,
      });
      if (!cut) response.end(body);
      else response.write(body.subarray(0, body.length / 2), () => request.socket.destroy());
    };
    pass().catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const open = {
    asked: () => Promise.resolve(),
    answered: (_path: string, body: Buffer) => ({ body }),
  };
  const door: PlatformDoor = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    target: '',
    ...open,
    open: () => void Object.assign(door, open),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return door;
}
