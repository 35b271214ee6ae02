/** A refusal is a value: what the wire may say (`error`, `error_description`) and what only the house knows (rule, facts). */

/** Redacted facts a rule looked at. Never a secret, a token, a code or a password. */
export type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

export class Refusal {
  /** An error code registered for the endpoint that answers (RFC 6749 §4.1.2.1, §5.2, OIDC Core §3.1.2.6, …). */
  readonly error: string
  /** RFC 6749 §4.1.2.1: printable ASCII without `"` and `\`. Goes to the client. */
  readonly description: string
  /** The rule that was broken, by section or setting: `RFC 7636 §4.6 code_verifier matches`. Stays in the house. */
  readonly rule: string
  readonly facts: Facts

  constructor(error: string, description: string, rule: string, facts: Facts) {
    this.error = error
    this.description = description
    this.rule = rule
    this.facts = facts
  }
}

export function refuse(error: string, description: string, rule: string, facts: Facts = {}): Refusal {
  return new Refusal(error, description, rule, facts)
}

export function isRefusal(value: unknown): value is Refusal {
  return value instanceof Refusal
}

/** The first broken rule of a list that reads like the section it implements; nothing when all hold. */
export function firstRefusal(...checks: readonly (Refusal | undefined)[]): Refusal | undefined {
  for (const check of checks) if (check !== undefined) return check
  return undefined
}
