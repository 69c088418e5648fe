import { z } from 'zod'

/** Every way in which the API itself says no: its stable code, the HTTP status, and what it means. */
export const API_ERRORS = {
  'bad-request': [400, 'The request does not fit its schema; the sentence says where.'],
  unauthorized: [401, 'The token or the password is missing or wrong.'],
  'not-found': [404, 'There is nothing at this address, or not on this side of the API.'],
  'no-such-host': [404, 'No host of this name is watched.'],
  'no-such-alert': [404, 'There is no alert with this number.'],
  'no-such-cluster': [404, 'No Proxmox cluster of this name is asked.'],
  'no-such-target': [404, 'The cluster has no node, guest or storage of this name.'],
  'no-such-node': [404, 'No node of this name was seen in a Proxmox cluster, or several were.'],
  'no-such-boot': [404, 'So many reboots of this node are not known.'],
  'method-not-allowed': [
    405,
    'Not with this method; see the Allow header. Changing calls are taken on the socket alone.',
  ],
  'too-large': [413, 'The body of the request is larger than 64 KiB, or than `hooks.maxBodyBytes` for a hook.'],
  'too-many-streams': [429, 'More event streams are open than are allowed.'],
  refused: [409, 'The watchdog understood and said no; the sentence says why.'],
  unavailable: [503, 'What was asked for cannot be had now; the sentence says why.'],
  internal: [500, 'The watchdog made a mistake; its log has the details.'],
} as const satisfies Record<string, readonly [number, string]>
export type ApiErrorCode = keyof typeof API_ERRORS

export const apiError = z.object({
  error: z.object({
    code: z.string().describe('stable; for programs'),
    sentence: z.string().describe('for people'),
  }),
})
export type ApiError = z.infer<typeof apiError>
