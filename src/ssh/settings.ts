/** How the nodes of one cluster are reached by SSH. */
export type SshSettings = {
  /** root, or somebody who may do without a password what the scripts do: nothing is asked. */
  readonly user: string
  readonly port: number
  /** Absolute; a private key without a passphrase, readable by the watchdog alone. */
  readonly keyFile: string
  /** Absolute; kept in the state directory. A key that is not known yet is taken, one that has changed is not. */
  readonly knownHostsFile: string
  /** Address by the name of the node. */
  readonly addresses: Readonly<Record<string, string>>
}
