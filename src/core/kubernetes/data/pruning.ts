import { type Guard, ordered, staysOff, staysOn, withoutWords } from "../guards.ts";

const argo = "https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/";
const sets =
  "https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Controlling-Resource-Modification/";
const flux = "https://fluxcd.io/flux/components/kustomize/kustomizations/";

const automated = ["syncPolicy", "automated"];
const applications: readonly (readonly [string, readonly string[]])[] = [
  ["Application.argoproj.io", ["spec"]],
  ["ApplicationSet.argoproj.io", ["spec", "template", "spec"]],
];

/** What makes a controller delete by itself what is no longer written, or undo what people do in the cluster. */
export const pruning: readonly Guard[] = [
  ...applications.flatMap(([kind, spec]): readonly Guard[] => [
    {
      on: [kind],
      path: [...spec, ...automated, "prune"],
      otherwise: false,
      compared: staysOff,
      follows: "Argo CD deletes by itself whatever is no longer in the source",
      source: argo,
    },
    {
      on: [kind],
      path: [...spec, ...automated, "allowEmpty"],
      otherwise: false,
      compared: staysOff,
      follows: "Argo CD deletes everything when its source is empty or cannot be rendered",
      blocks: true,
      source: argo,
    },
    {
      on: [kind],
      path: [...spec, ...automated, "selfHeal"],
      otherwise: false,
      compared: staysOff,
      follows: "Argo CD undoes at once what people change in the cluster, in an emergency too",
      source: argo,
    },
  ]),
  {
    on: ["Application.argoproj.io"],
    path: ["metadata", "finalizers"],
    otherwise: "",
    compared: withoutWords(
      "resources-finalizer.argocd.argoproj.io",
      "resources-finalizer.argocd.argoproj.io/background",
      "resources-finalizer.argocd.argoproj.io/foreground",
    ),
    follows: "deleting the application deletes everything that it deployed",
    source: "https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/",
  },
  {
    on: ["ApplicationSet.argoproj.io"],
    path: ["spec", "syncPolicy", "preserveResourcesOnDeletion"],
    otherwise: false,
    compared: staysOn,
    follows: "what its applications deployed is deleted with them",
    blocks: true,
    source: "https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Application-Deletion/",
  },
  {
    on: ["ApplicationSet.argoproj.io"],
    path: ["spec", "syncPolicy", "applicationsSync"],
    otherwise: "sync",
    compared: ordered(["sync", "create-delete"], ["create-update", "create-only"]),
    follows: "applications are deleted as soon as the generator names them no more",
    source: sets,
  },
  {
    on: ["Kustomization.kustomize.toolkit.fluxcd.io"],
    path: ["spec", "prune"],
    otherwise: false,
    compared: staysOff,
    follows: "Flux deletes by itself whatever is no longer in the source",
    source: flux,
  },
];

const force = "the object is deleted and made again where a change is refused";
const replace = "the object is replaced, with what others wrote on it";

/** What makes a tool delete and make again, where it would have been refused. */
export const replacing: readonly Guard[] = [
  ...[
    ["*", ["metadata", "annotations", "argocd.argoproj.io/sync-options"]] as const,
    ["Application.argoproj.io", ["spec", "syncPolicy", "syncOptions"]] as const,
    ["ApplicationSet.argoproj.io", ["spec", "template", "spec", "syncPolicy", "syncOptions"]] as const,
  ].flatMap(([kind, path]): readonly Guard[] => [
    {
      on: [kind],
      path,
      otherwise: "",
      compared: withoutWords("Force=true"),
      follows: force,
      blocks: true,
      source: "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#force-sync",
    },
    {
      on: [kind],
      path,
      otherwise: "",
      compared: withoutWords("Replace=true"),
      follows: replace,
      source:
        "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#replace-resource-instead-of-applying-changes",
    },
  ]),
  {
    on: ["*"],
    path: ["metadata", "annotations", "kustomize.toolkit.fluxcd.io/force"],
    otherwise: "disabled",
    compared: ordered("enabled", "disabled"),
    follows: force,
    blocks: true,
    source: flux,
  },
  {
    on: ["Kustomization.kustomize.toolkit.fluxcd.io"],
    path: ["spec", "force"],
    otherwise: false,
    compared: staysOff,
    follows: force,
    source: flux,
  },
  {
    on: ["HelmRelease.helm.toolkit.fluxcd.io"],
    path: ["spec", "upgrade", "force"],
    otherwise: false,
    compared: staysOff,
    follows: force,
    source: "https://fluxcd.io/flux/components/helm/helmreleases/#upgrade-configuration",
  },
];
