/** A dry run of a policy: what would it ask of this person at this app, from this address, and why? Nobody is signed in by it. */

import { canonicalAddress, isAddressRange } from '../../../../lib/addresses.ts'
import { didYouMean } from '../../../../lib/nearest-name.ts'
import type { Account } from '../../../accounts/account.ts'
import { decidePolicy } from '../../../policies/decide-policy.ts'
import { builtInPolicy } from '../../../policies/find-policy.ts'
import { BUILT_IN_POLICIES, POLICY_OUTCOMES, type Policy } from '../../../policies/policy.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import type { Field } from '../../field.ts'
import type { Operation } from '../../operation.ts'
import type { Acting, Document } from '../../ports.ts'
import { invalid, invalidField, isProblem, type Problem } from '../../problem.ts'
import { findAccount } from '../accounts/account-document.ts'

const ASKED: readonly Field[] = [
  {
    name: 'username',
    kind: 'text',
    access: 'written',
    required: true,
    about: 'Whose way it is: user name, e-mail address or `sub`.',
    example: 'ada',
  },
  {
    name: 'client_id',
    kind: 'text',
    access: 'written',
    about: 'The app. Without `policy` its own policy is asked.',
    example: 'payroll',
  },
  { name: 'policy', kind: 'text', access: 'written', about: 'The policy to ask instead of that of the app.' },
  {
    name: 'address',
    kind: 'text',
    access: 'written',
    about: 'From where the person comes. Without it, the strictest counts of what a network could make of it.',
    example: '192.0.2.17',
  },
]

const ANSWERED: readonly Field[] = [
  { name: 'outcome', kind: 'text', access: 'shown', required: true, choices: POLICY_OUTCOMES, about: 'What is asked.' },
  {
    name: 'decided_by',
    kind: 'text',
    access: 'shown',
    required: true,
    about: '`rule 2`, counted from 1, or `default_policy`.',
  },
  { name: 'on', kind: 'list', access: 'shown', about: 'What the rule fitted on.' },
  { name: 'policy', kind: 'text', access: 'shown', required: true, about: 'The policy that was asked.' },
  { name: 'username', kind: 'text', access: 'shown', required: true, about: 'Whose way it is.' },
  { name: 'groups', kind: 'list', access: 'shown', required: true, about: 'The groups of the person.' },
  { name: 'client_id', kind: 'text', access: 'shown', about: 'The app.' },
  { name: 'address', kind: 'text', access: 'shown', about: 'From where.' },
]

export const evaluatePolicy: Operation = {
  name: 'policies.evaluate',
  method: 'POST',
  path: '/policies/evaluate',
  role: 'viewer',
  summary: 'Try a policy',
  about: 'What it asks of a person at an app, from an address, and which rule decides. Nothing happens by it.',
  body: ASKED,
  answer: { kind: 'document', fields: ANSWERED },
  async perform({ body = {} }, acting) {
    const mistakes = documentMistakes(body, ASKED, 'making')
    if (mistakes.length > 0) return invalid(mistakes)
    const asked = await load(body, acting)
    return isProblem(asked) ? asked : { document: answer(asked) }
  },
}

interface AskedCase {
  readonly account: Account
  readonly clientId: string | undefined
  readonly name: string
  readonly policy: Pick<Policy, 'rules' | 'standard'>
  readonly address: string | undefined
}

async function load(body: Document, { repositories }: Acting): Promise<AskedCase | Problem> {
  const text = (field: string) => (typeof body[field] === 'string' && body[field] !== '' ? body[field] : undefined)
  const login = text('username') ?? ''
  const account = await findAccount(login, repositories.accounts)
  if (account === undefined) return invalidField('username', 'account', `there is no account ${login}`)
  const clientId = text('client_id')
  const client = clientId === undefined ? undefined : await repositories.clients.findByClientId(clientId)
  if (clientId !== undefined && client === undefined)
    return invalidField('client_id', 'client', `there is no client ${clientId}`)
  const address = text('address')
  if (address !== undefined && (address.includes('/') || !isAddressRange(canonicalAddress(address))))
    return invalidField('address', 'IP address', 'must be an address such as 192.0.2.17')
  const named = text('policy')
  if (named === undefined && client === undefined)
    return invalidField('policy', 'policy', 'name a policy, or the app whose policy is asked')
  const name = named ?? client?.authorizationPolicy ?? 'one_factor'
  const policy = builtInPolicy(name) ?? (await repositories.policies.find(name))
  if (policy !== undefined) return { account, clientId, name, policy, address }
  const known = [...BUILT_IN_POLICIES, ...(await repositories.policies.list()).map(other => other.name)]
  return invalidField(
    named === undefined ? 'client_id' : 'policy',
    'policy',
    `there is no policy ${name}${didYouMean(name, known)}${named === undefined ? ', so nobody gets to the app' : ''}`,
  )
}

function answer({ account, clientId, name, policy, address }: AskedCase): Document {
  const { username, groups } = account
  const { outcome, decidedBy, on } = decidePolicy(policy, { username, groups, clientId: clientId ?? '', address })
  return {
    outcome,
    decided_by: decidedBy,
    ...(on.length === 0 ? {} : { on }),
    policy: name,
    username,
    groups,
    ...(clientId === undefined ? {} : { client_id: clientId }),
    ...(address === undefined ? {} : { address }),
  }
}
