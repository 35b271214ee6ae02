/** What a command sees of the process around it: words in, words out. Passed in, so that nothing below reaches for it. */

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** When the process started. */
  readonly startedAt: Date
  /** A person is there to answer questions. */
  readonly isInteractive: boolean
  /** The width of standard output. Absent where that is no terminal. */
  readonly columns?: number
  /** Results: one line, or several, to standard output. */
  print(text: string): void
  /** Everything else: to standard error. */
  warn(text: string): void
  /** Writes over the line that it wrote before, on standard error; the empty text takes it away. Absent where that is no terminal. */
  readonly replaceLine?: (text: string) => void
  /** Standard input until its end. */
  readInput(): Promise<string>
  /** Only when `isInteractive`. Asks on standard error. */
  ask(question: string, options?: { readonly hidden: boolean }): Promise<string>
  /** UTF-8 text; throws when it cannot be read. */
  readFile(path: string): string
  /** Throws when it cannot be read. */
  readBytes(path: string): Uint8Array
  /** Resolves at SIGTERM or SIGINT; a second one ends the process at once. */
  untilStopped(): Promise<void>
}
