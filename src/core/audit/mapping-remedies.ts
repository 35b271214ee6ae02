/** Remedies for refusals that come of what an upstream said about a person. */

import { type RefusedCase, type RemedyRow, sentence, textOf } from './remedy-row.ts'
import { theUpstream, upstreamCommand } from './upstream-remedies.ts'

const TRY = upstreamCommand('dry-run', '--code CODE --mapping FILE')

export const MAPPING_REMEDIES: readonly RemedyRow[] = [
  {
    rule: 'upstream mappings give a subject (ssoid)',
    why: about => sentence('what', theUpstream(about), 'said does not tell who the person is:', problemOf(about)),
    advice:
      'Map ssoid to a claim that is unique and never changes. As long as the answer is kept, the code above shows what the upstream said, and whether another mapping would do.',
    commands: about => [...TRY(about), ...upstreamCommand('edit', '--map ssoid=CLAIM')(about)],
  },
  {
    rule: 'upstream essential_claim',
    why: about => sentence(theUpstream(about), 'lets in only people with a certain claim:', problemOf(about)),
    advice:
      'Nothing is wrong when this person is not meant to come in. Otherwise give them the claim at the upstream, or change which value it must have (essential_claim, essential_claim_value).',
    commands: about => [...upstreamCommand('dry-run', '--code CODE')(about), ...upstreamCommand('show')(about)],
  },
]

function problemOf({ facts }: RefusedCase): string {
  return textOf(facts.problem) ?? 'it is not there'
}
