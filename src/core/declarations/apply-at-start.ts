/** Before the doors open: what the files declare is brought into the database. Files that say what they said last time cost one look. */

import type { Logger } from '../../lib/logger.ts'
import type { AdministrationPorts } from '../administration/ports.ts'
import { isProblem } from '../administration/problem.ts'
import { fileActor } from './file-actor.ts'
import type { PlanMistake, PlanSettings, WrittenThing } from './plan.ts'
import { countsText, mistakeText } from './plan-text.ts'

/** What the files declare breaks rules: the server does not start with half of it. */
export class WrongDeclarations extends Error {
  override readonly name = 'WrongDeclarations'

  constructor(mistakes: readonly PlanMistake[], advice: string) {
    const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`
    const lines = mistakes.map(mistake => `  ${mistakeText(mistake)}`)
    super([`${count} in what the files declare; ${advice}`, ...lines].join('\n'))
  }
}

export async function applyAtStart(
  things: readonly WrittenThing[],
  { prunes }: { readonly prunes: boolean },
  ports: AdministrationPorts,
  logger: Logger,
): Promise<void> {
  // Most houses declare nothing, and start without what plans.
  if (things.length === 0 && (await ports.repositories.declarations.list()).length === 0) return
  const [{ areApplied }, { applyThings }] = await Promise.all([import('./are-applied.ts'), import('./apply-things.ts')])
  const actor = fileActor('start')
  const begun = ports.clock.now()
  if (await areApplied(things, { ...ports, actor, now: begun })) return
  // An include that was not mounted would otherwise delete every app.
  const settings: PlanSettings = {
    isOwner: true,
    prunes: prunes && things.length > 0,
    // An upstream that does not answer keeps no door shut.
    onAfterwards: act => void tellAfterwards(act, logger),
  }
  const applied = await applyThings(things, settings, ports, actor)
  if (isProblem(applied)) throw new Error(`the files were not applied: ${applied.detail}`)
  if (applied.mistakes.length > 0) {
    throw new WrongDeclarations(applied.mistakes, 'nothing was changed (sallyport plan shows all of it)')
  }
  for (const { resource, key, source, warnings } of applied.things) {
    for (const warning of warnings) logger.warn({ resource, key, source }, warning)
  }
  for (const warning of applied.warnings) logger.warn({}, warning)
  for (const name of Object.keys(applied.once)) logger.warn({ thing: name }, SECRET_UNSEEN)
  const done = countsText(applied.things)
  if (done === '') return
  const applied_in_ms = ports.clock.now().getTime() - begun.getTime()
  logger.info({ applied_in_ms }, `applied what the files declare: ${done}`)
}

async function tellAfterwards(act: () => Promise<readonly string[]>, logger: Logger): Promise<void> {
  try {
    for (const warning of await act()) logger.warn({}, warning)
  } catch (error) {
    logger.warn({ err: error }, 'what follows from the files could not be done')
  }
}

const SECRET_UNSEEN =
  'a secret was made that nobody has seen: say client_secret in the file, or make another with sallyport client rotate-secret'
