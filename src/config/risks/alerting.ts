import { URL_CHANNEL } from '../schema/channels.ts'
import type { Secret } from '../secret.ts'
import { enumerate, type Risk, type RiskRule } from './risk.ts'

export const actingUntold: RiskRule = ({ mode, alerting }) => {
  if (mode !== 'act' || alerting.channels.length > 0) return []
  return [
    {
      code: 'acting-untold',
      sentence: 'The mode is act, but there is nobody to tell: power is cut and only the log and the metrics know.',
      remedy: 'Add `channels:` (docs/alerting.md), or stay in `mode: dry-run`.',
    },
  ]
}

export const oneChannel: RiskRule = ({ mode, alerting }) => {
  const [only, ...others] = alerting.channels
  if (mode !== 'act' || only === undefined || others.length > 0) return []
  return [
    {
      code: 'one-channel',
      sentence: `${only.name} is the only way to tell anybody: when it fails, nobody hears of it.`,
      remedy: 'Add a second channel of another service, and a chain: `alerts.receivers`.',
    },
  ]
}

export const nobodyOutside: RiskRule = ({ mode, alerting }) => {
  if (mode !== 'act' || alerting.channels.length === 0 || alerting.heartbeats.length > 0) return []
  return [
    {
      code: 'nobody-outside',
      sentence: 'Nobody outside notices when the watchdog itself falls silent: with its machine, its alerts are gone.',
      remedy: 'Add `heartbeats:` to a service outside, or to a second watchdog elsewhere.',
    },
  ]
}

/** An alert that a route sends to nobody is recorded and never told. */
export const criticalToNobody: RiskRule = ({ alerting }): Risk[] => {
  const { routes } = alerting.alerts
  const silent = routes.flatMap(({ receivers, severities }, index) => {
    const takesCritical = severities.length === 0 || severities.includes('critical') || severities.includes('emergency')
    return receivers.length === 0 && takesCritical ? [`route ${index + 1}`] : []
  })
  if (silent.length === 0) return []
  return [
    {
      code: 'critical-to-nobody',
      sentence: `${enumerate(silent)} sends alerts to nobody, critical ones as well.`,
      remedy: 'Name a receiver, or limit the route with `severity: [info, warning]`.',
    },
  ]
}

/** A channel that no chain names is only reached by emergencies, drills and tests. */
export const unusedChannel: RiskRule = ({ alerting }): Risk[] => {
  const { channels, alerts } = alerting
  if (alerts.receivers.length === 0) return []
  const used = new Set(alerts.receivers.flatMap(({ chain }) => chain.flat()))
  const unused = channels.filter(({ name }) => !used.has(name)).map(({ name }) => name)
  if (unused.length === 0) return []
  return [
    {
      code: 'channel-unused',
      sentence: `No receiver has ${enumerate(unused)} in its chain.`,
      remedy: 'Put it into a chain of `alerts.receivers`, or remove it.',
    },
  ]
}

/** Alertmanager takes an alert for resolved that is not pushed again; only reminders push it again. */
export const alertmanagerForgets: RiskRule = ({ alerting }): Risk[] => {
  const { channels, alerts } = alerting
  return channels.flatMap(({ name, type, settings }): Risk[] => {
    const { firingFor } = settings as { readonly firingFor?: number }
    if (type !== 'alertmanager' || firingFor === undefined) return []
    if (alerts.remindEveryMs > 0 && alerts.remindEveryMs < firingFor) return []
    return [
      {
        code: 'alertmanager-forgets',
        sentence: `${name} takes an alert for resolved before a reminder pushes it again: its firingFor is shorter than alerts.remindEvery.`,
        remedy: 'Set `firingFor` of the channel to more than `alerts.remindEvery`, and let there be reminders.',
      },
    ]
  })
}

/** A URL is a secret, so the schema cannot look into it. One that is missing is told as such. */
export const channelUrl: RiskRule = ({ alerting }, { revealSecrets = false, troubleWithUrl }): Risk[] => {
  if (!revealSecrets || troubleWithUrl === undefined) return []
  return alerting.channels.flatMap(({ name, type, settings }): Risk[] => {
    const url = type === URL_CHANNEL ? (settings as { readonly url?: Secret }).url : undefined
    const trouble = url === undefined || isMissing(url) ? undefined : troubleWithUrl(url)
    if (trouble === undefined) return []
    return [
      {
        code: 'channel-url',
        sentence: `The channel ${name} cannot be used: ${trouble}.`,
        remedy: 'Put its URL right; docs/configuration.md has the forms.',
      },
    ]
  })
}

function isMissing(secret: Secret): boolean {
  try {
    secret.reveal()
    return false
  } catch {
    return true
  }
}
