/** `authentication`: how strong a sign-in is, in the words that apps ask for it. */

import { z } from 'zod'

// OIDC Core §2: an acr value stands in a list that is separated by blanks.
const word = () => z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,200}$/, 'must be text without blanks or quotes')

const level = z.strictObject({
  value: word().describe('What apps ask for, and what stands in `acr`.'),
  requires: z
    .array(word())
    .describe('The methods that a sign-in must have used, all of them, as in `amr`: `pwd` for a password.'),
})

export const authentication = z
  .strictObject({
    acr_values: z
      .array(level)
      .superRefine((levels, context) => {
        for (const [index, { value }] of levels.entries()) {
          if (levels.findIndex(other => other.value === value) < index)
            context.addIssue({ code: 'custom', path: [index, 'value'], message: 'is listed twice' })
        }
      })
      .prefault([{ value: 'urn:sallyport:acr:password', requires: ['pwd'] }])
      .describe(
        'The classes of sign-ins (`acr`), the weakest first: a list of `value` and `requires`, the methods that it takes. In the environment: JSON.',
      ),
  })
  .transform(({ acr_values }) => ({ acrLevels: acr_values }))
  .prefault({})
  .describe('How strong a sign-in is.')
