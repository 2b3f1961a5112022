/**
 * Ports under the names that people know them by (IANA's service name registry, and the documented defaults of the products).
 * `guarded`: administration, databases, and what has no authentication of its own by default.
 */
interface KnownPort {
  readonly port: number;
  readonly name: string;
  readonly guarded: boolean;
}

const guarded: readonly (readonly [number, string])[] = [
  [20, "ftp-data"],
  [21, "ftp"],
  [22, "ssh"],
  [23, "telnet"],
  [25, "smtp"],
  [111, "rpcbind"],
  [135, "msrpc"],
  [137, "netbios"],
  [138, "netbios"],
  [139, "netbios"],
  [161, "snmp"],
  [389, "ldap"],
  [445, "smb"],
  [512, "rexec"],
  [513, "rlogin"],
  [514, "rsh"],
  [623, "ipmi"],
  [873, "rsync"],
  [1433, "mssql"],
  [1434, "mssql browser"],
  [1521, "oracle"],
  [2049, "nfs"],
  [2181, "zookeeper"],
  [2375, "docker"],
  [2376, "docker"],
  [2379, "etcd"],
  [2380, "etcd"],
  [2483, "oracle"],
  [2484, "oracle"],
  [3306, "mysql"],
  [3389, "rdp"],
  [4333, "mini sql"],
  [5432, "postgresql"],
  [5439, "redshift"],
  [5500, "vnc"],
  [5601, "kibana"],
  [5672, "amqp"],
  [5800, "vnc"],
  [5900, "vnc"],
  [5984, "couchdb"],
  [5985, "winrm"],
  [5986, "winrm"],
  [6379, "redis"],
  [6443, "kubernetes api"],
  [7000, "cassandra"],
  [7001, "cassandra"],
  [7474, "neo4j"],
  [7687, "neo4j"],
  [8020, "hdfs"],
  [8080, "http alternative"],
  [8086, "influxdb"],
  [8200, "vault"],
  [8300, "consul"],
  [8500, "consul"],
  [8888, "jupyter"],
  [9000, "clickhouse"],
  [9042, "cassandra"],
  [9090, "prometheus"],
  [9092, "kafka"],
  [9160, "cassandra"],
  [9200, "elasticsearch"],
  [9300, "elasticsearch"],
  [10250, "kubelet"],
  [10255, "kubelet"],
  [11211, "memcached"],
  [15672, "rabbitmq"],
  [27017, "mongodb"],
  [27018, "mongodb"],
  [27019, "mongodb"],
  [50070, "hdfs"],
];

const open: readonly (readonly [number, string])[] = [
  [53, "dns"],
  [80, "http"],
  [123, "ntp"],
  [143, "imap"],
  [443, "https"],
  [465, "smtps"],
  [500, "ike"],
  [587, "submission"],
  [636, "ldaps"],
  [853, "dns over tls"],
  [993, "imaps"],
  [1194, "openvpn"],
  [4500, "ipsec"],
  [8443, "https alternative"],
  [51820, "wireguard"],
];

const known: ReadonlyMap<number, KnownPort> = new Map(
  [
    ...guarded.map(([port, name]) => ({ port, name, guarded: true })),
    ...open.map(([port, name]) => ({ port, name, guarded: false })),
  ].map((entry) => [entry.port, entry]),
);

/** What people call the port; null for a port without a name. */
export function nameOfPort(port: number): string | null {
  return known.get(port)?.name ?? null;
}

/** Administration and database ports, which nobody opens to the internet on purpose. */
export const guardedPorts: readonly number[] = guarded.map(([port]) => port);
