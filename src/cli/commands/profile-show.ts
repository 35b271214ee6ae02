/** `sallyport profile show`: the rules of one profile. */

import type { Command } from 'commander'
import { PROFILES } from '../../core/clients/profiles.ts'
import { didYouMean } from '../../lib/nearest-name.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { formatTable, type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
A client is held to a profile with: sallyport client edit CLIENT_ID --set profile=NAME

Examples:
  $ sallyport profile show fapi2
  $ sallyport profile show oauth2.1 --json`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Show the rules of a profile.')
    .argument('<name>', 'default, oauth2.1, fapi1-advanced or fapi2')
    .addHelpText('after', HELP)
    .action((name: string, { json }: JsonOption) => {
      const profile = PROFILES.find(known => known.name === name)
      if (profile === undefined) throw unknownProfile(name)
      const rules = profile.rules.map(({ name: rule, section, sentence }) => ({ name: rule, section, sentence }))
      const { title, about } = profile
      if (json === true) return terminal.print(jsonText({ name: profile.name, title, about, rules }))
      terminal.print(`${title}: ${about}`)
      if (rules.length === 0) return
      const rows = rules.map(rule => [rule.name, rule.sentence, rule.section])
      terminal.print(`\n${formatTable(['rule', 'what it says', 'section'], rows)}`)
    })
}

function unknownProfile(name: string): CommandFailure {
  const names = PROFILES.map(profile => profile.name)
  return new CommandFailure(
    EXIT.notFound,
    `there is no profile ${name}${didYouMean(name, names)}; there are ${names.join(', ')}`,
  )
}
