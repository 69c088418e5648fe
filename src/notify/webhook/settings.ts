import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { duration, secret } from '../../config/values.ts'
import { type Pinning, pinning } from '../../tls/pinning.ts'

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/
const HEADER_VALUE = /^[\t\x20-\x7e]*$/
/** Set by ourselves or by HTTP. */
const OURS =
  /^(?:content-type|content-length|host|connection|transfer-encoding|expect|upgrade|te|trailer|user-agent|x-watchdog-.*)$/i

export const schema = z
  .strictObject({
    url: z
      .union([z.string().refine(isWebAddress, 'an address that begins with http:// or https:// is expected'), secret()])
      .describe('Where each message is posted as JSON. A secret where the address itself holds one.'),
    token: secret().optional().describe('Sent as `Authorization: Bearer TOKEN`.'),
    headers: z
      .record(
        z
          .string()
          .regex(HEADER_NAME, 'the name of a header is expected')
          .refine((name) => !OURS.test(name), 'this header is set by the program itself'),
        z.union([z.string().regex(HEADER_VALUE, 'a header is one line of plain characters'), secret()]),
      )
      .prefault({})
      .describe('More headers.'),
    signingSecret: secret()
      .optional()
      .describe(
        'With it each message is signed: `X-Watchdog-Signature: t=SECONDS,v1=HEX`, the HMAC-SHA256 of the seconds, a dot and the body.',
      ),
    tls: pinning().optional(),
    timeout: duration(100, 60_000).prefault('10s').describe('Longest wait for the answer.'),
  })
  .refine(({ token, headers }) => token === undefined || !Object.keys(headers).some(isAuthorization), {
    error: 'either token or a header Authorization',
    path: ['token'],
  })

const isAuthorization = (name: string) => name.toLowerCase() === 'authorization'

function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}

export type WebhookSettings = {
  readonly url: string | Revealable
  readonly token?: Revealable | undefined
  readonly headers: Readonly<Record<string, string | Revealable>>
  readonly signingSecret?: Revealable | undefined
  readonly tls?: Pinning | undefined
  /** Milliseconds. */
  readonly timeout: number
}
