import { z } from 'zod'
import { pinning } from '../../tls/pinning.ts'
import { duration, entryName, networkAddress, port, secret } from '../values.ts'

const MINUTE_MS = 60_000
const MOST = 64

const TOKEN_ID = /^[^\s@!=]+@[A-Za-z][\w.-]*![A-Za-z][\w.-]*$/
const USER = /^[^\s@!=]+@[A-Za-z][\w.-]*$/

const endpoint = z.strictObject({
  url: z
    .url({ protocol: /^https$/, error: 'an address such as https://192.168.1.105:8006 is expected' })
    .describe('The API of one node: its own address, not one that several nodes share.'),
  node: entryName()
    .optional()
    .describe('The name that the node has in the cluster. Where another one answers there, that is told.'),
  tls: pinning().optional(),
})

const ssh = z
  .strictObject({
    user: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'the name of a user is expected')
      .default('root')
      .describe('Who logs in.'),
    keyFile: z
      .string()
      .startsWith('/', 'an absolute path is expected')
      .describe('The private key, without a passphrase.'),
    port: port().default(22).describe('TCP port of sshd.'),
  })
  .optional()
  .describe('For what the API cannot tell or do: the facts of `audit`, and `node-watchdog` for good.')

const cluster = z
  .strictObject({
    cluster: entryName()
      .default('default')
      .describe('Which of our clusters it is: the `cluster` of the hosts that are its nodes.'),
    endpoints: z
      .array(endpoint)
      .min(1, 'at least one endpoint is expected')
      .max(MOST)
      .describe('One for each node, so that each is asked for its own view.'),
    token: z
      .strictObject({
        id: z
          .string()
          .regex(TOKEN_ID, 'a token such as watchdog@pve!watchdog is expected')
          .describe('User, realm and name of the token.'),
        secret: secret().describe('Its secret.'),
      })
      .optional()
      .describe('An API token; `proxmox-watchdog proxmox role` prints how to make it.'),
    login: z
      .strictObject({
        username: z.string().regex(USER, 'a user such as watchdog@pve is expected').describe('User and realm.'),
        password: secret().describe('The password.'),
      })
      .optional()
      .describe('A user in place of a token.'),
    tls: pinning().optional(),
    poll: duration(5_000, 5 * MINUTE_MS)
      .prefault('15s')
      .describe('Time between two looks at what changes fast. What changes slowly is looked at less often.'),
    timeout: duration(500, MINUTE_MS).prefault('10s').describe('Longest wait for one answer.'),
    journals: z
      .boolean()
      .default(true)
      .describe(
        'Keep a copy of the end of every node’s journal here, so that its last lines survive it. Needs Sys.Syslog.',
      ),
    ssh,
  })
  .refine((given) => (given.token === undefined) !== (given.login === undefined), {
    error: 'either a token or a login is expected',
    path: ['token'],
  })

export const proxmox = z
  .array(cluster)
  .max(MOST)
  .prefault([])
  .describe('Proxmox clusters whose API is read: what the nodes see of each other, guests, storage, backups.')

export const guests = z
  .strictObject({
    startMissed: z
      .boolean()
      .default(false)
      .describe(
        'Start guests once a boot that should have started with their node and did not: in start order, once their ' +
          'storage is there, only where the cluster has quorum and HA does not care for them. Needs VM.PowerMgmt.',
      ),
  })
  .prefault({})
  .describe('What is done about the guests of the Proxmox clusters.')

export const netconsole = z
  .strictObject({
    listen: networkAddress().default('0.0.0.0').describe('Address to listen on.'),
    port: port().default(6666).describe('UDP port.'),
  })
  .optional()
  .describe(
    'Takes the last words of the kernels of our hosts by UDP (docs/reboots.md). From other addresses nothing is taken.',
  )
