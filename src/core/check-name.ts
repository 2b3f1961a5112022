/** Green for one base says nothing for another: the name of the check carries the branch, except the default branch. */
export function checkNameOn(branch: string, isDefault: boolean): string {
  return isDefault ? "sallyport" : `sallyport: ${branch}`;
}
