/** What `@peculiar/x509` looks for when it is loaded (Reflect Metadata), and never uses for making certificates. */

Object.assign(Reflect, {
  getMetadata: () => undefined,
  getOwnMetadata: () => undefined,
  hasOwnMetadata: () => false,
  defineMetadata: () => undefined,
  metadata: () => () => undefined,
})
