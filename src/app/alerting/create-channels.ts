import type { ChannelConfiguration } from '../../config/alerting.ts'
import { URL_CHANNEL } from '../../config/schema/channels.ts'
import type { Secret } from '../../config/secret.ts'
import type { ChannelPolicy, Rate } from '../../core/alerts/policy.ts'
import type { Notifier } from '../../ports/notifier.ts'
import { CHANNELS } from '../registry/channels.ts'
import { pacedNotifier } from './paced-notifier.ts'
import { driverOfUrl, UrlNotifier } from './url-notifier.ts'

export type Channels = { readonly notifiers: readonly Notifier[]; readonly policies: readonly ChannelPolicy[] }

/** For a URL that cannot be read yet: slow enough for any service. */
const CAREFUL: Rate = { burst: 1, refillMs: 5_000 }

/** The channels that a configuration describes. Nothing is sent yet. `pace` is that of the clock of the alert path. */
export function createChannels(configured: readonly ChannelConfiguration[], pace: number): Channels {
  const created = configured.map(create)
  return {
    notifiers: created.map(({ notifier }) => pacedNotifier(notifier, pace)),
    policies: created.map(({ policy }) => ({
      ...policy,
      rate: { ...policy.rate, refillMs: policy.rate.refillMs * pace },
    })),
  }
}

type Created = { readonly notifier: Notifier; readonly policy: ChannelPolicy }

function create(channel: ChannelConfiguration): Created {
  const { name, type, settings } = channel
  if (type === URL_CHANNEL) return byUrl(channel, (settings as { url: Secret }).url)
  const registered = CHANNELS[type]
  // The schema admits registered types only.
  if (registered === undefined) throw new TypeError(`no channel ${type} is registered`)
  return { notifier: registered.create(name, settings), policy: policyOf(channel, registered) }
}

function byUrl(channel: ChannelConfiguration, url: Secret): Created {
  const driver = driverOfUrl(url)
  const known = driver.ok ? driver.driver : { type: URL_CHANNEL, rate: CAREFUL }
  return { notifier: new UrlNotifier(channel.name, url), policy: policyOf(channel, known) }
}

type Known = { readonly type: string; readonly rate: Rate; readonly local?: boolean; readonly loops?: boolean }

function policyOf(channel: ChannelConfiguration, known: Known): ChannelPolicy {
  return {
    name: channel.name,
    type: known.type,
    local: channel.local ?? known.local ?? false,
    loops: known.loops ?? false,
    rate: channel.rate ?? known.rate,
  }
}
