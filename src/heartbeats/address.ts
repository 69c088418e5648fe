/** An address that came out of a secret; undefined where it is no http or https URL. Never say it: it is the secret. */
export function addressOf(secret: string): URL | undefined {
  const url = URL.parse(secret.trim())
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url : undefined
}

export const NO_ADDRESS = 'the secret holds no address that begins with https:// or http://'

/** The same address with more parts behind its path; each part is escaped. The query stays. */
export function below(url: URL, ...parts: readonly string[]): URL {
  const longer = new URL(url)
  const path = longer.pathname.replace(/\/+$/, '')
  longer.pathname = [path, ...parts.map(encodeURIComponent)].join('/')
  return longer
}
