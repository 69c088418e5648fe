/** The control socket's name within the state directory. */
export const SOCKET_NAME = 'control.sock'
