/** `sallyport key rotate`: a new key signs, the old one still verifies for a while. */

import type { Command } from 'commander'
import { KEY_PAIRS } from '../../core/keys/key-names.ts'
import { didYouMean } from '../../lib/nearest-name.ts'
import { atDesk, type Desk, withPlace } from '../at-desk.ts'
import { parseSeconds } from '../option-table.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'

/** Longer than any token lives, and longer than apps keep a key set they fetched. */
const KEEP = '30d'

const HELP = `
Running servers use the new key within a second, without a restart. The old one stays in the key set for as long as --keep says, so that
the tokens it signed, and apps that fetch the key set rarely, go on working. A key that somebody else may have: rotate it, then take the
old one away at once with sallyport key retire.

RSA-OAEP and ECDH-ES are the keys that apps encrypt to. Keys: ${KEY_PAIRS.join(', ')}.

Examples:
  $ sallyport key rotate RS256
  $ sallyport key rotate ES256 --keep 7d --json`

interface RotateOptions extends JsonOption {
  readonly keep: string
}

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Put a new key in the place of the one in use.')
    .argument('<alg>', 'the algorithm, such as RS256')
    .option('--keep <duration>', 'how long the old key stays published: 12h, 30d', KEEP)
    .addHelpText('after', HELP)
    .action((alg: string, options: RotateOptions) =>
      atDesk(command, terminal, desk => rotate(desk, terminal, alg, options), { headline: HEADLINE }),
    )
}

const HEADLINE = 'no key was rotated'

// RFC 7518 §3.2: the key of a MAC is the secret of the client.
function noKeyOf(alg: string): string {
  return /^HS\d{3}$/.test(alg)
    ? `"${alg}" has no key here, it signs with the secret of the client: sallyport client rotate-secret`
    : `"${alg}" is no key${didYouMean(alg, KEY_PAIRS)}`
}

async function rotate({ admin }: Desk, terminal: Terminal, alg: string, { keep, json }: RotateOptions): Promise<void> {
  const name = KEY_PAIRS.find(each => each === alg)
  const keepSeconds = parseSeconds('--keep', keep)
  const unknown = { member: 'alg', rule: 'known', message: noKeyOf(alg) }
  const mistakes = [...(name === undefined ? [unknown] : []), ...(typeof keepSeconds === 'object' ? [keepSeconds] : [])]
  if (name === undefined || typeof keepSeconds === 'object') return failWithMistakes(HEADLINE, mistakes)
  const { document } = await admin.call('keys.rotate', { body: { alg: name, keep_seconds: keepSeconds } })
  if (json === true) return terminal.print(jsonText(document))
  terminal.print(`new key  ${document.kid}`)
  const { old_kid, old_published_until } = document
  if (old_kid !== undefined) terminal.print(`old key  ${old_kid}, published until ${old_published_until}`)
}
