export const HOOK_PATH = '/hooks/alertmanager'

/** Names that are only known within a network: nobody puts a server with a redirect to https before these. */
const INSIDE =
  /(?:^[^.]+|\.(?:local|lan|home|internal|intranet|localdomain|home\.arpa|svc|cluster\.local|test|localhost))$/i
const ADDRESS = /^(?:\d+\.\d+\.\d+\.\d+|\[.*\])$/
const BALANCER = /(?:^|[.-])(?:lb|vip|haproxy|proxy|ha|balancer|loadbalancer|ingress|gateway|gw|virtual)\d*(?:[.-]|$)/i

/** An address as it may be shown: without user, path and query, each of which may hold a token. */
export function shownAddress(url: string): string {
  if (!URL.canParse(url)) return 'its address'
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${isHook(url) ? pathname : pathname === '/' ? '' : '/...'}`
}

/** Whether it is the hook of a relay, by its path. */
export function isHook(url: string): boolean {
  return URL.canParse(url) && new URL(url).pathname.replace(/\/+$/, '').endsWith(HOOK_PATH)
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : ''
}

/** By its name only: a guess. */
export function looksBalanced(url: string): boolean {
  return URL.canParse(url) && BALANCER.test(new URL(url).hostname)
}

/** Why a POST to it may be answered with a redirect; undefined where nothing suggests that. */
export function redirectSuspicion(url: string): string | undefined {
  const { protocol, hostname, port, pathname } = new URL(url)
  const outside = !ADDRESS.test(hostname) && !INSIDE.test(hostname)
  // What is left of a port that is not the scheme's own.
  if (protocol === 'http:' && port === '443') return 'it says http and names the port of https'
  if (protocol === 'https:' && port === '80') return 'it says https and names the port of http'
  if (protocol === 'http:' && port === '' && outside) return 'it says http, and public servers send that on to https'
  if (pathname === '/') return 'it has no path, and servers send the visitors of their root elsewhere'
  if (pathname.endsWith('/') && isHook(url)) return 'its path ends with a slash that the hook does not have'
  return undefined
}

/** The hook of a relay that was named by its address alone. */
export function hookAddress(relay: string): string {
  if (!URL.canParse(relay)) return relay
  const url = new URL(relay)
  if (url.pathname === '/' || url.pathname === '') url.pathname = HOOK_PATH
  return url.href
}
