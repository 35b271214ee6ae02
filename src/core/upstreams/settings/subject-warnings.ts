/** What a change of an upstream does to the links that are there already: they are made of what it calls people (`ssoid`). */

import { isTemplate } from '../issuer.ts'
import { endpointsOf, type Upstream } from '../upstream.ts'

export function subjectWarnings(before: Upstream, after: Upstream): readonly string[] {
  if (subjectRule(before) !== subjectRule(after)) {
    return [
      'who somebody is there (ssoid) is told in another way now: people who signed in before are not known any more, and link their accounts once more.',
    ]
  }
  // OIDC Core §2: a subject is unique within its issuer, and means nothing beyond it.
  return placeOf(before) === placeOf(after)
    ? []
    : [
        'it is another place now, and the links stay: whoever has the same ssoid there signs in to an account that was linked before. A new upstream has no links.',
      ]
}

/** How a subject is made: by which mappings, and whether the tenant is part of it. */
function subjectRule({ kind, standardMappings, mappings, ...upstream }: Upstream): string {
  const own = mappings.filter(mapping => 'attribute' in mapping && mapping.attribute === 'ssoid')
  const hasTenants = isTemplate(upstream.issuer ?? upstream.discovered?.issuer ?? '')
  // The order of members means nothing: what was stored comes back in another one.
  const rules = own.map(({ name: _, sync: __, ...rule }) => Object.entries(rule).toSorted())
  return JSON.stringify([hasTenants, rules.length > 0 ? rules : [kind, standardMappings]])
}

function placeOf(upstream: Upstream): string | undefined {
  const { issuer, tokenEndpoint } = endpointsOf(upstream)
  return issuer ?? upstream.discoveryUri ?? tokenEndpoint
}
