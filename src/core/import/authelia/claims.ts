/** Claims of Authelia's policies and scopes: those of OIDC Core §5.1 are here already, the others become attributes. */

import type { WrittenThing } from '../../declarations/plan.ts'
import { attributeName, mayBeRead } from '../attribute-name.ts'
import { type Imported, NOTHING, type ReportLine } from '../import-report.ts'
import { isStandardClaim } from '../standard-claims.ts'
import { objectOf, ownValue, textOf, textsOf } from '../values.ts'
import type { AutheliaContext } from './authelia-context.ts'

/** Authelia's own names of what a person's record holds, where they differ. */
const SAME_ATTRIBUTE: Readonly<Record<string, string>> = {
  username: 'preferred_username',
  display_name: 'name',
  email: 'email',
  emails: 'email',
  groups: 'groups',
}

/** `claims_policies.NAME.custom_claims.KEY` → an attribute with a claim, read with the scopes that list it. */
export function importClaims(context: AutheliaContext, path: string): Imported {
  const things: WrittenThing[] = []
  const report: ReportLine[] = []
  for (const [policy, settings] of Object.entries(context.claimsPolicies)) {
    for (const [key, custom] of Object.entries(objectOf(objectOf(settings).custom_claims))) {
      const at = `${path}.claims_policies.${policy}.custom_claims.${key}`
      const made = attributeOf(key, objectOf(custom), context, at)
      report.push(...made.report)
      things.push(...made.things)
    }
    report.push(...policyLines(objectOf(settings), `${path}.claims_policies.${policy}`))
  }
  for (const [scope, claims] of Object.entries(context.scopes)) {
    report.push(scopeLine(scope, textsOf(claims), things, `${path}.scopes.${scope}.claims`))
  }
  return { ...NOTHING, things, report }
}

/** Scopes that an attribute is read with: the others are nothing here. */
export function scopesWithAttributes(context: AutheliaContext): readonly string[] {
  return importClaims(context, '').things.flatMap(({ document }) => textsOf(document.scopes))
}

function attributeOf(
  key: string,
  custom: Readonly<Record<string, unknown>>,
  context: AutheliaContext,
  path: string,
): Pick<Imported, 'things' | 'report'> {
  const claim = textOf(custom.name) ?? key
  const attribute = textOf(custom.attribute) ?? key
  const standard = ownValue(SAME_ATTRIBUTE, attribute) ?? attribute
  if (isStandardClaim(standard)) {
    const same = standard === claim
    const why = same
      ? `${claim} is a claim of every server`
      : `${standard} is read under its own name; no second name is given to it`
    return { things: [], report: linesOf(custom, path, same ? 'ignored' : 'no-equivalent', why) }
  }
  if (context.expressions.includes(attribute)) {
    const why = `${attribute} is computed by an expression (definitions.user_attributes) there: nobody has it here`
    return { things: [], report: linesOf(custom, path, 'no-equivalent', why) }
  }
  const scopes = Object.entries(context.scopes).flatMap(([scope, claims]) =>
    textsOf(claims).includes(claim) ? [scope] : [],
  )
  const name = attributeName(attribute)
  const target = { resource: 'attributes', key: name }
  if (!mayBeRead(name, claim)) {
    const why = `${claim} cannot be a claim of an attribute: no app reads it`
    return { things: [], report: linesOf(custom, path, 'no-equivalent', why) }
  }
  const why = `the values are attributes of the accounts${scopes.length === 0 ? '; no scope lists the claim, so that no app reads it' : ''}`
  return {
    things: [
      {
        resource: 'attributes',
        key: name,
        source: path,
        document: { type: 'text', ...(claim === name ? {} : { claim }), scopes },
      },
    ],
    report: linesOf(custom, path, 'approximated', why).map(line => ({ ...line, target })),
  }
}

function linesOf(
  custom: Readonly<Record<string, unknown>>,
  path: string,
  outcome: ReportLine['outcome'],
  why: string,
): readonly ReportLine[] {
  const names = Object.keys(custom)
  return names.length === 0 ? [{ path, outcome, why }] : names.map(name => ({ path: `${path}.${name}`, outcome, why }))
}

function policyLines(settings: Readonly<Record<string, unknown>>, path: string): readonly ReportLine[] {
  return Object.keys(settings)
    .filter(name => name !== 'custom_claims')
    .map(name => ({ path: `${path}.${name}`, ...(ownValue(POLICY_OUTCOMES, name) ?? UNKNOWN) }))
}

const UNKNOWN: Pick<ReportLine, 'outcome' | 'why'> = { outcome: 'no-equivalent', why: 'is not known' }

export const POLICY_OUTCOMES: Readonly<Record<string, Pick<ReportLine, 'outcome' | 'why'>>> = {
  id_token: {
    outcome: 'approximated',
    why: 'Clients with this policy get claims_in_id_token: all claims of the granted scopes.',
  },
  access_token: {
    outcome: 'no-equivalent',
    why: 'Access tokens carry no claims about the person; an API asks the user info or introspection endpoint.',
  },
  id_token_audience_mode: {
    outcome: 'no-equivalent',
    why: 'The audience of an ID token is the app, as the specification has it.',
  },
}

function scopeLine(
  scope: string,
  claims: readonly string[],
  things: readonly WrittenThing[],
  path: string,
): ReportLine {
  const made = things.filter(({ document }) => textsOf(document.scopes).includes(scope)).map(({ key }) => key)
  return made.length === 0
    ? { path, outcome: 'no-equivalent', why: `no attribute is made for ${claims.join(', ')}: the scope would be empty` }
    : { path, outcome: 'mapped', why: `a scope of the attributes ${made.join(', ')}` }
}
