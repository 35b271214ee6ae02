/** Latencies in logarithmic buckets, 1.1 % wide: constant memory, constant time to record. */

const BUCKETS_PER_DOUBLING = 64
const DOUBLINGS = 26

export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS_PER_DOUBLING * DOUBLINGS)
  #total = 0

  get total(): number {
    return this.#total
  }

  /** `micros`: below one counts as one, above a minute as a minute. */
  record(micros: number): void {
    const bucket = micros <= 1 ? 0 : Math.min(this.#counts.length - 1, (Math.log2(micros) * BUCKETS_PER_DOUBLING) | 0)
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#total += 1
  }

  add(other: Histogram): void {
    for (const [bucket, count] of other.#counts.entries()) {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count
    }
    this.#total += other.#total
  }

  /** Microseconds below which `share` (0 to 1) of the recorded values lie; 0 when nothing was recorded. */
  quantile(share: number): number {
    const wanted = share * this.#total
    let seen = 0
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count
      if (count > 0 && seen >= wanted) return 2 ** ((bucket + 0.5) / BUCKETS_PER_DOUBLING)
    }
    return 0
  }
}
