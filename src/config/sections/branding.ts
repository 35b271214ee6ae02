/** `branding`: how the pages introduce themselves. */

import { z } from 'zod'

export const branding = z
  .strictObject({
    name: z.string().trim().min(1).max(100).prefault('Sallyport').describe('The name that people read on the pages.'),
    default_locale: z
      .enum(['en', 'de'])
      .prefault('en')
      .describe('The language of the pages when the browser asks for none that we speak.'),
  })
  .transform(({ name, default_locale }) => ({ name, defaultLocale: default_locale }))
  .prefault({})
  .describe('Name and language of the pages.')
