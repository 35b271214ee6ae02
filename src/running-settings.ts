/** The settings that a running server goes by: those it was started with, and below them those that are changed in the database meanwhile. */

import type { Config } from './config/config.ts'
import type { LeftSetting } from './core/administration/ports.ts'
import { canonical } from './core/administration/versions.ts'
import type { StoredSetting } from './core/settings/stored-setting.ts'
import type { House } from './house.ts'
import type { Logger } from './lib/logger.ts'

export interface RunningSettings {
  /** As it counts now. */
  readonly config: Config
  /** Since when this node goes by the value that counts; nothing: since its start. */
  loadedAt(name: string): Date | undefined
  /** Looks whether a setting was changed, here or on another node, and goes by it before this resolves. Never rejects. */
  look(): Promise<void>
  /** `act` makes everything anew that hangs on settings; when it throws, what was before stays. */
  onChange(act: (config: Config) => void): void
}

export async function createRunningSettings(
  started: Config,
  { repositories, revision, clock }: Pick<House, 'repositories' | 'revision' | 'clock'>,
  logger: Logger,
): Promise<RunningSettings> {
  const changedAt = new Map<string, Date>()
  let known = await revision()
  let stored = await repositories.settings.list()
  let { config, left } = stored.length === 0 ? { config: started, left: [] } : started.withStored(stored)
  let act: (config: Config) => void = () => {}
  let looking = Promise.resolve()
  tellLeft(left, [], logger)

  async function lookOnce(): Promise<void> {
    // The number is read first: a change in between is found at the next look.
    const current = await revision()
    if (current === known) return
    const found = await repositories.settings.list()
    known = current
    // The revision grows with every client, too.
    if (canonical(found) !== canonical(stored)) takeUp(found)
  }

  function takeUp(found: readonly StoredSetting[]): void {
    const next = started.withStored(found)
    const names = changedNames(config, next.config)
    act(next.config)
    const now = clock.now()
    for (const name of names) changedAt.set(name, now)
    tellLeft(next.left, left, logger)
    stored = found
    config = next.config
    left = next.left
    if (names.length > 0) logger.info({ settings: names }, 'settings were changed')
  }

  return {
    get config() {
      return config
    },
    loadedAt: name => changedAt.get(name),
    look() {
      // One after the other: who has just changed something must not be told by a look that began before.
      looking = looking.then(lookOnce).catch(err => {
        // The database is away for a moment, or one value takes down what hangs on it: what is known stays in use.
        logger.warn({ err }, 'changed settings could not be taken up')
      })
      return looking
    },
    onChange(given) {
      act = given
    },
  }
}

function changedNames(before: Config, after: Config): readonly string[] {
  const values = new Map(before.shown.map(({ name, value }) => [name, canonical(value)]))
  return after.shown.filter(({ name, value }) => values.get(name) !== canonical(value)).map(({ name }) => name)
}

/** Loudly: what somebody has set does not count here. */
function tellLeft(left: readonly LeftSetting[], before: readonly LeftSetting[], logger: Logger): void {
  for (const { name, rule } of left) {
    if (before.some(told => told.name === name && told.rule === rule)) continue
    const advice = `the standard counts instead (sallyport setting set ${name}, or setting reset ${name})`
    logger.error({ setting: name }, `setting in the database: ${name} ${rule}; ${advice}`)
  }
}
