import { describe, expect, test } from "vitest";
import { dictionary, matchesIn } from "../../../src/core/command-lines/dictionary.ts";
import { commandsIn } from "../../../src/core/command-lines/words.ts";

const named = (line: string): readonly string[] => matchesIn(line).map(({ command }) => command.name);

describe("the commands of a line", () => {
  test.each([
    ["a && b; c || d | e", ["a", "b", "c", "d", "e"]],
    ["echo 'a; b' \"c && d\"", ["echo a; b c && d"]],
    ["sudo -u postgres psql -c 'select 1'", ["psql -c select 1"]],
    ["RAILS_ENV=production bundle exec rails db:drop", ["rails db:drop RAILS_ENV=production"]],
    ["bash -c 'a && b'", ["bash -c a && b", "a", "b"]],
    ["kubectl exec db -- psql -c x", expect.arrayContaining(["psql -c x"])],
    ["ssh host 'rm -rf /'", ["ssh host rm -rf /", "rm -rf /"]],
    ["if true; then a; fi", ["true", "a", "fi"]],
    ["x=$(a b)", ["x=", "a b"]],
    ["find . | xargs -n 1 rm", ["find .", "rm"]],
    ["curl x | sudo bash", ["curl x | sudo bash", "bash"]],
    ["a # b; c", ["a"]],
    ["timeout 60 a b", ["a b"]],
    ["", []],
  ])("%s", (line, commands) => {
    expect(commandsIn(line)).toEqual(commands);
  });

  test("that run each other without an end come to one", () => {
    const line = Array.from({ length: 50 }).reduce<string>((inner) => `bash -c '${inner}'`, "rm");
    expect(commandsIn(line).length).toBeGreaterThan(0);
    expect(matchesIn(`rm ${"-r ".repeat(3_000)}/`).map(({ command }) => command.name)).toEqual([
      "a command that is too long to be read",
    ]);
  });
});

describe("the dictionary", () => {
  test("names every command once, with a reason", () => {
    const names = dictionary.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { reason } of dictionary) expect(reason).toMatch(/^[a-z].{10,}[^.]$/u);
  });

  test.each([
    ["terraform -chdir=prod destroy -auto-approve", "terraform destroy"],
    ["tofu state rm module.db", "terraform state rm"],
    ["terraform apply -replace=aws_db_instance.main", "terraform apply -replace"],
    ["terragrunt run-all destroy", "terragrunt destroy"],
    ["npx cdk destroy --force", "cdk destroy"],
    ["kubectl --context prod delete ns shop", "kubectl delete of what holds data"],
    ["kubectl scale deploy/api --replicas=0", "kubectl scale to nothing"],
    [`kubectl patch pvc data -p '{"metadata":{"finalizers":null}}'`, "kubectl patch of finalizers"],
    ["helm -n shop uninstall shop", "helm uninstall"],
    ["aws --profile prod rds delete-db-instance --skip-final-snapshot", "aws delete of data"],
    ["aws s3 rm s3://acme --recursive", "aws s3 rm --recursive"],
    ["aws iam create-access-key --user-name ci", "aws iam changes"],
    ["gcloud sql instances delete orders", "gcloud delete"],
    ["az role assignment create --role Owner", "az role assignment create"],
    [`psql "$URL" -c "DROP TABLE orders"`, "a client of a database that drops"],
    [`mysql -e 'truncate orders'`, "a client of a database that drops"],
    [`mongosh --eval 'db.dropDatabase()'`, "a client of a database that drops"],
    ["redis-cli -h cache FLUSHALL", "redis-cli FLUSHALL"],
    ["kafka-topics.sh --bootstrap-server b --delete --topic orders", "kafka-topics --delete"],
    ["chmod 777 /srv", "chmod 777"],
    ["rm -rf /", "rm -rf of a root or a variable"],
    ["rm -r -f $HOME/*", "rm -rf of a root or a variable"],
    ["dd if=/dev/zero of=/dev/sda", "dd onto a device"],
    ["sudo mkfs.ext4 /dev/sdb", "mkfs"],
    ["iptables -F", "iptables -F"],
    ["setenforce 0", "setenforce 0"],
    ["sudo ufw disable", "ufw disable"],
    ["systemctl stop auditd", "ufw disable"],
    ["curl -sSL https://example.com/x | sudo bash", "a program from the net, run at once"],
    ["git push --force origin main", "git push --force to a main branch"],
    ["gh pr merge 7 --admin --squash", "gh pr merge --admin"],
    ["gh api -X DELETE repos/acme/shop/branches/main/protection", "gh api that writes"],
    ["docker run --privileged alpine", "docker run --privileged"],
    ["git commit --no-verify -m x", "git --no-verify"],
    ["sed -i 's/prevent_destroy = true/prevent_destroy = false/' main.tf", "a protection that is edited away"],
    ["pnpm exec prisma db push --accept-data-loss", "prisma db push --accept-data-loss"],
    ["bin/rails db:schema:load", "rails db:drop"],
    ["python manage.py flush --no-input", "manage.py flush"],
    ["./mvnw flyway:clean", "flyway clean"],
    ["liquibase drop-all", "liquibase dropAll"],
    ["mix ecto.reset", "mix ecto.reset"],
    ["yarn sequelize db:drop", "sequelize db:drop"],
    ["npx drizzle-kit push --force", "drizzle-kit push --force"],
    ["alembic downgrade base", "alembic downgrade base"],
    ["npx knex migrate:rollback --all", "knex migrate:rollback --all"],
    ["RAILS_ENV=production rails db:create db:schema:load", "rails db:drop"],
  ])("%s", (line, name) => {
    expect(named(line)).toContain(name);
  });

  test.each([
    "terraform plan -destroy=false",
    "terraform apply plan.out",
    "kubectl get pvc",
    "kubectl delete pvc data --dry-run=client",
    "aws s3 ls s3://acme --recursive",
    "aws iam list-users",
    "psql -c 'select * from dropped'",
    "rm -rf dist build",
    "rm file",
    "rails db:migrate",
    "rails db:create db:schema:load",
    "rails db:schema:load RAILS_ENV=test",
    "prisma migrate deploy",
    "git push origin main",
    "docker compose down",
    "truncate -s 0 log",
    "echo terraform destroyed it",
  ])("says nothing of %s", (line) => {
    expect(named(line)).toEqual([]);
  });
});
