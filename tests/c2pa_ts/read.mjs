// What a reader that shares no code with ours says of pictures: one line of JSON for each path given.
import { readFile } from "node:fs/promises";
import { JPEG, PNG } from "@trustnxt/c2pa-ts/asset";
import { SuperBox } from "@trustnxt/c2pa-ts/jumbf";
import { ManifestStore, ValidationResult } from "@trustnxt/c2pa-ts/manifest";

for (const path of process.argv.slice(2)) {
  console.log(JSON.stringify(await verdict(await readFile(path))));
}

async function verdict(data) {
  const asset = JPEG.canRead(data) ? new JPEG(data) : new PNG(data);
  const jumbf = asset.getManifestJUMBF();
  if (!jumbf) return { found: false };
  let result, store;
  try {
    store = ManifestStore.read(SuperBox.fromBuffer(jumbf));
    result = await store.validate(asset);
  } catch (error) {
    result = ValidationResult.fromError(error);
  }
  const made = store?.getActiveManifest()?.assertions?.assertions.find((one) => one.label === "c2pa.actions.v2");
  return {
    found: true,
    valid: result.isValid,
    codes: result.statusEntries.map((entry) => entry.code),
    source: made?.actions[0]?.digitalSourceType,
  };
}
