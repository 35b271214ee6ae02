/** Commands about files: they work on the database, because the files and what they refer to are here and not at a running server. */

import { CommandFailure, EXIT } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

/** With `SALLYPORT_SERVER` set, the database of this machine is not what the caller has in mind. */
export function checkNoServer({ env }: Terminal): void {
  const server = env.SALLYPORT_SERVER
  if (server === undefined || server === '') return
  const message = `this works on the database, not at ${server}: run it where the server runs, without SALLYPORT_SERVER`
  throw new CommandFailure(EXIT.usage, message)
}
