/** Opens the upload dialog; what that takes is loaded then. */
export async function openUpload(): Promise<void> {
  const dialog = await import('./dialog.svelte.ts');
  dialog.openUpload();
}
