/** The sections of files that hold things instead of settings: each maps names to documents. */

/** As the resources are called. */
export const THING_SECTIONS = ['groups', 'attributes', 'policies', 'upstreams', 'clients', 'accounts'] as const

export const INCLUDE = 'include'

/** Keys like `x-common` are nobody's: a place for anchors. */
export function isNobodys(key: string): boolean {
  return key.startsWith('x-')
}

export function isThingSection(key: string): boolean {
  return THING_SECTIONS.some(section => section === key)
}
