import { isDuplicateKey } from '../../db/native.ts';
import type { Clock } from '../../lib/clock.ts';
import { InputError, UnauthenticatedError } from '../../lib/errors.ts';
import { signatureFault, type SignatureHeaders } from '../../lib/signature.ts';
import type { Delivery } from './delivery.ts';
import type { OutboxRepository } from './outbox.repository.ts';
import type { PlatformRegistry, ReadyPlatform } from './platform.registry.ts';
import type { PlatformAdapter } from './platforms/types.ts';
import { byVerdict } from './settle.ts';

/** Takes the receipts that platforms send by themselves. */
export class ReceiptService {
  readonly #repository: OutboxRepository;
  readonly #registry: PlatformRegistry;
  readonly #delivery: Delivery;
  readonly #adapterOf: (platform: ReadyPlatform) => PlatformAdapter;
  readonly #clock: Clock;

  constructor(deps: {
    repository: OutboxRepository;
    registry: PlatformRegistry;
    delivery: Delivery;
    adapterOf: (platform: ReadyPlatform) => PlatformAdapter;
    clock: Clock;
  }) {
    this.#repository = deps.repository;
    this.#registry = deps.registry;
    this.#delivery = deps.delivery;
    this.#adapterOf = deps.adapterOf;
    this.#clock = deps.clock;
  }

  /**
   * Checks who speaks, then applies what is said.
   * @returns how many items it settled; 0 for a repeat, and for a batch that never went there
   * @throws UnauthenticatedError without a fresh, good and unused signature, alike for a platform that is not known;
   * InputError RECEIPT_INVALID when the body is none
   */
  async receive(code: string, headers: Partial<SignatureHeaders>, body: Uint8Array): Promise<number> {
    const platform = (await this.#registry.ready()).find((known) => known.code === code);
    if (!platform) throw new UnauthenticatedError('SIGNATURE_WRONG');
    const now = this.#clock.now();
    const fault = signatureFault(platform.callbackKey, headers, body, now);
    if (fault) throw new UnauthenticatedError(fault);
    try {
      await this.#repository.nonces.insertOne({ _id: `${code}:${headers.nonce ?? ''}`, at: now });
    } catch (error) {
      if (isDuplicateKey(error)) throw new UnauthenticatedError('SIGNATURE_USED');
      throw error;
    }
    return this.apply(platform, body);
  }

  /** Applies a receipt whose sender is known. Saying the same again changes nothing; of two words the first counts. */
  async apply(platform: ReadyPlatform, body: Uint8Array): Promise<number> {
    const said = this.#adapterOf(platform).decode(body);
    if (!said) throw new InputError(['body'], 'RECEIPT_INVALID');
    const now = this.#clock.now();
    const { counts } = await this.#delivery.settle({
      platform: platform.code,
      token: said.batch,
      now,
      decide: byVerdict(said.outcomes, 'KEEP', now),
      receipt: { via: 'CALLBACK', raw: body },
      keepLease: true,
    });
    return Object.values(counts).reduce((sum, n) => sum + n, 0);
  }
}
