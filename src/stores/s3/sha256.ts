/**
 * SHA-256 for the SDK's signer, which hashes three short texts for every request. The SDK's own hashes streams, and copies
 * its state to tell a digest, which costs more than such a text.
 */
import { type BinaryLike, createHmac, type Hmac, hash } from 'node:crypto'

/** As `sha256` of a client's configuration: of all that is given to `update`, which is kept until then; with a secret, HMAC. */
export class Sha256 {
  readonly #keyed: Hmac | undefined
  #chunks: Uint8Array[] = []

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#keyed = secret === undefined ? undefined : createHmac('sha256', secret as BinaryLike)
  }

  update(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
  }

  digest(): Promise<Uint8Array> {
    const [first] = this.#chunks
    const whole = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks)
    const digest = this.#keyed === undefined ? hash('sha256', whole, 'buffer') : this.#keyed.update(whole).digest()
    return Promise.resolve(digest)
  }

  reset(): void {
    this.#chunks = []
  }
}
