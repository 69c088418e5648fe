import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { gunzipSync } from 'node:zlib'
import { LAB_CERTIFICATE } from '../certificate.ts'
import type { Lab } from '../lab.ts'
import { LAB_API_TOKEN } from './options.ts'

export type Heard = {
  readonly status: number
  readonly phrase: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Parsed, where it is JSON. */
  readonly json: unknown
  readonly data: unknown
}
export type Asking = {
  readonly method?: 'GET' | 'POST'
  readonly form?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

const TOKEN = { Authorization: `PVEAPIToken=${LAB_API_TOKEN.id}=${LAB_API_TOKEN.secret}` }

/** Asks the API of one node as any HTTP client would. Rejects where the connection breaks. */
export function askNode(lab: Lab, node: string, path: string, asking: Asking = {}): Promise<Heard> {
  const host = lab.state().hosts.find(({ name }) => name === node)
  if (host === undefined) throw new RangeError(`the lab has no host ${node}`)
  const { method = 'GET', form, headers = TOKEN } = asking
  const body = form === undefined ? undefined : new URLSearchParams(form).toString()
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: host.address,
        port: host.httpsPort,
        method,
        path: `/api2/json${path}`,
        ca: LAB_CERTIFICATE,
        servername: 'pve-lab.invalid',
        agent: false,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const raw = Buffer.concat(chunks)
          const text = (response.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString('utf8')
          const json = parsed(text)
          const data = typeof json === 'object' && json !== null && 'data' in json ? json.data : undefined
          const { statusCode: status = 0, statusMessage: phrase = '' } = response
          resolve({ status, phrase, headers: response.headers, body: text, json, data })
        })
      },
    )
    call.on('error', reject)
    call.end(body)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
