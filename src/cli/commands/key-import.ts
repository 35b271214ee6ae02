/** `sallyport key import`: a private key of another server, so that what it signed there verifies here. */

import type { Command } from 'commander'
import { KEY_PAIRS } from '../../core/keys/key-names.ts'
import type { SettingsMistake } from '../../core/settings-mistake.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { keyJson } from '../key-view.ts'
import { parseSeconds } from '../option-table.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'
import { isObject, parseJson, readFileText } from '../written-values.ts'

const HELP = `
FILE is a private key in PEM (PKCS#1, PKCS#8 or SEC 1, without a passphrase) or a JWK; - reads it from standard input. It is sealed under
the master key and never comes out again.

As it is, the key is published for as long as --keep says: tokens that it signed verify, and nothing new is signed with it. With --live it
signs from now on in the place of the key in use, which stays published for 30 days. --kid is the name that tokens have in their header; a
JWK brings its own, and without one it is the thumbprint of the key (RFC 7638), which is what many servers take. A key goes with one
algorithm. Keys: ${KEY_PAIRS.join(', ')}.

Examples:
  $ sallyport key import issuer.pem --kid authelia --keep 14d
  $ sallyport key import realm.jwk.json --live
  $ kubectl get secret oidc -o jsonpath='{.data.key}' | base64 -d | sallyport key import - --alg RS256`

interface ImportOptions extends JsonOption {
  readonly kid?: string
  readonly alg?: string
  readonly live?: boolean
  readonly keep?: string
}

const HEADLINE = 'the key was not imported'

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Import a private key of another server.')
    .argument('<file>', 'the key in PEM or as a JWK; - for standard input')
    .option('--kid <kid>', 'how tokens name it')
    .option('--alg <alg>', 'what it is for; default: what the JWK says, or RS256 for an RSA key')
    .option('--live', 'it signs from now on, in the place of the key in use')
    .option('--keep <duration>', 'how long it stays published: 12h, 30d; default: 30d')
    .addHelpText('after', HELP)
    .action(async (file: string, options: ImportOptions) => {
      const body = { ...(await readKey(file, terminal)), ...readOptions(options, terminal.startedAt) }
      return atDesk(
        command,
        terminal,
        async ({ admin }) => {
          const { document } = await admin.call('keys.create', { body })
          if (options.json === true) return terminal.print(jsonText(keyJson(document)))
          const { alg, kid, state, unpublish_at: end } = document
          const what = state === 'in use' ? 'signs from now on' : `is published until ${end}`
          terminal.print(`The ${alg} key ${kid} was imported and ${what}.`)
        },
        { database: 'made', headline: HEADLINE },
      )
    })
}

async function readKey(file: string, terminal: Terminal) {
  const text = file === '-' ? await terminal.readInput() : readFileText('the key', file, terminal)
  if (!text.trimStart().startsWith('{')) return { pem: text }
  const jwk = parseJson(text)
  if (!isObject(jwk)) throw new CommandFailure(EXIT.usage, `${file} is neither PEM nor one JSON object`)
  if (!Array.isArray(jwk.keys)) return { jwk }
  const message = `${file} is a set of ${jwk.keys.length} keys: import them one by one (jq '.keys[0]' ${file} | sallyport key import -)`
  throw new CommandFailure(EXIT.usage, message)
}

function readOptions({ kid, alg, live, keep }: ImportOptions, now: Date) {
  const name = KEY_PAIRS.find(each => each === alg)
  const keepSeconds = keep === undefined ? undefined : parseSeconds('--keep', keep)
  const unknown = { member: '--alg', rule: 'known', message: `"${alg}" is no key: ${KEY_PAIRS.join(', ')}` }
  const both = { member: '--keep', rule: 'together', message: 'is for a key that is only published: leave out --live' }
  const mistakes: readonly SettingsMistake[] = [
    ...(alg !== undefined && name === undefined ? [unknown] : []),
    ...(typeof keepSeconds === 'object' ? [keepSeconds] : []),
    ...(keep !== undefined && live === true ? [both] : []),
  ]
  if (mistakes.length > 0 || typeof keepSeconds === 'object') return failWithMistakes(HEADLINE, mistakes)
  return {
    ...(kid === undefined ? {} : { kid }),
    ...(name === undefined ? {} : { alg: name }),
    state: live === true ? ('in use' as const) : ('published' as const),
    ...(keepSeconds === undefined ? {} : { unpublish_at: new Date(now.getTime() + keepSeconds * 1000).toISOString() }),
  }
}
