import { Disclosed } from '../../config/secret.ts'
import { decoded } from '../addresses.ts'
import type { ChannelDriver, FromUrl } from '../driver.ts'
import { PushoverNotifier } from './notifier.ts'
import { DEVICES, type PushoverSettings, schema } from './settings.ts'

const FORM = 'pushover://shoutrrr:TOKEN@USER, with ?devices=ONE,OTHER for some of the devices only'
const KEY = /^[A-Za-z0-9]{1,64}$/

/** Pushover, with messages of the highest urgency that are repeated until somebody acknowledges them. */
export const pushoverDriver = {
  type: 'pushover',
  schema,
  // Pushover limits a month's messages and asks for no more than two calls at a time.
  rate: { burst: 20, refillMs: 2000 },
  schemes: ['pushover'],
  fromUrl,
  create: (name, settings) => new PushoverNotifier(name, settings),
} satisfies ChannelDriver<PushoverSettings>

function fromUrl(url: URL): FromUrl<PushoverSettings> {
  const wrong = (why: string) => ({ ok: false, sentence: `${why}; expected is ${FORM}` }) as const
  const token = decoded(url.password)
  const query = new URLSearchParams(url.search)
  const device = query.get('devices') ?? ''
  if (token === undefined || !KEY.test(token)) return wrong('the token of the application is missing')
  if (!KEY.test(url.host)) return wrong('the key of the user is missing')
  if (url.pathname !== '' && url.pathname !== '/') return wrong('there is a path')
  if ([...query.keys()].some((key) => key !== 'devices')) return wrong('only devices is known after the question mark')
  if (device !== '' && !DEVICES.test(device)) return wrong('devices are names, separated by commas')
  return {
    ok: true,
    settings: {
      token: new Disclosed(token),
      user: new Disclosed(url.host),
      ...(device === '' ? {} : { device }),
      untilAcknowledged: 'emergency',
      repeatEvery: 60_000,
      repeatFor: 3_600_000,
      apiUrl: 'https://api.pushover.net',
      timeout: 10_000,
    },
  }
}
