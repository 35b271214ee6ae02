/** Whom a rule of a policy is about: `user:ada`, `group:staff`, `client:wiki`. */

export const SUBJECT_KINDS = ['user', 'group', 'client'] as const
export type SubjectKind = (typeof SUBJECT_KINDS)[number]

export interface PolicySubject {
  readonly kind: SubjectKind
  /** User name, group or `client_id`; never empty. */
  readonly name: string
}

/** `oauth2:client:wiki` is how Authelia writes `client:wiki`. Nothing when it is no subject. */
export function parseSubject(text: string): PolicySubject | undefined {
  const [, kind, name] = /^(?:oauth2:(?=client:))?(user|group|client):(.+)$/su.exec(text) ?? []
  const trimmed = name?.trim()
  if (trimmed === undefined || trimmed === '') return undefined
  return { kind: SUBJECT_KINDS.find(known => known === kind) ?? 'user', name: trimmed }
}

/** As it is kept. */
export function subjectText({ kind, name }: PolicySubject): string {
  return `${kind}:${name}`
}
