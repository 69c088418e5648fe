import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { duration, secret } from '../../config/values.ts'
import { type Pinning, pinning } from '../../tls/pinning.ts'
import { serverAddress } from '../addresses.ts'

export const TOPIC = /^[-_A-Za-z0-9]{1,64}$/

export const schema = z
  .strictObject({
    server: serverAddress().prefault('https://ntfy.sh').describe('The ntfy server.'),
    topic: z
      .union([z.string().regex(TOPIC, 'a topic has 1 to 64 letters, digits, dashes and underscores'), secret()])
      .describe('The topic. On a public server whoever knows it reads along: give it as a secret there.'),
    token: secret().optional().describe('Access token, where the server asks for one.'),
    username: z.string().min(1).optional().describe('User name in place of a token; with `password`.'),
    password: secret().optional().describe('Password of the user.'),
    tls: pinning().optional(),
    timeout: duration(100, 60_000).prefault('10s').describe('Longest wait for the answer to one message.'),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    error: 'username and password belong together',
    path: ['username'],
  })
  .refine(({ token, username }) => token === undefined || username === undefined, {
    error: 'either token or username and password',
    path: ['token'],
  })

export type NtfySettings = {
  readonly server: string
  readonly topic: string | Revealable
  readonly token?: Revealable | undefined
  readonly username?: string | undefined
  readonly password?: Revealable | undefined
  readonly tls?: Pinning | undefined
  /** Milliseconds. */
  readonly timeout: number
}
