/** What a step did that it should not have done, in a sentence. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
}
