/** `sallyport upstream list`: all upstreams, as the sign-in page orders them. */

import type { Command } from 'commander'
import { warningWords } from '../../core/upstreams/settings/upstream-warnings.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import type { UpstreamDocument } from '../find-upstream.ts'
import { firstOf, readListOptions, withListOptions } from '../list-options.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printList, warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'
import { upstreamJson } from '../upstream-view.ts'

const HELP = `
The column warnings has a word for whatever makes an upstream easier to deceive; sallyport upstream show ALIAS says it in a sentence.

Examples:
  $ sallyport upstream list
  $ sallyport upstream list --json | jq -r ".[].alias"`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withListOptions(withJson(command), 'upstreams'))
    .description('List all upstreams, in the order of the sign-in page.')
    .addHelpText('after', HELP)
    .action(({ json }: JsonOption) => {
      const { query, limit } = readListOptions(command, 'upstreams')
      return atDesk(command, terminal, async ({ admin }) => {
        const { warnings } = await admin.call('upstreams.list', { query: { limit: 1 } })
        warnAll(terminal, warnings)
        const found = firstOf(admin.all('upstreams.list', query), limit)
        const none = 'There are no upstreams yet: sallyport upstream create --help'
        if (json === true) return printList(terminal, { json }, jsonOf(found), { head: [], row: () => [], none })
        return printList(terminal, { json: false }, found, { head: HEAD, row: rowOf, none })
      })
    })
}

const HEAD = ['alias', 'name', 'kind', 'enabled', 'order', 'warnings']

function rowOf(upstream: UpstreamDocument): readonly (string | undefined)[] {
  const { alias, display_name, kind = 'oidc', enabled, order } = upstream
  const words = warningWords({
    kind,
    disableJwtValidation: upstream.disable_jwt_validation === true,
    validateSignatures: upstream.validate_signatures !== false,
    validateIssuer: upstream.validate_issuer !== false,
    pkceMethod: upstream.pkce_method ?? 'S256',
  })
  return [alias, display_name ?? alias, kind, enabled === true ? 'yes' : 'no', `${order}`, words.join(', ')]
}

async function* jsonOf(found: AsyncIterable<UpstreamDocument>) {
  for await (const upstream of found) yield upstreamJson(upstream)
}
