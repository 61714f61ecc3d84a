/**
 * Networks and addresses in the names of Whereabouts' reservations.
 *
 * @module
 */
import { expect, test } from "vitest";
import { addressNamed } from "../../../core/kube/network-in-name.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";

const known = ["", "blue", "team-1", "team-1-a"];

test.for([
  { name: "10.0.0.5", is: " 10.0.0.5" },
  { name: "blue-10.0.0.5", is: "blue 10.0.0.5" },
  { name: "team-1-10.0.0.5", is: "team-1 10.0.0.5" },
  { name: "2001-db8--5", is: " 2001:db8::5" },
  { name: "blue-2001-db8--5", is: "blue 2001:db8::5" },
  { name: "blue-2001-db8--0", is: "blue 2001:db8::" },
  { name: "team-1-a-10.0.0.5", is: "team-1-a 10.0.0.5" },
  // Both networks fit: the longer one is as likely, and either is only shown.
  { name: "team-1-a-b--5", is: "team-1-a b::5" },
  { name: "unknown-10.0.0.5", is: "unknown 10.0.0.5" },
  { name: "two-dashes-2001-db8--5", is: "two-dashes 2001:db8::5" },
  { name: "nobody-knows", is: undefined },
  { name: "blue", is: undefined },
])("$name is of $is", ({ name, is }) => {
  const found = addressNamed(name, known);
  expect(found === undefined ? undefined : `${found.network} ${formatAddress(found.address)}`).toBe(is);
});

test("a name that is an address alone is of no network, also when no network is known", () => {
  expect(addressNamed("10.0.0.5", [])?.network).toBe("");
});
