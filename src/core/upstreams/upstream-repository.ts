import type { Write } from '../unit-of-work.ts'
import type { Upstream, UpstreamUid } from './upstream.ts'

/** Few and read often: all of them are kept in memory and checked against the revision. */
export interface UpstreamRepository {
  find(uid: UpstreamUid): Promise<Upstream | undefined>
  /** Exact spelling. */
  findByAlias(alias: string): Promise<Upstream | undefined>
  /** By `order`, then by alias. */
  list(): Promise<readonly Upstream[]>
  /** Lost (`upstreams.insert`) when the alias is taken. */
  insert(upstream: Upstream): Write
  /** Lost (`upstreams.replace`) when it is gone or was changed since `seen`. */
  replace(upstream: Upstream, seen: Upstream): Write
  /** Lost (`upstreams.delete`) when it is gone already. Takes its identities, attempts and what sessions know of it with it. */
  delete(uid: UpstreamUid): Write
}
