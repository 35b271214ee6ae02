/** An operation as a command that can be pasted into a shell: what stands for something of one's own is in capitals or an example. */

import type { Field } from '../../../../core/administration/field.ts'
import type { Operation } from '../../../../core/administration/operation.ts'
import type { Resource } from '../../../../core/administration/resource.ts'
import { JSON_TYPE, MERGE_PATCH_TYPE } from '../read-call.ts'

export function curlExample(
  { method, path, body, takesBytes = [], isPatch, ifMatch }: Operation,
  resource: Resource | undefined,
  api: string,
): string {
  const url = api + path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(nameExample(name, resource)))
  const [bytesType] = takesBytes
  const document = body === undefined ? undefined : exampleDocument(body, isPatch === true)
  return [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${shellText(url)}`,
    '-H "Authorization: Bearer $TOKEN"',
    ...(ifMatch === 'required' ? [`-H 'If-Match: "VERSION"'`] : []),
    ...(bytesType === undefined ? [] : [`-H ${shellText(`Content-Type: ${bytesType}`)}`, '--data-binary @FILE']),
    ...(document === undefined || bytesType !== undefined
      ? []
      : [
          `-H 'Content-Type: ${isPatch === true ? MERGE_PATCH_TYPE : JSON_TYPE}'`,
          `-d ${shellText(JSON.stringify(document))}`,
        ]),
  ].join(' \\\n  ')
}

function nameExample(name: string, resource: Resource | undefined): string {
  const example = resource?.fields.find(field => field.name === name)?.example
  return typeof example === 'string' ? example : name.toUpperCase()
}

/** What has to be there, and the first of what may. A patch is one change. */
function exampleDocument(fields: readonly Field[], isPatch: boolean): Readonly<Record<string, unknown>> {
  const usable = fields.filter(
    ({ access, required, example }) => access !== 'secret' || required || example !== undefined,
  )
  const needed = usable.filter(({ required }) => required === true)
  const shown = usable.filter(({ required, example }) => required !== true && example !== undefined)
  const chosen = isPatch ? [...shown, ...usable].slice(0, 1) : [...needed, ...shown.slice(0, 3)]
  return Object.fromEntries(chosen.map(field => [field.name, valueExample(field)]))
}

function valueExample({ name, kind, example, choices, fields = [] }: Field): unknown {
  if (example !== undefined) return example
  const [choice = name.toUpperCase()] = choices ?? []
  switch (kind) {
    case 'text':
    case 'words':
      return choice
    case 'uri':
      return 'https://app.example.com'
    case 'time':
      return '2026-01-31T12:00:00Z'
    case 'integer':
    case 'number':
    case 'seconds':
      return 1
    case 'boolean':
      return true
    case 'list':
      return [choice]
    case 'object':
      return exampleDocument(fields, false)
    case 'objects':
      return [exampleDocument(fields, false)]
    case 'map':
    case 'json':
      return {}
  }
}

/** POSIX Shell §2.2.2. */
function shellText(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
