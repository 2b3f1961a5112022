import { command, inDocuments } from "../command.ts";

/** Flags of `rm` that delete trees, in any order and number. */
const recursive = / (?:-\w*r\w*f\w*|-\w*f\w*r\w*|-r(?: -\w+)* -f|-f(?: -\w+)* -r|--recursive\b)/u.source;
/** A root, a folder of the system, what databases keep, and what a variable names from its first character to its last or to a star. */
const roots = [
  /\/\*?|~\/?\*?|\.\/?\*|\.\.\/?/u,
  /\/(?:bin|boot|etc|home|lib|opt|root|sbin|srv|usr|var|mnt|data|var\/lib)(?:\/|\/\*)?/u,
  /\/(?:mnt|data|srv|home)\/[^\s/]+\/?\*?/u,
  /\/var\/lib\/(?:postgres\w*|mysql|mongo\w*|redis|etcd|docker|containerd|kubelet|rancher|kafka|elasticsearch|clickhouse|cassandra|rabbitmq|prometheus|grafana|minio|influxdb|neo4j|vault)(?:\/\S*)?/u,
  /\$\{?\w+(?::-[^}]*)?\}?\/\*?/u,
].map(({ source }) => source);

/** Machines, files, networks and containers. */
export const machines = [
  command(
    "rm -rf of a root or a variable",
    "destroys",
    /rm\b/u,
    "deletes a tree; an empty variable makes it the root",
    [new RegExp(`${recursive} (?:.* )?(?:${roots.join("|")})(?: |$)`, "u")],
  ),
  inDocuments(
    command("rm -rf", "destroys", /rm\b/u, "deletes a tree", [
      new RegExp(`${recursive} (?:.* )?(?:\\$|/(?!tmp\\b|var/(?:tmp|cache|lib/apt)\\b))`, "u"),
    ]),
  ),
  command("dd onto a device", "destroys", /dd\b/u, "writes over a disk", [/ of=\/dev\/(?!null)/u]),
  command(
    "mkfs",
    "destroys",
    /(?:mkfs(?:\.\w+)?|wipefs|blkdiscard|shred|sgdisk --zap-all|zpool destroy|zfs destroy|lvremove|vgremove|pvremove|mdadm --zero-superblock)\b/u,
    "wipes a disk or a volume",
  ),
  inDocuments(
    command("chmod 777", "permits", /chmod\b/u, "lets everybody on the machine write", [
      / (?:0?777|a\+rwx|o\+w|ugo\+rwx)\b/u,
    ]),
  ),
  inDocuments(
    command("chmod -R", "permits", /(?:chmod|chown)\b/u, "changes who may do what with a whole tree", [
      / (?:-R|--recursive)\b/u,
    ]),
  ),
  command("iptables -F", "unguards", /(?:ip6?tables|nft)\b/u, "lets everything through that was filtered", [
    / (?:-F\b|--flush\b|-P (?:INPUT|FORWARD|OUTPUT) ACCEPT|flush ruleset)/u,
  ]),
  command("setenforce 0", "unguards", /setenforce (?:0|permissive)\b/u, "switches SELinux off"),
  command(
    "ufw disable",
    "unguards",
    /(?:ufw (?:disable|reset)|systemctl (?:.* )?(?:stop|disable|mask)(?: --now)? (?:firewalld|ufw|auditd|apparmor|falco|fail2ban|crowdsec|falcon-sensor|clamav\S*|sshguard)|aa-teardown|apparmor_parser -R)\b/u,
    "switches a protection of the machine off",
  ),
  inDocuments(
    command(
      "systemctl stop",
      "acts",
      /(?:systemctl|service) (?:.* )?(?:stop|disable|mask)\b/u,
      "stops what runs on the machine",
    ),
  ),
  inDocuments(
    command(
      "a reboot",
      "acts",
      /(?:reboot|poweroff|halt|shutdown (?:-h|-r|now))(?: |$)/u,
      "ends everything that runs on the machine",
    ),
  ),
  inDocuments(
    command(
      "docker run --privileged",
      "permits",
      /(?:docker|podman|nerdctl) (?:.* )?run\b/u,
      "gives the container the rights of the machine",
      [
        /(?: --privileged(?!=false)\b| --pid[= ]host\b| -v \/:| -v \/var\/run\/docker\.sock| --cap-add[= ](?:ALL|SYS_ADMIN))/u,
      ],
    ),
  ),
  command(
    "docker system prune",
    "destroys",
    /(?:docker|podman) (?:system prune\b(?=.*--volumes)|volume (?:rm|prune)\b)/u,
    "deletes volumes with what is on them",
  ),
  command(
    "docker compose down -v",
    "destroys",
    /(?:docker[ -]compose|podman-compose) (?:.* )?down\b/u,
    "deletes the volumes with what is on them",
    [/ (?:-v|--volumes)\b/u],
  ),
  inDocuments(
    command(
      "usermod or visudo",
      "permits",
      /(?:usermod (?:.* )?-\w*G\w* \S*(?:sudo|wheel|docker|root|admin)|visudo|passwd -d)\b/u,
      "gives a user the rights of an administrator",
    ),
  ),
  command("crontab -r", "destroys", /crontab -r\b/u, "deletes every job of a user"),
  inDocuments(
    command("ssh without knowing the host", "unguards", /(?:ssh|scp|rsync|sftp)\b/u, "talks to whoever answers", [
      /StrictHostKeyChecking=?\s?no/u,
    ]),
  ),
  inDocuments(
    command(
      "certificates that are not verified",
      "unguards",
      /(?:npm (?:config )?set strict-ssl false|git (?:-c |config (?:--global )?)http\.sslVerify[ =]false|export NODE_TLS_REJECT_UNAUTHORIZED=0)/u,
      "takes whatever somebody between the two sends",
    ),
  ),
];
