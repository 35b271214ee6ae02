/** A folder with a sallyport.yaml, the commands that apply it, and the database it is applied to. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Actor } from '../../src/core/administration/actor.ts'
import { COMMAND_LINE } from '../../src/core/administration/actor.ts'
import { administer } from '../../src/core/administration/administer.ts'
import { operationOf } from '../../src/core/administration/operations.ts'
import type { Document } from '../../src/core/administration/ports.ts'
import { isProblem, type Problem } from '../../src/core/administration/problem.ts'
import { resourceOf } from '../../src/core/administration/resources.ts'
import { administrationPorts, type House, openHouse } from '../../src/house.ts'
import { run } from './command-line.ts'
import { configOf } from './seeding.ts'

export interface DeclaringPlace {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  /** Opened beside the commands, and anew after each: it remembers nothing of before. */
  readonly house: House
  /** After another process changed something. */
  reopen(): Promise<void>
  /** The whole of sallyport.yaml. */
  write(content: object): void
  writeText(text: string, file?: string): void
  /** In this process. */
  sallyport(...words: string[]): ReturnType<typeof run>
  /** As the command line does it. */
  perform(name: string, call?: Partial<Parameters<typeof administer>[1]>, actor?: Actor): Promise<Document | Problem>
  /** Undefined when there is none. */
  document(resource: string, key: string): Promise<Document | undefined>
  /** How many events the audit has by now, and of which types. */
  auditTypes(): Promise<readonly string[]>
  close(): Promise<void>
}

/** `database`: a `postgres://` URL, or a SQLite file of its own. */
export async function aDeclaringPlace(database: string | undefined): Promise<DeclaringPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-files-'))
  const env = {
    SALLYPORT_ISSUER: 'http://localhost:4000',
    SALLYPORT_DATABASE: database ?? `sqlite:${join(folder, 'sallyport.db')}`,
    SALLYPORT_MASTER_KEY: 'a master key of a test, 32 characters or more',
  }
  const config = await configOf(folder, env)
  let house = await openHouse(config)
  const ports = () => administrationPorts(config, house)
  const acting = () => ({ ...ports(), actor: COMMAND_LINE, now: house.clock.now() })
  const reopen = async () => {
    await house.close()
    house = await openHouse(config)
  }
  const writeText = (text: string, file = 'sallyport.yaml') => writeFileSync(join(folder, file), text)
  return {
    folder,
    env,
    get house() {
      return house
    },
    reopen,
    write: content => writeText(stringify(content)),
    writeText,
    async sallyport(...words) {
      const done = await run(words, folder, { env })
      await reopen()
      return done
    },
    async perform(name, call = {}, actor = COMMAND_LINE) {
      const operation = operationOf(name)
      if (operation === undefined) throw new Error(`there is no operation ${name}`)
      const outcome = await administer(operation, { path: {}, query: {}, ...call }, actor, ports())
      return isProblem(outcome) ? outcome : (outcome.document ?? {})
    },
    async document(name, key) {
      const resource = resourceOf(name)
      const thing = await resource?.find(key, acting())
      return thing === undefined ? undefined : resource?.documentOf(thing, acting())
    },
    async auditTypes() {
      return (await house.repositories.audit.list({ limit: 10_000 })).map(({ type }) => type).toReversed()
    },
    async close() {
      await house.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
