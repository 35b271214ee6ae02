/** What the kernel accounts to a process and to a core (Linux, /proc). Elsewhere the figures are absent. */

import { readFileSync } from 'node:fs'

// USER_HZ is 100 on every Linux that Node.js runs on.
const MILLIS_PER_TICK = 10

function fieldsOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

/** User and system time of all threads of a process, in milliseconds. */
export function processMillis(pid: number): number | undefined {
  const stat = fieldsOf(`/proc/${pid}/stat`)
  // The command's name, in parentheses, may hold spaces; utime and stime are the 12th and 13th field after it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) * MILLIS_PER_TICK
}

/** Time that a core spent on processes, and time that the hypervisor took away, in milliseconds. Interrupts are left out. */
export function coreMillis(core: number): number | undefined {
  const line = fieldsOf('/proc/stat')
    ?.split('\n')
    .find(text => text.startsWith(`cpu${core} `))
  if (line === undefined) return undefined
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = line.split(' ').slice(1).map(Number)
  return (user + nice + system + steal) * MILLIS_PER_TICK
}

/** Resident memory and its highest mark so far. */
export function residentMegabytes(pid: number): { now: number; peak: number } | undefined {
  const status = fieldsOf(`/proc/${pid}/status`)
  const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status ?? '')?.[1] ?? 0)
  return status === undefined ? undefined : { now: kilobytes('VmRSS') / 1024, peak: kilobytes('VmHWM') / 1024 }
}
