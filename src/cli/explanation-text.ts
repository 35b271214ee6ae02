/** An explanation for people: the time line, how it ended, and what can be done. Pure. */

import type { ExplainedStep, Explanation } from '../core/audit/explanation.ts'
import type { Remedy } from '../core/audit/remedies.ts'
import type { Facts } from '../spec/refusal.ts'
import { printable } from './output.ts'

export function explanationText(explanation: Explanation): string {
  const { code, clients, accounts, steps, failed } = explanation
  const about = [
    ...clients.map(clientId => `app ${clientId}`),
    ...accounts.map(username => `account ${username}`),
    ...progress(explanation),
  ]
  return [
    `${code}${about.length === 0 ? '' : `: ${printable(about.join(', '))}`}`,
    '',
    ...steps.flatMap(step => stepLines(step, step === failed)),
    '',
    ...conclusion(explanation).map(printable),
  ].join('\n')
}

function progress({ purpose, state, failed }: Explanation): readonly string[] {
  if (state === undefined) return []
  // The pages came to their end, and yet something after them was refused: the app's own request.
  const isBrokenLater = state === 'completed' && failed !== undefined
  return [`the ${purpose} is ${state}${isBrokenLater ? ', but a later request was refused' : ''}`]
}

/** `✗ 12:00:00.123  consent  refused` and below it the rule and what it looked at. */
function stepLines({ at, step, outcome, rule, facts }: ExplainedStep, isFailed: boolean): readonly string[] {
  const mark = outcome === 'refused' ? (isFailed ? '✗' : '!') : ' '
  const indent = ' '.repeat(16)
  return [
    `${mark} ${at.slice(11, 23)}  ${printable(step)}  ${outcome}`,
    ...(rule === undefined ? [] : [`${indent}${outcome === 'refused' ? 'rule not met' : 'rule'}  ${printable(rule)}`]),
    ...Object.entries(facts).map(([name, value]) => `${indent}${printable(`${name}  ${factText(value)}`)}`),
  ]
}

function conclusion({ failed, remedy, refusals, state, signedInAs, purpose }: Explanation): readonly string[] {
  if (failed !== undefined) {
    const { description, error } = failed.facts
    return [
      `Refused: ${String(description ?? error ?? failed.step)}`,
      ...(failed.rule === undefined ? [] : [`Rule not met: ${failed.rule}`]),
      ...(remedy === undefined ? [] : remedyLines(remedy)),
    ]
  }
  if (refusals === 0) return ['No check failed.']
  const who = signedInAs === undefined || purpose === 'sign-out' ? '' : ` as ${signedInAs}`
  const after = `after ${refusals} refused ${refusals === 1 ? 'attempt' : 'attempts'}`
  if (state === 'completed') return [`Completed${who}, ${after}.`]
  return [`${who === '' ? 'Went on' : `Signed in${who}`}, ${after}; not completed yet.`]
}

function remedyLines({ why, advice, setting, settingOf, commands }: Remedy): readonly string[] {
  return [
    why,
    '',
    `What to do: ${advice}`,
    ...commands.map(command => `  ${command}`),
    ...(setting === undefined ? [] : [`Setting: ${settingText(setting, settingOf)}`]),
  ]
}

function settingText(setting: string, settingOf: Remedy['settingOf']): string {
  if (settingOf !== 'server') return `${setting} of the ${settingOf ?? 'client'}`
  return `${setting} (SALLYPORT_${setting.replace('.', '_').toUpperCase()})`
}

function factText(value: Facts[string]): string {
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : value.join(' ')
  return String(value)
}
