/** What is behind the code of an error page: the steps of one sign-in and the check that ended it. */

import type { TraceCode } from '../audit/audit-event.ts'
import { explain } from '../audit/explanation.ts'
import { formatTraceCode, parseTraceCode } from '../audit/trace-code.ts'
import type { Field } from './field.ts'
import type { Operation } from './operation.ts'
import type { Acting, Document } from './ports.ts'
import { invalidField, Problem } from './problem.ts'

/** More than one sign-in can make: a trace code belongs to one flow and what was issued from it. */
const MAX_EVENTS = 500

const STEP_FIELDS: readonly Field[] = [
  { name: 'at', kind: 'time', access: 'shown', required: true, about: 'When, to the millisecond.' },
  { name: 'step', kind: 'text', access: 'shown', required: true, about: 'What was done.' },
  { name: 'outcome', kind: 'text', access: 'shown', required: true, about: 'What came of it: `passed`, `refused`, …' },
  { name: 'rule', kind: 'text', access: 'shown', about: 'The rule that decided.' },
  { name: 'facts', kind: 'object', access: 'shown', required: true, about: 'What the rule looked at.' },
]

const REMEDY_FIELDS: readonly Field[] = [
  { name: 'why', kind: 'text', access: 'shown', required: true, about: 'What is behind it.' },
  { name: 'advice', kind: 'text', access: 'shown', required: true, about: 'What to do.' },
  { name: 'setting', kind: 'text', access: 'shown', about: 'The setting that it hangs on.' },
  {
    name: 'settingOf',
    kind: 'text',
    access: 'shown',
    about: 'Whose setting: of the server, the client, the upstream.',
  },
  { name: 'commands', kind: 'list', access: 'shown', required: true, about: 'Commands that help.' },
]

const EXPLANATION_FIELDS: readonly Field[] = [
  { name: 'code', kind: 'text', access: 'shown', required: true, about: 'As people write it.', example: '7K3M-9QXT' },
  { name: 'clients', kind: 'list', access: 'shown', required: true, about: 'The apps concerned.' },
  { name: 'accounts', kind: 'list', access: 'shown', required: true, about: 'The people concerned.' },
  {
    name: 'purpose',
    kind: 'text',
    access: 'shown',
    about: 'What the person set out to do.',
    choices: ['sign-in', 'sign-out'],
  },
  { name: 'state', kind: 'text', access: 'shown', about: 'How far it came.' },
  { name: 'steps', kind: 'objects', access: 'shown', required: true, about: 'The time line.', fields: STEP_FIELDS },
  { name: 'refusals', kind: 'integer', access: 'shown', required: true, about: 'How many checks said no.' },
  { name: 'signedInAs', kind: 'text', access: 'shown', about: 'Who signed in all the same.' },
  { name: 'failed', kind: 'object', access: 'shown', about: 'The check that ended it.', fields: STEP_FIELDS },
  { name: 'remedy', kind: 'object', access: 'shown', about: 'What can be done.', fields: REMEDY_FIELDS },
]

export const readExplanation: Operation = {
  name: 'explanations.read',
  method: 'GET',
  path: '/explanations/{code}',
  role: 'viewer',
  summary: 'Explain the code of an error page',
  about: 'What happened, and which check failed because of which setting. Secrets were never stored with it.',
  answer: { kind: 'document', fields: EXPLANATION_FIELDS },
  async perform({ path: { code: text = '' } }, acting) {
    const code = parseTraceCode(text)
    if (code === undefined) {
      return invalidField('code', 'trace code', 'is no code: codes look like 7K3M-9QXT (eight letters and digits)')
    }
    const document = await explanationOf(code, acting)
    return document === undefined ? unknownCode(code) : { document }
  },
}

async function explanationOf(code: TraceCode, { repositories }: Acting): Promise<Document | undefined> {
  const [flow, events] = await Promise.all([
    repositories.flows.findByTraceCode(code),
    repositories.audit.list({ traceCode: code, limit: MAX_EVENTS }),
  ])
  if (flow === undefined && events.length === 0) return undefined
  const clients = new Set([
    ...(flow !== undefined && 'clientUid' in flow.purpose ? [flow.purpose.clientUid] : []),
    ...events.map(({ clientUid }) => clientUid),
  ])
  const accounts = new Set(events.map(({ accountId }) => accountId))
  return {
    ...explain({
      code,
      flow,
      events,
      clients: await Promise.all(present(clients).map(uid => repositories.clients.find(uid))),
      accounts: await Promise.all(present(accounts).map(id => repositories.accounts.find(id))),
    }),
  }
}

function unknownCode(code: TraceCode): Problem {
  return new Problem(
    'not-found',
    `nothing is known about ${formatTraceCode(code)}: it is mistyped, or so old that it was deleted; codes of outages are only in the server's log (field traceCode)`,
  )
}

function present<Value>(values: ReadonlySet<Value | undefined>): readonly Value[] {
  return [...values].filter(value => value !== undefined)
}
