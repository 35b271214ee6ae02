/** One operation, whoever asks for it and on whatever way: the role first, then the operation itself. */

import { type Actor, hasRole } from './actor.ts'
import type { Call, Operation, Outcome } from './operation.ts'
import type { AdministrationPorts } from './ports.ts'
import { forbidden, type Problem } from './problem.ts'

export async function administer(
  operation: Operation,
  call: Call,
  actor: Actor,
  ports: AdministrationPorts,
): Promise<Outcome | Problem> {
  if (!hasRole(actor, operation.role)) {
    return forbidden(`${operation.name} needs the role ${operation.role}; ${actor.name} has ${actor.role}`)
  }
  return operation.perform(call, { ...ports, actor, now: ports.clock.now() })
}
