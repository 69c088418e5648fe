import { createHmac } from 'node:crypto'

/**
 * The value of `X-Watchdog-Signature`: `t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of `SECONDS.BODY` under the
 * secret. A receiver computes it over the bytes that it got, compares in constant time, and refuses what is older than a
 * few minutes, so that nobody can play a message back. Each try is signed anew.
 */
export function signatureOf(body: string, secret: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000)
  const hex = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${hex}`
}
