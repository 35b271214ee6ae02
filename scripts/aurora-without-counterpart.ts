/** Aurora's settings of an OIDC/OAuth provider that are none here, and why: for whoever moves. */

export const AURORA_WITHOUT_COUNTERPART: readonly (readonly [setting: string, why: string])[] = [
  ['Response type', 'Always `code`, which is the only one there, too: tokens never travel through the browser.'],
  [
    'RP URL together with Frontend logout URL',
    '`logout_mode` is one of the two: a call from us, or the browser. Both would end the same session twice.',
  ],
  [
    'Claim mapping below Token, and another one below User Info',
    'One list, `mappings`; `source` says where a claim has to come from, where that matters.',
  ],
]
