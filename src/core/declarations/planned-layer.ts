/** Things as they will be, laid over those that are stored: what was decided, and what is being decided and may yet be forgotten. */

export interface Layer<Thing> {
  isTouched(key: string): boolean
  /** Of a touched one; undefined: it will be gone. */
  now(key: string): Thing | undefined
  /** Whoever is called that among the touched ones. */
  named(name: string): Thing | undefined
  /** The touched ones that will be there. */
  things(): readonly Thing[]
  put(key: string, thing: Thing | undefined): void
  /** What was put since the last call is part of the plan, or is forgotten. */
  settle(isPlanned: boolean): void
}

/** `namesOf`: by what else it is found; nobody else is called the same. */
export function createLayer<Thing>(namesOf: (thing: Thing) => readonly string[] = () => []): Layer<Thing> {
  const decided = new Map<string, Thing | undefined>()
  const undecided = new Map<string, Thing | undefined>()
  const keys = new Map<string, string>()
  const now = (key: string): Thing | undefined => (undecided.has(key) ? undecided.get(key) : decided.get(key))
  const decide = (key: string, thing: Thing | undefined): void => {
    const before = decided.get(key)
    for (const name of before === undefined ? [] : namesOf(before)) if (keys.get(name) === key) keys.delete(name)
    for (const name of thing === undefined ? [] : namesOf(thing)) keys.set(name, key)
    decided.set(key, thing)
  }
  return {
    now,
    isTouched: key => undecided.has(key) || decided.has(key),
    named(name) {
      for (const thing of undecided.values()) if (thing !== undefined && namesOf(thing).includes(name)) return thing
      const key = keys.get(name)
      return key === undefined || undecided.has(key) ? undefined : decided.get(key)
    },
    things: () => [...new Set([...decided.keys(), ...undecided.keys()])].flatMap(key => now(key) ?? []),
    put: (key, thing) => void undecided.set(key, thing),
    settle(isPlanned) {
      if (isPlanned) for (const [key, thing] of undecided) decide(key, thing)
      undecided.clear()
    },
  }
}
