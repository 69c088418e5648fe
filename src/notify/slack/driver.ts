import type { ChannelDriver } from '../driver.ts'
import { fromUrl } from './from-url.ts'
import { SlackNotifier } from './notifier.ts'
import { type SlackSettings, schema } from './settings.ts'

/** A channel of Slack, through an incoming webhook. */
export const slackDriver: ChannelDriver<SlackSettings> = {
  type: 'slack',
  schema,
  // One a second, and short bursts: https://docs.slack.dev/apis/web-api/rate-limits
  rate: { burst: 3, refillMs: 1000 },
  schemes: ['slack'],
  fromUrl,
  create: (name, settings) => new SlackNotifier(name, settings),
}
