/** What a "first broker login" flow asks, as settings of an upstream. */

import type { JsonObject } from '../../clients/client.ts'
import type { ReportLine } from '../import-report.ts'
import { objectOf, objectsOf, textOf } from '../values.ts'
import { review } from './upstream-rows.ts'

export interface FirstLogin {
  readonly fields: JsonObject
  readonly report: readonly ReportLine[]
}

interface Step {
  readonly authenticator: string
  readonly isOn: boolean
  readonly config: JsonObject
}

/** A cycle of flows is nobody's flow. */
const DEEPEST = 8

export function firstLoginOf(realm: JsonObject, alias: string, path: string): FirstLogin {
  const steps = stepsOf(realm, alias, DEEPEST)
  if (steps.length === 0) {
    const isStandard = alias === 'first broker login'
    return isStandard
      ? { fields: {}, report: [] }
      : {
          fields: { create_accounts: false, link_existing: false },
          report: [
            {
              path,
              outcome: 'approximated',
              why: `the flow ${alias} is not in the export: nobody gets an account, and nobody is linked, until create_accounts and link_existing say so`,
            },
          ],
        }
  }
  const isOn = (name: string) => steps.some(({ authenticator, isOn: on }) => authenticator === name && on)
  const reviewing = steps.find(({ authenticator, isOn: on }) => authenticator === 'idp-review-profile' && on)
  const creates = isOn('idp-create-user-if-unique')
  const proofs = [
    ...(isOn('idp-email-verification') ? ['mail'] : []),
    ...(isOn('idp-username-password-form') ? ['sign_in'] : []),
  ]
  const links = isOn('idp-confirm-link') || proofs.length > 0
  const fields = {
    create_accounts: creates,
    link_existing: links,
    ...(links && proofs.length > 0 ? { link_proofs: proofs } : {}),
    ...(reviewing === undefined
      ? { review_profile: 'never' }
      : (review(reviewing.config['update.profile.on.first.login'] ?? 'missing').fields ?? {})),
  }
  return { fields, report: steps.map(step => lineOf(step, `${path} ${step.authenticator}`)) }
}

const KNOWN: Readonly<Record<string, string>> = {
  'idp-review-profile': 'review_profile',
  'idp-create-user-if-unique': 'create_accounts',
  'idp-confirm-link': 'link_existing',
  'idp-email-verification': 'link_proofs: mail',
  'idp-username-password-form': 'link_proofs: sign_in',
  'idp-detect-existing-broker-user': 'create_accounts: false',
}

const UNSAFE: Readonly<Record<string, string>> = {
  'idp-auto-link': 'An existing account is never linked without a proof.',
  'idp-confirm-override-link': 'An account has one identity of an upstream; the first one is unlinked before.',
}

function lineOf({ authenticator, isOn }: Step, path: string): ReportLine {
  if (Object.hasOwn(UNSAFE, authenticator)) {
    return isOn
      ? { path, outcome: 'no-equivalent', why: UNSAFE[authenticator] ?? '' }
      : { path, outcome: 'ignored', why: 'switched off' }
  }
  if (!Object.hasOwn(KNOWN, authenticator))
    return { path, outcome: 'no-equivalent', why: 'is no step of a first sign-in here' }
  return { path, outcome: 'mapped', why: `${KNOWN[authenticator]}${isOn ? '' : ' (switched off)'}` }
}

function stepsOf(realm: JsonObject, alias: string, depth: number): readonly Step[] {
  const flow = objectsOf(realm.authenticationFlows).find(one => one.alias === alias)
  if (flow === undefined || depth === 0) return []
  return objectsOf(flow.authenticationExecutions).flatMap((execution): readonly Step[] => {
    const isOn = execution.requirement !== 'DISABLED'
    const sub = textOf(execution.flowAlias)
    if (sub !== undefined) return stepsOf(realm, sub, depth - 1).map(step => ({ ...step, isOn: step.isOn && isOn }))
    const authenticator = textOf(execution.authenticator)
    const config = objectsOf(realm.authenticatorConfig).find(one => one.alias === execution.authenticatorConfig)
    return authenticator === undefined ? [] : [{ authenticator, isOn, config: objectOf(config?.config) }]
  })
}
