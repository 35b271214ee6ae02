/** `upstreams.dry_run`: an administrator tries mappings on pasted claims, or on the recorded answer of a sign-in that failed. */

import { newUuid } from '../../../../lib/id.ts'
import type { AttributeDefinition } from '../../../attributes/attribute-definition.ts'
import { parseTraceCode } from '../../../audit/trace-code.ts'
import { openRecordedAnswer } from '../../../upstreams/arrival/recorded-answer.ts'
import { dryRun, dryRunDocument } from '../../../upstreams/dry-run/dry-run.ts'
import { readPastedClaims } from '../../../upstreams/dry-run/pasted-claims.ts'
import type { ClaimSources, Mapping } from '../../../upstreams/mapping/mapping.ts'
import { parseMappings } from '../../../upstreams/mapping/parse-mappings.ts'
import type { Upstream } from '../../../upstreams/upstream.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import type { Field } from '../../field.ts'
import type { Operation, Outcome } from '../../operation.ts'
import { commitChange } from '../../perform-change.ts'
import type { Acting, Document } from '../../ports.ts'
import { conflict, invalid, invalidField, isProblem, notFound, Problem } from '../../problem.ts'

function said(name: string, kind: Field['kind'], about: string): Field {
  return { name, kind, access: 'written', about }
}

const BODY: readonly Field[] = [
  said('token', 'text', 'An ID token, a token response, or claims as JSON. Nothing of it is verified.'),
  said('userinfo', 'object', 'The answer of the user info endpoint, beside token.'),
  said('code', 'text', 'The code of a sign-in that failed: its recorded answer is tried.'),
  said('mappings', 'objects', 'Mappings to try instead of those of the upstream.'),
  said('account', 'text', 'What would change of this account, linked or not.'),
]

const ANSWER: readonly Field[] = [
  ...(
    [
      ['upstream', 'text', 'Its alias.'],
      ['verified', 'boolean', 'Whether the claims are those of a recorded answer, which were verified.'],
      ['documents', 'list', 'The documents that there were.'],
      ['mappings', 'objects', 'A line for each mapping: what it looked at, and what came of it.'],
      ['patch', 'object', 'What came of all of them.'],
      ['refused', 'object', 'Why nothing came of them.'],
      ['would', 'object', 'What a sign-in with these claims would do.'],
    ] as const
  ).map(([name, kind, about]): Field => ({ name, kind, about, access: 'shown' })),
]

export const dryRunOperation: Operation = {
  name: 'upstreams.dry_run',
  method: 'POST',
  path: '/upstreams/{alias}/dry-run',
  role: 'administrator',
  summary: 'Try the mappings of an upstream on claims',
  about: 'Nobody is signed in and no account changes. Looking at a recorded answer is written down in the audit.',
  body: BODY,
  answer: { kind: 'document', fields: ANSWER },
  async perform({ path: { alias = '' }, body = {} }, acting) {
    const stored = await acting.repositories.upstreams.findByAlias(alias)
    if (stored === undefined) return notFound('upstream', alias)
    const mistakes = [...documentMistakes(body, BODY, 'making'), ...wrongTogether(body)]
    if (mistakes.length > 0) return invalid(mistakes)
    const mappings = mappingsOf(body, stored, await acting.repositories.attributeDefinitions.list())
    if (isProblem(mappings)) return mappings
    const account = await accountOf(body, acting)
    if (isProblem(account)) return account
    const upstream = { ...stored, mappings }
    const found = await sourcesOf(body, upstream, acting)
    if (isProblem(found)) return found
    const { random, repositories, settings, now } = acting
    const verified = body.code !== undefined
    const run = await dryRun(
      { upstream, sources: found.sources, verified, ...account, uuid: newUuid(random) },
      { repositories, sendsMail: settings.sendsMail, now },
    )
    return { document: dryRunDocument(run), warnings: found.warnings } satisfies Outcome
  },
}

function wrongTogether({ token, code, userinfo }: Document) {
  const one = { member: 'token', rule: 'one of both', message: 'say either token or code' }
  const both = { member: 'userinfo', rule: 'beside token', message: 'goes with token: a recorded answer has its own' }
  return [
    ...((token === undefined) === (code === undefined) ? [one] : []),
    ...(code !== undefined && userinfo !== undefined ? [both] : []),
  ]
}

function mappingsOf(
  { mappings: written }: Document,
  stored: Upstream,
  definitions: readonly AttributeDefinition[],
): readonly Mapping[] | Problem {
  if (!Array.isArray(written)) return stored.mappings
  const { mappings, mistakes } = parseMappings(written, 'mappings', definitions)
  return mistakes.length > 0 ? invalid(mistakes) : mappings
}

async function accountOf({ account: login }: Document, { repositories: { accounts } }: Acting) {
  if (typeof login !== 'string') return {}
  const account = await accounts.findByLogin(login)
  return account === undefined ? notFound('account', login) : { account }
}

interface Found {
  readonly sources: ClaimSources
  readonly warnings: readonly string[]
}

const NOT_VERIFIED =
  'NOTHING OF THIS IS VERIFIED, neither signature nor issuer: it shows what mappings do, not who somebody is'

async function sourcesOf(body: Document, upstream: Upstream, acting: Acting): Promise<Found | Problem> {
  if (typeof body.code === 'string') return recordedSources(body.code, upstream, acting)
  const pasted = readPastedClaims(`${body.token}`, upstream)
  if (typeof pasted === 'string') return invalidField('token', 'readable claims', `what was given ${pasted}`)
  const { userinfo } = body
  return {
    sources: userinfo === undefined ? pasted.sources : { ...pasted.sources, userinfo: userinfo as Document },
    warnings: [NOT_VERIFIED, ...pasted.notes],
  }
}

/** An administrator looks at what an upstream said of somebody: that is written down before it is shown. */
async function recordedSources(text: string, upstream: Upstream, acting: Acting): Promise<Found | Problem> {
  const code = parseTraceCode(text)
  if (code === undefined) return invalidField('code', 'trace code', `${text} is no code: codes look like 7K3M-9QXT`)
  const ports = { attempts: acting.repositories.attempts, sealer: await acting.openSealer(), now: acting.now }
  const answer = await openRecordedAnswer(code, upstream, ports)
  if (answer.kind === 'gone') {
    const why = 'the sign-in did not fail after the upstream had answered, or broker.keep_failed_answers is over'
    return new Problem('not-found', `no answer is kept for ${text}: ${why}`)
  }
  if (answer.kind === 'of-another-upstream') {
    const message = `${text} is the code of a sign-in through another upstream than ${upstream.alias}`
    return invalidField('code', 'of this upstream', message)
  }
  const detail = { upstream: upstream.alias, received_at: answer.receivedAt }
  const looked = { writes: [], events: [{ type: 'upstream.answer-replayed', traceCode: code, detail }] } as const
  const isCommitted = await commitChange(looked, undefined, acting)
  if (!isCommitted) return conflict('the look at the answer could not be written down, so it is not shown')
  return { sources: answer.sources, warnings: [] }
}
