/** The first administrator: `POST /setup` with `token`, `username`, `name`, `email`, `password` and `password_again`. */

import { html } from '../../../lib/html.ts'
import { type MessageKey, translateTo } from '../text/text.ts'
import { renderAlert } from './alert.ts'
import { renderEmblem } from './emblem.ts'
import { renderField } from './field.ts'
import { hiddenFields } from './hidden-fields.ts'
import { type Page, renderPage } from './page.ts'

/** Lengths in characters. `suggested` is advice, the others are rules. */
export const PASSWORD_LENGTH = { minimum: 8, suggested: 12, maximum: 256 } as const

export type SetupField = 'username' | 'email' | 'password' | 'password_again'
export type SetupProblemKind =
  | 'username-empty'
  | 'username-taken'
  | 'email-invalid'
  | 'email-taken'
  | 'password-too-short'
  | 'password-too-long'
  | 'passwords-differ'

export interface SetupProblem {
  readonly field: SetupField
  readonly kind: SetupProblemKind
}

export interface SetupPage extends Page {
  /** The one-time token of the link; it also proves that the form is ours. */
  readonly token: string
  /** What was typed before, without the passwords. */
  readonly entered?: { readonly username: string; readonly name: string; readonly email: string } | undefined
  readonly problems?: readonly SetupProblem[] | undefined
}

const PROBLEMS: Readonly<Record<SetupProblemKind, MessageKey>> = {
  'username-empty': 'setup.usernameEmpty',
  'username-taken': 'setup.usernameTaken',
  'email-invalid': 'setup.emailInvalid',
  'email-taken': 'setup.emailTaken',
  'password-too-short': 'setup.passwordTooShort',
  'password-too-long': 'setup.passwordTooLong',
  'passwords-differ': 'setup.passwordsDiffer',
}

export function renderSetup(page: SetupPage): string {
  const translate = translateTo(page.locale)
  const { entered, problems = [] } = page
  const title = translate('setup.title')
  const firstWrong = problems[0]?.field ?? 'username'
  // The id of a field is its name with dashes.
  const about = (name: SetupField) => {
    const problem = problems.find(({ field }) => field === name)
    return {
      id: name.replaceAll('_', '-'),
      name,
      problem: problem && translate(PROBLEMS[problem.kind], PASSWORD_LENGTH),
      autofocus: firstWrong === name,
    }
  }
  return renderPage(page, {
    title,
    body: html`${renderEmblem('key')}
<h1>${title}</h1>
<p class="lead">${translate('setup.lead', { brandName: page.brandName })}</p>
${problems.length > 0 && renderAlert(translate('setup.problems', { count: problems.length }))}
<form method="post" action="${page.basePath}/setup" id="setup">
${hiddenFields({ token: page.token })}
${renderField({
  ...about('username'),
  type: 'text',
  label: translate('setup.username'),
  autocomplete: 'username',
  value: entered?.username,
  required: true,
})}
${renderField({
  id: 'name',
  name: 'name',
  type: 'text',
  label: translate('setup.name'),
  note: translate('setup.optional'),
  autocomplete: 'name',
  autocapitalize: 'words',
  value: entered?.name,
})}
${renderField({
  ...about('email'),
  type: 'email',
  label: translate('setup.email'),
  note: translate('setup.optional'),
  autocomplete: 'email',
  value: entered?.email,
})}
${renderField({
  ...about('password'),
  type: 'password',
  label: translate('setup.password'),
  hint: translate('setup.passwordHint', PASSWORD_LENGTH),
  autocomplete: 'new-password',
  required: true,
})}
${renderField({
  ...about('password_again'),
  type: 'password',
  label: translate('setup.passwordAgain'),
  autocomplete: 'new-password',
  required: true,
})}
<button class="button primary" type="submit" id="create-administrator">${translate('setup.submit')}</button>
</form>`,
  })
}
