/** One call of the API: a path as the API's schema writes it, and all its parameters, those of the path too. */
export type ApiRequest = {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** `/nodes/{node}/journal`. */
  readonly path: string
  readonly params?: Readonly<Record<string, string | number | boolean | undefined>>
}

export type Written = {
  /** With the query of a GET. */
  readonly target: string
  /** The form of a POST, empty where it has no parameters. */
  readonly body?: string
}

const ROOT = '/api2/json'

/**
 * The request as it goes over the wire. Everything is percent-encoded, `=` and `;` too: cursors and UPIDs hold them, and
 * pveproxy splits forms at both. Booleans are 0 and 1.
 */
export function written({ method, path, params = {} }: ApiRequest): Written {
  const inPath = new Set<string>()
  const filled = path.replace(/\{([^}]+)\}/g, (_, name: string) => {
    inPath.add(name)
    return encodeURIComponent(String(params[name] ?? ''))
  })
  const form = Object.entries(params)
    .filter(([name, value]) => value !== undefined && !inPath.has(name))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(plain(value ?? ''))}`)
    .join('&')
  if (method !== 'GET') return { target: ROOT + filled, body: form }
  return { target: ROOT + filled + (form === '' ? '' : `?${form}`) }
}

/** `GET /nodes/pve1/status`, for people. */
export function spoken({ method, path, params = {} }: ApiRequest): string {
  return `${method} ${path.replace(/\{([^}]+)\}/g, (_, name: string) => String(params[name] ?? name))}`
}

function plain(value: string | number | boolean): string {
  return typeof value === 'boolean' ? String(Number(value)) : String(value)
}
