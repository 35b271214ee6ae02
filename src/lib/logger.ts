/** Structured logs: one JSON object per line on standard output, with whatever could be a secret taken out. */

import { pino } from 'pino'
import { safeJson } from './terminal-text.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  /** `fields` first, then a short sentence that is always the same for the same event. An error goes under `err`. */
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  isEnabled(level: Exclude<LogLevel, 'silent'>): boolean
}

/** Where lines go; `write` gets one whole line with its line end. */
export interface LogDestination {
  write(line: string): void
}

/** Members that are never written, wherever in a line they stand. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'password',
  'passwordHash',
  'secret',
  'client_secret',
  'clientSecret',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'id_token_hint',
  'client_assertion',
  'assertion',
  'code',
  'code_verifier',
  'masterKey',
  'privateKey',
])

/** Deeper than any line of ours; a structure that refers to itself ends here. */
const MAX_DEPTH = 6

/** A copy without secrets. The library's own redaction by paths costs 100 µs a line, and stops at the levels that were foreseen. */
function redacted(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value
  if (depth === 0) return '[…]'
  if (Array.isArray(value)) return value.map(item => redacted(item, depth - 1))
  const copy: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    copy[name] = SECRET_MEMBERS.has(name) ? '[redacted]' : redacted(member, depth - 1)
  }
  return copy
}

/** Without `destination`: standard output, written at once, so that the last line before an exit is not lost. */
export function createLogger(level: LogLevel, destination?: LogDestination): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: object) => redacted(fields, MAX_DEPTH) as Record<string, unknown>,
    },
  }
  const lines = destination ?? pino.destination({ fd: 1, sync: true })
  const log = pino(options, { write: line => lines.write(safeJson(line)) })
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    isEnabled: wanted => log.isLevelEnabled(wanted),
  }
}

/** For the commands and for tests that do not look at the log. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  isEnabled: () => false,
}
