/** `sallyport registration-token create`: an initial access token (RFC 7591 §1.2), with which somebody registers apps. */

import type { Command } from 'commander'
import type { InitialAccessToken } from '../../core/clients/initial-access-token.ts'
import { parseFixedMetadata } from '../../core/registration/fixed-metadata.ts'
import { sealInitialAccessToken } from '../../core/registration/registration-handles.ts'
import type { SettingsMistake } from '../../core/settings-mistake.ts'
import type { House } from '../../house.ts'
import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import { commitChange } from '../commit-change.ts'
import { inNewHouse } from '../open-house.ts'
import { parseSeconds } from '../option-table.ts'
import { formatFields, type JsonOption, jsonText, withJson } from '../output.ts'
import { expiryText, registrationTokenJson, usesText } from '../registration-token-view.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Whoever has the token registers apps at the registration_endpoint of the discovery document, as far as registration.* in the settings
allows. What --set fixes, every app gets that is registered with the token, and keeps. The token is shown this once.

Examples:
  $ sallyport registration-token create --label "CI of the wiki team" --uses 5 --expires 7d
  $ sallyport registration-token create --label partners --set scope="openid email" --set consent_mode=always --json
  $ curl -H "Authorization: Bearer TOKEN" -H "Content-Type: application/json" \\
      -d '{"redirect_uris":["https://wiki.example.com/callback"]}' https://id.example.com/register`

interface CreateOptions extends JsonOption {
  readonly label?: string
  readonly uses?: string
  readonly expires?: string
  readonly set?: readonly string[]
}

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Make a token with which somebody may register apps by themselves.')
    .option('--label <text>', 'whom it is for: stands in the audit and in the list', 'unnamed')
    .option('--uses <number>', 'how many apps it registers; default: any number')
    .option('--expires <duration>', 'how long it counts: 12h, 7d; default: until it is revoked')
    .option('--set <member=value>', 'fixes metadata of every app registered with it; repeat for more', append)
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((options: CreateOptions) =>
      inNewHouse(command, terminal, (house, config) => create(house, terminal, options, config.registration.mode)),
    )
}

function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

async function create(house: House, terminal: Terminal, options: CreateOptions, mode: string): Promise<void> {
  const now = house.clock.now()
  const token = readToken(options, now, house)
  if ('mistakes' in token) return failWithMistakes('no token was made', token.mistakes)
  const { handles } = await house.openKeys()
  await commitChange(
    house,
    [house.repositories.initialAccessTokens.insert(token)],
    [{ type: 'registration-token.created', detail: { id: token.id, label: token.label } }],
    'the token was not kept; nothing was changed',
  )
  const text = sealInitialAccessToken(handles, token.id)
  if (options.json === true) return terminal.print(jsonText({ token: text, ...registrationTokenJson(token) }))
  if (mode === 'off') terminal.warn('warning: registration.mode is off, so nobody can use it yet')
  terminal.print(
    formatFields({
      token: text,
      id: token.id,
      label: token.label,
      uses: usesText(token),
      expires: expiryText(token, now),
      ...token.fixedMetadata,
    }),
  )
  terminal.print('\nKeep the token now: it is not shown again.')
}

function readToken(
  { label = '', uses, expires, set = [] }: CreateOptions,
  now: Date,
  { random }: House,
): InitialAccessToken | { readonly mistakes: readonly SettingsMistake[] } {
  const fixed = parseFixedMetadata(set)
  const seconds = expires === undefined ? undefined : parseSeconds('--expires', expires)
  const mistakes = [
    ...('mistakes' in fixed ? fixed.mistakes : []),
    ...(typeof seconds === 'object' ? [seconds] : []),
    ...(uses === undefined || /^[1-9]\d{0,8}$/.test(uses)
      ? []
      : [mistake('--uses', 'must be a whole number, 1 or more')]),
    ...(label.trim() !== '' && label.length <= 100 && !/\p{Cc}/u.test(label)
      ? []
      : [mistake('--label', 'must be 1 to 100 characters in one line')]),
  ]
  if (mistakes.length > 0 || 'mistakes' in fixed || typeof seconds === 'object') return { mistakes }
  return {
    id: newId(now, random),
    label,
    fixedMetadata: fixed.metadata,
    ...(uses === undefined ? {} : { remainingUses: Number(uses) }),
    createdAt: now,
    ...(seconds === undefined ? {} : { expiresAt: addSeconds(now, seconds) }),
  }
}

function mistake(member: string, message: string): SettingsMistake {
  return { member, rule: 'option', message }
}
