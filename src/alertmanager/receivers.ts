import { Entry } from './entry.ts'

export type Integration = {
  /** `webhook`, `email`, `slack`, ... */
  readonly kind: string
  readonly entry: Entry
}

export type Receiver = {
  /** Empty where it has none. */
  readonly name: string
  readonly entry: Entry
  readonly integrations: readonly Integration[]
}

export type Webhook = {
  readonly receiver: Receiver
  readonly entry: Entry
  /** Where the address can be read: it may also be in a file. */
  readonly url?: string
  /** Of its own `http_config` or, where it has none, of the global one. */
  readonly httpConfig: Entry
}

/** The receivers of a file, with every integration: each list that is called `..._configs`. */
export function receiversOf(root: Entry): readonly Receiver[] {
  return root
    .get('receivers')
    .items()
    .map((entry) => ({
      name: entry.get('name').text() ?? '',
      entry,
      integrations: entry.fields().flatMap(([key, list]) => {
        const kind = /^(\w+)_configs$/.exec(key)?.[1]
        return kind === undefined ? [] : list.items().map((item) => ({ kind, entry: item }))
      }),
    }))
}

export function webhooksOf(receivers: readonly Receiver[], root: Entry): readonly Webhook[] {
  const everywhere = root.get('global').get('http_config')
  return receivers.flatMap((receiver) =>
    receiver.integrations
      .filter(({ kind }) => kind === 'webhook')
      .map(({ entry }) => {
        const url = entry.get('url').text()
        const own = entry.get('http_config')
        return { receiver, entry, httpConfig: own.isMap ? own : everywhere, ...(url === undefined ? {} : { url }) }
      }),
  )
}

/** Where its address is written, else the integration itself. */
export function addressEntry({ entry }: Webhook): Entry {
  const url = entry.get('url')
  return url.given ? url : new Entry(entry.value, entry.path)
}
