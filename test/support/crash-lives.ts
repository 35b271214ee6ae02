/**
 * What the client of a dying server knows: for each grant and session which acts were acknowledged and which are in doubt.
 * The checks after a restart hold the server to exactly that.
 */

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, type CrashClient, codeOf, LOST, type Lost, tokensOf } from './crash-client.ts'

/** `in-doubt`: it was asked for, and the answer was lost. */
export type Act = 'not-asked' | 'in-doubt' | 'done'

export interface GrantLife {
  readonly code: string
  exchange: Act
  /** How often an exchange of this code was answered with tokens, over all crashes. */
  exchanges: number
  /** Refresh tokens that were acknowledged, one per generation. */
  readonly refreshTokens: string[]
  readonly accessTokens: string[]
  /** A refresh with the last of them was asked for and its answer was lost. */
  refreshInDoubt: boolean
  revocation: Act
  /** Of the last access token alone. */
  accessRevocation: Act
}

export interface SessionLife {
  readonly cookie: string
  signOut: Act
}

type Chance = (probability: number) => boolean

/** Lives through one grant until it ends or the server dies. Every act is in doubt from the moment it is asked for. */
export async function liveThroughGrant(
  client: CrashClient,
  cookie: string,
  lives: GrantLife[],
  chance: Chance,
): Promise<void> {
  const granted = await client.authorize(cookie)
  if (granted === LOST) return
  const code = codeOf(granted)
  assert.ok(code, `no code: ${granted.status} ${granted.location} ${granted.text}`)
  const life: GrantLife = {
    code,
    exchange: 'not-asked',
    exchanges: 0,
    refreshTokens: [],
    accessTokens: [],
    refreshInDoubt: false,
    revocation: 'not-asked',
    accessRevocation: 'not-asked',
  }
  lives.push(life)
  if (chance(0.1)) return
  if (chance(0.1)) return raceForCode(client, life)
  life.exchange = 'in-doubt'
  if (!keepTokens(life, await client.exchange(code), 'exchange')) return
  while (chance(0.7)) {
    life.refreshInDoubt = true
    if (!keepTokens(life, await client.refresh(last(life.refreshTokens)), 'refresh')) return
  }
  const revokesGrant = chance(0.3)
  if (revokesGrant) await revokeGrant(client, life)
  else if (chance(0.3)) await revokeAccessToken(client, life)
}

/** Two exchanges of one code at once: one may win, and then the other ends the grant. */
async function raceForCode(client: CrashClient, life: GrantLife): Promise<void> {
  life.exchange = 'in-doubt'
  life.revocation = 'in-doubt'
  const answers = await Promise.all([client.exchange(life.code), client.exchange(life.code)])
  const known = answers.filter((answer): answer is Answer => answer !== LOST)
  for (const answer of known) if (answer.status === 200) keepTokens(life, answer, 'exchange')
  assert.ok(life.exchanges <= 1, 'a code was exchanged twice at once')
  // One was told that the code was used: somebody has used it, and it has ended the grant.
  if (known.some(({ status }) => status === 400)) {
    life.exchange = 'done'
    life.revocation = 'done'
  }
}

function keepTokens(life: GrantLife, answer: Answer | Lost, act: 'exchange' | 'refresh'): boolean {
  if (answer === LOST) return false
  assert.equal(answer.status, 200, `${act}: ${answer.text}`)
  const tokens = tokensOf(answer)
  assert.ok(!life.refreshTokens.includes(tokens.refresh_token), `${act} gave the same refresh token again`)
  life.refreshTokens.push(tokens.refresh_token)
  life.accessTokens.push(tokens.access_token)
  if (act === 'exchange') {
    life.exchange = 'done'
    life.exchanges++
  } else life.refreshInDoubt = false
  return true
}

async function revokeGrant(client: CrashClient, life: GrantLife): Promise<void> {
  life.revocation = 'in-doubt'
  const answer = await client.revoke(last(life.refreshTokens))
  if (answer === LOST) return
  assert.equal(answer.status, 200)
  life.revocation = 'done'
}

async function revokeAccessToken(client: CrashClient, life: GrantLife): Promise<void> {
  life.accessRevocation = 'in-doubt'
  const answer = await client.revoke(last(life.accessTokens))
  if (answer === LOST) return
  assert.equal(answer.status, 200)
  life.accessRevocation = 'done'
}

/** After a restart: what was acknowledged is so, what is in doubt is one or the other, and nothing works twice. Ends the grant. */
export async function checkGrant(client: CrashClient, life: GrantLife): Promise<void> {
  if (life.exchange !== 'done') await checkUnexchanged(client, life)
  else if (life.refreshTokens.length > 0) await checkRefreshTokens(client, life)
  await refused(client.exchange(life.code), 'a code that was exchanged before')
  if (life.refreshTokens.length > 0) {
    await refused(client.refresh(last(life.refreshTokens)), 'a refresh token after the replay of its code')
  }
  assert.ok(life.exchanges <= 1, 'a code was exchanged twice')
}

async function checkUnexchanged(client: CrashClient, life: GrantLife): Promise<void> {
  const answer = await answered(client.exchange(life.code))
  if (life.exchange === 'not-asked') assert.equal(answer.status, 200, `an acknowledged code was lost: ${answer.text}`)
  else assert.ok(answer.status === 200 || isInvalidGrant(answer), answer.text)
  if (answer.status === 200) keepTokens(life, answer, 'exchange')
}

async function checkRefreshTokens(client: CrashClient, life: GrantLife): Promise<void> {
  const isAlive = life.revocation === 'not-asked'
  const current = last(life.refreshTokens)
  const { status } = await answered(client.userinfo(last(life.accessTokens)))
  if (life.accessRevocation === 'done') assert.equal(status, 401, 'an acknowledged revocation was lost')
  else if (isAlive && life.accessRevocation === 'not-asked')
    assert.equal(status, 200, 'an acknowledged access token was lost')
  const answer = await answered(client.refresh(current))
  if (life.revocation === 'done') assert.ok(isInvalidGrant(answer), 'an acknowledged revocation was lost')
  else if (isAlive && !life.refreshInDoubt) {
    assert.equal(answer.status, 200, `an acknowledged refresh token was lost: ${answer.text}`)
  } else assert.ok(answer.status === 200 || isInvalidGrant(answer), answer.text)
  if (answer.status !== 200) return
  keepTokens(life, answer, 'refresh')
  // Without grace only the very millisecond of the rotation still counts as the same request.
  await sleep(2)
  const [older = current] = life.refreshTokens.slice(-3)
  await refused(client.refresh(older), 'a refresh token that was used before')
}

export async function checkSession(client: CrashClient, life: SessionLife): Promise<void> {
  const answer = await answered(client.authorize(life.cookie, { prompt: 'none' }))
  const error = answer.location?.searchParams.get('error')
  const isSignedIn = codeOf(answer) !== undefined
  assert.ok(isSignedIn || error === 'login_required', `${answer.status} ${answer.location}`)
  if (life.signOut === 'not-asked') assert.ok(isSignedIn, 'an acknowledged session was lost')
  if (life.signOut === 'done') assert.ok(!isSignedIn, 'an acknowledged sign-out was lost')
}

async function refused(request: Promise<Answer | Lost>, what: string): Promise<void> {
  const answer = await answered(request)
  assert.ok(isInvalidGrant(answer), `${what} was honoured: ${answer.status} ${answer.text}`)
}

async function answered(request: Promise<Answer | Lost>): Promise<Answer> {
  const answer = await request
  assert.ok(answer !== LOST, 'the server is up, and still an answer was lost')
  return answer
}

function isInvalidGrant({ status, text }: Answer): boolean {
  return status === 400 && (JSON.parse(text) as { readonly error: string }).error === 'invalid_grant'
}

function last(tokens: readonly string[]): string {
  const token = tokens.at(-1)
  assert.ok(token)
  return token
}
