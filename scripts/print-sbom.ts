import { sbomOf } from './sbom.ts'

// `npm run sbom --silent > rollcall.cdx.json`: what the image is made of, as a CycloneDX document.
console.log(JSON.stringify(sbomOf(), null, 2))
