/** Things of which there are few, read often and changed seldom: all of them are kept in memory at once, and checked against the revision. */

import type { Clock } from '../lib/clock.ts'

export interface CachingList<Thing> {
  list(): Promise<readonly Thing[]>
  /** Absence is never trusted: what was made in this moment is found at once. */
  find(isMeant: (thing: Thing) => boolean): Promise<Thing | undefined>
  /** This process changed one: what is kept, or being read right now, counts no more. */
  forget(): void
}

export interface CachingListPorts<Thing> {
  readonly read: () => Promise<readonly Thing[]>
  /** Grows with every change of any of them, on any node. */
  readonly revision: () => Promise<number>
  readonly clock: Clock
  /** How long they are trusted without a look at the revision. */
  readonly trustMs: number
  /** An empty list is trusted, too: for what most houses have none of and every sign-in asks for. */
  readonly trustsNone?: boolean
}

interface Kept<Thing> {
  readonly revision: number
  readonly things: readonly Thing[]
  readonly checkedAt: number
}

export function createCachingList<Thing>({
  read,
  revision,
  clock,
  trustMs,
  trustsNone = false,
}: CachingListPorts<Thing>): CachingList<Thing> {
  let kept: Kept<Thing> | undefined
  let looking: Promise<readonly Thing[]> | undefined
  // Grows with every change of this process: a look that began before must not be kept.
  let epoch = 0

  async function look(): Promise<readonly Thing[]> {
    const lookedIn = epoch
    const checkedAt = clock.now().getTime()
    const current = await revision()
    // The number is read first: a change in between is found at the next look.
    const things = kept?.revision === current ? kept.things : await read()
    if (lookedIn === epoch) kept = { revision: current, things, checkedAt }
    return things
  }

  function list(): Promise<readonly Thing[]> {
    if (kept === undefined || (kept.things.length === 0 && !trustsNone)) return listNow()
    const age = clock.now().getTime() - kept.checkedAt
    return age >= 0 && age < trustMs ? Promise.resolve(kept.things) : listNow()
  }

  function listNow(): Promise<readonly Thing[]> {
    if (looking !== undefined) return looking
    const mine = look().finally(() => {
      // Forgotten in the meantime: the look of now is another one.
      if (looking === mine) looking = undefined
    })
    looking = mine
    return mine
  }

  return {
    list,
    async find(isMeant) {
      return (await list()).find(isMeant) ?? (await listNow()).find(isMeant)
    },
    forget() {
      epoch += 1
      kept = undefined
      looking = undefined
    },
  }
}
