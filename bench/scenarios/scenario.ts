/** A scenario: what is asked of each server, by actors that play apps and browsers. */

import type { Actor } from '../load/drive.ts'
import type { ServerName, Site } from '../servers/site.ts'
import type { SignedInBrowser } from './sessions.ts'

export interface Load {
  /** One per connection. */
  readonly actors: readonly Actor[]
  /** Makes what `count` requests will use up, outside the timed part. Absent: the actors never run dry. */
  readonly fill?: (count: number) => Promise<void>
  /** Checks too dear for the timed part, on a sample of its answers. What is wrong, or nothing. */
  readonly inspect?: () => readonly string[]
  /** Finished so far, where one operation is several requests. */
  readonly operations?: () => number
}

export interface Scenario {
  readonly name: string
  readonly title: string
  readonly servers: readonly ServerName[]
  /** Instead of the run's. */
  readonly connections?: number
  prepare(visit: Visit): Promise<Load>
}

/** A server in one round, with what scenarios share there. */
export interface Visit {
  readonly site: Site
  readonly connections: number
  /** Signed-in browsers, as many as connections, made at the first call. */
  browsers(): Promise<readonly SignedInBrowser[]>
  /** The keys behind `jwks_uri`. */
  keys(): Promise<readonly Record<string, unknown>[]>
}

export const ALL_SERVERS: readonly ServerName[] = ['sallyport', 'peer-memory', 'peer-durable']

/** An actor that always sends the same request. */
export function repeat(request: string, accept: Actor['accept']): Actor {
  return { next: () => request, accept }
}

/** `count` actors, each made from its number. */
export function actors(count: number, make: (index: number) => Actor): Actor[] {
  return Array.from({ length: count }, (_, index) => make(index))
}
