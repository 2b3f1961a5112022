import { command, inDocuments } from "../command.ts";

const kubectl = /(?:kubectl|oc|k3s kubectl|microk8s kubectl)(?: (?:-n|--namespace|--context|--kubeconfig)[= ]\S+)*/u
  .source;
const named = (rest: string): RegExp => new RegExp(`${kubectl} ${rest}`, "u");
const stateful =
  "(?!.*--dry-run)(?:\\S+ )*?(?:pvc|pv|persistentvolumes?|persistentvolumeclaims?|ns|namespaces?|crds?|customresourcedefinitions?|sts|statefulsets?|projects?)\\b";

/** kubectl, Helm, Argo CD, Flux and what else acts on clusters. */
export const kubernetes = [
  command(
    "kubectl delete of what holds data",
    "destroys",
    named(`delete ${stateful}`),
    "deletes claims, namespaces, definitions or sets with what they hold",
  ),
  command("kubectl delete --all", "destroys", named("delete\\b"), "deletes all objects of a kind", [/ --all\b/u]),
  command(
    "kubectl delete --force",
    "destroys",
    named("delete\\b"),
    "deletes without waiting for what a program still has to do",
    [/ (?:--force\b|--grace-period[= ]0\b)/u],
  ),
  inDocuments(
    command("kubectl delete", "destroys", named("delete (?!.*--dry-run)\\S"), "deletes objects of a cluster"),
  ),
  inDocuments(command("kubectl drain", "acts", named("drain \\S"), "evicts every pod of a node")),
  command("kubectl scale to nothing", "destroys", named("scale\\b"), "stops the service", [/ --replicas[= ]0\b/u]),
  command(
    "kubectl patch of finalizers",
    "unguards",
    named("patch\\b"),
    "lets a deletion through that something holds back",
    [/finalizers/u],
  ),
  command("kubectl replace --force", "destroys", named("replace\\b"), "deletes the object and makes it again", [
    / --force\b/u,
  ]),
  inDocuments(command("kubectl exec", "acts", named("exec \\S"), "runs a command inside of what serves")),
  command(
    "kubectl create clusterrolebinding",
    "permits",
    named("create clusterrolebinding\\b"),
    "gives rights over the whole cluster",
  ),
  inDocuments(
    command("kubectl create rolebinding", "permits", named("create rolebinding\\b"), "gives rights in a namespace"),
  ),
  command(
    "kubectl certificate approve",
    "permits",
    named("certificate approve\\b"),
    "signs a certificate that the cluster trusts",
  ),
  inDocuments(command("oc adm policy", "permits", /oc adm policy add-/u, "gives rights in the cluster")),
  inDocuments(
    command(
      "helm uninstall",
      "destroys",
      /helm3? (?:.* )?(?:uninstall|delete|del)\b/u,
      "deletes everything that the release made",
    ),
  ),
  command(
    "helm rollback --force",
    "destroys",
    /helm3? (?:.* )?(?:rollback|upgrade)\b/u,
    "deletes objects and makes them again where a change is refused",
    [/ --force\b/u],
  ),
  command(
    "helmfile destroy",
    "destroys",
    /helmfile (?:.* )?(?:destroy|delete)\b/u,
    "uninstalls every release of the file",
  ),
  command(
    "argocd app delete",
    "destroys",
    /argocd (?:app|appset|proj) delete\b/u,
    "deletes the application with everything that it deployed",
  ),
  command(
    "argocd app sync --force",
    "destroys",
    /argocd app sync\b/u,
    "deletes what is not in the source, or makes objects again",
    [/ --(?:force|replace|prune)\b/u],
  ),
  command("flux delete", "destroys", /flux (?:delete|uninstall)\b/u, "deletes what Flux applied"),
  command("velero backup delete", "destroys", /velero (?:backup|schedule) delete\b/u, "deletes backups"),
  command(
    "etcdctl del",
    "destroys",
    /etcdctl (?:.* )?(?:del|snapshot restore)\b/u,
    "deletes from, or writes over, the memory of the cluster",
  ),
  command("eksctl delete", "destroys", /eksctl delete (?:cluster|nodegroup)\b/u, "deletes the cluster or its nodes"),
  inDocuments(
    command("kubeadm reset", "destroys", /kubeadm reset\b/u, "takes the node out of the cluster and wipes it"),
  ),
];
