/** Writes docs/reference/admin-api.json, the OpenAPI document of the admin API; `--check` fails when it is stale. */

import { OPERATIONS } from '../src/core/administration/operations.ts'
import { RESOURCES } from '../src/core/administration/resources.ts'
import { openApiDocument } from '../src/doors/admin/api/description/openapi-document.ts'
import { writeOrCheck } from './reference-file.ts'

const document = openApiDocument({
  issuer: 'https://id.example.com',
  operations: OPERATIONS,
  resources: RESOURCES,
})

writeOrCheck('admin-api.json', `${JSON.stringify(document, null, 2)}\n`, 'node scripts/generate-admin-api.ts')
