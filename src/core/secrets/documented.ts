import { sha256 } from "../../lib/digest.ts";

/**
 * SHA-256 of values that providers print in their documentation. They are known to everybody and open nothing. As digests, so that no
 * scanner of a host takes this file for a leak.
 */
const printed: ReadonlySet<string> = new Set([
  "0011cc25eb4320717494d2703e8cba85743e71b500283c21c8b88147992f9059", // Azurite
  "0b5dd075ccdd03c42f4edda8e299e6838e2a75d3486a2a8d86940ed1541e9178", // Telegram
  "1a5d44a2dca19669d72edf4c4f1c27c4c1ca4b4408fbb17f6ce4ad452d78ddb3", // AWS
  "2cafc0970149a84f3b9e62eaf169f36f59907a3b3e31f7b82e68c69cd27f7326", // Stripe
  "2d1f7723aabc5c7a51fcdc2463c99b5f3fdbc57cf3134db4ac12913c35976e6f", // Stripe
  "3543c50b0cb9cea8e55eb1f529b79f043cb250d485fde7b66cabbb5183add7da", // GitHub
  "3b27e79a6d4dcff8766f6ff4f49503bd05aaf6efc852bba25cfbd697f87c09a9", // Tailscale
  "4f4411ed3743b51db0cc187cbd886477b0032d43e52c644cf22e913cea9b4941", // GitHub
  "6abe6945d810af0cdea0d7d1f3ef464816863c5658700b823a2513568ea0a06f", // GitHub
  "6d7fa4e64d4b1f3ea31962e258b684de1f244434ebb11089b9d9817e44c43303", // GitHub
  "78314b11be2e581549ac1c4f616563fad3fdf0c3b71678f6e2299182080e0598", // AWS
  "795988a72e5712ba49cac45f1a96e659c9bf244ac377a7c057b80b85538719f0", // GitHub
  "7d97de5f9801c7d477341cff40398b2666f85de091df1bc3675362bde5732f81", // GitHub
  "7f75367e7881255134e1375e723d1dea8ad5f6a4fdb79d938df1f1754a830606", // jwt.io
  "82e74299544e00738f9c0acb69b1eb348b3e20ffcfabcb34779bd37590fead6c", // GitHub
  "900e6c2bf8ce6c14dbfdcbd6d7402e8fadd53c5464b0ffae66dce9ac06c0e061", // Azurite
  "9154e2e6fbfb1e50a3f18fe4deb606917d1438eec3788a5dbc2af765e83f29ac", // Dynatrace
  "993d8616ed22a3654c0ebeaa9a353cf897fb6283b025f9b70d54f7122ae0e7dd", // GitHub
  "a1f3235a12ea17c00af5565efba5be7fc9ae093158094bab5454365213dfaa91", // Slack
  "a28c56ecb012bfd03019be85518c37d2cb03e55aec4e23ffa36b756dd89b149d", // Cosmos emulator
  "aa6547439583c3a275d4542a0df6c1ad6a863971be9f2a2220f027cc02aef615", // Cosmos emulator
  "ab87ee44c9282712490e5eb0c61f2c18f54597dee5ad0549be3a25ea14e08938", // GitHub
  "af1efb26bd63a9a030e998efbf059a3ddc2cc775f1fcdf1bfdec69674ad7be38", // Paddle
  "b390e2e57c227c0722bf8a283a4d3cb4dcf067da300d776b0b17797025b95824", // X
  "bc3ae723f57c6b9e3fd80b699fcc420f6074b0b1718039669d22631d508ac0a7", // GitHub
  "becbe0d931fe6fcd09c4898cf8be71bde6b97f4d06d20a102a7433ac6a698369", // AWS
  "c6ea27c534f993d31f0aef882e3d200e7b87470c379ae79c8f9b19d3bd363dc9", // AWS
  "c794fa6d20c64efb9adf980ae93af472a1679775862d421ffe55d4a57fad5b3e", // jwt.io
  "da816f9f2c16e6c5390e7636cadc40c43551bf0bbcf8f36c65539e6633a9c5e8", // jwt.io
  "f2d6ca16515033e5dce14eba840b979d27b5cbae24bb3e5bf484339667f86397", // Stripe
  "f5375a46365089a84f4f822b70d44e744d64775cc747f030f8488a6274fe28f8", // Slack
  "f7ad033506ddbc4cd2c3adc6ebb139e44e3803efd65d3aff4e35462b7c04f3b2", // Paddle
]);

export function isDocumented(value: string): boolean {
  return printed.has(sha256(value));
}
