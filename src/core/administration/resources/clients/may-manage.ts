/** May who acts manage these clients, with what stands around them? */

import type { Client } from '../../../clients/client.ts'
import type { Acting } from '../../ports.ts'
import type { Problem } from '../../problem.ts'
import { checkJudged } from './administrators-only.ts'

export interface ClientStep {
  readonly before?: Client
  readonly after?: Client
}

export async function checkMayManage(steps: readonly ClientStep[], acting: Acting): Promise<Problem | undefined> {
  const { actor, issuer, repositories } = acting
  return checkJudged(actor, steps, { issuer, upstreams: await repositories.upstreams.list() })
}
