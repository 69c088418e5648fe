/** How one independent program that tests talk to is had from Debian packages. */
export type Recipe = {
  /** The program's name: also its key in `peers.json`. */
  readonly name: string
  /** Other programs of the same packages, each with a key of its own. */
  readonly also?: readonly string[]
  /** Unpacked with every dependency that the system lacks. The first group that apt knows is taken. */
  readonly packages: readonly (readonly string[])[]
  /** Unpacked without dependencies: what these declare is much more than the one program needs. */
  readonly bare?: readonly string[]
  /** Its scripts are Python: run with the distribution's own interpreter, for which the packages are built. */
  readonly python?: true
  /** Run once after unpacking; its output must match, or the peer counts as missing. */
  readonly check: { readonly args: readonly string[]; readonly says: RegExp }
}

export const RECIPES: readonly Recipe[] = [
  // A real ping of ourselves: unpacked, they lack the capability that lets an ordinary user open their socket.
  { name: 'fping', packages: [['fping']], check: { args: ['-c1', '127.0.0.1'], says: /1\/1\/0%/ } },
  { name: 'ping', packages: [['iputils-ping']], check: { args: ['-c1', '127.0.0.1'], says: /1 received/ } },
  { name: 'ip', packages: [['iproute2']], check: { args: ['-V'], says: /iproute2/ } },
  { name: 'ipmitool', packages: [['ipmitool']], check: { args: ['-V'], says: /ipmitool version/ } },
  { name: 'ipmi_sim', packages: [['openipmi']], check: { args: ['--help'], says: /config-file|IPMI/i } },
  {
    name: 'fence_ipmilan',
    packages: [
      ['fence-agents-ipmilan', 'python3-pexpect', 'python3-pycurl'],
      ['python3-pexpect', 'python3-pycurl'],
    ],
    // In Debian 12 one package holds all agents and asks for the client libraries of every cloud.
    bare: ['fence-agents'],
    python: true,
    check: { args: ['-o', 'metadata'], says: /<resource-agent name="fence_ipmilan"/ },
  },
  // The web pages of these, which their dependencies are for, are not what tests look at.
  {
    name: 'prometheus',
    also: ['promtool'],
    packages: [],
    bare: ['prometheus'],
    check: { args: ['--version'], says: /prometheus, version/ },
  },
  {
    name: 'prometheus-alertmanager',
    also: ['amtool'],
    packages: [],
    bare: ['prometheus-alertmanager'],
    check: { args: ['--version'], says: /alertmanager, version/ },
  },
  { name: 'sshd', packages: [['openssh-server']], check: { args: ['-?'], says: /OpenSSH_/ } },
  // upsd of Debian keeps its certificate in a database of NSS.
  { name: 'certutil', packages: [['libnss3-tools']], check: { args: ['-H'], says: /certutil/ } },
  // Its scripts start services; the programs themselves ask for nothing but their libraries.
  {
    name: 'upsd',
    also: ['dummy-ups', 'upsmon', 'upsc', 'upsrw', 'upscmd'],
    packages: [['libnss3', 'libwrap0', 'libltdl7']],
    bare: ['nut-server', 'nut-client', 'libupsclient6'],
    check: { args: ['-V'], says: /Network UPS Tools upsd/ },
  },
]
