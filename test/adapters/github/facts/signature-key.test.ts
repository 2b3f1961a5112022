import { expect, test } from "vitest";
import { signatureKey } from "../../../../src/adapters/github/facts/signature-key.ts";

// Made with ssh-keygen -Y sign; the fingerprint is what ssh-keygen -l prints for the key.
const signed = `-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgaSRiDxnKD8Qgi0QJj2QoBTzkUl
SjmaHNHqFFWoZuUlMAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5
AAAAQKcXEw0EYHX22APQ/LQ4+ySpvvyFTVk2UE6bikaTxZfAZgnMvgNnjo5Vc6KJoYb78S
F/LL1dsff9EYSs3ZMrIgA=
-----END SSH SIGNATURE-----`;

test("an SSH signature names its key as ssh-keygen does", () => {
  expect(signatureKey(signed)).toBe("SHA256:Ypk5BrJp+kj+ywS+MljeU59cibLBn1yAojFHFGMjPjw");
});

test.each([
  ["nothing", ""],
  ["a PGP signature", "-----BEGIN PGP SIGNATURE-----\nwsBcBAABCAAQ\n-----END PGP SIGNATURE-----"],
  ["another kind of data", "-----BEGIN SSH SIGNATURE-----\nAAAAAAAAAAAAAAAAAAAA\n-----END SSH SIGNATURE-----"],
  [
    "a signature that is cut",
    "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQAAADMAAAALc3No\n-----END SSH SIGNATURE-----",
  ],
])("%s names none", (_, armored) => {
  expect(signatureKey(armored)).toBeNull();
});
