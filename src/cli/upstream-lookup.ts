/** Finding the upstream that a command is about, or saying clearly that there is none. */

import type { Repositories } from '../core/repositories.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { didYouMean } from '../lib/nearest-name.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

export async function getUpstream({ upstreams }: Pick<Repositories, 'upstreams'>, alias: string): Promise<Upstream> {
  const upstream = await upstreams.findByAlias(alias)
  if (upstream !== undefined) return upstream
  const known = (await upstreams.list()).map(other => other.alias)
  const message = `there is no upstream ${alias}${didYouMean(alias, known)}; sallyport upstream list shows all`
  throw new CommandFailure(EXIT.notFound, message)
}
