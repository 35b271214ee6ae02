/** A step of a flow that other tabs may step on, too: who loses the race reads it again and takes the step from there. */

import type { Flow } from '../../core/flow/flow.ts'
import { nextVersion } from '../../core/flow/steps.ts'
import type { Write } from '../../core/unit-of-work.ts'
import type { HttpRequest } from '../../http/endpoint.ts'
import { findFlow } from './broker-visit.ts'
import type { BrokerPorts } from './ports.ts'

const TRIES = 8

/** False when the flow ended meanwhile, or `writes` lost: then nothing was written. */
export async function advanceFlow(
  flow: Flow,
  step: (flow: Flow) => Flow,
  writes: readonly Write[],
  request: HttpRequest,
  ports: BrokerPorts,
): Promise<boolean> {
  let current = flow
  for (let tries = 0; tries < TRIES; tries++) {
    const advance = ports.repositories.flows.advance(nextVersion(step(current)))
    const outcome = await ports.journal.commit([...writes, advance])
    if (outcome.committed) return true
    if (outcome.lost !== 'flows.advance') return false
    const found = await findFlow(flow.id, request, ports.clock.now(), ports)
    if (found.kind !== 'open') return false
    current = found.flow
  }
  return false
}
