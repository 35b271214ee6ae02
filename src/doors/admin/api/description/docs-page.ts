/** The admin API as a page for people: every resource, its fields and its operations, without a script. */

import { ROLES } from '../../../../core/accounts/account.ts'
import { adminResource, adminScope } from '../../../../core/administration/admin-scopes.ts'
import type { Field } from '../../../../core/administration/field.ts'
import type { Operation } from '../../../../core/administration/operation.ts'
import type { ProblemKind } from '../../../../core/administration/problem.ts'
import type { Resource } from '../../../../core/administration/resource.ts'
import { type Html, html } from '../../../../lib/html.ts'
import { PROBLEM_STATUS } from '../api-replies.ts'
import { curlExample } from './curl-example.ts'
import { fieldList } from './field-list.ts'
import type { Described } from './openapi-document.ts'
import { prose } from './prose.ts'
import { PROBLEM_TEXTS } from './responses.ts'
import { ROLE_TEXTS } from './role-texts.ts'
import { type Section, sectionsOf } from './sections.ts'

export interface DocsFrame {
  readonly brandName: string
  /** URLs, below our own origin. */
  readonly stylesheets: readonly string[]
  readonly icon: string
}

export function docsPage(described: Described, { brandName, stylesheets, icon }: DocsFrame): string {
  const sections = sectionsOf(described.operations, described.resources)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Admin API – ${brandName}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${stylesheets.map(href => html`<link rel="stylesheet" href="${href}">\n`)}<link rel="icon" href="${icon}" type="image/svg+xml">
</head>
<body class="reference">
<a class="skip" href="#content">Skip to the content</a>
<header class="masthead"><img src="${icon}" alt="" width="32" height="32"><p>${brandName} <span>Admin API</span></p></header>
<nav aria-label="Contents"><ul>
<li><a href="#begin">Begin here</a></li>
<li><a href="#roles">Roles</a></li>
<li><a href="#problems">Problems</a></li>
${sections.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>\n`)}</ul></nav>
<main id="content">
<h1>Admin API</h1>
${introduction(described)}
${roles()}
${problems()}
${sections.map(each => section(each, described))}
</main>
</body>
</html>
`.toString()
}

function introduction({ issuer }: Described): Html {
  const api = adminResource(issuer)
  const token = `TOKEN=$(curl -s ${issuer}/token -u CLIENT_ID:CLIENT_SECRET \\
  -d grant_type=client_credentials -d scope=admin.viewer \\
  -d resource=${api} | jq -r .access_token)`
  return html`<section id="begin" aria-labelledby="begin-title">
<h2 id="begin-title">Begin here</h2>
<p>Everything below <code>${api}</code>, in JSON. The same as an <a href="openapi.json">OpenAPI 3.1 document</a>.</p>
<p>A request brings an access token of this server whose audience is this API, in the header <code>Authorization</code>:</p>
<pre tabindex="0"><code>${token}
curl ${api}/groups -H "Authorization: Bearer $TOKEN"</code></pre>
<dl class="terms">
<dt>Lists</dt><dd><code>items</code> and, when there is more, <code>next</code>: send it as <code>cursor</code>. <code>q</code> searches, <code>sort</code> orders, <code>limit</code> says how many.</dd>
<dt>Versions</dt><dd>A document comes with an <code>ETag</code>. Send it back as <code>If-Match</code>, and a change is refused when somebody else was faster. Replacing asks for it.</dd>
<dt>Patches</dt><dd>JSON merge patches (RFC 7396): what is sent takes the place of what is there, <code>null</code> takes it away.</dd>
<dt>Names in paths</dt><dd>Percent-encoded: <code>ops/night</code> is <code>ops%2Fnight</code>.</dd>
<dt>Warnings</dt><dd>Done, but: the header <code>sallyport-warnings</code> is a JSON list of sentences.</dd>
<dt>Secrets</dt><dd>Are written and never shown; what is made up is shown once, in the answer that made it.</dd>
</dl>
</section>`
}

function roles(): Html {
  return html`<section id="roles" aria-labelledby="roles-title">
<h2 id="roles-title">Roles</h2>
<p>Each may do what those before it may. A token has the role of its scope; a person’s token never has more than the person.</p>
<dl class="terms">
${ROLES.map(role => html`<dt><code>${role}</code></dt><dd>${ROLE_TEXTS[role]} Scope <code>${adminScope(role)}</code>.</dd>\n`)}</dl>
</section>`
}

function problems(): Html {
  const kinds = Object.keys(PROBLEM_STATUS) as ProblemKind[]
  return html`<section id="problems" aria-labelledby="problems-title">
<h2 id="problems-title">Problems</h2>
<p>What was not done is told as problem details (RFC 9457): <code>code</code> never changes, <code>detail</code> is for people, <code>errors</code> names each field with its rule.</p>
<pre tabindex="0"><code>${PROBLEM_EXAMPLE}</code></pre>
<dl class="terms">
${kinds.map(
  kind =>
    html`<dt id="problem-${kind}"><code>${kind}</code> <span class="note-word">${PROBLEM_STATUS[kind]}</span></dt><dd>${prose(PROBLEM_TEXTS[kind])}</dd>\n`,
)}</dl>
</section>`
}

const PROBLEM_EXAMPLE = `{
  "title": "Bad Request",
  "status": 400,
  "code": "invalid",
  "detail": "what was sent breaks these rules",
  "errors": [
    { "field": "name", "rule": "required", "message": "is missing" }
  ]
}`

function section({ name, about, resource, operations }: Section, described: Described): Html {
  const { fields = [] } = resource ?? {}
  return html`<section id="${name}" aria-labelledby="${name}-title">
<h2 id="${name}-title">${name}</h2>
<p>${prose(about)}</p>
${fields.length > 0 && html`<details><summary>${fields.length} fields</summary>${fieldList(fields)}</details>`}
${operations.map(operation => article(operation, resource, described))}
</section>`
}

function article(operation: Operation, resource: Resource | undefined, { issuer }: Described): Html {
  const { name, method, path, role, summary, about, query, body, answer } = operation
  const isOwn = (fields: readonly Field[]) =>
    !fields.every(field => resource?.fields.some(({ name }) => name === field.name))
  const isOwnBody = body !== undefined && isOwn(body)
  const isOwnAnswer = answer !== undefined && isOwn(answer.fields)
  return html`<article id="${name}">
<h3>${summary}</h3>
<p class="request"><strong class="method method-${method.toLowerCase()}">${method}</strong> <code>${path}</code> <span class="note-word">${role}</span></p>
${about !== undefined && html`<p>${prose(about)}</p>`}
${query !== undefined && query.length > 0 && html`<details><summary>Query parameters</summary>${fieldList(query)}</details>`}
${isOwnBody && html`<details><summary>Body</summary>${fieldList(body)}</details>`}
${isOwnAnswer && html`<details><summary>Answer</summary>${fieldList(answer.fields)}</details>`}
<pre tabindex="0"><code>${curlExample(operation, resource, adminResource(issuer))}</code></pre>
</article>`
}
