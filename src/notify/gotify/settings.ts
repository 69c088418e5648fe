import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { duration, secret } from '../../config/values.ts'
import { type Pinning, pinning } from '../../tls/pinning.ts'
import { serverAddress } from '../addresses.ts'

export const schema = z.strictObject({
  server: serverAddress().describe('The Gotify server, with its path where it lives below one.'),
  token: secret().describe('Token of the application in Gotify for which the messages are.'),
  clientToken: secret()
    .optional()
    .describe('Token of a client of the same user. With it a drill sees whether its message is there.'),
  tls: pinning().optional(),
  timeout: duration(100, 60_000).prefault('10s').describe('Longest wait for the answer to one message.'),
})

export type GotifySettings = {
  readonly server: string
  readonly token: Revealable
  readonly clientToken?: Revealable | undefined
  readonly tls?: Pinning | undefined
  /** Milliseconds. */
  readonly timeout: number
}
