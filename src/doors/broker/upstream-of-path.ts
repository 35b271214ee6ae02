/** The upstream that a path names (`/broker/ALIAS/…`). One that is switched off signs nobody in, but people can still leave. */

import type { Upstream } from '../../core/upstreams/upstream.ts'
import type { UpstreamRepository } from '../../core/upstreams/upstream-repository.ts'
import type { HttpRequest } from '../../http/endpoint.ts'
import { aliasOf } from './broker-visit.ts'

export async function upstreamOfPath(
  request: Pick<HttpRequest, 'path'>,
  { repositories }: { readonly repositories: { readonly upstreams: Pick<UpstreamRepository, 'findByAlias'> } },
): Promise<Upstream | undefined> {
  return repositories.upstreams.findByAlias(aliasOf(request))
}
