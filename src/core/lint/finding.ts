/** What lint says: a rule, where it is broken, and what is broken there. */

/** The least first. */
export const SEVERITIES = ['info', 'warning', 'error'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Where a rule is broken. */
export interface Found {
  /** `clients`; absent: a setting, or the house as a whole. */
  readonly resource?: string
  readonly key?: string
  /** Of the thing, or the name of a setting. */
  readonly field?: string
  /** `sallyport.yaml:12` */
  readonly place?: string
  /** What is so here: a sentence. Never a secret. */
  readonly message: string
}

export interface Finding extends Found {
  readonly rule: string
  readonly severity: Severity
}

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least)
}
