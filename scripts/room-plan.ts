/** What `rooms.json` holds, and whether it makes sense in itself. */

export interface Room {
  /** A folder or a file, from the root of the repository. */
  readonly room: string
  readonly owns: string
  /** Rooms. */
  readonly imports: readonly string[]
  /** npm packages that are at home here. */
  readonly packages: readonly string[]
  /** Modules of Node; all of them when absent. */
  readonly builtins?: readonly string[]
}

export interface Ban {
  readonly what: string
  /** A regular expression over code without comments and quoted texts. */
  readonly pattern: string
  /** A name under which the same thing may be passed in. */
  readonly parameter?: string
  /** Rooms, folders or files. */
  readonly allowed: readonly string[]
  readonly why: string
}

export interface Plan {
  readonly rooms: readonly Room[]
  /** What unit tests may import besides. */
  readonly unitTests: { readonly imports: readonly string[]; readonly packages: readonly string[] }
  readonly bans: readonly Ban[]
}

/** The innermost room that a path stands in. */
export function roomOf({ rooms }: Plan, path: string): Room | undefined {
  return rooms
    .filter(({ room }) => path === room || path.startsWith(`${room}/`))
    .toSorted((a, b) => b.room.length - a.room.length)[0]
}

/** Rooms are listed from the ground up, so a room may only name rooms that stand before it: then there is no circle. */
export function checkPlan({ rooms }: Plan): readonly string[] {
  return rooms.flatMap(({ room, imports }, index) => {
    const below = rooms.slice(0, index).map(other => other.room)
    return imports
      .filter(name => !below.includes(name))
      .map(name => `rooms.json: ${room} imports ${name}, which does not stand below it`)
  })
}
