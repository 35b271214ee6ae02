/** The smallest server on node:http, to see what HTTP alone costs: `node bench/parts/http-server.ts PORT`. */

import { createServer } from 'node:http'

const BODY = JSON.stringify({ access_token: 'a'.repeat(60), token_type: 'Bearer', expires_in: 3600 })

createServer((request, response) => {
  const answer = (): void => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': BODY.length }).end(BODY)
  }
  if (request.method === 'GET') return answer()
  let body = ''
  request.setEncoding('latin1')
  request.on('data', chunk => {
    body += chunk
  })
  request.on('end', () => {
    if (body.length > 0) answer()
  })
}).listen(Number(process.argv[2]), '127.0.0.1')
