/** A refusal that says how to go on: the same request again, with what stands in a header of the answer (RFC 9449 §8). */

import { Refusal } from './refusal.ts'

export class RetryRefusal extends Refusal {
  /** `DPoP-Nonce` and its value. */
  readonly headers: Readonly<Record<string, string>>

  constructor({ error, description, rule, facts }: Refusal, headers: Readonly<Record<string, string>>) {
    super(error, description, rule, facts)
    this.headers = headers
  }
}
