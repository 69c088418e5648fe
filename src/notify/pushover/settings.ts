import { z } from 'zod'
import type { Revealable } from '../../config/secret.ts'
import { duration, secret } from '../../config/values.ts'
import { serverAddress } from '../addresses.ts'

export const DEVICES = /^[A-Za-z0-9_-]{1,25}(?:,[A-Za-z0-9_-]{1,25})*$/

export const schema = z.strictObject({
  token: secret().describe('Token of your application in Pushover.'),
  user: secret().describe('Key of the user or group that is told.'),
  device: z
    .string()
    .regex(DEVICES, 'names of devices, separated by commas, are expected')
    .optional()
    .describe('Only to these devices of the user, separated by commas. Default: to all.'),
  sound: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,30}$/, 'the name of a sound is expected')
    .optional()
    .describe('Sound in place of the one that the user has chosen.'),
  untilAcknowledged: z
    .enum(['never', 'emergency', 'critical'])
    .prefault('emergency')
    .describe(
      'From which severity on Pushover repeats a message until it is acknowledged on a phone (its priority 2). Below it critical alerts have priority 1, which breaks the quiet hours of the phone.',
    ),
  repeatEvery: duration(30_000, 10_800_000).prefault('1m').describe('How often such a message is repeated.'),
  repeatFor: duration(30_000, 10_800_000).prefault('1h').describe('For how long it is repeated.'),
  apiUrl: serverAddress().prefault('https://api.pushover.net').describe('Where the API lives.'),
  timeout: duration(100, 60_000).prefault('10s').describe('Longest wait for the answer to one message.'),
})

export type PushoverSettings = {
  readonly token: Revealable
  readonly user: Revealable
  readonly device?: string | undefined
  readonly sound?: string | undefined
  readonly untilAcknowledged: 'never' | 'emergency' | 'critical'
  /** Milliseconds, as are the next. */
  readonly repeatEvery: number
  readonly repeatFor: number
  readonly apiUrl: string
  readonly timeout: number
}
