/** Remedies for refusals by the policy of an app. */

import { POLICY_EXISTS, POLICY_LETS_IN, POLICY_TWO_FACTORS } from '../policies/check-access.ts'
import { BUILT_IN_POLICIES } from '../policies/policy.ts'
import {
  clientCommand,
  listOf,
  type RefusedCase,
  type RemedyRow,
  sentence,
  shellWord,
  textOf,
  theAccount,
  theApp,
  usable,
} from './remedy-row.ts'

export const POLICY_REMEDIES: readonly RemedyRow[] = [
  {
    rule: POLICY_LETS_IN,
    why: about =>
      sentence(
        theAccount(about),
        `was kept out of ${theApp(about)} by`,
        `${thePolicy(about)}${decidedBy(about)}${who(about)}`,
      ),
    advice: about =>
      isBuiltIn(about)
        ? 'The policy lets nobody in. Give the app another one, if it may be used.'
        : 'Put the person into a group that a rule names, or change the rules, if they may use it.',
    setting: 'authorization_policy',
    settingOf: 'client',
    commands: policyCommands,
  },
  {
    rule: POLICY_TWO_FACTORS,
    why: about =>
      sentence(
        theAccount(about),
        `signed in with ${textOf(about.facts.amr) || 'no known method'},`,
        `and ${thePolicy(about)}${decidedBy(about)} asks for two factors`,
      ),
    advice:
      'An upstream that asks for a second factor has to say so: its amr names the methods, or trust_amr takes what it says itself. Otherwise the policy has to ask for less.',
    setting: 'authorization_policy',
    settingOf: 'client',
    commands: about => [...policyCommands(about), 'sallyport upstream list'],
  },
  {
    rule: POLICY_EXISTS,
    why: about => sentence(theApp(about), `names ${thePolicy(about)}, which does not exist, so nobody gets in`),
    advice: 'Make the policy, or give the app another one.',
    setting: 'authorization_policy',
    settingOf: 'client',
    commands: about => [
      'sallyport policy list',
      ...clientCommand('edit', ['--set', 'authorization_policy=NAME'])(about),
    ],
  },
]

function thePolicy({ facts }: RefusedCase): string {
  return `the policy ${textOf(facts.policy) ?? 'of the app'}`
}

/** `, rule 2 (group:guests)` */
function decidedBy({ facts }: RefusedCase): string {
  const by = textOf(facts.decided_by)
  if (by === undefined) return ''
  const on = listOf(facts.on).join(', ')
  return by === 'default_policy' ? ', as no rule fitted (default_policy)' : `, ${by}${on === '' ? '' : ` (${on})`}`
}

function who({ facts }: RefusedCase): string {
  const groups = listOf(facts.groups).join(', ')
  const from = textOf(facts.from)
  return `: groups ${groups === '' ? 'none' : groups}${from === undefined ? '' : `, from ${from}`}`
}

function isBuiltIn({ facts }: RefusedCase): boolean {
  return BUILT_IN_POLICIES.includes(textOf(facts.policy) ?? '')
}

function policyCommands(about: RefusedCase): readonly string[] {
  const policy = usable(textOf(about.facts.policy))
  const show = policy === undefined || isBuiltIn(about) ? [] : [`sallyport policy show ${shellWord(policy)}`]
  const [username, clientId] = [usable(about.username), usable(about.clientId)]
  const evaluate =
    username === undefined || clientId === undefined || username.startsWith('-')
      ? []
      : [`sallyport policy evaluate ${shellWord(username)} --client ${shellWord(clientId)}`]
  return [...show, ...evaluate]
}
