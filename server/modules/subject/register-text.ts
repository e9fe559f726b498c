import { Transform, type TransformCallback } from 'node:stream';
import iconv from 'iconv-lite';

const SNIFFED_BYTES = 65_536;

/** The header is Chinese, so the first bytes tell: what is not UTF-8 is GB18030. */
function isUtf8(head: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(0, SNIFFED_BYTES), { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Bytes of UTF-8 or GB18030 in, UTF-8 out. */
export class RegisterText extends Transform {
  /** Bytes taken so far. */
  bytes = 0;
  #head: Buffer[] | undefined = [];
  #decoder: ReturnType<typeof iconv.getDecoder> | undefined;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.bytes += chunk.length;
    if (!this.#head) this.#pass(chunk);
    else {
      this.#head.push(chunk);
      if (this.bytes >= SNIFFED_BYTES) this.#decide();
    }
    callback();
  }

  override _flush(callback: TransformCallback): void {
    this.#decide();
    const rest = this.#decoder?.end();
    if (rest) this.push(rest);
    callback();
  }

  #decide(): void {
    if (!this.#head) return;
    const head = Buffer.concat(this.#head);
    this.#head = undefined;
    if (!isUtf8(head)) this.#decoder = iconv.getDecoder('gb18030');
    this.#pass(head);
  }

  #pass(chunk: Buffer): void {
    this.push(this.#decoder ? Buffer.from(this.#decoder.write(chunk)) : chunk);
  }
}
