/** `mail`: how the server sends mail. */

import { z } from 'zod'
import { isPlainAddress } from '../../lib/mailer.ts'

const SMTP_URL = /^smtps?:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?\/?$/i

export const mail = z
  .strictObject({
    server: z
      .string()
      .refine(isSmtpUrl, 'must be smtp://HOST:PORT or smtps://HOST:PORT')
      .optional()
      .describe(
        'The mail server: `smtp://HOST` (port 587) or `smtps://HOST` (TLS from the first byte, port 465). Without it no mail is sent, and whatever needs one is not offered.',
      ),
    user: z.string().min(1).optional().describe('The user name at the mail server, when it wants one.'),
    password: z.string().min(1).optional().describe('The password at the mail server.'),
    password_file: z.string().min(1).optional().describe('A file that contains the value of `mail.password`.'),
    from: z
      .string()
      .refine(isPlainAddress, 'must be an e-mail address')
      .optional()
      .describe('The address that mail comes from; `branding.name` is shown beside it.'),
    tls: z
      .enum(['required', 'opportunistic', 'none'])
      .prefault('required')
      .describe(
        'With smtp://: STARTTLS must be there (`required`), may be there (`opportunistic`), or is not used (`none`). Without it everybody on the way can read mail and password.',
      ),
  })
  .superRefine(({ server, from, user, password, password_file }, context) => {
    const needed = (setting: string, by: string): void =>
      context.addIssue({ code: 'custom', path: [setting], message: `is needed together with mail.${by}` })
    if (server !== undefined && from === undefined) needed('from', 'server')
    const given = password === undefined ? 'password_file' : 'password'
    const hasPassword = password !== undefined || password_file !== undefined
    if (user !== undefined && !hasPassword) needed('password', 'user')
    if (user === undefined && hasPassword) needed('user', given)
  })
  .prefault({})
  .describe('Mail to people: links that prove an address. Try it with `sallyport mail test`.')

function isSmtpUrl(text: string): boolean {
  // Credentials have settings of their own: a URL is shown in places where they must not be.
  return SMTP_URL.test(text) && URL.canParse(text)
}
