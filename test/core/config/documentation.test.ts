/**
 * docs/configuration.md names every field of every schema, and its examples load.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { loadAgentSettings } from "../../../core/config/agent.ts";
import { agentOptions, agentSchema } from "../../../core/config/agent-schema.ts";
import { berthSchema } from "../../../core/config/berth-schema.ts";
import { loadDefinition } from "../../../core/config/load.ts";
import { unwrapped } from "../../../core/config/read-shape.ts";
import { staticSchema } from "../../../core/config/static-document.ts";
import { whereaboutsDefaults, whereaboutsSchema } from "../../../core/config/whereabouts-schema.ts";

const read = (path: string) => readFileSync(new URL(`../../../docs/${path}`, import.meta.url), "utf8");
const page = read("configuration.md");
const sections = new Map(page.split(/^## /m).map((text) => [text.split("\n")[0] ?? "", text]));

type Field = { readonly path: string; readonly value: unknown };

/** Every key of a schema with its default; undefined for none. */
function fieldsOf(schema: z.core.$ZodType, prefix = ""): readonly Field[] {
  const shape = unwrapped(schema);
  if (shape instanceof z.ZodArray) return fieldsOf(shape.element, `${prefix}[]`);
  if (!(shape instanceof z.ZodObject)) return [];
  return Object.entries(shape.shape).flatMap(([key, field]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const inner: readonly Field[] = fieldsOf(field, path);
    const value: unknown = field instanceof z.ZodDefault ? field.def.defaultValue : undefined;
    return [{ path, value }, ...inner];
  });
}

/** The rows of a section's table: field to default. */
function rowsOf(section: string): ReadonlyMap<string, string> {
  const rows = (sections.get(section) ?? "").matchAll(/^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|/gm);
  return new Map([...rows].map(([, path, value]) => [path ?? "", value ?? ""]));
}

const shared = rowsOf("Static addresses, routes and DNS");
const isShared = (path: string) => /^(addresses\[\]|routes\[\]|dns)\./.test(path);

const documents = [
  { section: "ipam of type berth", fields: fieldsOf(berthSchema).filter(({ path }) => !path.startsWith("ipRanges[]")) },
  {
    section: "ipam of type whereabouts",
    fields: fieldsOf(whereaboutsSchema).map(({ path }) => ({ path, value: Reflect.get(whereaboutsDefaults, path) })),
  },
  { section: "ipam of type static", fields: fieldsOf(staticSchema) },
  // The fields of limits have their own rows.
  { section: "The agent's configuration", fields: fieldsOf(agentSchema).filter(({ path }) => path !== "limits") },
];

describe("docs/configuration.md", () => {
  it.each(documents)("has every field of $section, and no other", ({ section, fields }) => {
    const rows = rowsOf(section);
    expect(fields.length).toBeGreaterThan(3);
    expect([...rows.keys()].sort()).toEqual(
      fields
        .map(({ path }) => path)
        .filter((path) => !isShared(path))
        .sort(),
    );
    for (const { path } of fields.filter((field) => isShared(field.path))) expect(shared.has(path), path).toBe(true);
  });

  it.each(documents)("has the defaults of $section", ({ section, fields }) => {
    const rows = rowsOf(section);
    for (const { path, value } of fields)
      if (value !== undefined) expect(rows.get(path), path).toBe(`\`${JSON.stringify(value)}\``);
  });

  it("has the flag and the variable of every setting", () => {
    for (const { key, flag, variable } of agentOptions) {
      expect(page).toMatch(new RegExp(`^\\| \`${key}\` \\|.*\\| \`${flag}\`, \`${variable}\` \\|`, "m"));
    }
  });

  it("has examples that are read without a warning", () => {
    const examples = [...page.matchAll(/```json\n([^]*?)```/g)].map(([, text]) => text ?? "");
    const definitions = examples.filter((text) => text.includes('"ipam"'));
    expect(definitions).toHaveLength(4);
    for (const text of definitions) expect(loadDefinition(text)).toMatchObject({ definition: { warnings: [] } });
    const settings = examples.filter((text) => !text.includes('"ipam"'));
    expect(settings).toHaveLength(1);
    for (const file of settings)
      expect(loadAgentSettings({ file, flags: {}, env: {}, hostName: "h" }).kind).toBe("settings");
  });
});

describe("docs/whereabouts.md", () => {
  const vectors = z
    .object({ vectors: z.array(z.object({ id: z.string(), kind: z.string(), differs: z.string().optional() })) })
    .parse(JSON.parse(readFileSync(new URL("../../vectors/whereabouts.json", import.meta.url), "utf8")));
  const text = read("whereabouts.md");

  it("lists every definition that is answered otherwise", () => {
    const differing = vectors.vectors.filter(
      ({ kind, differs }) => differs !== undefined && /^(config|alloc|iprange)\./.test(kind),
    );
    expect(differing.length).toBeGreaterThan(5);
    expect(differing.map(({ id }) => id).filter((id) => !text.includes(`\`${id}\``))).toEqual([]);
  });

  it("names only rows that are there", () => {
    const ids = new Set(vectors.vectors.map(({ id }) => id));
    const named = [...text.matchAll(/`((?:code|al|cfg|cni|gr)-[\w-]+)`/g)].map(([, id]) => id ?? "");
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((id) => !ids.has(id))).toEqual([]);
  });
});
