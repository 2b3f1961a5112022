import type { HclAttribute, HclBlock, HclBody } from "../../hcl.ts";
import { attributeOf } from "../../views/terraform.ts";
import { binding, roundsOf, spend } from "./rounds.ts";
import type { Scope } from "./scope.ts";
import { asText, object } from "./values.ts";

/** What they hold are names, not values. https://developer.hashicorp.com/terraform/language/meta-arguments */
const namesOnly = new Set(["provider", "providers", "depends_on"]);
const blocksOfNames = new Set(["lifecycle"]);

/** A block with its values evaluated, and the blocks that its `dynamic` blocks stand for. */
export function evaluateBlock(block: HclBlock, scope: Scope): HclBlock {
  return { ...block, body: evaluateBody(block.body, scope) };
}

function evaluateBody(body: HclBody, scope: Scope): HclBody {
  return {
    attributes: body.attributes.map((attribute) => evaluateAttribute(attribute, scope)),
    blocks: body.blocks.flatMap((block) => evaluateNested(block, scope)),
  };
}

function evaluateAttribute(attribute: HclAttribute, scope: Scope): HclAttribute {
  if (namesOnly.has(attribute.name)) return attribute;
  const value = scope.evaluate(attribute.value, scope);
  return value === attribute.value ? attribute : { ...attribute, value };
}

function evaluateNested(block: HclBlock, scope: Scope): readonly HclBlock[] {
  if (blocksOfNames.has(block.type)) return [block];
  return block.type === "dynamic" ? expanded(block, scope) : [evaluateBlock(block, scope)];
}

/** https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks */
function expanded(block: HclBlock, scope: Scope): readonly HclBlock[] {
  const type = block.labels[0] ?? "";
  const content = block.body.blocks.find((inner) => inner.type === "content");
  const forEach = attributeOf(block.body, "for_each");
  const rounds = forEach === undefined ? null : roundsOf(scope.evaluate(forEach, scope));
  if (rounds === null || content === undefined || !spend(scope, rounds.length)) return [evaluateBlock(block, scope)];
  const iterator = attributeOf(block.body, "iterator");
  const name = iterator === undefined ? type : iterator.kind === "unknown" ? iterator.text : (asText(iterator) ?? type);
  return rounds.map(({ key, value }) => {
    const round = object([
      ["key", key],
      ["value", value],
    ]);
    const inner = binding(scope, { key: null, value: name }, key, round);
    return { ...content, type, body: evaluateBody(content.body, inner) };
  });
}
