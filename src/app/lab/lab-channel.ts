import { writeFileSync } from 'node:fs'
import { ChannelServer } from '../../lab/servers/channels/channel-server.ts'
import { DiscordManners } from '../../lab/servers/channels/discord.ts'

/** What can happen to the lab's channel. */
export const CHANNEL_ORDERS = {
  'discord-down': ['reset', 'Discord is down: every message to it is lost on the way.'],
  'discord-ratelimit': ['ratelimit', 'Discord takes nothing for now: it asks everybody to come back later.'],
  'discord-up': ['up', 'Discord is up again.'],
} as const
export type ChannelOrder = keyof typeof CHANNEL_ORDERS

/** What stands in the channel: `posted` anew, or `changed` where it stood. */
export type Arrival = { readonly how: 'posted' | 'changed'; readonly text: string }

/** Of everything in the lab the one place where alerts arrive: a Discord on loopback, as strict as the real one. */
export class LabChannel {
  readonly #manners: DiscordManners
  readonly #server: ChannelServer
  readonly #seen = new Map<string, string>()

  private constructor(manners: DiscordManners, server: ChannelServer) {
    this.#manners = manners
    this.#server = server
  }

  static async open(address: string): Promise<LabChannel> {
    const manners = new DiscordManners()
    return new LabChannel(manners, await ChannelServer.open(manners, address))
  }

  /** Puts the address of the webhook, which is a secret as a whole, into a file. */
  writeWebhook(file: string): void {
    writeFileSync(file, `${this.#server.url}${this.#manners.path}\n`, { mode: 0o600 })
  }

  get address(): string {
    return this.#server.url
  }

  order(order: ChannelOrder): { readonly ok: true; readonly sentence: string } {
    const [mode, sentence] = CHANNEL_ORDERS[order]
    this.#server.mode = mode
    return { ok: true, sentence }
  }

  /** Tells each message as it arrives. Answers how to stop. */
  onArrival(tell: (arrival: Arrival) => void): () => void {
    return this.#server.watch(() => {
      for (const { id, content, embeds } of this.#manners.messages) {
        const before = this.#seen.get(id)
        const text = content === '' ? embeds.map(({ title = '' }) => title).join(' / ') : content.replaceAll('**', '')
        // A change of the small print is none that anybody would look up for.
        if (text === before) continue
        this.#seen.set(id, text)
        tell({ how: before === undefined ? 'posted' : 'changed', text })
      }
    })
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }
}
