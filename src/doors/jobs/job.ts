/** A job: something that the clock asks for, again and again. */

export interface Job {
  /** Also the name of its lease: `delete-expired`. */
  readonly name: string
  /** From the end of one run to the beginning of the next. */
  readonly everySeconds: number
  /** Every node runs it for itself; otherwise one node at a time. */
  readonly onEveryNode?: boolean
  /** `signal` is aborted at a shutdown: finish soon. An exception is logged, and the job tries again next time. */
  run(signal: AbortSignal): Promise<void>
}
