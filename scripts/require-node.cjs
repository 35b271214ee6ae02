/** Says what is missing when TypeScript cannot be run as it is. Plain old JavaScript: it is for the Node versions that can do no better. */

var major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    'Sallyport runs on Node.js 24 or newer; this is ' +
      process.version +
      '.\n' +
      '`npm ci` brings a fitting one along as an optional dependency. Was it run with --omit=optional, or is there no build for ' +
      process.platform +
      '-' +
      process.arch +
      '?',
  )
  process.exit(1)
}
