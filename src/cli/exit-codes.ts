/** Exit codes of `sallyport`. Scripts depend on them: they never change their meaning. */

export const EXIT = {
  /** Done. */
  ok: 0,
  /** Something went wrong that is not the caller's mistake: the database is away, a health check failed, a question was answered with no. */
  failure: 1,
  /** The command was called wrongly, or a value breaks a rule. Nothing was changed. */
  usage: 2,
  /** It exists already, or somebody else changed it at the same time. Nothing was changed. */
  conflict: 3,
  /** It does not exist. Nothing was changed. */
  notFound: 4,
  /** `plan --exit-code`: what the files declare is not as it is in the database. Nothing was changed. */
  differs: 5,
  /** Mistakes in `sallyport.yaml` or the environment (sysexits.h: EX_CONFIG). */
  configuration: 78,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export const EXIT_CODES_HELP = `Exit codes: 0 done, 1 failed or not confirmed, 2 called wrongly, 3 exists already, 4 not found, 5 the plan has changes, 78 mistakes in the settings.`

/** Ends a command: `main.ts` prints the lines to standard error and exits with the code. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}
