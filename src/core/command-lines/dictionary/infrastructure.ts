import { command, inDocuments } from "../command.ts";

const terraform = /(?:terraform|tofu)(?: -chdir=\S+)?/u.source;
const named = (rest: string): RegExp => new RegExp(`${terraform} ${rest}`, "u");

/** Terraform, OpenTofu, Terragrunt, Pulumi, CDK and CloudFormation. */
export const infrastructure = [
  command(
    "terraform destroy",
    "destroys",
    named("(?:apply (?:.* )?-?-destroy|destroy)\\b"),
    "deletes everything that the state knows",
  ),
  command(
    "terraform state rm",
    "destroys",
    named("state rm\\b"),
    "makes Terraform forget what runs; the next apply makes it again beside it",
  ),
  command("terraform state push", "destroys", named("state push\\b"), "writes another state over the one that stands"),
  command(
    "terraform force-unlock",
    "unguards",
    named("force-unlock\\b"),
    "takes the lock from whoever applies at the moment",
  ),
  command(
    "terraform taint",
    "destroys",
    named("taint\\b"),
    "has the next apply destroy the resource and make it again",
  ),
  command(
    "terraform apply -replace",
    "destroys",
    named("(?:apply|plan)\\b"),
    "destroys the resource and makes it again",
    [/ -?-replace[= ]/u],
  ),
  inDocuments(
    command("terraform apply -auto-approve", "acts", named("apply\\b"), "applies what nobody has looked at", [
      / -?-auto-approve(?!=false)\b/u,
    ]),
  ),
  command(
    "terragrunt destroy",
    "destroys",
    /terragrunt (?:run-all |run (?:--all )?(?:-- )?|--all )?destroy\b/u,
    "deletes everything that the states of all units know",
  ),
  inDocuments(
    command(
      "terragrunt apply without a question",
      "acts",
      /terragrunt (?:run-all|run --all|apply)\b/u,
      "applies what nobody has looked at, to many units at once",
      [/(?:--terragrunt-non-interactive|--non-interactive|-auto-approve)\b/u],
    ),
  ),
  command("pulumi destroy", "destroys", /pulumi (?:.* )?destroy\b/u, "deletes everything in the stack"),
  command("pulumi stack rm", "destroys", /pulumi stack rm\b/u, "forgets the stack, with its secrets and its history"),
  command(
    "pulumi state delete",
    "destroys",
    /pulumi state (?:delete|unprotect)\b/u,
    "takes resources out of the state, or their protection off",
  ),
  command("cdk destroy", "destroys", /cdk destroy\b/u, "deletes the stack with what is in it"),
  command("serverless remove", "destroys", /(?:serverless|sls) remove\b/u, "deletes the stack with what is in it"),
  command("ansible over all hosts", "acts", /ansible all\b/u, "runs on every host of the inventory", [
    / (?:-b|--become|-m (?:shell|command|raw))\b/u,
  ]),
  command("vagrant destroy", "destroys", /vagrant destroy\b/u, "deletes the machines with their disks"),
].map((one) => (one.name === "vagrant destroy" ? inDocuments(one) : one));
